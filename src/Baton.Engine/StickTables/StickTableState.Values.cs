// Values of the entries of a stick table: read, counted, set, taken over from elsewhere.
// SAFETY: as in StickTableState.cs: an entry's bytes are touched inside its shard's gate; offsets come from the layout.
using System;
using System.Runtime.CompilerServices;
using Baton.Configuration.Model;

namespace Baton.Engine.StickTables;

public sealed unsafe partial class StickTableState
{
    /// <summary>The value of something stored, with arrays in the place of what they replace. False when the table does not store
    /// it.</summary>
    private bool Place(ref StickDataType type, ref int index, out int offset)
    {
        offset = Layout.OffsetOf(type);
        if (offset < 0)
        {
            (type, index) = type switch
            {
                StickDataType.Gpt0 => (StickDataType.Gpt, 0),
                StickDataType.Gpc0 => (StickDataType.Gpc, 0),
                StickDataType.Gpc1 => (StickDataType.Gpc, 1),
                StickDataType.Gpc0Rate => (StickDataType.GpcRate, 0),
                StickDataType.Gpc1Rate => (StickDataType.GpcRate, 1),
                _ => (type, index),
            };
            offset = Layout.OffsetOf(type);
        }
        if (offset < 0 || index < 0)
            return false;
        StickDataKind kind = StickDataKind.Of(type);
        if (index > 0 && (!kind.IsArray || index >= Config.Find(type)!.Count))
            return false;
        offset += index * StickLayout.SizeOf(kind.Form);
        return true;
    }

    /// <summary>What stands in an array in the place of what was asked for. False when neither is stored.</summary>
    public bool TryResolve(ref StickDataType type, ref int index) => Place(ref type, ref index, out _);

    /// <summary>Whether it is stored, by itself or in an array.</summary>
    public bool Stores(StickDataType type, int index = 0) => Place(ref type, ref index, out _);

    private long ValueAt(byte* entry, StickDataType type, int offset, long nowMs) =>
        Layout.FormOf(type) switch
        {
            StickDataForm.Rate => Unsafe.ReadUnaligned<StickRate>(entry + offset).Read(nowMs, PeriodOf(type)),
            StickDataForm.LongNumber => Unsafe.ReadUnaligned<long>(entry + offset),
            _ when type == StickDataType.ConnCur => Math.Max(0, Unsafe.ReadUnaligned<int>(entry + offset)),
            _ => Unsafe.ReadUnaligned<uint>(entry + offset),
        };

    /// <summary>Reads a value: a rate as it is now, a text as its number. False when it is not stored.</summary>
    public bool TryRead(in StickEntry entry, StickDataType type, int index, long nowMs, out long value)
    {
        value = 0;
        if (!Place(ref type, ref index, out int offset))
            return false;
        StickShard shard = Shards[entry.Shard];
        using (shard.Gate.Enter())
        {
            value = ValueAt(shard.At(entry.Number), type, offset, nowMs);
        }
        return true;
    }

    /// <summary>The same of a key's entry, which nobody has to hold.</summary>
    /// <param name="found">There is such an entry.</param>
    public bool TryRead(ReadOnlySpan<byte> key, StickDataType type, int index, long nowMs, out bool found, out long value)
    {
        value = 0;
        bool stored = Place(ref type, ref index, out int offset);
        StickShard shard = ShardOf(key, out uint hash, out _);
        using (shard.Gate.Enter())
        {
            uint number = shard.Find(key, hash);
            found = number != 0 && !IsExpired(shard.At(number), nowMs);
            if (found && stored)
                value = ValueAt(shard.At(number), type, offset, nowMs);
        }
        return stored;
    }

