// Many texts, found by hash: whole, or by the beginnings that occur, the longest tried first.
using System;
using System.Collections.Concurrent;
using System.Threading;

namespace Baton.Engine.Patterns;

/// <summary>OWNER: the lock of the list for changes; lookups take none.</summary>
internal sealed class TextIndex(int capacity, bool beginnings, bool ignoreCase)
{
    private readonly ConcurrentDictionary<byte[], PatternEntry> _byKey = new(concurrencyLevel: 1, capacity, ignoreCase ? ByteKeyComparer.IgnoringCase : ByteKeyComparer.Exact);
    /// <summary>Lengths of the keys that a text may begin with, longest first; replaced as a whole.</summary>
    private int[] _lengths = [];
    private bool _hasDuplicates;

    /// <summary>Of equal keys the first counts.</summary>
    public void Add(byte[] key, PatternEntry entry)
    {
        if (!_byKey.TryAdd(key, entry)) _hasDuplicates = true;
        if (!beginnings || Array.IndexOf(_lengths, key.Length) >= 0) return;
        int[] lengths = [.. _lengths, key.Length];
        Array.Sort(lengths, static (a, b) => b - a);
        Volatile.Write(ref _lengths, lengths);
    }

    /// <summary>False when another entry of the same key might have to take its place: then the index must be made anew.</summary>
    public bool TryRemove(byte[] key) => !_hasDuplicates && _byKey.TryRemove(key, out _);

    public PatternEntry? Find(ReadOnlySpan<byte> text)
    {
        var keys = _byKey.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!beginnings) return keys.TryGetValue(text, out PatternEntry? exact) ? exact : null;
        foreach (int length in Volatile.Read(ref _lengths))
            if (length <= text.Length && keys.TryGetValue(text[..length], out PatternEntry? entry)) return entry;
        return null;
    }
}
