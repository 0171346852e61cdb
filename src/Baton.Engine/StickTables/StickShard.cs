// A part of a stick table: the entries whose hashes begin alike. They lie in blocks and are found by number; a number stays with an
// entry as long as somebody holds it. Buckets grow one by one (linear hashing), so that no insertion ever moves more than one chain.
// Entries are chained in the order in which they were last used, which is the order in which they expire and are evicted.
// SAFETY: a number that is not 0 and smaller than _made is an entry of a block that is never freed while the table lives; everything but
// the constructor is called inside the gate.
using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Baton.Engine.Proxies;

namespace Baton.Engine.StickTables;

/// <summary>Everything but the gate is for its holder alone.</summary>
internal sealed unsafe partial class StickShard
{
    /// <summary>Buckets that come together.</summary>
    private const int BucketsPerBlock = 1024;
    private const int BlockBytes = 16384;

    /// <summary>The first of an entry's flags: it is used.</summary>
    internal const ushort IsUsed = 1;

    /// <summary>Its last change came from a peer.</summary>
    internal const ushort IsLearned = 2;

    private readonly StickTableState _table;
    private readonly StickLayout _layout;
    private readonly StickMemory _memory;
    private readonly int _index,
        _shift,
        _mask;
    private nint[] _blocks = [];
    private nint[] _buckets = [];
    private uint _bucketCount,
        _oldest,
        _newest,
        _free,
        _made = 1;

    internal SpinGate Gate;

    public StickShard(StickTableState table, StickMemory memory, int index)
    {
        (_table, _layout, _memory, _index) = (table, table.Layout, memory, index);
        long perBlock = Math.Clamp(BlockBytes / _layout.Size, 1, Math.Max(1, table.Config.Size));
        _shift = System.Numerics.BitOperations.Log2((uint)perBlock);
        _mask = (1 << _shift) - 1;
    }

    public int Count { get; private set; }

    /// <summary>Numbers of entries are smaller.</summary>
    public uint Made => _made;
    public uint Oldest => _oldest;
    public uint Newest => _newest;

    /// <summary>What a handover tells of it; null while there is none.</summary>
    internal StickJournal? Journal { get; set; }

