// Servers of a weighted round in the order of their turns: a binary heap.
using System;
using Baton.Engine.Servers;

namespace Baton.Engine.Balancing;

internal sealed class TurnHeap
{
    private ServerState[] _items = [];

    public int Count { get; private set; }

    public ServerState Peek() => _items[0];

    /// <summary>Makes room for as many servers, so that choosing allocates nothing.</summary>
    public void Reserve(int servers)
    {
        if (_items.Length < servers)
            Array.Resize(ref _items, Math.Max(servers, 2 * _items.Length));
    }

    public void Push(ServerState server) => Rise(Count++, server);

    public ServerState Pop()
    {
        ServerState first = _items[0],
            last = _items[--Count];
        Sink(0, last);
        return first;
    }

    /// <summary>Takes one out from anywhere. True when it was in here.</summary>
    public bool Remove(ServerState server)
    {
        int at = Array.IndexOf(_items, server, 0, Count);
        if (at < 0)
            return false;
        ServerState last = _items[--Count];
        if (at == Count)
            return true;
        // the last one takes the place, and finds its own from there: up, or down
        int above = (at - 1) / 2;
        if (at > 0 && BalancingTurn.Precedes(last.Turn, _items[above].Turn))
            Rise(at, last);
        else
            Sink(at, last);
        return true;
    }

    private void Rise(int at, ServerState server)
    {
        while (at > 0)
        {
            int above = (at - 1) / 2;
            if (!BalancingTurn.Precedes(server.Turn, _items[above].Turn))
                break;
            _items[at] = _items[above];
            at = above;
        }
        _items[at] = server;
    }

    private void Sink(int at, ServerState server)
    {
        while (true)
        {
            int below = 2 * at + 1;
            if (below >= Count)
                break;
            if (below + 1 < Count && BalancingTurn.Precedes(_items[below + 1].Turn, _items[below].Turn))
                below++;
            if (!BalancingTurn.Precedes(_items[below].Turn, server.Turn))
                break;
            _items[at] = _items[below];
            at = below;
        }
        _items[at] = server;
    }
}
