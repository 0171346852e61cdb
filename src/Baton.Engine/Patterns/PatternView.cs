// What lookups see of the entries that are tried one after the other, in the list's order.
using System;
using System.Threading;

namespace Baton.Engine.Patterns;

/// <summary>Entries with what is compared with. One that is removed leaves a gap, and the index is made anew once most are gaps: a change
/// costs as much in a long list as in a short one. OWNER: the list's lock for changes; lookups take none.</summary>
internal sealed unsafe class PatternView<T>
{
    private const int FewGaps = 16;

    // SAFETY: nodes in use when they were put here, freed only after all lookups that were under way when they were taken out
    private readonly nint[] _nodes;
    private readonly long[] _ids;
    private int _gaps;

    private PatternView(nint[] nodes, long[] ids, T[] values, int count)
    {
        _nodes = nodes;
        _ids = ids;
        Values = values;
        Count = count;
    }

    public static PatternView<T> None { get; } = new([], [], [], 0);

    public T[] Values { get; }
    public int Count { get; }

    /// <summary>Null for a gap. SAFETY: valid for the lookup that asks.</summary>
    public PatternNode* NodeAt(int i) => (PatternNode*)Volatile.Read(ref _nodes[i]);

    /// <summary>One more at the end. What is behind the count of an older view is not seen there.</summary>
    public PatternView<T> With(PatternNode* node, T value)
    {
        (nint[] nodes, long[] ids, T[] values) = (_nodes, _ids, Values);
        if (Count == nodes.Length)
        {
            int length = Math.Max(4, Count * 2);
            Array.Resize(ref nodes, length);
            Array.Resize(ref ids, length);
            Array.Resize(ref values, length);
        }
        (nodes[Count], ids[Count], values[Count]) = ((nint)node, node->Id, value);
        return new PatternView<T>(nodes, ids, values, Count + 1) { _gaps = _gaps };
    }

    /// <summary>One more in the middle of few.</summary>
    public PatternView<T> With(PatternNode* node, T value, int at)
    {
        nint[] nodes = [.. _nodes.AsSpan(0, at), (nint)node, .. _nodes.AsSpan(at, Count - at)];
        long[] ids = [.. _ids.AsSpan(0, at), node->Id, .. _ids.AsSpan(at, Count - at)];
        T[] values = [.. Values.AsSpan(0, at), value, .. Values.AsSpan(at, Count - at)];
        return new PatternView<T>(nodes, ids, values, Count + 1) { _gaps = _gaps };
    }

    /// <summary>Leaves a gap. False when there are so many that the index is better made anew.</summary>
    public bool TryRemove(PatternNode* node)
    {
        // in the order of their numbers, but for few in an order of their own
        int at = Array.BinarySearch(_ids, 0, Count, node->Id);
        if (at < 0 || _nodes[at] != (nint)node)
            at = Array.IndexOf(_nodes, (nint)node, 0, Count);
        if (at < 0)
            return false;
        Volatile.Write(ref _nodes[at], 0);
        return ++_gaps <= FewGaps || _gaps <= Count / 2;
    }
}
