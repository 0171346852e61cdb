// Goes through the entries of a table in the order of their last change, beside traffic: one peer that is told has one for each table.
// Shards are looked at in small steps, and what they have is put in order here.
// SAFETY: entries are looked at inside the gate of their shard; a number smaller than Made is one.
using System;
using System.Collections.Generic;

namespace Baton.Engine.StickTables;

/// <summary>OWNER: whoever made it. Disposed of when its peer is gone.</summary>
public sealed unsafe class StickWalk : IDisposable
{
    /// <summary>Entries of a shard that are looked at while its gate is held.</summary>
    private const int Step = 32;

    private readonly StickTableState _table;

    /// <summary>The entry that it has come to in each shard; moved on by the shard when that changes again or goes. Inside the shard's
    /// gate.</summary>
    internal uint[] At { get; }

    /// <summary>Found and not told yet, by number of change.</summary>
    private readonly List<(long Change, int Shard, uint Number)> _found = [];
    private int _next;

    internal StickWalk(StickTableState table, long since)
    {
        _table = table;
        At = new uint[table.Shards.Length];
        Told = since;
        IsSeeking = since > 0;
        for (int i = 0; i < At.Length; i++)
        {
            StickShard shard = table.Shards[i];
            using (shard.Gate.Enter())
            {
                At[i] = IsSeeking ? shard.Changes!.Last : 0;
                shard.Changes!.Add(this);
            }
        }
    }

    /// <summary>The place is still looked for: that <see cref="Next"/> has found nothing means nothing yet.</summary>
    public bool IsSeeking { get; private set; }

    /// <summary>Goes back in every shard, a step at a time, to the last entry that has been told. True when all are there.</summary>
    private bool Seek()
    {
        IsSeeking = false;
        for (int i = 0; i < At.Length; i++)
        {
            StickShard shard = _table.Shards[i];
            using (shard.Gate.Enter())
                IsSeeking |= !StickChanges.GoBack(shard, ref At[i], Told, Step);
        }
        return !IsSeeking;
    }

    /// <summary>Everything up to this change has been told.</summary>
    public long Told { get; private set; }

    /// <summary>The next entry that has changed, as it is now, with the number of its change in <see cref="StickEntryCopy.Change"/>. False
    /// when there is none at the moment.</summary>
    public bool Next(StickEntryCopy into, long nowMs)
    {
        if (IsSeeking && !Seek())
            return false;
        while (true)
        {
            while (_next < _found.Count)
            {
                (long change, int index, uint number) = _found[_next++];
                StickShard shard = _table.Shards[index];
                bool same;
                using (shard.Gate.Enter())
                {
                    // changed again since: it comes again, further on
                    same =
                        number < shard.Made
                        && (StickShard.Flags(shard.At(number)) & StickShard.IsUsed) != 0
                        && StickChanges.NumberOf(shard.At(number)) == change;
                    if (same)
                        into.Take(shard, index, number, nowMs);
                }
                Told = change;
                if (same && !into.IsExpired)
                    return true;
            }
            if (!Find())
                return false;
        }
    }

    /// <summary>From now on the listener is told once when there is something again. True when there is already.</summary>
    public bool Arm()
    {
        _table.ArmListener();
        return _table.LastChange > Told;
    }

    /// <summary>A step through every shard. What has a greater number than what a shard with more to come has shown is left for another
    /// step.</summary>
    private bool Find()
    {
        _found.Clear();
        _next = 0;
        // what has a number by now is in its shard by the time that we have the gate
        long limit = _table.LastChange;
        Span<uint> reached = stackalloc uint[At.Length];
        for (int i = 0; i < At.Length; i++)
        {
            StickShard shard = _table.Shards[i];
            using (shard.Gate.Enter())
            {
                uint number = At[i];
                int count = 0;
                long change = 0;
                for (; count < Step && (number = shard.Changes!.Following(shard, number)) != 0; count++)
                {
                    change = StickChanges.NumberOf(shard.At(number));
                    if (change > Told)
                        _found.Add((change, i, number));
                    else
                        At[i] = number;
                }
                if (count == Step)
                    limit = Math.Min(limit, change);
            }
        }
        _found.Sort(static (a, b) => a.Change.CompareTo(b.Change));
        while (_found.Count > 0 && _found[^1].Change > limit)
            _found.RemoveAt(_found.Count - 1);
        foreach ((long change, int index, uint number) in _found)
            reached[index] = number;
        for (int i = 0; i < At.Length; i++)
            if (reached[i] != 0)
                MoveTo(i, reached[i], limit);
        return _found.Count > 0;
    }

    /// <summary>What was found of the shard is behind this walk now; the entry may have changed again meanwhile.</summary>
    private void MoveTo(int index, uint number, long upTo)
    {
        StickShard shard = _table.Shards[index];
        using (shard.Gate.Enter())
        {
            byte* entry = shard.At(number);
            bool still =
                (StickShard.Flags(entry) & StickShard.IsUsed) != 0 && StickChanges.NumberOf(entry) is > 0 and var now && now <= upTo;
            if (still)
                At[index] = number;
        }
    }

    public void Dispose()
    {
        foreach (StickShard shard in _table.Shards)
        {
            using (shard.Gate.Enter())
            {
                shard.Changes!.Remove(this);
            }
        }
    }
}
