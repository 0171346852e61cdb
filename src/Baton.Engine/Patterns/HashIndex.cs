// Entries of a list found by hash. It grows a little with each entry that is added, never at once, and lookups take no lock: a
// table is filled beside the one in use, which stays complete until everything of it is in the new one.
using System;
using System.Threading;

namespace Baton.Engine.Patterns;

/// <summary>What makes two entries the same to an index.</summary>
internal unsafe interface IIndexKind
{
    static abstract uint Hash(PatternNode* node);
}

/// <summary>What is looked for.</summary>
internal unsafe interface IProbe
{
    bool Matches(PatternNode* node);
}

/// <summary>OWNER: the lock of the list for changes. Open addressing; a slot is an address with 16 bits of the hash above it.</summary>
internal sealed unsafe class HashIndex<TKind>
    where TKind : struct, IIndexKind
{
    private const ulong Empty = 0,
        Gone = 1,
        AddressMask = (1UL << 48) - 1;

    /// <summary>Slots carried over with each entry that is added.</summary>
    private const int SlotsPerStep = 8;

    // SAFETY: Slots has Mask + 1 slots, a power of two; it is freed through PatternMemory after it is out of reach.
    private sealed class Table(int size)
    {
        public readonly ulong* Slots = (ulong*)PatternMemory.AllocateZeroed((nuint)size * sizeof(ulong));
        public readonly int Mask = size - 1;
        public int Used;

        public void Retire()
        {
            const int large = 1 << 15;
            if (Mask >= large)
                PatternMemory.RetireLarge(Slots);
            else
                PatternMemory.Retire(Slots);
        }
    }

    private Table _table;
    private Table? _old;

    /// <summary>Slots of the old table that have been looked at, entries that are in it alone, entries in all.</summary>
    private int _moved,
        _uncarried,
        _count;

    public HashIndex(int capacity) => _table = new Table(SizeFor(capacity));

    private static int SizeFor(int capacity) =>
        (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, capacity * 4L / 3 + 1));

    public PatternNode* Find<TProbe>(uint hash, scoped ref TProbe probe)
        where TProbe : struct, IProbe, allows ref struct
    {
        Table table = Volatile.Read(ref _table);
        // read before the look: an entry that is carried over meanwhile stays in the old table, but that may be forgotten by then
        Table? old = Volatile.Read(ref _old);
        PatternNode* found = FindIn(table, hash, ref probe);
        return found is null && old is not null && old != table ? FindIn(old, hash, ref probe) : found;
    }

    private static PatternNode* FindIn<TProbe>(Table table, uint hash, scoped ref TProbe probe)
        where TProbe : struct, IProbe, allows ref struct
    {
        ulong tag = (ulong)(hash >> 16) << 48;
        for (int i = (int)hash & table.Mask; ; i = (i + 1) & table.Mask)
        {
            ulong slot = Volatile.Read(ref table.Slots[i]);
            if (slot == Empty)
                return null;
            if (slot == Gone || (slot & ~AddressMask) != tag)
                continue;
            var node = (PatternNode*)(slot & AddressMask);
            if (probe.Matches(node))
                return node;
        }
    }

    /// <summary>What is still in the old table alone will need its place too.</summary>
    private bool IsFull => (_table.Used + _uncarried + 1) * 4L > (_table.Mask + 1) * 3L;

    // many slots may be of entries that have gone; there is room for as many entries as it takes to carry all slots over
    private int NextSize(Table old) => SizeFor(_count + Math.Max(_count / 2, (old.Mask + 1) / SlotsPerStep));

    /// <summary>Bytes of memory that the next entry takes here.</summary>
    public long NextBytes => IsFull ? (long)NextSize(_table) * sizeof(ulong) : 0;

    /// <summary>Adds one that is not there.</summary>
    public void Add(PatternNode* node)
    {
        if (IsFull)
            Grow();
        Carry(SlotsPerStep);
        Insert(_table, node);
        _count++;
    }

    private static void Insert(Table table, PatternNode* node)
    {
        uint hash = TKind.Hash(node);
        int i = (int)hash & table.Mask;
        while (table.Slots[i] != Empty)
            i = (i + 1) & table.Mask;
        Volatile.Write(ref table.Slots[i], (ulong)(hash >> 16) << 48 | (ulong)node);
        table.Used++;
    }

    private void Grow()
    {
        Carry(int.MaxValue);
        // made first: when it cannot be, nothing has changed
        var table = new Table(NextSize(_table));
        _old = _table;
        (_moved, _uncarried) = (0, _count);
        Volatile.Write(ref _table, table);
    }

    private void Carry(int slots)
    {
        if (_old is not { } old)
            return;
        for (; slots > 0 && _moved <= old.Mask; slots--)
        {
            ulong slot = old.Slots[_moved++];
            if (slot is Empty or Gone)
                continue;
            Insert(_table, (PatternNode*)(slot & AddressMask));
            _uncarried--;
        }
        if (_moved <= old.Mask)
            return;
        Volatile.Write(ref _old, null);
        old.Retire();
    }

    public void Remove(PatternNode* node)
    {
        uint hash = TKind.Hash(node);
        bool carried = PutIn(_table, node, hash, Gone);
        bool old = _old is not null && PutIn(_old, node, hash, Gone);
        if (old && !carried)
            _uncarried--;
        if (old || carried)
            _count--;
    }

    /// <summary>Puts another entry of the same kind in an entry's place.</summary>
    public void Replace(PatternNode* node, PatternNode* by)
    {
        uint hash = TKind.Hash(node);
        ulong slot = (ulong)(hash >> 16) << 48 | (ulong)by;
        PutIn(_table, node, hash, slot);
        if (_old is not null)
            PutIn(_old, node, hash, slot);
    }

    private static bool PutIn(Table table, PatternNode* node, uint hash, ulong value)
    {
        for (int i = (int)hash & table.Mask; table.Slots[i] != Empty; i = (i + 1) & table.Mask)
        {
            if ((table.Slots[i] & AddressMask) != (ulong)node)
                continue;
            Volatile.Write(ref table.Slots[i], value);
            return true;
        }
        return false;
    }

    /// <summary>Out of reach with the list that it belongs to.</summary>
    public void Retire()
    {
        _table.Retire();
        _old?.Retire();
    }
}
