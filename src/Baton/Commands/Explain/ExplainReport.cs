// What "baton explain" has found, for people and as JSON.
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Json;
using Baton.Configuration.Model;
using Baton.Engine.Rules;
using Baton.Interop.Linux;

namespace Baton.Commands.Explain;

internal static class ExplainReport
{
    /// <summary>
    /// Whether it is as expected, and else what it is instead. <paramref name="answer"/> are the fields that the client got.
    /// </summary>
    public static bool IsAsExpected(ExplainTrace trace, List<string> answer, string fact, string value, out string instead)
    {
        instead = "";
        switch (fact)
        {
            case "header":
                return HasField(answer, value, out instead);
            case "request-header":
                return HasField(trace.SentFields, value, out instead);
            case "rule":
                return HasRule(trace, value, out instead);
            default:
                string found = Fact(trace, fact);
                instead = $"it is {(found.Length > 0 ? found : "none")}";
                return found == value;
        }
    }

    /// <summary>"Name" for any value, "Name: value" for this one.</summary>
    private static bool HasField(List<string> fields, string expected, out string instead)
    {
        int at = expected.IndexOf(':');
        string name = at < 0 ? expected : expected[..at];
        List<string> named = fields.FindAll(f => f.StartsWith(name.Trim() + ":", StringComparison.OrdinalIgnoreCase));
        instead = named.Count == 0 ? "it is not there" : $"it is '{Readable(string.Join("', '", named))}'";
        return named.Exists(f => at < 0 || f[(name.Trim().Length + 1)..].Trim() == expected[(at + 1)..].Trim());
    }

    /// <summary>"FILE:LINE", as it is shown or by its last name, or the words of the line.</summary>
    private static bool HasRule(ExplainTrace trace, string expected, out string instead)
    {
        var sources = new Dictionary<string, string[]>();
        instead = "it was not come to";
        foreach (ExplainedRule rule in trace.Rules)
        {
            string place = rule.Position.ToString();
            if (
                place != expected
                && !place.EndsWith("/" + expected, StringComparison.Ordinal)
                && Words(Line(sources, rule.Position)) != Words(expected)
            )
                continue;
            if (rule.Holds)
                return true;
            instead = "it does not apply";
        }
        return false;
    }

    private static string Words(string line) => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static string Fact(ExplainTrace trace, string fact) =>
        fact switch
        {
            "backend" => trace.Backend ?? "",
            "server" => trace.HasReachedServer ? trace.Server ?? "" : "",
            _ => trace.Status > 0 ? trace.Status.ToString(CultureInfo.InvariantCulture) : "",
        };

    public static string Text(ExplainOptions options, string frontend, ExplainTrace trace)
    {
        bool colors = Environment.GetEnvironmentVariable("NO_COLOR") is null && Files.IsTerminal(1);
        string Colored(string code, string text) => colors ? $"\x1b[{code}m{text}\x1b[0m" : text;
        var text = new StringBuilder();
        var sources = new Dictionary<string, string[]>();
        text.Append($"{options.Request} from {options.From} comes to frontend '{frontend}'\n");
        foreach (ExplainedRule rule in trace.Rules)
        {
            string mark = rule.Holds ? Colored("32", "yes") : Colored("90", "no ");
            text.Append($"{mark} {rule.Position}: {Line(sources, rule.Position)}\n");
            foreach (ExplainedTerm term in rule.Terms)
            {
                string seen = term.Seen is null ? "has no value" : $"is '{Readable(term.Seen)}'",
                    name = term.Acl.Length > 0 && !term.Acl.StartsWith('.') ? $"{term.Acl}: " : "";
                string before = (term.Alternative > 0 ? "or " : "") + (term.IsNegated ? "!" : "");
                text.Append($"        {before}{name}{term.Sample} {seen}, which {(term.Matches ? "matches" : "does not match")}\n");
            }
        }
        text.Append(Colored("1", "=> " + Verdict(trace))).Append('\n');
        return text.ToString();
    }

    private static string Verdict(ExplainTrace trace)
    {
        string status = trace.Status > 0 ? $" with status {trace.Status}" : "";
        return trace.HasReachedServer ? $"server '{trace.Server}' of backend '{trace.Backend}'"
            : trace.Backend is null ? $"answered by the frontend{status}"
            : trace.Server is null ? $"answered for backend '{trace.Backend}'{status}"
            : $"answered for server '{trace.Server}' of backend '{trace.Backend}'{status}";
    }

    /// <summary>The line as it is written, without its indentation.</summary>
    private static string Line(Dictionary<string, string[]> sources, SourcePosition at)
    {
        if (!sources.TryGetValue(at.File, out string[]? lines))
        {
            try
            {
                lines = File.ReadAllLines(at.File);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                lines = [];
            }
            sources[at.File] = lines;
        }
        return at.Line > 0 && at.Line <= lines.Length ? lines[at.Line - 1].Trim() : "";
    }

    private static string Readable(string text)
    {
        const int most = 120;
        var readable = new StringBuilder();
        foreach (char c in text.Length > most ? text[..most] : text)
            if (c is >= ' ' and < '\x7f')
                readable.Append(c);
            else
                readable.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
        return readable.Append(text.Length > most ? "..." : "").ToString();
    }

    public static string Json(ExplainOptions options, string frontend, ExplainTrace trace)
    {
        var sources = new Dictionary<string, string[]>();
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("request", options.Request);
            json.WriteString("from", options.From);
            json.WriteString("frontend", frontend);
            json.WriteString("backend", trace.Backend);
            json.WriteString("server", trace.HasReachedServer ? trace.Server : null);
            json.WriteNumber("status", trace.Status);
            json.WriteStartArray("rules");
            foreach (ExplainedRule rule in trace.Rules)
                Write(json, rule, Line(sources, rule.Position));
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.WrittenSpan) + "\n";
    }

    private static void Write(Utf8JsonWriter json, ExplainedRule rule, string line)
    {
        json.WriteStartObject();
        json.WriteString("file", rule.Position.File);
        json.WriteNumber("line", rule.Position.Line);
        json.WriteString("text", line);
        json.WriteString("proxy", rule.Proxy);
        json.WriteBoolean("applies", rule.Holds);
        json.WriteStartArray("acls");
        foreach (ExplainedTerm term in rule.Terms)
        {
            json.WriteStartObject();
            json.WriteString("name", term.Acl);
            json.WriteString("sample", term.Sample);
            json.WriteString("seen", term.Seen);
            json.WriteBoolean("matches", term.Matches);
            json.WriteBoolean("negated", term.IsNegated);
            json.WriteNumber("alternative", term.Alternative);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