    /// <summary>How long ago a key's entry was used, and in how long it expires (-1: never). False without such an entry.</summary>
    public bool TryReadTimes(ReadOnlySpan<byte> key, long nowMs, out long idleMs, out long expiresInMs)
    {
        StickShard shard = ShardOf(key, out uint hash, out _);
        long usedMs;
        bool found;
        using (shard.Gate.Enter())
        {
            uint number = shard.Find(key, hash);
            found = number != 0 && !IsExpired(shard.At(number), nowMs);
            usedMs = found ? StickShard.UsedMs(shard.At(number)) : 0;
        }
        idleMs = Math.Max(0, nowMs - usedMs);
        expiresInMs = Config.ExpireMs == 0 ? -1 : Math.Max(0, usedMs + Config.ExpireMs - nowMs);
        return found;
    }

    /// <summary>An entry will be changed: whoever tells the next process of changes looks at it before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* BeginChange(StickShard shard, uint number)
    {
        shard.Journal?.Changing(shard, number);
        return shard.At(number);
    }

    private static void EndChange(StickShard shard, uint number, byte* entry, long nowMs)
    {
        shard.Use(number, entry, nowMs);
        shard.Changes?.Note(shard, number, entry, learned: false);
    }

    private void NotifyListener()
    {
        if (Listener is { } listener && System.Threading.Interlocked.Exchange(ref _listenerKnows, 1) == 0)
            listener.Changed(this);
    }

    private void AddAt(byte* entry, StickDataType type, int offset, long amount, long nowMs)
    {
        switch (Layout.FormOf(type))
        {
            case StickDataForm.Rate:
                ref StickRate rate = ref Unsafe.AsRef<StickRate>(entry + offset);
                rate.Add((uint)amount, nowMs, PeriodOf(type));
                break;
            case StickDataForm.LongNumber:
                Unsafe.WriteUnaligned(entry + offset, Unsafe.ReadUnaligned<long>(entry + offset) + amount);
                break;
            default:
                Unsafe.WriteUnaligned(entry + offset, Unsafe.ReadUnaligned<uint>(entry + offset) + (uint)amount);
                break;
        }
    }

    /// <summary>Something has happened: raises a number and a rate, as far as they are stored. The entry has been used.</summary>
    public void Count(in StickEntry entry, StickDataType number, StickDataType rate, long amount, long nowMs)
    {
        int count = Layout.OffsetOf(number),
            ofRate = Layout.OffsetOf(rate);
        if ((count & ofRate) < 0 && count < 0 && ofRate < 0)
            return;
        long blocks = rate is StickDataType.BytesInRate or StickDataType.BytesOutRate ? amount / Config.BytesRateFactor : amount;
        StickShard shard = Shards[entry.Shard];
        using (shard.Gate.Enter())
        {
            byte* at = BeginChange(shard, entry.Number);
            if (count >= 0)
                AddAt(at, number, count, amount, nowMs);
            if (ofRate >= 0)
                AddAt(at, rate, ofRate, blocks, nowMs);
            EndChange(shard, entry.Number, at, nowMs);
        }
        NotifyListener();
    }

    private void AddBytes(byte* entry, long bytesIn, long bytesOut, long nowMs)
    {
        AddIfStored(entry, StickDataType.BytesInCnt, nowMs, bytesIn);
        AddIfStored(entry, StickDataType.BytesInRate, nowMs, bytesIn / Config.BytesRateFactor);
        AddIfStored(entry, StickDataType.BytesOutCnt, nowMs, bytesOut);
        AddIfStored(entry, StickDataType.BytesOutRate, nowMs, bytesOut / Config.BytesRateFactor);
    }

    /// <summary>So many bytes have been carried for the entry.</summary>
    public void CountBytes(in StickEntry entry, long bytesIn, long bytesOut, long nowMs)
    {
        if (!_countsBytes)
            return;
        StickShard shard = Shards[entry.Shard];
        using (shard.Gate.Enter())
        {
            byte* at = BeginChange(shard, entry.Number);
            AddBytes(at, bytesIn, bytesOut, nowMs);
            EndChange(shard, entry.Number, at, nowMs);
        }
        NotifyListener();
    }

