// Reuse of long-lived objects (connections, streams) so that steady state allocates nothing.
using System;
using System.Collections.Generic;

namespace Baton.Core.Pools;

/// <summary>OWNER: one worker. Keeps up to a number of idle objects. An object has one holder at a time.</summary>
public sealed class ObjectPool<T> where T : class, IPooled
{
    private readonly Func<T> _create;
    private readonly int _keep;
    private readonly Stack<T> _free = new();

    /// <summary>Returned objects that wait, spoiled, to be looked at; null when the pool is not checked.</summary>
    private readonly Queue<T>? _spoiled;
    private readonly Action<string> _onFault;

    /// <param name="create">Makes an object when none is idle.</param>
    /// <param name="keep">Idle objects that are kept.</param>
    /// <param name="onFault">Gets what is wrong of a pool that is checked in any case (tests of the detection).</param>
    public ObjectPool(Func<T> create, int keep, Action<string>? onFault = null)
    {
        (_create, _keep) = (create, keep);
        onFault ??= PoolChecks.Reporter;
        if (onFault is not null) _spoiled = new();
        _onFault = onFault ?? PoolChecks.Report;
    }

    public int InUse { get; private set; }

    public T Rent()
    {
        InUse++;
        if (_spoiled is { Count: > PoolChecks.Quarantine }) _free.Push(Inspected(_spoiled.Dequeue()));
        T item = _free.Count > 0 ? _free.Pop() : _create();
        item.Life++;
        return item;
    }

    /// <summary>Takes an object back. One that is here already stays out of it: it would get two holders.</summary>
    public void Return(T item)
    {
        if ((item.Life & 1) == 0)
        {
            _onFault($"{typeof(T).Name} was returned twice");
            return;
        }
        item.Life++;
        InUse--;
        if (_spoiled is not null) { Spoil(item); return; }
        if (_free.Count < _keep) _free.Push(item);
    }

    /// <summary>Counts out an object of which nobody knows any more what holds it: it is never used again.</summary>
    public void Forget(T item)
    {
        if ((item.Life & 1) == 0) return;
        item.Life++;
        InUse--;
    }

    private void Spoil(T item)
    {
        if (item.HeldBy() is { } holder) _onFault($"{typeof(T).Name} was returned while held by {holder}");
        item.Spoil();
        _spoiled!.Enqueue(item);
    }

    private T Inspected(T item)
    {
        if (!item.IsSpoiled()) _onFault($"{typeof(T).Name} was written to after it had been returned");
        return item;
    }
}
