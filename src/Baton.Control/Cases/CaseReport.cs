// What "baton test" writes: for people, as TAP 14, as JUnit's XML, as JSON.
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Baton.Control.Cases;

public static class CaseReport
{
    public static readonly string[] Formats = ["text", "tap", "junit", "json"];

    public static string Write(string format, List<CaseResult> results) =>
        format switch
        {
            "tap" => Tap(results),
            "junit" => JUnit(results),
            "json" => Json(results),
            _ => Text(results),
        };

    private static int Failed(List<CaseResult> results) => results.FindAll(static r => !r.HasPassed).Count;

    private static string Text(List<CaseResult> results)
    {
        var text = new StringBuilder();
        foreach (CaseResult r in results)
        {
            text.Append(r.HasPassed ? "ok    " : "FAIL  ").Append(r.Case.Name).Append('\n');
            foreach (string line in Lines(r.Fault))
                text.Append(CultureInfo.InvariantCulture, $"      {r.Case.Position}: {line}\n");
        }
        return text.Append(CultureInfo.InvariantCulture, $"{results.Count - Failed(results)} passed, {Failed(results)} failed\n")
            .ToString();
    }

    private static string Tap(List<CaseResult> results)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"TAP version 14\n1..{results.Count}\n");
        for (int i = 0; i < results.Count; i++)
        {
            CaseResult r = results[i];
            string name = r.Case.Name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("#", "\\#", StringComparison.Ordinal);
            text.Append(CultureInfo.InvariantCulture, $"{(r.HasPassed ? "ok" : "not ok")} {i + 1} - {name}\n");
            foreach (string line in Lines(r.Fault))
                text.Append(CultureInfo.InvariantCulture, $"# {r.Case.Position}: {line}\n");
        }
        return text.ToString();
    }

    private static string JUnit(List<CaseResult> results)
    {
        var text = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"<testsuites tests=\"{results.Count}\" failures=\"{Failed(results)}\">\n"
                + $"  <testsuite name=\"baton test\" tests=\"{results.Count}\" failures=\"{Failed(results)}\">\n"
        );
        foreach (CaseResult r in results)
        {
            int colon = r.Case.Position.LastIndexOf(':');
            text.Append(
                CultureInfo.InvariantCulture,
                $"    <testcase classname=\"{Escaped(r.Case.Position[..colon])}\" name=\"{Escaped(r.Case.Name)}\""
                    + $" time=\"{r.Milliseconds / 1000:0.000}\""
            );
            if (r.HasPassed)
                text.Append("/>\n");
            else
                text.Append(
                    $"><failure message=\"{Escaped(Lines(r.Fault)[0])}\">"
                        + $"{Escaped(r.Case.Position)}: {Escaped(r.Fault)}</failure></testcase>\n"
                );
        }
        return text.Append("  </testsuite>\n</testsuites>\n").ToString();
    }

    private static string Json(List<CaseResult> results)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("passed", results.Count - Failed(results));
            json.WriteNumber("failed", Failed(results));
            json.WriteStartArray("cases");
            foreach (CaseResult r in results)
            {
                json.WriteStartObject();
                json.WriteString("name", r.Case.Name);
                json.WriteString("position", r.Case.Position);
                json.WriteBoolean("passed", r.HasPassed);
                json.WriteNumber("ms", Math.Round(r.Milliseconds, 1));
                json.WriteStartArray("faults");
                foreach (string line in Lines(r.Fault))
                    json.WriteStringValue(line);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.WrittenSpan) + "\n";
    }

    private static string[] Lines(string fault) => fault.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What XML 1.0 cannot carry at all becomes '?'.</summary>
    private static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (char c in text)
            _ = c switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                < ' ' and not '\n' and not '\t' => escaped.Append('?'),
                _ => escaped.Append(c),
            };
        return escaped.ToString();
    }
}
