// "show stat": counters of every proxy and server as CSV, typed lines or JSON.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Baton.Configuration.Model;

namespace Baton.Control.Cli;

internal static class StatisticsTable
{
    /// <summary>show stat [{iid|proxy} type sid] [desc|json|no-maint|typed|up]*.</summary>
    public static void Write(CliRequest r)
    {
        int id = -1, types = -1, sid = -1, options = 2;
        if (r.Words.Count >= 5)
        {
            if (!r.FindProxyId(r[2], out id)) return;
            Number(r[3], out types);
            Number(r[4], out sid);
            options = 5;
        }
        List<string> wanted = r.Words.GetRange(Math.Min(options, r.Words.Count), Math.Max(0, r.Words.Count - options));
        var source = new StatisticsSource(r.Engine, r.Level >= CliLevel.Operator)
        {
            ProxyId = id, Types = types, Id = sid, OnlyUp = wanted.Contains("up"), NoMaintenance = wanted.Contains("up") || wanted.Contains("no-maint"),
        };
        List<StatisticsRow> rows = source.Read();
        if (wanted.Contains("json")) Json(r.Answer, rows);
        else if (wanted.Contains("typed")) Typed(r.Answer, rows, wanted.Contains("desc"));
        else Csv(r.Answer, rows);
    }

    private static bool Number(string text, out int value)
    {
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)) return true;
        value = 0;
        return false;
    }

    private static void Csv(StringBuilder a, List<StatisticsRow> rows)
    {
        a.Append("# ");
        foreach (TypedField f in StatisticsColumns.All)
        {
            a.Append(f.Name).Append(',');
            if (f.Name == StatisticsColumns.LastOfCore) a.Append("-,");
        }
        a.Append('\n');
        int separator = StatisticsColumns.IndexOf(StatisticsColumns.LastOfCore);
        foreach (StatisticsRow row in rows)
        {
            for (int i = 0; i < row.Values.Length; i++)
            {
                Quoted(a, row.Values[i]);
                a.Append(',');
                if (i == separator) a.Append("-,");
            }
            a.Append('\n');
        }
    }

    /// <summary>Quotes are for values that need them (RFC 4180).</summary>
    private static void Quoted(StringBuilder a, string? value)
    {
        if (value is null) return;
        if (value.AsSpan().IndexOfAny(",\"\r\n") < 0) { a.Append(value); return; }
        a.Append('"').Append(value.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
    }

    private static string Tag(StatisticsRow row, TypedField field) => row.Kind == 'B' && field.BackendTag is { } tag ? tag : field.Tag;

    private static void Typed(StringBuilder a, List<StatisticsRow> rows, bool describe)
    {
        foreach (StatisticsRow row in rows)
            for (int i = 0; i < row.Values.Length; i++)
            {
                if (row.Values[i] is not { } value) continue;
                a.Append(CultureInfo.InvariantCulture, $"{row.Kind}.{row.ProxyId}.{row.Id}.{i}");
                TypedText.Append(a, StatisticsColumns.All[i], Tag(row, StatisticsColumns.All[i]), value, describe);
            }
    }

    private static void Json(StringBuilder a, List<StatisticsRow> rows)
    {
        a.Append('[');
        for (int n = 0; n < rows.Count; n++)
        {
            StatisticsRow row = rows[n];
            a.Append(n > 0 ? ",[" : "[");
            string head = string.Create(CultureInfo.InvariantCulture, $"\"objType\":\"{row.ObjectType}\",\"proxyId\":{row.ProxyId},\"id\":{row.Id},");
            bool first = true;
            for (int i = 0; i < row.Values.Length; i++)
            {
                if (row.Values[i] is not { } value) continue;
                if (!first) a.Append(',');
                first = false;
                TypedText.AppendJson(a, head, i, StatisticsColumns.All[i], Tag(row, StatisticsColumns.All[i]), value);
            }
            a.Append(']');
        }
        a.Append("]\n");
    }
}
