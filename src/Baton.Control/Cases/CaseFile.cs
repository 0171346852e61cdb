// A file of cases for "baton test": a sequence of mappings, each a request in the words of "baton explain".
using System;
using System.Collections.Generic;
using Baton.Configuration.Catalog;

namespace Baton.Control.Cases;

public static class CaseFile
{
    private static readonly string[] s_words = ["name", "request", "headers", "from", "to", "sni", "frontend", "expect"];

    /// <summary>What may be expected, as <c>--expect</c> calls it.</summary>
    private static readonly string[] s_facts = ["backend", "server", "status", "header", "request-header", "rule"];

    /// <summary>All cases; <see cref="FormatException"/> with "FILE:LINE: why" for what cannot be read.</summary>
    public static List<RequestCase> Parse(string path, string text)
    {
        try
        {
            YamlNode? root = YamlText.Parse(text);
            List<YamlNode> items = root?.Items
                ?? throw new FormatException($"{root?.Line ?? 1}: a list of cases is expected: lines that begin with '- '");
            var cases = new List<RequestCase>();
            foreach (YamlNode item in items)
                cases.Add(Read(path, item));
            return cases;
        }
        catch (FormatException e)
        {
            throw new FormatException($"{path}:{e.Message}");
        }
    }

    private static FormatException Fault(YamlNode at, string why) => new($"{at.Line}: {why}");

    private static RequestCase Read(string path, YamlNode item)
    {
        if (item.Entries is not { } entries)
            throw Fault(item, "a case is made of names and values, such as 'request: GET /'");
        string name = "",
            request = "";
        var arguments = new List<string>();
        bool expects = false;
        foreach ((string word, YamlNode value) in entries)
            switch (word)
            {
                case "name":
                    name = Text(word, value);
                    break;
                case "request":
                    request = Text(word, value);
                    arguments.AddRange(["--request", request]);
                    break;
                case "headers":
                    foreach (string header in Texts(word, value))
                        arguments.AddRange(["--header", header]);
                    break;
                case "from" or "to" or "sni" or "frontend":
                    arguments.AddRange(["--" + word, Text(word, value)]);
                    break;
                case "expect":
                    expects = Expect(arguments, value);
                    break;
                default:
                    throw Unknown(value, word, s_words);
            }
        if (!expects)
            throw Fault(item, "it expects nothing: say what, such as 'backend: app' under 'expect:'");
        return new RequestCase(
            name.Length > 0 ? name
                : request.Length > 0 ? request
                : "GET /",
            $"{path}:{item.Line}",
            arguments
        );
    }

    private static bool Expect(List<string> arguments, YamlNode value)
    {
        if (value.Entries is not { Count: > 0 } entries)
            throw Fault(value, "'expect' has names and values under it, such as 'backend: app'");
        foreach ((string fact, YamlNode wanted) in entries)
        {
            if (Array.IndexOf(s_facts, fact) < 0)
                throw Unknown(wanted, fact, s_facts);
            foreach (string one in Texts(fact, wanted))
                arguments.AddRange(["--expect", $"{fact}={one}"]);
        }
        return true;
    }

    private static FormatException Unknown(YamlNode at, string word, string[] known) =>
        Fault(
            at,
            $"'{word}' is none of {string.Join(", ", known)}{(Spelling.Nearest(word, known) is { } near ? $"; did you mean '{near}'?" : "")}"
        );

    private static string Text(string word, YamlNode value) =>
        value.Scalar is { Length: > 0 } text ? text : throw Fault(value, $"'{word}' has one value");

    /// <summary>One, several, or names with values, which is how a header reads without quotes.</summary>
    private static List<string> Texts(string word, YamlNode value)
    {
        if (value.Items is { } items)
        {
            var all = new List<string>();
            foreach (YamlNode item in items)
                all.AddRange(Texts(word, item));
            return all;
        }
        return value.Entries is { } entries
            ? entries.ConvertAll(e => $"{e.Key}: {e.Value.Scalar ?? throw Fault(e.Value, $"'{e.Key}' has one value")}")
            : [Text(word, value)];
    }
}
