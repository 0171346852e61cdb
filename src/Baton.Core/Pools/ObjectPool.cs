// Reuse of long-lived objects (connections, streams) so that steady state allocates nothing.
using System;
using System.Collections.Generic;

namespace Baton.Core.Pools;

/// <summary>OWNER: one worker. Keeps up to <paramref name="keep"/> idle objects.</summary>
public sealed class ObjectPool<T>(Func<T> create, int keep) where T : class
{
    private readonly Stack<T> _free = new();

    public int InUse { get; private set; }

    public T Rent()
    {
        InUse++;
        return _free.Count > 0 ? _free.Pop() : create();
    }

    public void Return(T item)
    {
        InUse--;
        if (_free.Count < keep) _free.Push(item);
    }
}
