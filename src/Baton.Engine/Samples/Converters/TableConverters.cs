// in_table, table_DATA: what a stick table knows of the sample as a key. Looking does not keep an entry alive.
using System;
using System.Collections.Generic;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.StickTables;
using Baton.Engine.Streams;

namespace Baton.Engine.Samples.Converters;

internal static class TableConverters
{
    private static readonly ArgumentSpec Index = new(ArgumentKind.Integer, "index"),
        OwnTable = new(ArgumentKind.OwnTable, "table", Optional: true),
        Default = new(ArgumentKind.Integer, "default", Optional: true);

    private static bool TryKey(
        ProxyStream s,
        Argument table,
        Span<byte> m,
        ref SampleValue v,
        out StickTableState of,
        out ReadOnlySpan<byte> key
    )
    {
        key = default;
        of = StickTracking.TableOf(s, table.Value)!;
        return of is not null && StickKey.TryMake(of.Config, m, ref v, out key);
    }

    private static bool IsIn(ProxyStream s, Argument[] a, Span<byte> m, ref SampleValue v)
    {
        if (!TryKey(s, a[0], m, ref v, out StickTableState table, out ReadOnlySpan<byte> key))
            return false;
        v.SetBool(table.TryReadTimes(key, s.Worker.NowMs, out _, out _));
        return true;
    }

    /// <summary>COMPAT: 0 of a key that is not there, and nothing of what is not stored.</summary>
    private static bool Value(StickValue what, ProxyStream s, int index, Argument of, Span<byte> m, ref SampleValue v)
    {
        if (!TryKey(s, of, m, ref v, out StickTableState table, out ReadOnlySpan<byte> key))
            return false;
        long now = s.Worker.NowMs,
            value;
        if (what.Use is StickValueUse.Read or StickValueUse.Kilobytes)
        {
            bool stored = table.TryRead(key, what.Type, index, now, out bool found, out value);
            if (what.Use == StickValueUse.Kilobytes)
                value >>= 10;
            v.SetNumber(value);
            return stored || !found;
        }
        StickEntry entry = table.Find(key, now);
        bool has = what.TryGet(table, entry, index, now, out value);
        if (entry.IsSet)
            table.Release(entry);
        v.SetNumber(value);
        return has;
    }

    private static bool Trackers(ProxyStream s, Argument[] a, Span<byte> m, ref SampleValue v)
    {
        if (!TryKey(s, a[0], m, ref v, out StickTableState table, out ReadOnlySpan<byte> key))
            return false;
        StickEntry entry = table.Find(key, s.Worker.NowMs);
        v.SetNumber(entry.IsSet ? table.HoldersOf(entry) - 1 : 0);
        if (entry.IsSet)
            table.Release(entry);
        return true;
    }

    private static bool Time(ProxyStream s, Argument[] a, bool idle, Span<byte> m, ref SampleValue v)
    {
        bool found = false;
        long idleMs = 0,
            expiresInMs = 0;
        if (TryKey(s, a[0], m, ref v, out StickTableState table, out ReadOnlySpan<byte> key))
            found = table.TryReadTimes(key, s.Worker.NowMs, out idleMs, out expiresInMs);
        if (!found && a[1].Absent)
            return false;
        v.SetNumber(
            !found ? a[1].Number
            : idle ? idleMs
            : Math.Max(0, expiresInMs)
        );
        return true;
    }

    private static bool Unchanged(Argument[] a, Span<byte> m, ref SampleValue v) => false;

    private static SampleConverter Row(
        string name,
        ArgumentSpec[] arguments,
        string summary,
        StreamConvertFunction f,
        SampleType output = SampleType.Integer
    ) =>
        new()
        {
            Name = name,
            Input = SampleType.Any,
            Output = output,
            Summary = summary,
            Arguments = arguments,
            Convert = Unchanged,
            ConvertOn = f,
        };

    /// <summary>sc_get_gpc0 is table_gpc0, and so on.</summary>
    private static string NameOf(StickValue value) =>
        "table_" + (value.Name.StartsWith("get_", StringComparison.Ordinal) ? value.Name[4..] : value.Name);

    private static SampleConverter[] Make()
    {
        var rows = new List<SampleConverter>
        {
            Row("in_table", [OwnTable], "whether the key is in a stick table", IsIn, SampleType.Bool),
            Row("table_trackers", [OwnTable], "stick-table entry: who tracks the key", Trackers),
            Row("table_expire", [OwnTable, Default], "stick-table entry: time until it expires, milliseconds", (s, a, m, ref v) =>
                Time(s, a, false, m, ref v)
            ),
            Row("table_idle", [OwnTable, Default], "stick-table entry: time since its last use, milliseconds", (s, a, m, ref v) =>
                Time(s, a, true, m, ref v)
            ),
        };
        foreach (StickValue value in (StickValue[])[.. StickValue.All, new("server_id", StickDataType.ServerId, "number of the server")])
        {
            int at = value.IsIndexed ? 1 : 0;
            rows.Add(
                Row(
                    NameOf(value),
                    value.IsIndexed ? [Index, OwnTable] : [OwnTable],
                    "stick-table entry: " + value.Summary,
                    (s, a, m, ref v) => Value(value, s, at > 0 ? (int)a[0].Number : 0, a[at], m, ref v)
                )
            );
        }
        return [.. rows];
    }

    internal static readonly SampleConverter[] Rows = Make();
}
