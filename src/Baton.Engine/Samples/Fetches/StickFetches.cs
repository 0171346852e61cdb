// What stick counters track (sc_, sc0_, sc1_, sc2_), and what a table knows of the client's address (src_): the same words for each.
using System;
using System.Collections.Generic;
using System.Globalization;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.StickTables;
using Baton.Engine.Streams;

namespace Baton.Engine.Samples.Fetches;

internal static class StickFetches
{
    private static readonly ArgumentSpec Counter = new(ArgumentKind.Integer, "counter"),
        Index = new(ArgumentKind.Integer, "index"),
        Table = new(ArgumentKind.Table, "table", Optional: true),
        OwnTable = new(ArgumentKind.OwnTable, "table", Optional: true);

    /// <summary>The entry of a counter, or with another table named that of the same key there. False when the counter tracks nothing. What
    /// was found elsewhere is held for the moment.</summary>
    private static bool Tracked(
        ProxyStream s,
        int counter,
        Argument table,
        Span<byte> scratch,
        out StickTableState of,
        out StickEntry entry,
        out bool isHeld
    )
    {
        of = null!;
        isHeld = false;
        entry = counter < 0 ? default : StickTracking.Find(s, counter);
        if (entry.Table is not { } own)
            return false;
        of = own;
        if (table.Absent || StickTracking.TableOf(s, table.Value) is not { } other || other == own)
            return true;
        StickEntry tracked = entry;
        (of, entry) = (other, default);
        if (other.Config.Type != own.Config.Type || other.Config.KeyLength < own.Config.KeyLength)
            return true;
        entry = other.Find(scratch[..own.KeyOf(tracked, scratch)], s.Worker.NowMs);
        isHeld = entry.IsSet;
        return true;
    }

    private static bool OfCounter(StickValue what, ProxyStream s, int counter, int index, Argument table, Span<byte> m, ref SampleValue v)
    {
        if (!Tracked(s, counter, table, m, out StickTableState of, out StickEntry entry, out bool isHeld))
            return false;
        bool has = what.TryGet(of, entry, index, s.Worker.NowMs, out long value);
        if (isHeld)
            of.Release(entry);
        v.SetNumber(value);
        return has;
    }

    /// <summary>The entry of the client's address. COMPAT: what is changed is made first.</summary>
    private static bool OfSource(StickValue what, ProxyStream s, int index, Argument table, Span<byte> m, ref SampleValue v)
    {
        if (StickTracking.TableOf(s, table.Value) is not { } of || !TrySourceKey(s, of, m, out ReadOnlySpan<byte> key))
            return false;
        bool changes = what.Use is StickValueUse.Increment or StickValueUse.Clear;
        if (changes && !of.Stores(what.Type, index) && !(what.Use == StickValueUse.Increment && of.Stores(what.Rate, index)))
            return false;
        StickEntry entry = changes ? of.FindOrAdd(key, s.Worker.NowMs) : of.Find(key, s.Worker.NowMs);
        bool has = what.TryGet(of, entry, index, s.Worker.NowMs, out long value);
        if (entry.IsSet)
            of.Release(entry);
        v.SetNumber(value);
        return has;
    }

    private static bool TrySourceKey(ProxyStream s, StickTableState table, Span<byte> room, out ReadOnlySpan<byte> key)
    {
        key = default;
        if (s.SessionOrNull is null || s.Source.Length == 0)
            return false;
        SampleValue address = default;
        address.SetAddress(s.Source);
        if (!StickKey.TryMake(table.Config, room, ref address, out ReadOnlySpan<byte> made))
            return false;
        made.CopyTo(room);
        key = room[..made.Length];
        return true;
    }

    /// <summary>src_updt_conn_cnt: counts the connection of the client's address, and says how many there were.</summary>
    private static bool CountConnection(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        if (StickTracking.TableOf(s, a[0].Value) is not { } of || !of.Stores(StickDataType.ConnCnt) || !TrySourceKey(s, of, m, out var key))
            return false;
        StickEntry entry = of.FindOrAdd(key, s.Worker.NowMs);
        if (!entry.IsSet)
            return false;
        of.TryAdd(entry, StickDataType.ConnCnt, StickDataType.ConnCnt, 0, 1, s.Worker.NowMs, out long value);
        of.Release(entry);
        v.SetNumber(value);
        return true;
    }

    private static bool IsTracked(ProxyStream s, int counter, Argument table, Span<byte> m, ref SampleValue v)
    {
        // COMPAT: whether there is an entry of the key in another table that is named is not asked
        v.SetBool(Tracked(s, counter, table, m, out StickTableState of, out StickEntry entry, out bool isHeld));
        if (isHeld)
            of.Release(entry);
        return true;
    }

    private static bool Trackers(ProxyStream s, int counter, Argument table, Span<byte> m, ref SampleValue v)
    {
        if (!Tracked(s, counter, table, m, out StickTableState of, out StickEntry entry, out bool isHeld))
            return false;
        v.SetNumber(entry.IsSet ? of.HoldersOf(entry) - (isHeld ? 1 : 0) : 0);
        if (isHeld)
            of.Release(entry);
        return true;
    }