    /// <summary>The order in which entries have changed; null where no peer is told.</summary>
    internal StickChanges? Changes { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* At(uint number) => (byte*)_blocks[number >> _shift] + (number & _mask) * _layout.Size;

    /// <summary>The number of the entry that lies there; 0 when none does.</summary>
    public uint NumberAt(nint address)
    {
        for (uint block = 0; block << _shift < _made; block++)
        {
            long offset = address - _blocks[block];
            if (offset < 0 || offset >= (long)_layout.Size << _shift)
                continue;
            uint number = (block << _shift) + (uint)(offset / _layout.Size);
            bool isEntry = offset % _layout.Size == 0 && number > 0 && number < _made && (Flags((byte*)address) & IsUsed) != 0;
            return isEntry ? number : 0;
        }
        return 0;
    }

    public static ref uint Word(byte* entry, int offset) => ref *(uint*)(entry + offset);

    public static ref long UsedMs(byte* entry) => ref *(long*)(entry + StickLayout.UsedMs);

    public static ref int Holders(byte* entry) => ref *(int*)(entry + StickLayout.Holders);

    public static ref ushort Flags(byte* entry) => ref *(ushort*)(entry + StickLayout.Flags);

    public ReadOnlySpan<byte> Key(byte* entry) => new(entry + _layout.KeyOffset, *(ushort*)(entry + StickLayout.KeyLength));

    private ref uint Bucket(uint hash)
    {
        // as many buckets as the next power of two, without those that have not been split yet
        uint all = System.Numerics.BitOperations.RoundUpToPowerOf2(_bucketCount),
            bucket = hash & (all - 1);
        if (bucket >= _bucketCount)
            bucket &= (all >> 1) - 1;
        return ref BucketAt(bucket);
    }

    private ref uint BucketAt(uint bucket) => ref ((uint*)_buckets[bucket / BucketsPerBlock])[bucket % BucketsPerBlock];

    /// <summary>0: there is none.</summary>
    public uint Find(ReadOnlySpan<byte> key, uint hash)
    {
        if (_bucketCount == 0)
            return 0;
        for (uint n = Bucket(hash); n != 0; )
        {
            byte* entry = At(n);
            if (Word(entry, StickLayout.Hash) == hash && Key(entry).SequenceEqual(key))
                return n;
            n = Word(entry, StickLayout.Next);
        }
        return 0;
    }

    /// <summary>A new entry, used now; 0 when there is no memory. The caller has seen to it that there is room in the table.</summary>
    public uint Add(ReadOnlySpan<byte> key, uint hash, long nowMs)
    {
        uint number = _free;
        if ((uint)Count >= _bucketCount && !AddBucket() && _bucketCount == 0 || number == 0 && (number = Make()) == 0)
            return 0;
        byte* entry = At(number);
        if (_free == number)
            _free = Word(entry, StickLayout.Next);
        new Span<byte>(entry, _layout.KeyOffset).Clear();
        key.CopyTo(new Span<byte>(entry + _layout.KeyOffset, key.Length));
        *(ushort*)(entry + StickLayout.KeyLength) = (ushort)key.Length;
        Word(entry, StickLayout.Hash) = hash;
        Flags(entry) = IsUsed;
        UsedMs(entry) = nowMs;
        ref uint bucket = ref Bucket(hash);
        Word(entry, StickLayout.Next) = bucket;
        bucket = number;
        Append(number, entry);
        Count++;
        Journal?.Created(this, number);
        return number;
    }

    /// <summary>Takes it out; its number may be another's soon. Nobody holds it.</summary>
    public void Remove(uint number)
    {
        byte* entry = At(number);
        Journal?.Removed(number);
        Changes?.Remove(this, number, entry);
        ref uint link = ref Bucket(Word(entry, StickLayout.Hash));
        while (link != number)
            link = ref Word(At(link), StickLayout.Next);
        link = Word(entry, StickLayout.Next);
        Unlink(entry);
        Flags(entry) = 0;
        Word(entry, StickLayout.Next) = _free;
        _free = number;
        Count--;
        _table.CountRemoved();
    }

    /// <summary>It was used now: it is the last to expire.</summary>
    public void Use(uint number, byte* entry, long nowMs)
    {
        // PERF: of what is used again and again in one millisecond the place in the order hardly matters
        if (_newest == number || UsedMs(entry) == nowMs)
        {
            UsedMs(entry) = nowMs;
            return;
        }
        UsedMs(entry) = nowMs;
        Unlink(entry);
        Append(number, entry);
    }

    private void Append(uint number, byte* entry)
    {
        Word(entry, StickLayout.Older) = _newest;
        Word(entry, StickLayout.Newer) = 0;
        if (_newest != 0)
            Word(At(_newest), StickLayout.Newer) = number;
        else
            _oldest = number;
        _newest = number;
    }

    private void Unlink(byte* entry)
    {
        uint older = Word(entry, StickLayout.Older),
            newer = Word(entry, StickLayout.Newer);
        if (older != 0)
            Word(At(older), StickLayout.Newer) = newer;
        else
            _oldest = newer;
        if (newer != 0)
            Word(At(newer), StickLayout.Older) = older;
        else
            _newest = older;
    }

    /// <summary>A block of entries when there is none left; 0 without memory.</summary>
    private uint Make()
    {
        uint block = _made >> _shift;
        if (block >= _blocks.Length || _blocks[block] == 0)
        {
            byte* at = _memory.Take(_index, _layout.Size << _shift);
            if (at is null)
                return 0;
            if (block >= _blocks.Length)
                Array.Resize(ref _blocks, Math.Max(4, _blocks.Length * 2));
            _blocks[block] = (nint)at;
        }
        return _made++;
    }

    /// <summary>One more bucket, which takes its share of the one that it is split from.</summary>
    private bool AddBucket()
    {
        uint block = _bucketCount / BucketsPerBlock;
        if (block >= _buckets.Length || _buckets[block] == 0)
        {
            byte* at = _memory.Take(_index, BucketsPerBlock * sizeof(uint));
            if (at is null)
                return false;
            if (block >= _buckets.Length)
                Array.Resize(ref _buckets, Math.Max(2, _buckets.Length * 2));
            _buckets[block] = (nint)at;
        }
        uint added = _bucketCount++;
        if (added == 0)
            return true;
        uint mask = System.Numerics.BitOperations.RoundUpToPowerOf2(_bucketCount) - 1;
        ref uint link = ref BucketAt(added & (mask >> 1));
        ref uint target = ref BucketAt(added);
        while (link != 0)
        {
            byte* entry = At(link);
            if ((Word(entry, StickLayout.Hash) & mask) != added)
            {
                link = ref Word(entry, StickLayout.Next);
                continue;
            }
            uint moved = link;
            link = Word(entry, StickLayout.Next);
            Word(entry, StickLayout.Next) = target;
            target = moved;
        }
        return true;
    }

    /// <summary>Entries have come from another process in no order: they are put in order once, when that is asked for.</summary>
    public bool IsUnordered { get; set; }

    private void Order()
    {
        IsUnordered = false;
        var entries = new System.Collections.Generic.List<(long UsedMs, uint Number)>(Count);
        for (uint n = _oldest; n != 0; n = Word(At(n), StickLayout.Newer))
            entries.Add((UsedMs(At(n)), n));
        entries.Sort();
        _oldest = _newest = 0;
        foreach ((_, uint n) in entries)
            Append(n, At(n));
    }

    /// <summary>Removes what has expired, so many at most. True when there may be more.</summary>
    public bool Sweep(long expiredMs, int most)
    {
        if (IsUnordered)
            Order();
        int removed = 0;
        for (int seen = 0; seen < most && _oldest != 0; seen++)
        {
            uint n = _oldest;
            byte* entry = At(n);
            if (UsedMs(entry) > expiredMs)
                return false;
            if (Holders(entry) > 0)
            {
                // it lives as long as it is held: it is looked at again when the rest has gone
                if (_newest != n)
                {
                    Unlink(entry);
                    Append(n, entry);
                }
                continue;
            }
            Remove(n);
            removed++;
        }
        return removed > most / 2;
    }

    /// <summary>Removes the entries that were used the longest time ago and that nobody holds, so many at most. How many there
    /// were.</summary>
    public int Evict(int most)
    {
        if (IsUnordered)
            Order();
        int evicted = 0,
            looked = 0;
        for (uint n = _oldest; n != 0 && evicted < most && looked < most + 64; looked++)
        {
            byte* entry = At(n);
            uint next = Word(entry, StickLayout.Newer);
            if (Holders(entry) == 0)
            {
                Remove(n);
                evicted++;
            }
            n = next;
        }
        return evicted;
    }
}