    /// <summary>Somebody begins to track the entry. Inside the gate.</summary>
    private void CountStart(StickShard shard, uint number, StickTrackStart what, long nowMs)
    {
        byte* at = BeginChange(shard, number);
        AddIfStored(at, StickDataType.ConnCur, nowMs);
        AddIfStored(at, StickDataType.ConnCnt, nowMs);
        AddIfStored(at, StickDataType.ConnRate, nowMs);
        if (what == StickTrackStart.Request)
        {
            AddIfStored(at, StickDataType.HttpReqCnt, nowMs);
            AddIfStored(at, StickDataType.HttpReqRate, nowMs);
        }
        EndChange(shard, number, at, nowMs);
    }

    private void AddIfStored(byte* entry, StickDataType type, long nowMs, long amount = 1)
    {
        int offset = Layout.OffsetOf(type);
        if (offset >= 0 && amount != 0)
            AddAt(entry, type, offset, amount, nowMs);
    }

    /// <summary>Who tracked the entry no longer does, nor holds it. PERF: what it has carried is counted in the same turn of the
    /// gate.</summary>
    public void EndTracking(in StickEntry entry, long bytesIn, long bytesOut, long nowMs)
    {
        int current = Layout.OffsetOf(StickDataType.ConnCur);
        StickShard shard = Shards[entry.Shard];
        using (shard.Gate.Enter())
        {
            byte* at = BeginChange(shard, entry.Number);
            if (current >= 0)
                AddAt(at, StickDataType.ConnCur, current, -1, nowMs);
            if ((bytesIn | bytesOut) != 0 && _countsBytes)
                AddBytes(at, bytesIn, bytesOut, nowMs);
            EndChange(shard, entry.Number, at, nowMs);
            StickShard.Holders(at)--;
        }
        NotifyListener();
    }

    /// <summary>Adds to a value and to its rate (the same type again for none), as "sc-inc-gpc" does; gives the value afterwards, or where
    /// that is not stored the rate. False when neither is stored.</summary>
    public bool TryAdd(in StickEntry entry, StickDataType number, StickDataType rate, int index, long amount, long nowMs, out long value)
    {
        int rateIndex = index;
        value = 0;
        bool counts = Place(ref number, ref index, out int count),
            rates = Place(ref rate, ref rateIndex, out int ofRate) && rate != number;
        if (!counts && !rates)
            return false;
        StickShard shard = Shards[entry.Shard];
        using (shard.Gate.Enter())
        {
            byte* at = BeginChange(shard, entry.Number);
            if (rates)
                AddAt(at, rate, ofRate, amount, nowMs);
            if (counts)
                AddAt(at, number, count, amount, nowMs);
            value = counts ? ValueAt(at, number, count, nowMs) : ValueAt(at, rate, ofRate, nowMs);
            EndChange(shard, entry.Number, at, nowMs);
        }
        NotifyListener();
        return true;
    }

    /// <summary>Sets a number, and says what it was. False when it is not stored. A rate becomes one that holds for its period and then
    /// fades.</summary>
    public bool TrySet(in StickEntry entry, StickDataType type, int index, long value, long nowMs, out long before)
    {
        before = 0;
        if (!Place(ref type, ref index, out int offset))
            return false;
        StickShard shard = Shards[entry.Shard];
        using (shard.Gate.Enter())
        {
            byte* at = BeginChange(shard, entry.Number);
            before = ValueAt(at, type, offset, nowMs);
            switch (StickDataKind.Of(type).Form)
            {
                case StickDataForm.Rate:
                    Unsafe.WriteUnaligned(at + offset, new StickRate { Began = (uint)nowMs, Current = (uint)value });
                    break;
                case StickDataForm.LongNumber:
                    Unsafe.WriteUnaligned(at + offset, value);
                    break;
                default:
                    Unsafe.WriteUnaligned(at + offset, (uint)value);
                    break;
            }
            EndChange(shard, entry.Number, at, nowMs);
        }
        NotifyListener();
        return true;
    }

