// What "baton coverage" prints: counts by section and family, a list under a filter, or everything as JSON.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Configuration.Catalog;

namespace Baton.Control.Reference;

public static class CoverageText
{
    private static readonly KeywordStatus[] Columns =
    [
        KeywordStatus.Built,
        KeywordStatus.Hint,
        KeywordStatus.Refused,
        KeywordStatus.Obsolete,
    ];

    /// <summary>Counts of words, a line for each section and for each other family.</summary>
    public static string Table(List<KnownKeyword> rows)
    {
        var output = new StringBuilder("                             built   hint refused obsolete   total\n");
        output.Append("lines of a section\n");
        foreach ((SectionKinds kind, string name) in SectionNames.All)
            Line(output, "  " + name, rows.FindAll(row => row.Family == KeywordFamily.Directive && (row.Sections & kind) != 0));
        output.Append("other words\n");
        foreach (KeywordFamily family in Enum.GetValues<KeywordFamily>())
            if (family != KeywordFamily.Directive)
                Line(output, "  " + KeywordReference.Title(family).ToLowerInvariant(), rows.FindAll(row => row.Family == family));
        Line(output, "all, each once", rows);
        return output.ToString();
    }

    private static void Line(StringBuilder output, string title, List<KnownKeyword> rows)
    {
        output.Append(title.PadRight(26));
        foreach (KeywordStatus status in Columns)
            output.Append(
                rows.FindAll(row => row.Status == status)
                    .Count.ToString()
                    .PadLeft(
                        status == KeywordStatus.Obsolete ? 9
                        : status == KeywordStatus.Hint ? 7
                        : 8
                    )
            );
        output.Append(rows.Count.ToString().PadLeft(8)).Append('\n');
    }

    /// <summary>The words one by one, with their state.</summary>
    public static string List(List<KnownKeyword> rows)
    {
        int width = 0;
        foreach (KnownKeyword row in rows)
            width = Math.Max(width, row.Name.Length);
        var output = new StringBuilder();
        foreach (KnownKeyword row in rows)
            output
                .Append(KeywordReference.Word(row.Status).PadRight(9))
                .Append(row.Name.PadRight(width + 2))
                .Append(row.Summary)
                .Append('\n');
        return output.ToString();
    }

    /// <summary>An array of objects, one to a word.</summary>
    public static string Json(List<KnownKeyword> rows)
    {
        var output = new StringBuilder("[\n");
        for (int i = 0; i < rows.Count; i++)
        {
            KnownKeyword row = rows[i];
            output.Append("  {");
            Text(output, "family", row.Family.ToString()).Append(", ");
            Text(output, "name", row.Name).Append(", ");
            Text(output, "arguments", row.Arguments).Append(", ");
            Text(output, "where", KeywordReference.Place(row)).Append(", ");
            Text(output, "status", KeywordReference.Word(row.Status)).Append(", ");
            Text(output, "summary", row.Summary);
            if (row.Advice is not null)
                Text(output.Append(", "), "advice", row.Advice);
            output.Append(i + 1 < rows.Count ? "},\n" : "}\n");
        }
        return output.Append("]\n").ToString();
    }

    private static StringBuilder Text(StringBuilder output, string name, string value)
    {
        output.Append('"').Append(name).Append("\": \"");
        foreach (char c in value)
        {
            if (c is '"' or '\\')
                output.Append('\\');
            output.Append(c);
        }
        return output.Append('"');
    }
}
