// A value taken out of a JSON document, as a sample (manual 7.3.1, "json_query").
using System;
using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Baton.Configuration.Expressions;

namespace Baton.Engine.Samples.Converters;

/// <summary>The arguments [path[,type]] at some place among a converter's own.</summary>
internal static class JsonQuery
{
    public static ArgumentSpec[] Arguments(bool isOptional) =>
        [new(ArgumentKind.String, "path", isOptional), new(ArgumentKind.String, "type", true)];

    public static string? Check(Argument[] a)
    {
        if (!a[0].Absent)
            a[0] = a[0] with { Value = JsonPath.Parse(a[0].Text) };
        return !a[1].Absent && a[1].Text != "int" ? $"output_type only supports \"int\" as argument, got '{a[1].Text}'" : null;
    }

    /// <summary>
    /// The value of a document at the path: strings without their escapes, true and false as such, numbers as text, or as a number
    /// where "int" is asked for (its whole part), arrays as they are written. Null, objects and what is not there are no sample.
    /// </summary>
    public static bool Run(Argument[] a, ReadOnlySpan<byte> document, Span<byte> m, ref SampleValue v)
    {
        try
        {
            var reader = new Utf8JsonReader(document);
            return ((JsonPath)a[0].Value!).TryFind(ref reader) && Take(ref reader, document, !a[1].Absent, m, ref v);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // the document is no JSON, or a string in it is no text
            return false;
        }
    }

    private static bool Take(ref Utf8JsonReader reader, ReadOnlySpan<byte> document, bool asInteger, Span<byte> m, ref SampleValue v)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True or JsonTokenType.False:
                v.SetBool(reader.TokenType == JsonTokenType.True);
                return true;
            case JsonTokenType.Number when asInteger:
                if (!Utf8Parser.TryParse(reader.ValueSpan, out long whole, out _))
                    return false;
                v.SetNumber(whole);
                return true;
            case JsonTokenType.Number:
                v.SetText(Plain(reader.ValueSpan, m));
                return true;
            case JsonTokenType.String when !reader.ValueIsEscaped:
                v.SetText(reader.ValueSpan);
                return true;
            case JsonTokenType.String:
                if (reader.ValueSpan.Length > m.Length)
                    return false;
                v.SetText(m[..reader.CopyString(m)]);
                return true;
            case JsonTokenType.StartArray:
                int start = (int)reader.TokenStartIndex;
                reader.Skip();
                v.SetText(document[start..(int)reader.BytesConsumed]);
                return true;
            default:
                return false;
        }
    }

    /// <summary>A number without exponent where that can be: 1e3 is 1000. COMPAT: HAProxy writes six digits and no more.</summary>
    private static ReadOnlySpan<byte> Plain(ReadOnlySpan<byte> number, Span<byte> m) =>
        number.IndexOfAny("eE"u8) >= 0
        && Utf8Parser.TryParse(number, out double value, out int used)
        && used == number.Length
        && value.TryFormat(m, out int length, default, CultureInfo.InvariantCulture)
            ? m[..length]
            : number;
}
