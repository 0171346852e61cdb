// A stick table at work (manual, "stick-table"): keys, and for each what is stored of it. Workers share it. It is made of shards, each
// with a gate that is held for a lookup and no longer; nothing is allocated for a lookup, and nothing on the managed heap for an entry.
// SAFETY: entries are looked at inside their shard's gate only; see StickShard.
using System;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Threading;
using Baton.Configuration.Model;
using Baton.Core.Buffers;
using Baton.Core.Frames;

namespace Baton.Engine.StickTables;

/// <summary>Any thread. Times are a worker's milliseconds, which all processes of a machine share.</summary>
public sealed unsafe partial class StickTableState : IDisposable
{
    /// <summary>Tables up to this many entries are one shard, and up to that many have few: what is evicted is exactly the oldest where
    /// that can be seen.</summary>
    private const int LargestOfOne = 8192,
        LargestOfFew = 262_144;
    private const int Few = 16,
        Many = 64;

    /// <summary>Expired entries that are removed while a gate is held.</summary>
    private const int SweepStep = 64;

    private StickMemory _memory;
    private readonly Lock _rejoining = new();
    private readonly bool _countsBytes;

    private static readonly StickDataType[] s_bytes =
    [
        StickDataType.BytesInCnt,
        StickDataType.BytesInRate,
        StickDataType.BytesOutCnt,
        StickDataType.BytesOutRate,
    ];
    private readonly int[] _periods = new int[StickDataKind.All.Length];
    private int _used;
    private long _change;
    private int _listenerKnows;

