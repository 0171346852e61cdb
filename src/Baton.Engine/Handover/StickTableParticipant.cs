// Handover of stick tables. All entries are told before the next process accepts; what has been counted since, in this process and by
// connections that end here, is told as differences, which the next one adds to what it counts itself. A shard keeps what its entries were
// when they were told, from the moment they change (StickJournal).
using System;
using System.Collections.Generic;
using Baton.Configuration.Model;
using Baton.Core.Frames;
using Baton.Engine.StickTables;

namespace Baton.Engine.Handover;

public sealed class StickTableParticipant : IAdditiveParticipant
{
    private readonly List<StickTableTelling> _tables = [];
    private readonly Dictionary<string, StickTableHearing?> _heard = [];
    private int _next;

    public string Name => "stick-tables";
    public int Version => 1;

    private void Find(EngineState engine)
    {
        if (_tables.Count == 0)
            foreach (StickTableState table in engine.StickTables)
                _tables.Add(new StickTableTelling(table));
    }

    /// <summary>Tables whose memory this process would take, and what it has to look like.</summary>
    public static void WriteWanted(EngineState engine, FrameWriter w)
    {
        foreach (StickTableState table in engine.StickTables)
            if (StickTableImage.FormOf(table) is { } form)
            {
                w.Text(table.Config.Name);
                w.Text(form);
            }
    }

    /// <summary>Before anything else is told: gives away the memory of the tables that the next process would take. What becomes of
    /// those is told as of all others.</summary>
    /// <param name="engine">Whose.</param>
    /// <param name="wanted">What <see cref="WriteWanted"/> has written there.</param>
    /// <param name="give">Sends a table with its descriptors, of which the second is closed afterwards. False when that did not go.</param>
    public bool Share(EngineState engine, ReadOnlySpan<byte> wanted, Func<FrameWriter, int[], bool> give)
    {
        Find(engine);
        var r = new FrameReader(wanted);
        var image = new FrameWriter();
        while (!r.AtEnd && !r.IsShort)
        {
            string name = r.Text(),
                form = r.Text();
            image.Clear();
            int[] descriptors = [-1, -1];
            if (engine.FindStickTable(name) is not { } table || StickTableImage.FormOf(table) != form)
                continue;
            if (StickTableImage.TryWrite(table, image, descriptors) && !give(image, descriptors))
                return false;
        }
        return true;
    }

    public void Begin(EngineState engine)
    {
        Find(engine);
        foreach (StickTableTelling table in _tables)
            table.Begin();
        _next = 0;
    }

    /// <summary>A record of a table: its name, what it stores, and entries.</summary>
    public bool WriteNext(EngineState engine, FrameWriter into, int room)
    {
        for (; _next < _tables.Count; _next++)
        {
            int start = into.Length,
                record = into.BeginRecord();
            WriteHead(into, _tables[_next].Table.Config);
            if (_tables[_next].WriteNext(into, room, engine.Workers[0].NowMs))
            {
                into.EndRecord(record);
                return true;
            }
            into.Truncate(start);
        }
        return false;
    }

    private static void WriteHead(FrameWriter w, StickTableConfig config)
    {
        w.Text(config.Name);
        w.Byte((byte)config.Type);
        w.UInt16(config.Data.Count);
        foreach (StickDataConfig data in config.Data)
        {
            w.Byte((byte)data.Type);
            w.Byte((byte)data.Count);
            w.Int32(data.PeriodMs);
        }
    }

    public void Read(EngineState engine, ref FrameReader from)
    {
        while (!from.AtEnd && !from.IsShort)
        {
            FrameReader r = from.Record();
            string name = r.Text();
            int type = r.Byte();
            var stored = new List<StickDataConfig>();
            for (int left = r.UInt16(); left > 0 && !r.IsShort; left--)
                stored.Add(new StickDataConfig((StickDataType)r.Byte(), r.Byte(), r.Int32()));
            if (r.IsShort || stored.Exists(static d => (int)d.Type >= StickDataKind.All.Length))
                return;
            if (!_heard.TryGetValue(name, out StickTableHearing? table))
                _heard[name] = table =
                    engine.FindStickTable(name) is { } here && (int)here.Config.Type == type ? new StickTableHearing(here, stored) : null;
            table?.Read(ref r, engine.Workers[0].NowMs);
        }
    }

    public void Ended(EngineState engine)
    {
        foreach (StickTableState table in engine.StickTables)
            StickTableHearing.Ended(table, engine.Workers[0].NowMs);
    }

    public void End() => _tables.ForEach(static t => t.End());
}
