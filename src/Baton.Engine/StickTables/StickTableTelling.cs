// Telling one stick table to the next process: entries as they are the first time, then what has been added to them.
// SAFETY: shards are looked at inside their gates.
using System;
using System.Runtime.CompilerServices;
using Baton.Configuration.Model;
using Baton.Core.Frames;

namespace Baton.Engine.StickTables;

/// <summary>OWNER: the conversation's thread.</summary>
internal sealed unsafe class StickTableTelling(StickTableState table)
{
    /// <summary>Entries that are copied while a gate is held.</summary>
    private const int Step = 32;

    /// <summary>What a record of an entry says.</summary>
    internal const byte Whole = 0,
        Added = 1,
        Gone = 2;

    private readonly byte[] _before = new byte[table.Layout.DataLength];
    private readonly StickEntryCopy _entry = new(table);
    private int _shard;

    public StickTableState Table => table;

    public void Begin()
    {
        _shard = 0;
        foreach (StickShard shard in table.Shards)
        {
            using (shard.Gate.Enter())
            {
                shard.Journal ??= new StickJournal(table.Layout) { Told = 1 };
            }
        }
    }

    public void End()
    {
        foreach (StickShard shard in table.Shards)
        {
            using (shard.Gate.Enter())
            {
                shard.Journal = null;
            }
        }
    }

    /// <summary>False, and nothing written, when there is nothing to tell any more.</summary>
    public bool WriteNext(FrameWriter w, int room, long nowMs)
    {
        int start = w.Length;
        for (; _shard < table.Shards.Length; _shard++)
        {
            StickShard shard = table.Shards[_shard];
            bool more = true;
            while (more)
            {
                if (w.Length - start >= room)
                    return true;
                using (shard.Gate.Enter())
                {
                    more = WriteStep(shard, w, nowMs);
                }
            }
        }
        return w.Length > start;
    }

    private bool WriteStep(StickShard shard, FrameWriter w, long nowMs)
    {
        StickJournal journal = shard.Journal!;
        if (journal.Told < shard.Made)
        {
            uint end = Math.Min(shard.Made, journal.Told + Step);
            for (; journal.Told < end; journal.Told++)
                if ((StickShard.Flags(shard.At(journal.Told)) & StickShard.IsUsed) != 0)
                    Write(shard, journal.Told, default, w, nowMs);
            return true;
        }
        // what is made from now on is told as what was added to nothing
        journal.Told = uint.MaxValue;
        for (int i = 0; i < Step; i++)
        {
            if (journal.TryTake(out uint number, _before))
                Write(shard, number, _before, w, nowMs);
            else if (journal.Gone.Count > 0)
            {
                w.Byte(Gone);
                w.Blob(journal.Gone[^1]);
                journal.Gone.RemoveAt(journal.Gone.Count - 1);
            }
            else
                return false;
        }
        return true;
    }

    /// <param name="before">Empty: the entry as it is.</param>
    private void Write(StickShard shard, uint number, ReadOnlySpan<byte> before, FrameWriter w, long nowMs)
    {
        _entry.Take(shard, 0, number, nowMs);
        w.Byte(before.IsEmpty ? Whole : Added);
        int record = w.BeginRecord();
        w.Blob(_entry.Key);
        w.Int64(_entry.IdleMs);
        foreach (StickDataConfig data in table.Config.Data)
            for (int i = 0; i < data.Count; i++)
                Write(data, i, before, w);
        w.EndRecord(record);
    }

    private void Write(StickDataConfig data, int index, ReadOnlySpan<byte> before, FrameWriter w)
    {
        int at = table.Layout.OffsetOf(data.Type) - table.Layout.DataOffset + index * StickLayout.SizeOf(data.Kind.Form);
        switch (data.Kind.Form)
        {
            case StickDataForm.Rate when before.IsEmpty:
                StickRate rate = _entry.Rate(data.Type, index);
                w.Int32((int)rate.Began);
                w.Int32((int)rate.Current);
                w.Int32((int)rate.Previous);
                break;
            case StickDataForm.Rate:
                w.Int32((int)_entry.Rate(data.Type, index).Since(Unsafe.ReadUnaligned<StickRate>(in before[at]), data.PeriodMs));
                break;
            case StickDataForm.LongNumber:
                w.Int64((long)_entry.Number(data.Type, index) - (before.IsEmpty ? 0 : Unsafe.ReadUnaligned<long>(in before[at])));
                break;
            case StickDataForm.Text:
                w.Text(_entry.Text(data.Type));
                break;
            default:
                uint was = before.IsEmpty ? 0 : Unsafe.ReadUnaligned<uint>(in before[at]);
                uint now = (uint)_entry.Number(data.Type, index);
                // tags and servers are what was said of them last
                w.Int32((int)(AddsUp(data.Type) ? now - was : now));
                if (!AddsUp(data.Type))
                    w.Flag(before.IsEmpty || now != was);
                break;
        }
    }

    internal static bool AddsUp(StickDataType type) => type is not (StickDataType.ServerId or StickDataType.Gpt0 or StickDataType.Gpt);
}
