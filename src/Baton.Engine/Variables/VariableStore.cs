// The variables of one session, transaction or exchange. A handful at most: found by walking them.
// SAFETY: an entry's block is its own until the entry is set again, unset or cleared, and Length is at most the size of its kind;
// a text handed out holds until then.
using System;
using Baton.Configuration.Expressions;
using Baton.Core.Pools;
using Baton.Engine.Connections;
using Baton.Engine.Samples;

namespace Baton.Engine.Variables;

/// <summary>OWNER: the worker of its connection. Rented when the first variable is set, given back empty.</summary>
public sealed unsafe class VariableStore : IPooled
{
    /// <summary>COMPAT: what a variable costs besides its text where tune.vars limits are counted, about as much as HAProxy
    /// counts.</summary>
    public const int Overhead = 80;

    private struct Entry
    {
        public int Index;
        public SampleType Type;
        public byte BlockKind;
        public int Length;
        public long Number;
        public SocketAddress Address;
        public byte* Block;
    }

    private Entry[] _entries = new Entry[4];
    private int _count;

    /// <summary>Where a variable stands, plus one, by its index; for a store that may hold very many.</summary>
    private int[]? _places;

    /// <summary>Bytes counted against the limit of this scope, finer scopes included; kept only when there are limits.</summary>
    public int Size;

    public bool IsEmpty => _count == 0;

    /// <summary>A store for a handful of variables, or with <paramref name="many"/> for any number.</summary>
    public VariableStore(bool many = false) => _places = many ? [] : null;

    public uint Life { get; set; }

    public string? HeldBy() => _count > 0 ? "variables" : null;

    /// <summary>A size that no store can have.</summary>
    public void Spoil() => Size = int.MinValue;

    public bool IsSpoiled()
    {
        bool untouched = _count == 0 && Size == int.MinValue;
        Size = 0;
        return untouched;
    }

    /// <summary>Bytes of the variable as limits count them; 0 when it is not set.</summary>
    public int CostOf(int index) => Find(index) is >= 0 and int at ? Overhead + _entries[at].Length : 0;

    /// <summary>Bytes of all variables as limits count them.</summary>
    public int TotalCost
    {
        get
        {
            int sum = 0;
            for (int i = 0; i < _count; i++)
                sum += Overhead + _entries[i].Length;
            return sum;
        }
    }

    /// <summary>The value; a text points into the store and holds until the variable is set again.</summary>
    public bool TryGet(int index, ref SampleValue value)
    {
        int at = Find(index);
        if (at < 0)
            return false;
        ref Entry e = ref _entries[at];
        value.Type = e.Type;
        value.Number = e.Number;
        value.Address = e.Address;
        value.Text = new ReadOnlySpan<byte>(e.Block, e.Length);
        return true;
    }

    /// <summary>Copies the value in. False when its text is longer than a block can be, or there is no memory for it: the variable is as it
    /// was then.</summary>
    public bool Set(int index, scoped in SampleValue value, VariableMemory memory)
    {
        ReadOnlySpan<byte> text = value.HasText ? value.Text : default;
        if (text.Length > memory.Largest)
            return false;
        int at = Find(index);
        bool added = at < 0;
        if (added)
        {
            if (_count == _entries.Length)
                Array.Resize(ref _entries, _count * 2);
            at = _count++;
            _entries[at] = new Entry { Index = index };
            Place(index, at);
        }
        ref Entry e = ref _entries[at];
        if (!StoreText(ref e, text, memory))
        {
            if (added)
                _count--;
            return false;
        }
        e.Type = value.Type;
        e.Number = value.Number;
        e.Address = value.Address;
        return true;
    }

    /// <summary>The text may lie in the very block that is replaced ("set-var(txn.x) var(txn.x)"): that goes back last.</summary>
    private static bool StoreText(ref Entry e, ReadOnlySpan<byte> text, VariableMemory memory)
    {
        byte* old = e.Block;
        byte oldKind = e.BlockKind;
        bool keep = old is not null && text.Length > 0 && text.Length <= memory.SizeOf(oldKind);
        if (!keep)
        {
            byte kind = 0;
            byte* block = text.IsEmpty ? null : memory.Rent(text.Length, out kind);
            if (block is null && !text.IsEmpty)
                return false;
            e.Block = block;
            e.BlockKind = kind;
        }
        text.CopyTo(new Span<byte>(e.Block, text.Length));
        e.Length = text.Length;
        if (!keep && old is not null)
            memory.Return(old, oldKind);
        return true;
    }

    public void Unset(int index, VariableMemory memory)
    {
        int at = Find(index);
        if (at < 0)
            return;
        if (_entries[at].Block is not null)
            memory.Return(_entries[at].Block, _entries[at].BlockKind);
        Place(index, -1);
        _entries[at] = _entries[--_count];
        if (at < _count)
            Place(_entries[at].Index, at);
    }

    public void Clear(VariableMemory memory)
    {
        for (int i = 0; i < _count; i++)
            if (_entries[i].Block is not null)
                memory.Return(_entries[i].Block, _entries[i].BlockKind);
        if (_places is not null)
            Array.Clear(_places);
        _count = 0;
        Size = 0;
    }

    private int Find(int index)
    {
        if (_places is not null)
            return index < _places.Length ? _places[index] - 1 : -1;
        for (int i = 0; i < _count; i++)
            if (_entries[i].Index == index)
                return i;
        return -1;
    }

    private void Place(int index, int at)
    {
        if (_places is null)
            return;
        if (index >= _places.Length)
            Array.Resize(ref _places, Math.Max(index + 1, _places.Length * 2));
        _places[index] = at + 1;
    }
}
