// "show stat": counters of every proxy and server as CSV, typed lines or JSON.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Baton.Configuration.Model;
using Baton.Engine.Loop;

namespace Baton.Control.Cli;

internal static class StatisticsTable
{
    /// <summary>show stat [{iid|proxy} type sid] [desc|json|no-maint|typed|up]*.</summary>
    public static IEnumerable<Worker> Write(CliRequest r)
    {
        int id = -1,
            types = -1,
            sid = -1,
            options = 2;
        if (r.Words.Count >= 5)
        {
            if (!r.FindProxyId(r[2], out id))
                return [];
            Number(r[3], out types);
            Number(r[4], out sid);
            options = 5;
        }
        List<string> wanted = r.Words.GetRange(Math.Min(options, r.Words.Count), Math.Max(0, r.Words.Count - options));
        var source = new StatisticsSource(r.Engine, r.Level >= CliLevel.Operator)
        {
            UsesOneRow = true,
            ProxyId = id,
            Types = types,
            Id = sid,
            OnlyUp = wanted.Contains("up"),
            NoMaintenance = wanted.Contains("up") || wanted.Contains("no-maint"),
        };
        IEnumerable<StatisticsRow> rows = source.Read();
        return wanted.Contains("json") ? Json(r, rows)
            : wanted.Contains("typed") ? Typed(r, rows, wanted.Contains("desc"))
            : Csv(r, rows);
    }

    private static bool Number(string text, out int value)
    {
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
            return true;
        value = 0;
        return false;
    }

    private static IEnumerable<Worker> Csv(CliRequest r, IEnumerable<StatisticsRow> rows)
    {
        AppendHeadings(r.Answer);
        foreach (StatisticsRow row in rows)
        {
            AppendCsv(r.Answer, row);
            yield return r.Home!;
        }
    }

    /// <summary>The first line of the CSV form.</summary>
    public static void AppendHeadings(StringBuilder a)
    {
        a.Append("# ");
        foreach (TypedField f in StatisticsColumns.All)
        {
            a.Append(f.Name).Append(',');
            if (f.Name == StatisticsColumns.LastOfCore)
                a.Append("-,");
        }
        a.Append('\n');
    }

    private static readonly int s_separator = StatisticsColumns.IndexOf(StatisticsColumns.LastOfCore);

    /// <summary>A row as a line of CSV.</summary>
    public static void AppendCsv(StringBuilder a, StatisticsRow row)
    {
        // PERF: most cells are empty or a digit: a line is put together here, and appended as a whole
        Span<char> line = stackalloc char[LineRoom];
        int at = 0;
        TypedField[] columns = StatisticsColumns.All;
        for (int i = 0; i < row.Values.Length; i++)
        {
            if (at + CellRoom > LineRoom)
            {
                a.Append(line[..at]);
                at = 0;
            }
            string? value = row.Values[i];
            if (value is null) { }
            else if (value.Length <= CellRoom - SeparatorRoom && (!columns[i].IsText || IsPlain(value)))
            {
                value.CopyTo(line[at..]);
                at += value.Length;
            }
            else
            {
                a.Append(line[..at]);
                at = 0;
                Quoted(a, value);
            }
            line[at++] = ',';
            if (i != s_separator)
                continue;
            line[at++] = '-';
            line[at++] = ',';
        }
        line[at++] = '\n';
        a.Append(line[..at]);
    }

    /// <summary>Characters of a line that are put together; of a cell with what stands behind it and the line's end, where it is not too
    /// long for that; and of what stands behind it.</summary>
    private const int LineRoom = 512,
        CellRoom = 64,
        SeparatorRoom = 4;

    private static bool IsPlain(string value) => value.AsSpan().IndexOfAny(",\"\r\n") < 0;

    /// <summary>Quotes are for values that need them (RFC 4180).</summary>
    private static void Quoted(StringBuilder a, string? value)
    {
        if (value is null)
            return;
        if (IsPlain(value))
        {
            a.Append(value);
            return;
        }
        a.Append('"').Append(value.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
    }

    private static string Tag(StatisticsRow row, TypedField field) => row.Kind == 'B' && field.BackendTag is { } tag ? tag : field.Tag;

    private static IEnumerable<Worker> Typed(CliRequest r, IEnumerable<StatisticsRow> rows, bool describe)
    {
        foreach (StatisticsRow row in rows)
        {
            AppendTyped(r.Answer, row, describe);
            yield return r.Home!;
        }
    }

    /// <summary>A row as typed lines, one for each value.</summary>
    public static void AppendTyped(StringBuilder a, StatisticsRow row, bool describe)
    {
        for (int i = 0; i < row.Values.Length; i++)
        {
            if (row.Values[i] is not { } value)
                continue;
            a.Append(CultureInfo.InvariantCulture, $"{row.Kind}.{row.ProxyId}.{row.Id}.{i}");
            TypedText.Append(a, StatisticsColumns.All[i], Tag(row, StatisticsColumns.All[i]), value, describe);
        }
    }

    private static IEnumerable<Worker> Json(CliRequest r, IEnumerable<StatisticsRow> rows)
    {
        r.Answer.Append('[');
        bool isFirst = true;
        foreach (StatisticsRow row in rows)
        {
            AppendJson(r.Answer, row, isFirst);
            isFirst = false;
            yield return r.Home!;
        }
        r.Answer.Append("]\n");
    }

    /// <summary>A row as a JSON array of its values, inside the array of rows.</summary>
    public static void AppendJson(StringBuilder a, StatisticsRow row, bool isFirst)
    {
        a.Append(isFirst ? "[" : ",[");
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"\"objType\":\"{row.ObjectType}\",\"proxyId\":{row.ProxyId},\"id\":{row.Id},"
        );
        bool isFirstValue = true;
        for (int i = 0; i < row.Values.Length; i++)
        {
            if (row.Values[i] is not { } value)
                continue;
            if (!isFirstValue)
                a.Append(',');
            isFirstValue = false;
            TypedText.AppendJson(a, head, i, StatisticsColumns.All[i], Tag(row, StatisticsColumns.All[i]), value);
        }
        a.Append(']');
    }
}
