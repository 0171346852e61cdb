// Streams waiting for a server slot, by their keys: first come, first served, unless rules set classes or offsets.
namespace Baton.Engine.Queues;

/// <summary>An intrusive list; used under the backend's gate only.</summary>
public sealed class PendingQueue
{
    private QueuePlace? _head,
        _tail;

    public int Count { get; private set; }

    /// <summary>Streams that have been given a slot from here.</summary>
    public long Served { get; private set; }
    public int MaxCount { get; set; }

    /// <summary>What processes before this one have seen. COMPAT: nobody waits for its lock, as "clear counters" does not.</summary>
    internal void RaiseMaxCount(int seen) => MaxCount = System.Math.Max(MaxCount, seen);

    internal void Add(QueuePlace place)
    {
        place.In = this;
        place.ServedBefore = Served;
        // PERF: without priorities the place is behind the last one
        QueuePlace? before = _tail;
        while (before is not null && before.Key > place.Key)
            before = before.Previous;
        QueuePlace? after = before is null ? _head : before.Next;
        place.Previous = before;
        place.Next = after;
        if (before is null)
            _head = place;
        else
            before.Next = place;
        if (after is null)
            _tail = place;
        else
            after.Previous = place;
        if (++Count > MaxCount)
            MaxCount = Count;
    }

    internal QueuePlace? Peek() => _head;

    /// <summary>Takes the stream out for a slot.</summary>
    internal void Take(QueuePlace place)
    {
        Served++;
        Remove(place);
    }

    internal void Remove(QueuePlace place)
    {
        if (place.Previous is null)
            _head = place.Next;
        else
            place.Previous.Next = place.Next;
        if (place.Next is null)
            _tail = place.Previous;
        else
            place.Next.Previous = place.Previous;
        place.Next = place.Previous = null;
        place.In = null;
        place.Passed = Served - place.ServedBefore;
        Count--;
    }
}
