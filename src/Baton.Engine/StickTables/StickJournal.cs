// What has become of the entries of a shard that the next process has been told of: as they were then, kept when they are about to change,
// so that the difference can be told. The next process adds it to what it has counted itself.
// SAFETY: called inside the shard's gate.
using System;
using System.Collections.Generic;

namespace Baton.Engine.StickTables;

internal sealed unsafe class StickJournal(StickLayout layout)
{
    private readonly Dictionary<uint, int> _places = [];
    private byte[] _before = [];
    private int _length;

    /// <summary>Entries with smaller numbers have been told as they were.</summary>
    public uint Told { get; set; }

    /// <summary>Keys that an operator has removed.</summary>
    public List<byte[]> Gone { get; } = [];

    /// <summary>A new entry in the place of one that was told: it was nothing before.</summary>
    public void Created(StickShard shard, uint number)
    {
        if (number < Told)
            _places[number] = -1;
    }

    public void Changing(StickShard shard, uint number)
    {
        if (number >= Told || !_places.TryAdd(number, _length))
            return;
        if (_length + layout.DataLength > _before.Length)
            Array.Resize(ref _before, Math.Max(_before.Length * 2, 64 * (layout.DataLength + 1)));
        new ReadOnlySpan<byte>(shard.At(number) + layout.DataOffset, layout.DataLength).CopyTo(_before.AsSpan(_length));
        _length += layout.DataLength;
    }

    /// <summary>It has expired or was evicted: so it will there.</summary>
    public void Removed(uint number) => _places.Remove(number);

    public void Cleared(StickShard shard, uint number)
    {
        if (number < Told)
            Gone.Add(shard.Key(shard.At(number)).ToArray());
    }

    public bool IsEmpty => _places.Count == 0 && Gone.Count == 0;

    /// <summary>One entry that has changed, and what it was, copied into <paramref name="before"/>; zeros when it is new. False when there
    /// is none.</summary>
    public bool TryTake(out uint number, Span<byte> before)
    {
        foreach ((uint n, int place) in _places)
        {
            number = n;
            if (place < 0)
                before.Clear();
            else
                _before.AsSpan(place, layout.DataLength).CopyTo(before);
            _places.Remove(n);
            if (_places.Count == 0)
                _length = 0;
            return true;
        }
        number = 0;
        return false;
    }
}
