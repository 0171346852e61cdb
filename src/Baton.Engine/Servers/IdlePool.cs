// Idle connections to one server on one worker, the last one used first: the warmest is reused, the oldest age out.
using System;
using System.Collections.Generic;
using System.IO.Hashing;
using Baton.Engine.Connections;
using Baton.Engine.Loop;

namespace Baton.Engine.Servers;

/// <summary>OWNER: one worker.</summary>
public sealed class IdlePool
{
    private ServerConnection[] _items = [];

    /// <summary>What the connections of a name are found by; 0 for none.</summary>
    internal static ulong KeyOf(ReadOnlySpan<byte> name) => name.IsEmpty ? 0 : XxHash3.HashToUInt64(name) | 1;

    public int Count { get; private set; }

    /// <summary>Connections with streams that may get more (HTTP/2).</summary>
    internal List<ServerConnection> Shared { get; } = [];

    /// <summary>Connections being set up that will probably be such, and streams that wait for one of them.</summary>
    internal List<ServerConnection> Awaited { get; } = [];
    private readonly List<(IJoining Stream, uint Sequence)> _joining = [];

    /// <summary>Connections kept for one client each while it sends nothing. Only of servers that count theirs (strict-maxconn).</summary>
    private List<ServerConnection>? _kept;

    internal void NoteKept(ServerConnection connection) => (_kept ??= []).Add(connection);

    internal void ForgetKept(ServerConnection connection) => _kept?.Remove(connection);

    /// <summary>Another worker asks: a moment old.</summary>
    internal bool HasIdle => Count > 0 || _kept is { Count: > 0 };

    /// <summary>The idle connection that will be missed least, of those in the pool first; null without any.</summary>
    internal ServerConnection? Oldest =>
        Count > 0 ? _items[0]
        : _kept is { Count: > 0 } kept ? kept[0]
        : null;

    /// <summary>Streams that wait; some of them may be over.</summary>
    internal int JoiningCount => _joining.Count;

    internal void Join(IJoining stream, uint sequence) => _joining.Add((stream, sequence));

    /// <summary>What was waited for has come, or will not: each looks for itself.</summary>
    internal void WakeJoining()
    {
        foreach ((IJoining stream, uint sequence) in _joining)
            stream.GoOnConnecting(sequence);
        _joining.Clear();
    }

    /// <summary>What the other workers kept when they were last asked, and when that was.</summary>
    private int _others;
    private long _othersAtMs = -1;

    /// <summary>Idle connections of all workers. PERF: what others keep is asked once in a millisecond, not for each request.</summary>
    internal int CountOfAll(PerWorker<IdlePool> pools, long nowMs)
    {
        if (_othersAtMs != nowMs)
        {
            _othersAtMs = nowMs;
            _others = -Count;
            foreach (IdlePool pool in pools)
                _others += pool.Count;
        }
        return _others + Count;
    }

    /// <summary>The lowest count since the last purge: connections nobody needed (pool-purge-delay).</summary>
    public int LowWater { get; set; }

    /// <summary>On the purger's list, and when it is due.</summary>
    public bool Watched { get; set; }
    public long NextPurgeMs { get; set; }

    public void Push(ServerConnection connection)
    {
        if (Count == _items.Length)
            Array.Resize(ref _items, Math.Max(4, Count * 2));
        connection.PoolIndex = Count;
        _items[Count++] = connection;
    }

    /// <summary>The most recently used connection, or null.</summary>
    /// <param name="provenOnly">It has to have served more than one request.</param>
    /// <param name="nameKey">What it has to have asked for by name.</param>
    /// <param name="toLend">For another worker.</param>
    /// <param name="isFramed">It has to speak in frames.</param>
    public ServerConnection? Pop(bool provenOnly, ulong nameKey = 0, bool toLend = false, bool isFramed = false)
    {
        for (int i = Count - 1; i >= 0; i--)
        {
            ServerConnection c = _items[i];
            // COMPAT: one in frames could have told by a GOAWAY what one of HTTP/1 has to prove
            if (provenOnly && c is { Reuses: 0, Mux: null } || c.NameKey != nameKey || toLend && !MayChangeWorker(c))
                continue;
            if (isFramed && c.Mux is null)
                continue;
            // the server may have said meanwhile that it takes none
            if (c.Mux is { HasRoom: false })
                continue;
            Remove(c);
            return c;
        }
        return null;
    }

    /// <summary>Tables and windows of frames are in their worker's memory.</summary>
    private static bool MayChangeWorker(ServerConnection c) => c.Mux is null && c.Transport is not { CanChangeWorker: false };

    /// <summary>Connections that have served more than one request. Other workers may ask: the answer may then be a moment old.</summary>
    public int ProvenCount
    {
        get
        {
            ServerConnection?[] items = _items;
            int n = 0;
            for (int i = 0; i < items.Length && i < Count; i++)
                if (items[i] is { Reuses: > 0 })
                    n++;
            return n;
        }
    }

    public ServerConnection this[int index] => _items[index];

    /// <summary>Takes one out, keeping the order of the others.</summary>
    public void Remove(ServerConnection connection)
    {
        int at = connection.PoolIndex;
        Count--;
        for (int i = at; i < Count; i++)
        {
            _items[i] = _items[i + 1];
            _items[i].PoolIndex = i;
        }
        _items[Count] = null!;
        connection.PoolIndex = -1;
        if (Count < LowWater)
            LowWater = Count;
    }

    /// <summary>Closes them all, whatever name they asked for.</summary>
    public void DiscardAll()
    {
        while (Count > 0)
        {
            ServerConnection last = _items[Count - 1];
            Remove(last);
            last.Discard();
        }
    }
}