    public StickTableState(StickTableConfig config)
    {
        Config = config;
        Layout = new StickLayout(config);
        foreach (StickDataConfig data in config.Data)
            _periods[(int)data.Type] = data.PeriodMs;
        _countsBytes = Array.Exists(s_bytes, Layout.Stores);
        int count =
            config.Size <= LargestOfOne ? 1
            : config.Size <= LargestOfFew ? Few
            : Many;
        // a number that no entry has, blocks that are not full, buckets
        long most = ((long)config.Size + count) * (Layout.Size + sizeof(uint)) + count * 65536L;
        _memory = new StickMemory(most, count > 1 ? StickRegion.Create(count, AreaBytes(count)) : null);
        Seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8));
        Shards = new StickShard[count];
        for (int i = 0; i < count; i++)
            Shards[i] = new StickShard(this, _memory, i) { Changes = Layout.HasChanges ? new StickChanges(this, i) : null };
    }

    /// <summary>Address space of a shard: twice its share, and what is not full. Hashes spread better than that, and what is not used
    /// takes no memory.</summary>
    private long AreaBytes(int shards)
    {
        long share = (Config.Size / shards + 1L) * (Layout.Size + sizeof(uint));
        return (2 * share + 131_072 + Pages.Size - 1) / Pages.Size * Pages.Size;
    }

    /// <summary>
    /// Begins with what the process before had, in the same memory. False when what was written of it is wrong: then the table is as it
    /// was. Before anybody uses the table.
    /// </summary>
    internal bool TryAdopt(StickRegion region, long seed, long change, ref FrameReader r)
    {
        var memory = new StickMemory(0, region);
        var shards = new StickShard[Shards.Length];
        var elsewhere = new StickElsewhere();
        int used = 0;
        for (int i = 0; i < shards.Length; i++)
        {
            var shard = new StickShard(this, memory, i) { Changes = Layout.HasChanges ? new StickChanges(this, i) : null };
            if (!shard.ReadImage(ref r, region.Area(i), region.AreaBytes, out long bytes))
                return false;
            region.SetUsed(i, bytes);
            if (!shard.Settle((entry, connections) => elsewhere.Add(shard.Key((byte*)entry), connections)))
                return false;
            shards[i] = shard;
            used += shard.Count;
        }
        int texts = r.Int32();
        for (uint i = 1; i <= texts && !r.IsShort; i++)
            if (Texts.NumberOf(r.Text()) != i)
                return false;
        if (r.IsShort)
            return false;
        _memory.Release();
        (_memory, Shards, Seed, Elsewhere) = (memory, shards, seed, elsewhere);
        (_used, _change, AdoptedChange) = (used, change, change);
        return true;
    }

    /// <summary>Once the other process is gone, its memory is this one's, a piece at a time. True when there is more to do.</summary>
    internal bool RejoinSome()
    {
        lock (_rejoining)
        {
            if (Region is not { IsPartnerGone: true } region)
                return false;
            using (Shards[region.RejoinsNext].Gate.Enter())
                return region.RejoinSome();
        }
    }

    public StickTableConfig Config { get; }
    public StickLayout Layout { get; }
    public StickTexts Texts { get; } = new();
    internal StickShard[] Shards { get; private set; }

    /// <summary>What hashes begin with.</summary>
    internal long Seed { get; private set; }

    /// <summary>Memory that the next process can have; null for a small table.</summary>
    internal StickRegion? Region => _memory.Region;

    /// <summary>The last change that the process before has made, when this one has its memory; 0 otherwise.</summary>
    internal long AdoptedChange { get; private set; }

    /// <summary>Connections that the process before has; null when it has none that count.</summary>
    internal StickElsewhere? Elsewhere { get; set; }

    /// <summary>Entries, those that have just expired among them.</summary>
    public int Used => Volatile.Read(ref _used);

    /// <summary>Bytes that its entries have been given.</summary>
    public long Bytes => _memory.Taken;

    /// <summary>Number of the last change; 0 where no peer is told.</summary>
    public long LastChange => Volatile.Read(ref _change);

    /// <summary>Who tells peers. Set before there is traffic.</summary>
    public IStickListener? Listener { get; set; }

    /// <summary>The table that what peers say of this one is written to as well; null for none.</summary>
    internal StickWriteTo? WriteTo { get; set; }

    internal long NextChange() => Interlocked.Increment(ref _change);

    internal void ArmListener() => Volatile.Write(ref _listenerKnows, 0);

    internal void CountRemoved() => Interlocked.Decrement(ref _used);

    internal int PeriodOf(StickDataType type) => _periods[(int)type];

    /// <summary>Bytes of what is stored of a type, all its elements together.</summary>
    internal int SizeOf(StickDataType type) =>
        StickLayout.SizeOf(StickDataKind.Of(type).Form) * (StickDataKind.Of(type).IsArray ? Config.Find(type)!.Count : 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private StickShard ShardOf(ReadOnlySpan<byte> key, out uint hash, out int index)
    {
        ulong whole = XxHash3.HashToUInt64(key, Seed);
        hash = (uint)whole;
        index = (int)(whole >> 32) & (Shards.Length - 1);
        return Shards[index];
    }

    /// <summary>What was used then or before that has expired.</summary>
    private long ExpiredMs(long nowMs) => Config.ExpireMs == 0 ? long.MinValue : nowMs - Config.ExpireMs;

    private bool IsExpired(byte* entry, long nowMs) => StickShard.UsedMs(entry) <= ExpiredMs(nowMs) && StickShard.Holders(entry) == 0;

    /// <summary>The entry of a key, which the caller holds from now on; none when there is none. It counts as used only when it is
    /// changed.</summary>
    public StickEntry Find(ReadOnlySpan<byte> key, long nowMs)
    {
        StickShard shard = ShardOf(key, out uint hash, out int index);
        using (shard.Gate.Enter())
        {
            uint number = shard.Find(key, hash);
            if (number != 0 && IsExpired(shard.At(number), nowMs))
            {
                shard.Remove(number);
                number = 0;
            }
            if (number == 0)
                return default;
            StickShard.Holders(shard.At(number))++;
            return new StickEntry(this, index, number);
        }
    }

    /// <summary>The same, made when there is none. None when there is no room.</summary>
    public StickEntry FindOrAdd(ReadOnlySpan<byte> key, long nowMs)
    {
        StickShard shard = ShardOf(key, out uint hash, out int index);
        uint number = HoldOrAdd(shard, key, hash, nowMs, StickTrackStart.None);
        return number == 0 ? default : new StickEntry(this, index, number);
    }

    /// <summary>The same, and the entry counts one who begins to track it. PERF: in one turn of the gate.</summary>
    public StickEntry Track(ReadOnlySpan<byte> key, StickTrackStart what, long nowMs)
    {
        StickShard shard = ShardOf(key, out uint hash, out int index);
        uint number = HoldOrAdd(shard, key, hash, nowMs, what);
        if (number == 0)
            return default;
        NotifyListener();
        return new StickEntry(this, index, number);
    }

    /// <summary>The number of a key's entry, held.</summary>
    private uint HoldOrAdd(StickShard shard, ReadOnlySpan<byte> key, uint hash, long nowMs, StickTrackStart what)
    {
        const int attempts = 3;
        for (int attempt = 0; attempt < attempts; attempt++)
        {
            using (shard.Gate.Enter())
            {
                uint number = shard.Find(key, hash);
                if (number != 0 && IsExpired(shard.At(number), nowMs))
                {
                    shard.Remove(number);
                    number = 0;
                }
                bool room = number != 0;
                if (!room && (room = TryTakeRoom()))
                    number = AddInRoom(shard, key, hash, nowMs);
                if (number != 0)
                    StickShard.Holders(shard.At(number))++;
                if (number != 0 && what != StickTrackStart.None)
                    CountStart(shard, number, what, nowMs);
                if (room)
                    return number;
            }
            if (!MakeRoom(shard, nowMs))
                return 0;
        }
        return 0;
    }

    /// <summary>0 when there is no memory, and then the room is left free.</summary>
    private uint AddInRoom(StickShard shard, ReadOnlySpan<byte> key, uint hash, long nowMs)
    {
        uint number = 0;
        try
        {
            return number = shard.Add(key, hash, nowMs);
        }
        finally
        {
            if (number == 0)
                CountRemoved();
        }
    }

    private bool TryTakeRoom()
    {
        if (Interlocked.Increment(ref _used) <= Config.Size)
            return true;
        Interlocked.Decrement(ref _used);
        return false;
    }

    /// <summary>The table is full: what has expired goes, else some of what was used the longest time ago. COMPAT: one of 256 at a
    /// time.</summary>
    private bool MakeRoom(StickShard own, long nowMs)
    {
        int most = Math.Max(1, (Config.Size / 256 + 1) / Shards.Length),
            at = Array.IndexOf(Shards, own);
        for (int i = 0; i < Shards.Length; i++)
        {
            StickShard shard = Shards[(at + i) % Shards.Length];
            using (shard.Gate.Enter())
            {
                int before = shard.Count;
                shard.Sweep(ExpiredMs(nowMs), SweepStep);
                if (shard.Count == before && !Config.NoPurge)
                    shard.Evict(most);
                if (shard.Count < before)
                    return true;
            }
        }
        return false;
    }

    /// <summary>Lets go of an entry.</summary>
    public void Release(in StickEntry entry)
    {
        StickShard shard = Shards[entry.Shard];
        using (shard.Gate.Enter())
        {
            StickShard.Holders(shard.At(entry.Number))--;
        }
    }

    /// <summary>One more holder of what is held already.</summary>
    public void Hold(in StickEntry entry)
    {
        StickShard shard = Shards[entry.Shard];
        using (shard.Gate.Enter())
        {
            StickShard.Holders(shard.At(entry.Number))++;
        }
    }

    /// <summary>The key, written into <paramref name="into"/>; how long it is.</summary>
    public int KeyOf(in StickEntry entry, Span<byte> into)
    {
        StickShard shard = Shards[entry.Shard];
        // what is held keeps its key
        ReadOnlySpan<byte> key = shard.Key(shard.At(entry.Number));
        int length = Math.Min(key.Length, into.Length);
        key[..length].CopyTo(into);
        return length;
    }

    /// <summary>A connection that was the other process's is one of this.</summary>
    internal void NoteArrived(in StickEntry entry)
    {
        StickShard shard = Shards[entry.Shard];
        if (Elsewhere is { } elsewhere)
            elsewhere.Add(shard.Key(shard.At(entry.Number)), -1);
    }

    public int HoldersOf(in StickEntry entry) => Volatile.Read(ref StickShard.Holders(Shards[entry.Shard].At(entry.Number)));

    /// <summary>Removes what has expired, in bounded steps: one of each shard. True when there may be more.</summary>
    public bool Sweep(long nowMs)
    {
        if (Config.ExpireMs == 0)
            return false;
        bool more = false;
        foreach (StickShard shard in Shards)
        {
            using (shard.Gate.Enter())
            {
                more |= shard.Sweep(ExpiredMs(nowMs), SweepStep);
            }
        }
        return more;
    }

    /// <summary>The entry at a place, or the next one behind it, copied; the place is left behind it. False at the end. What is added
    /// meanwhile may be missed, what is there is seen once.</summary>
    public bool Next(ref StickPlace place, StickEntryCopy into, long nowMs)
    {
        for (; place.Shard < Shards.Length; place = new StickPlace(place.Shard + 1, 0))
        {
            StickShard shard = Shards[place.Shard];
            bool found = false;
            while (!found && place.Number < shard.Made)
            {
                using (shard.Gate.Enter())
                {
                    int looked = 0;
                    for (; !found && place.Number < shard.Made && looked < SweepStep; looked++)
                    {
                        uint number = place.Number;
                        place = place with { Number = number + 1 };
                        if (number == 0 || (StickShard.Flags(shard.At(number)) & StickShard.IsUsed) == 0)
                            continue;
                        if (IsExpired(shard.At(number), nowMs))
                            continue;
                        into.Take(shard, place.Shard, number, nowMs);
                        found = true;
                    }
                }
            }
            if (found)
                return true;
        }
        return false;
    }

    /// <summary>A key's entry as it is now. False when there is none.</summary>
    public bool TryCopy(ReadOnlySpan<byte> key, StickEntryCopy into, long nowMs)
    {
        StickShard shard = ShardOf(key, out uint hash, out int index);
        using (shard.Gate.Enter())
        {
            uint number = shard.Find(key, hash);
            bool found = number != 0 && !IsExpired(shard.At(number), nowMs);
            if (found)
                into.Take(shard, index, number, nowMs);
            return found;
        }
    }

    /// <summary>The entry that <see cref="StickEntryCopy.Address"/> told apart, as it is now. False when there is none any more.</summary>
    public bool TryCopyAt(ulong address, StickEntryCopy into, long nowMs)
    {
        for (int i = 0; i < Shards.Length; i++)
        {
            StickShard shard = Shards[i];
            using (shard.Gate.Enter())
            {
                uint number = shard.NumberAt((nint)address);
                if (number == 0)
                    continue;
                into.Take(shard, i, number, nowMs);
                return !into.IsExpired;
            }
        }
        return false;
    }

    /// <summary>Changes in their order, from the one behind <paramref name="since"/> on (0: all entries). Only where there are
    /// peers.</summary>
    public StickWalk Walk(long since) => new(this, since);

    public void Dispose() => _memory.Release();
}
