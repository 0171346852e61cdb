// Reuse of long-lived objects (connections, streams) so that steady state allocates nothing.
using System;
using System.Collections.Generic;
using Baton.Core.Buffers;

namespace Baton.Core.Pools;

/// <summary>OWNER: one worker. An object has one holder at a time.</summary>
public sealed class ObjectPool<T> : IShrinkable
    where T : class, IPooled
{
    private readonly Func<T> _create;
    private readonly int _size;
    private readonly PoolSet _set;

    /// <summary>Returned objects that wait, spoiled, to be looked at; null when the pool is not checked.</summary>
    private readonly Queue<T>? _spoiled;
    private readonly Action<string> _onFault;

    /// <summary>Idle objects that are never given back.</summary>
    private const int Least = 16;

    // PERF: an element that is no reference is stored without asking for its type
    private struct Place
    {
        public T? Item;
    }

    // as long as all objects there are, so that giving one back never needs memory
    private Place[] _free = new Place[Least];
    private int _freeCount,
        _fewestFree,
        _all;

    /// <param name="create">Makes one more.</param>
    /// <param name="size">Bytes one of them takes, about: what the <see cref="MemoryBudget"/> counts.</param>
    /// <param name="set">The owner's pools.</param>
    /// <param name="onFault">Gets what is wrong of a pool that is checked in any case (tests of the detection).</param>
    public ObjectPool(Func<T> create, int size, PoolSet set, Action<string>? onFault = null)
    {
        (_create, _size, _set) = (create, size, set);
        onFault ??= PoolChecks.Reporter;
        if (onFault is not null)
            _spoiled = new();
        _onFault = onFault ?? PoolChecks.Report;
        set.Add(this);
    }

    public int InUse => _all - Free;
    public int Free => _freeCount + Aside;
    public bool IsSmall => _all - Aside <= Least;
    public bool IsManaged => true;

    /// <summary>Objects that are kept aside to be looked at.</summary>
    private int Aside => _spoiled?.Count ?? 0;

    /// <summary>Null when there is no memory for one more.</summary>
    public T? Rent()
    {
        if (Aside > PoolChecks.Quarantine)
            TakeBack();
        T? item;
        if (_freeCount > 0)
            item = Take();
        else if ((item = Create()) is null)
        {
            // rather one that was looked at early than none
            if (Aside == 0)
            {
                MemoryBudget.CountFailure();
                return null;
            }
            TakeBack();
            item = Take();
        }
        item.Life++;
        return item;
    }

    private T Take()
    {
        T item = _free[--_freeCount].Item!;
        _free[_freeCount].Item = null;
        if (_freeCount < _fewestFree)
            _fewestFree = _freeCount;
        return item;
    }

    /// <summary>As many objects are made between two looks at the limits of the process.</summary>
    private const int LookEvery = 64;

    private T? Create()
    {
        _fewestFree = 0;
        if (_all % LookEvery == 0)
            MemoryBudget.LookAtLimits();
        if (!MemoryBudget.TryTakeObject(_size) && !(_set.MakeRoom() && MemoryBudget.TryTakeObject(_size)))
            return null;
        T? item = Make();
        if (item is null && _set.MakeRoom())
            item = Make();
        if (item is null)
        {
            MemoryBudget.GiveBackObject(_size);
            return null;
        }
        _all++;
        _set.HasGrown = true;
        return item;
    }

    private T? Make()
    {
        try
        {
            if (_all == _free.Length)
                Array.Resize(ref _free, 2 * _all);
            return _create();
        }
        catch (Exception e) when (MemoryBudget.IsLack(e))
        {
            MemoryBudget.NoteRefusal();
            return null;
        }
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
        if (_spoiled is not null)
            Spoil(item);
        else
            _free[_freeCount++].Item = item;
    }

    /// <summary>Counts out an object of which nobody knows any more what holds it: it is never used again.</summary>
    public void Forget(T item)
    {
        if ((item.Life & 1) == 0)
            return;
        item.Life++;
        _all--;
        MemoryBudget.GiveBackObject(_size);
    }

    private void Spoil(T item)
    {
        if (item.HeldBy() is { } holder)
            _onFault($"{typeof(T).Name} was returned while held by {holder}");
        item.Spoil();
        _spoiled!.Enqueue(item);
    }

    /// <summary>The one that has been aside the longest is free again.</summary>
    private void TakeBack()
    {
        T item = _spoiled!.Dequeue();
        if (!item.IsSpoiled())
            _onFault($"{typeof(T).Name} was written to after it had been returned");
        _free[_freeCount++].Item = item;
    }

    public long Shrink(int most, bool all)
    {
        int give = Math.Min(Math.Max(most, _all / 16), (all ? _freeCount : _fewestFree) - Least);
        _fewestFree = _freeCount;
        if (give <= 0)
            return 0;
        // from the bottom: those that were not asked for the longest
        Array.Copy(_free, give, _free, 0, _freeCount - give);
        Array.Clear(_free, _freeCount - give, give);
        _freeCount -= give;
        _fewestFree = _freeCount;
        _all -= give;
        for (int i = 0; i < give; i++)
            MemoryBudget.GiveBackObject(_size);
        if (_all < _free.Length / 4)
            Array.Resize(ref _free, Math.Max(Least, 2 * _all));
        return (long)give * _size;
    }
}
