// The entries that a session or a stream tracks: its stick counters (manual, "tune.stick-counters").
using System;
using Baton.Core.Frames;

namespace Baton.Engine.StickTables;

/// <summary>A part of its session or stream, made when the first rule tracks, kept with the pooled object. OWNER: the connection's
/// worker.</summary>
public sealed class StickTrackers(int counters)
{
    private readonly StickEntry[] _entries = new StickEntry[counters];
    private long _bytesIn,
        _bytesOut;

    /// <summary>Those that track something.</summary>
    public int Count { get; private set; }

    public int Size => _entries.Length;

    public ref readonly StickEntry this[int counter] => ref _entries[counter];

    /// <summary>Keeps an entry that is held already.</summary>
    public void Set(int counter, in StickEntry entry)
    {
        _entries[counter] = entry;
        Count++;
    }

    /// <summary>Tracks nothing any more: a connection less of each.</summary>
    public void Release(long nowMs)
    {
        for (int i = 0; Count > 0 && i < _entries.Length; i++)
            if (_entries[i] is { Table: { } table } entry)
            {
                table.EndTracking(entry, _bytesIn, _bytesOut, nowMs);
                Forget(i);
            }
        _bytesIn = _bytesOut = 0;
    }

    /// <summary>So many bytes have been carried, and are still to be counted.</summary>
    public void OweBytes(long bytesIn, long bytesOut)
    {
        _bytesIn += bytesIn;
        _bytesOut += bytesOut;
    }

    /// <summary>Counts them now.</summary>
    public void CountBytes(long nowMs)
    {
        if ((_bytesIn | _bytesOut) == 0)
            return;
        for (int i = 0; i < _entries.Length; i++)
            if (_entries[i] is { Table: { } table } entry)
                table.CountBytes(entry, _bytesIn, _bytesOut, nowMs);
        _bytesIn = _bytesOut = 0;
    }

    /// <summary>The next process tracks them: they are still what they were.</summary>
    public void Depart()
    {
        for (int i = 0; Count > 0 && i < _entries.Length; i++)
            if (_entries[i] is { Table: { } table } entry)
            {
                table.Release(entry);
                Forget(i);
            }
    }

    private void Forget(int counter)
    {
        _entries[counter] = default;
        Count--;
    }

    /// <summary>Which counter tracks which key of which table.</summary>
    public static void Write(StickTrackers? trackers, FrameWriter w)
    {
        w.Byte((byte)(trackers?.Count ?? 0));
        if (trackers is null or { Count: 0 })
            return;
        for (int i = 0; i < trackers.Size; i++)
            if (trackers[i].IsSet)
            {
                w.Byte((byte)i);
                WriteEntry(trackers[i], w);
            }
    }

    /// <summary>Which table, and which key of it.</summary>
    internal static void WriteEntry(in StickEntry entry, FrameWriter w)
    {
        Span<byte> key = stackalloc byte[256];
        StickTableState table = entry.Table!;
        Span<byte> room = table.Config.KeyLength <= key.Length ? key : new byte[table.Config.KeyLength];
        w.Text(table.Config.Name);
        w.Byte((byte)table.Config.Type);
        w.Blob(room[..table.KeyOf(entry, room)]);
    }

    /// <summary>Holds the entry that was written; none when there is no such table here.</summary>
    internal static StickEntry ReadEntry(ref FrameReader r, EngineState engine, long nowMs)
    {
        string name = r.Text();
        int type = r.Byte();
        ReadOnlySpan<byte> key = r.Blob();
        if (r.IsShort || engine.FindStickTable(name) is not { } table || (int)table.Config.Type != type)
            return default;
        return key.Length <= table.Config.KeyLength ? table.FindOrAdd(key, nowMs) : default;
    }

    /// <summary>Tracks what the process before did, as far as there are such tables here: the connection has been counted there, and the
    /// count comes with the table.</summary>
    public static void Read(ref StickTrackers? trackers, ref FrameReader r, EngineState engine, long nowMs)
    {
        for (int left = r.AtEnd ? 0 : r.Byte(); left > 0 && !r.IsShort; left--)
        {
            int counter = r.Byte();
            StickEntry entry = ReadEntry(ref r, engine, nowMs);
            int size = engine.Config.Global.StickCounters;
            if (!entry.IsSet)
                continue;
            if (counter >= size || trackers is not null && trackers[counter].IsSet)
            {
                entry.Table!.Release(entry);
                continue;
            }
            (trackers ??= new StickTrackers(size)).Set(counter, entry);
            entry.Table!.NoteArrived(entry);
        }
    }
}
