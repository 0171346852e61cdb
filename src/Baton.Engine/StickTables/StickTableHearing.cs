// What the process before tells of one stick table. Nothing is believed: what does not fit the table here is stepped over.
using System;
using System.Collections.Generic;
using Baton.Configuration.Model;
using Baton.Core.Frames;

namespace Baton.Engine.StickTables;

/// <summary>OWNER: the conversation's thread, later the first worker.</summary>
internal sealed class StickTableHearing
{
    private readonly StickTableState _table;
    private readonly List<StickDataConfig> _stored;
    private readonly List<bool> _fits;

    public StickTableHearing(StickTableState table, List<StickDataConfig> stored)
    {
        (_table, _stored) = (table, stored);
        // a rate over another period is another rate
        _fits = stored.ConvertAll(d => table.Config.Find(d.Type) is { } here && here.PeriodMs == d.PeriodMs);
    }

    public void Read(ref FrameReader r, long nowMs)
    {
        Span<long> values = stackalloc long[4];
        while (!r.AtEnd && !r.IsShort)
        {
            byte kind = r.Byte();
            if (kind == StickTableTelling.Gone)
            {
                ReadOnlySpan<byte> gone = r.Blob();
                if (gone.Length <= _table.Config.KeyLength)
                    _table.Remove(gone);
                continue;
            }
            FrameReader entry = r.Record();
            ReadOnlySpan<byte> key = entry.Blob();
            long idle = entry.Int64();
            if (entry.IsShort || key.Length > _table.Config.KeyLength || _table.Config.ExpireMs > 0 && idle >= _table.Config.ExpireMs)
                continue;
            StickEntry held = _table.FindOrAdd(key, nowMs);
            if (!held.IsSet)
                continue;
            int connections = _table.Merge(
                held,
                nowMs - Math.Max(0, idle),
                nowMs,
                new Values(this, kind == StickTableTelling.Whole, entry)
            );
            if (connections != 0)
                (_table.Elsewhere ??= new StickElsewhere()).Add(key, connections);
            _table.Release(held);
        }
    }

    /// <summary>The process before is gone: so is what it still had open.</summary>
    public static void Ended(StickTableState table, long nowMs)
    {
        foreach ((byte[] key, int connections) in table.Elsewhere?.TakeAll() ?? [])
        {
            StickEntry entry = table.Find(key, nowMs);
            if (!entry.IsSet)
                continue;
            table.TryAdd(entry, StickDataType.ConnCur, StickDataType.ConnCur, 0, -connections, nowMs, out _);
            table.Release(entry);
        }
    }

    /// <summary>What an entry is to get, read while it is got.</summary>
    internal ref struct Values(StickTableHearing of, bool isWhole, FrameReader reader)
    {
        private FrameReader _reader = reader;
        private int _type,
            _index;

        public bool IsWhole => isWhole;
        public StickDataConfig Data { get; private set; } = null!;
        public int Index { get; private set; }
        public StickRate Rate { get; private set; }
        public long Number { get; private set; }
        public string Text { get; private set; } = "";

        /// <summary>A tag that has not been set since.</summary>
        public bool IsSame { get; private set; }

        /// <summary>The next value that has a place here.</summary>
        public bool Next()
        {
            while (_type < of._stored.Count)
            {
                Data = of._stored[_type];
                if (_index == Data.Count)
                {
                    _type++;
                    _index = 0;
                    continue;
                }
                Index = _index++;
                ReadValue();
                if (_reader.IsShort)
                    return false;
                if (of._fits[_type] && Index < of._table.Config.Find(Data.Type)!.Count)
                    return true;
            }
            return false;
        }

        private void ReadValue()
        {
            IsSame = false;
            switch (Data.Kind.Form)
            {
                case StickDataForm.Rate when isWhole:
                    Rate = new StickRate
                    {
                        Began = (uint)_reader.Int32(),
                        Current = (uint)_reader.Int32(),
                        Previous = (uint)_reader.Int32(),
                    };
                    break;
                case StickDataForm.Rate:
                    Number = (uint)_reader.Int32();
                    break;
                case StickDataForm.LongNumber:
                    Number = _reader.Int64();
                    break;
                case StickDataForm.Text:
                    Text = _reader.Text();
                    break;
                default:
                    Number = _reader.Int32();
                    IsSame = !StickTableTelling.AddsUp(Data.Type) && !_reader.Flag();
                    break;
            }
        }
    }
}
