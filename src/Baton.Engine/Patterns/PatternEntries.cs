// The entries of one version of a pattern list, in their order. They are found by number, since later ones have higher numbers,
// and by key through an index made when somebody first asks: traffic that adds, sets and removes keys asks for each.
using System;
using System.Collections.Generic;

namespace Baton.Engine.Patterns;

/// <summary>OWNER: the lock of the list they belong to.</summary>
internal sealed class PatternEntries
{
    private readonly List<PatternEntry> _all = [];
    /// <summary>The last entry of each key; the ones before it by <see cref="PatternEntry.SameKey"/>.</summary>
    private Dictionary<byte[], PatternEntry>? _byKey;

    public int Count => _all.Count;
    public PatternEntry this[int index] => _all[index];
    public PatternEntry[] ToArray() => [.. _all];

    public void Add(PatternEntry entry)
    {
        _all.Add(entry);
        Index(entry);
    }

    public void AddRange(IEnumerable<PatternEntry> entries)
    {
        foreach (PatternEntry entry in entries) Add(entry);
    }

    /// <summary>The last entry of a key; the others by <see cref="PatternEntry.SameKey"/>.</summary>
    public PatternEntry? Last(ReadOnlySpan<byte> key) => ByKey.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out PatternEntry? entry) ? entry : null;

    /// <summary>The entries that are meant, the last one first.</summary>
    public List<PatternEntry> Find(PatternSelector meant)
    {
        var found = new List<PatternEntry>(1);
        if (meant.IsKey) for (PatternEntry? e = Last(meant.Key); e is not null; e = e.SameKey) found.Add(e);
        else if (IndexOf(meant.Id) is >= 0 and int at) found.Add(_all[at]);
        return found;
    }

    public void Remove(PatternEntry entry)
    {
        _all.RemoveAt(IndexOf(entry.Id));
        if (_byKey is null) return;
        PatternEntry last = _byKey[entry.KeyBytes];
        if (last != entry)
        {
            while (last.SameKey != entry) last = last.SameKey!;
            last.SameKey = entry.SameKey;
        }
        else if (entry.SameKey is { } before) _byKey[entry.KeyBytes] = before;
        else _byKey.Remove(entry.KeyBytes);
    }

    public void RemoveAll(Predicate<PatternEntry> meant)
    {
        _all.RemoveAll(meant);
        _byKey = null;
    }

    private Dictionary<byte[], PatternEntry> ByKey
    {
        get
        {
            if (_byKey is not null) return _byKey;
            _byKey = new Dictionary<byte[], PatternEntry>(_all.Count, ByteKeyComparer.Exact);
            foreach (PatternEntry entry in _all) Index(entry);
            return _byKey;
        }
    }

    private void Index(PatternEntry entry)
    {
        if (_byKey is null) return;
        entry.SameKey = _byKey.GetValueOrDefault(entry.KeyBytes);
        _byKey[entry.KeyBytes] = entry;
    }

    /// <summary>Where the entry with a number stands; negative when there is none.</summary>
    private int IndexOf(long id)
    {
        int low = 0, high = _all.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (_all[middle].Id == id) return middle;
            if (_all[middle].Id < id) low = middle + 1; else high = middle - 1;
        }
        return -1;
    }
}
