// Connections that the process before has: an entry's conn_cur counts them as long as they are there. When one moves it is this process's,
// when one ends there that is told; when that process is gone without a word, those it still had are gone too.
using System;
using System.Collections.Generic;
using System.Threading;
using Baton.Engine.Patterns;

namespace Baton.Engine.StickTables;

/// <summary>By key of a table. Any thread.</summary>
internal sealed class StickElsewhere
{
    private readonly Lock _gate = new();
    private readonly Dictionary<byte[], int> _counts = new(ByteKeyComparer.Exact);

    /// <summary>So many more, or fewer.</summary>
    public void Add(ReadOnlySpan<byte> key, int connections)
    {
        lock (_gate)
        {
            Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> counts = _counts.GetAlternateLookup<ReadOnlySpan<byte>>();
            counts.TryGetValue(key, out int before);
            if (before + connections == 0)
                counts.Remove(key);
            else
                counts[key] = before + connections;
        }
    }

    /// <summary>All that are left, which are none afterwards.</summary>
    public List<(byte[] Key, int Connections)> TakeAll()
    {
        lock (_gate)
        {
            var left = new List<(byte[], int)>(_counts.Count);
            foreach ((byte[] key, int connections) in _counts)
                left.Add((key, connections));
            _counts.Clear();
            return left;
        }
    }
}
