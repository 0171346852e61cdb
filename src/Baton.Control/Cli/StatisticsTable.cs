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
        StringBuilder a = r.Answer;
        a.Append("# ");
        foreach (TypedField f in StatisticsColumns.All)
        {
            a.Append(f.Name).Append(',');
            if (f.Name == StatisticsColumns.LastOfCore)
                a.Append("-,");
        }
        a.Append('\n');
        int separator = StatisticsColumns.IndexOf(StatisticsColumns.LastOfCore);
        foreach (StatisticsRow row in rows)
        {
            for (int i = 0; i < row.Values.Length; i++)
            {
                Quoted(a, row.Values[i]);
                a.Append(',');
                if (i == separator)
                    a.Append("-,");
            }
            a.Append('\n');
            yield return r.Home!;
        }
    }

    /// <summary>Quotes are for values that need them (RFC 4180).</summary>
    private static void Quoted(StringBuilder a, string? value)
    {
        if (value is null)
            return;
        if (value.AsSpan().IndexOfAny(",\"\r\n") < 0)
        {
            a.Append(value);
            return;
        }
        a.Append('"').Append(value.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
    }

    private static string Tag(StatisticsRow row, TypedField field) => row.Kind == 'B' && field.BackendTag is { } tag ? tag : field.Tag;

    private static IEnumerable<Worker> Typed(CliRequest r, IEnumerable<StatisticsRow> rows, bool describe)
    {
        StringBuilder a = r.Answer;
        foreach (StatisticsRow row in rows)
        {
            for (int i = 0; i < row.Values.Length; i++)
            {
                if (row.Values[i] is not { } value)
                    continue;
                a.Append(CultureInfo.InvariantCulture, $"{row.Kind}.{row.ProxyId}.{row.Id}.{i}");
                TypedText.Append(a, StatisticsColumns.All[i], Tag(row, StatisticsColumns.All[i]), value, describe);
            }
            yield return r.Home!;
        }
    }

    private static IEnumerable<Worker> Json(CliRequest r, IEnumerable<StatisticsRow> rows)
    {
        StringBuilder a = r.Answer;
        a.Append('[');
        string before = "[";
        foreach (StatisticsRow row in rows)
        {
            a.Append(before);
            before = ",[";
            string head = string.Create(
                CultureInfo.InvariantCulture,
                $"\"objType\":\"{row.ObjectType}\",\"proxyId\":{row.ProxyId},\"id\":{row.Id},"
            );
            bool first = true;
            for (int i = 0; i < row.Values.Length; i++)
            {
                if (row.Values[i] is not { } value)
                    continue;
                if (!first)
                    a.Append(',');
                first = false;
                TypedText.AppendJson(a, head, i, StatisticsColumns.All[i], Tag(row, StatisticsColumns.All[i]), value);
            }
            a.Append(']');
            yield return r.Home!;
        }
        a.Append("]\n");
    }
}