    /// <summary>The entry has been used, and nothing else.</summary>
    public void Touch(in StickEntry entry, long nowMs)
    {
        StickShard shard = Shards[entry.Shard];
        using (shard.Gate.Enter())
        {
            byte* at = shard.At(entry.Number);
            EndChange(shard, entry.Number, at, nowMs);
        }
        NotifyListener();
    }

    /// <summary>Takes over what is set in <paramref name="heard"/>, which came from a peer (it is not told back to peers, but to those who
    /// ask for all) or from the process before. False when there is no room.</summary>
    public bool Learn(StickEntryCopy heard, bool fromPeer, long nowMs)
    {
        StickShard shard = ShardOf(heard.Key, out uint hash, out _);
        bool hasExpiry = heard.ExpiresInMs >= 0 && Config.ExpireMs > 0;
        long usedMs = hasExpiry ? nowMs + Math.Min(heard.ExpiresInMs, Config.ExpireMs) - Config.ExpireMs : nowMs;
        uint number = HoldOrAdd(shard, heard.Key, hash, nowMs, StickTrackStart.None);
        if (number == 0)
            return false;
        using (shard.Gate.Enter())
        {
            byte* at = BeginChange(shard, number);
            StickShard.Holders(at)--;
            heard.PutInto(at);
            shard.Use(number, at, usedMs);
            shard.Changes?.Note(shard, number, at, fromPeer);
        }
        if (!fromPeer)
            NotifyListener();
        return true;
    }

    /// <summary>What the process before has told of an entry: as it was there, or what has been added to it since.</summary>
    /// <returns>By how many the open connections have changed.</returns>
    internal int Merge(in StickEntry entry, long usedMs, long nowMs, StickTableHearing.Values values)
    {
        StickShard shard = Shards[entry.Shard];
        int connections = 0;
        using (shard.Gate.Enter())
        {
            byte* at = BeginChange(shard, entry.Number);
            while (values.Next())
            {
                StickDataType type = values.Data.Type;
                if (type == StickDataType.ConnCur)
                    connections = (int)values.Number;
                byte* place = at + Layout.OffsetOf(type) + values.Index * StickLayout.SizeOf(values.Data.Kind.Form);
                switch (values.Data.Kind.Form)
                {
                    case StickDataForm.Rate when values.IsWhole:
                        Unsafe.WriteUnaligned(place, values.Rate);
                        break;
                    case StickDataForm.Text:
                        Unsafe.WriteUnaligned(place, Texts.NumberOf(values.Text));
                        break;
                    case StickDataForm.Number when values.IsWhole || !StickTableTelling.AddsUp(type):
                        if (!values.IsSame)
                            Unsafe.WriteUnaligned(place, (uint)values.Number);
                        break;
                    case StickDataForm.LongNumber when values.IsWhole:
                        Unsafe.WriteUnaligned(place, values.Number);
                        break;
                    default:
                        if (values.Number != 0)
                            AddAt(at, type, (int)(place - at), values.Number, nowMs);
                        break;
                }
            }
            shard.IsUnordered |= values.IsWhole;
            shard.Use(entry.Number, at, values.IsWhole ? usedMs : Math.Max(usedMs, StickShard.UsedMs(at)));
            shard.Changes?.Note(shard, entry.Number, at, learned: values.IsWhole);
        }
        NotifyListener();
        return connections;
    }

    /// <summary>Removes a key's entry. False when somebody holds it.</summary>
    public bool Remove(ReadOnlySpan<byte> key)
    {
        StickShard shard = ShardOf(key, out uint hash, out _);
        using (shard.Gate.Enter())
        {
            uint number = shard.Find(key, hash);
            bool free = number == 0 || StickShard.Holders(shard.At(number)) == 0;
            if (number != 0 && free)
            {
                shard.Journal?.Cleared(shard, number);
                shard.Remove(number);
            }
            return free;
        }
    }
}
