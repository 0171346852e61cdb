// Where in a JSON document a value stands: "$.users[2].name" (RFC 9535, of which this is the part without wildcards and filters).
using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;

namespace Baton.Engine.Samples.Converters;

/// <summary>Made once for each place in the configuration; immutable.</summary>
internal sealed class JsonPath
{
    /// <summary>A member's name, or the place in an array when that is null.</summary>
    private readonly record struct Step(byte[]? Name, int Index);

    private readonly Step[]? _steps;

    private JsonPath(Step[]? steps) => _steps = steps;

    /// <summary>
    /// Reads a path. A backslash takes the character behind it into the name. COMPAT: what does not begin with $, or is none, is a path
    /// on which nothing is ever found.
    /// </summary>
    public static JsonPath Parse(string text)
    {
        if (!text.StartsWith('$'))
            return new JsonPath(null);
        var steps = new List<Step>();
        int at = 1;
        while (at < text.Length)
            if (text[at] == '[')
            {
                int end = text.IndexOf(']', at);
                if (end < 0 || !int.TryParse(text.AsSpan(at + 1, end - at - 1), out int index) || index < 0)
                    return new JsonPath(null);
                steps.Add(new Step(null, index));
                at = end + 1;
            }
            else if (text[at] == '.')
                steps.Add(new Step(Encoding.UTF8.GetBytes(Name(text, ref at)), 0));
            else
                return new JsonPath(null);
        return new JsonPath(steps.ToArray());
    }

    /// <summary>The name behind the dot at <paramref name="at"/>, up to the next step.</summary>
    private static string Name(string text, ref int at)
    {
        var name = new StringBuilder();
        for (at++; at < text.Length && text[at] is not ('.' or '['); at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length)
                at++;
            name.Append(text[at]);
        }
        return name.ToString();
    }

    /// <summary>Moves the reader, which is at the beginning of a document, to the value. False when it has none there.</summary>
    /// <exception cref="JsonException">The document is wrong in front of the value.</exception>
    public bool TryFind(ref Utf8JsonReader reader)
    {
        if (_steps is null || !reader.Read())
            return false;
        foreach (Step step in _steps)
            if (!(step.Name is { } name ? ToMember(ref reader, name) : ToElement(ref reader, step.Index)))
                return false;
        return true;
    }

    private static bool ToMember(ref Utf8JsonReader reader, byte[] name)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool found = reader.ValueTextEquals(name);
            reader.Read();
            if (found)
                return true;
            reader.Skip();
        }
        return false;
    }

    private static bool ToElement(ref Utf8JsonReader reader, int index)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            return false;
        for (int i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (i == index)
                return true;
            reader.Skip();
        }
        return false;
    }
}
