// "strict-maxconn": connections that are open to a server, in use or idle, over all workers.
using System;
using System.Threading;

namespace Baton.Engine.Servers;

/// <summary>Of one server. Any worker.</summary>
internal sealed class OpenConnections
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>One more, that somebody else has made.</summary>
    public void Add() => Interlocked.Increment(ref _count);

    public void GiveBack() => Interlocked.Decrement(ref _count);

    /// <summary>Room for one more, taken; false when there is none.</summary>
    public bool TryTake(int limit)
    {
        int seen = Count;
        while (seen < limit)
        {
            int before = Interlocked.CompareExchange(ref _count, seen + 1, seen);
            if (before == seen)
                return true;
            seen = before;
        }
        return false;
    }
}