    private static bool Key(ProxyStream s, int counter, Span<byte> scratch, ref SampleValue v)
    {
        if (counter < 0 || StickTracking.Find(s, counter) is not { Table: { } table } entry)
            return false;
        int length = table.KeyOf(entry, scratch);
        ReadOnlySpan<byte> key = scratch[..length];
        switch (table.Config.Type)
        {
            case StickKeyType.Ip or StickKeyType.Ipv6:
                v.SetAddress(Connections.SocketAddress.From(key, 0));
                break;
            case StickKeyType.Integer:
                v.SetNumber(System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(key));
                break;
            case StickKeyType.String:
                v.SetText(key);
                break;
            default:
                v.SetBinary(key);
                break;
        }
        return true;
    }

    private static bool Size(ProxyStream s, Argument[] a, bool free, ref SampleValue v)
    {
        if (StickTracking.TableOf(s, a[0].Value) is not { } table)
            return false;
        v.SetNumber(free ? Math.Max(0, table.Config.Size - table.Used) : table.Used);
        return true;
    }

    private static SampleFetch Row(
        string name,
        SampleNeeds needs,
        string summary,
        ArgumentSpec[] arguments,
        FetchFunction f,
        SampleType output = SampleType.Integer
    ) =>
        new()
        {
            Name = name,
            Output = output,
            Needs = needs,
            Summary = summary,
            Arguments = arguments,
            Evaluate = f,
        };

    /// <summary>A value by a counter's number, by each of the three that have names of their own, and by the client's address.</summary>
    private static void Add(List<SampleFetch> rows, StickValue value)
    {
        ArgumentSpec[] index = value.IsIndexed ? [Index] : [];
        int at = index.Length;
        rows.Add(
            Row("sc_" + value.Name, SampleNeeds.None, "stick counter: " + value.Summary, [.. index, Counter, Table], (s, a, o, m, ref v) =>
                OfCounter(value, s, (int)a[at].Number, at > 0 ? (int)a[0].Number : 0, a[at + 1], m, ref v)
            )
        );
        rows.Add(
            Row("src_" + value.Name, SampleNeeds.Client, "client's address: " + value.Summary, [.. index, OwnTable], (s, a, o, m, ref v) =>
                OfSource(value, s, at > 0 ? (int)a[0].Number : 0, a[at], m, ref v)
            )
        );
        for (int i = 0; i < Named; i++)
        {
            int counter = i;
            rows.Add(
                Row(
                    Prefix(i) + value.Name,
                    SampleNeeds.None,
                    $"stick counter {i}: {value.Summary}",
                    [.. index, Table],
                    (s, a, o, m, ref v) => OfCounter(value, s, counter, at > 0 ? (int)a[0].Number : 0, a[at], m, ref v)
                )
            );
        }
    }

    private const int Named = 3;

    private static string Prefix(int counter) => string.Create(CultureInfo.InvariantCulture, $"sc{counter}_");

    private static void AddOthers(List<SampleFetch> rows)
    {
        rows.Add(
            Row(
                "sc_tracked",
                SampleNeeds.None,
                "whether a stick counter tracks",
                [Counter, Table],
                (s, a, o, m, ref v) => IsTracked(s, (int)a[0].Number, a[1], m, ref v),
                SampleType.Bool
            )
        );
        rows.Add(
            Row("sc_trackers", SampleNeeds.None, "who else tracks what a stick counter does", [Counter, Table], (s, a, o, m, ref v) =>
                Trackers(s, (int)a[0].Number, a[1], m, ref v)
            )
        );
        rows.Add(
            Row(
                "sc_key",
                SampleNeeds.None,
                "key that a stick counter tracks",
                [Counter],
                (s, a, o, m, ref v) => Key(s, (int)a[0].Number, m, ref v),
                SampleType.Any
            )
        );
        for (int i = 0; i < Named; i++)
        {
            int counter = i;
            rows.Add(
                Row(
                    Prefix(i) + "tracked",
                    SampleNeeds.None,
                    $"whether stick counter {i} tracks",
                    [Table],
                    (s, a, o, m, ref v) => IsTracked(s, counter, a[0], m, ref v),
                    SampleType.Bool
                )
            );
            rows.Add(
                Row(
                    Prefix(i) + "trackers",
                    SampleNeeds.None,
                    $"who else tracks what stick counter {i} does",
                    [Table],
                    (s, a, o, m, ref v) => Trackers(s, counter, a[0], m, ref v)
                )
            );
            rows.Add(
                Row(
                    Prefix(i) + "key",
                    SampleNeeds.None,
                    $"key that stick counter {i} tracks",
                    [],
                    (s, a, o, m, ref v) => Key(s, counter, m, ref v),
                    SampleType.Any
                )
            );
        }
        rows.Add(Row("src_updt_conn_cnt", SampleNeeds.Client, "counts a connection of the client's address", [OwnTable], CountConnection));
        rows.Add(
            Row("table_cnt", SampleNeeds.None, "entries of a stick table", [OwnTable], (s, a, o, m, ref v) => Size(s, a, false, ref v))
        );
        rows.Add(
            Row("table_avl", SampleNeeds.None, "entries a stick table has room for", [OwnTable], (s, a, o, m, ref v) =>
                Size(s, a, true, ref v)
            )
        );
    }

    private static SampleFetch[] Make()
    {
        var rows = new List<SampleFetch>();
        foreach (StickValue value in StickValue.All)
            Add(rows, value);
        AddOthers(rows);
        return [.. rows];
    }

    internal static readonly SampleFetch[] Rows = Make();
}
