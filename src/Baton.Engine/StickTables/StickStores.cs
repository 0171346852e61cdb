// Keys that a stream will write its server down for, once it has one.
using System;

namespace Baton.Engine.StickTables;

/// <summary>Made for the first stream that needs it, kept with the pooled object, whose memory is used again.</summary>
public sealed class StickStores
{
    /// <summary>COMPAT: as many for a request and its response.</summary>
    private const int Most = 8;

    private readonly StickTableState[] _tables = new StickTableState[Most];
    private readonly int[] _ends = new int[Most];
    private byte[] _keys = new byte[64];

    public int Count { get; private set; }

    public void Clear() => Count = 0;

    public StickTableState Table(int i) => _tables[i];

    public ReadOnlySpan<byte> Key(int i) => _keys.AsSpan(i == 0 ? 0 : _ends[i - 1], _ends[i] - (i == 0 ? 0 : _ends[i - 1]));

    /// <summary>Something is to be written into the table already, from the place <paramref name="from"/> on.</summary>
    public bool Has(StickTableState table, int from)
    {
        for (int i = from; i < Count; i++)
            if (_tables[i] == table)
                return true;
        return false;
    }

    public void Add(StickTableState table, ReadOnlySpan<byte> key)
    {
        if (Count == Most)
            return;
        int start = Count == 0 ? 0 : _ends[Count - 1];
        if (start + key.Length > _keys.Length)
            Array.Resize(ref _keys, Math.Max(_keys.Length * 2, start + key.Length));
        key.CopyTo(_keys.AsSpan(start));
        _ends[Count] = start + key.Length;
        _tables[Count++] = table;
    }
}
