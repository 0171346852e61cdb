// Streams waiting for a server slot, by their keys: first come, first served, unless rules set classes or offsets.
using Baton.Engine.Streams;

namespace Baton.Engine.Queues;

/// <summary>An intrusive list; used under the backend's gate only.</summary>
public sealed class PendingQueue
{
    private ProxyStream? _head,
        _tail;

    public int Count { get; private set; }

    /// <summary>Streams that have been given a slot from here.</summary>
    public long Served { get; private set; }
    public int MaxCount { get; set; }

    public void Add(ProxyStream stream)
    {
        stream.QueuedIn = this;
        stream.QueueServedBefore = Served;
        // PERF: without priorities the place is behind the last one
        ProxyStream? before = _tail;
        while (before is not null && before.QueueKey > stream.QueueKey)
            before = before.QueuePrevious;
        ProxyStream? after = before is null ? _head : before.QueueNext;
        stream.QueuePrevious = before;
        stream.QueueNext = after;
        if (before is null)
            _head = stream;
        else
            before.QueueNext = stream;
        if (after is null)
            _tail = stream;
        else
            after.QueuePrevious = stream;
        if (++Count > MaxCount)
            MaxCount = Count;
    }

    public ProxyStream? Peek() => _head;

    /// <summary>Takes the stream out for a slot.</summary>
    public void Take(ProxyStream stream)
    {
        Served++;
        Remove(stream);
    }

    public void Remove(ProxyStream stream)
    {
        if (stream.QueuePrevious is null)
            _head = stream.QueueNext;
        else
            stream.QueuePrevious.QueueNext = stream.QueueNext;
        if (stream.QueueNext is null)
            _tail = stream.QueuePrevious;
        else
            stream.QueueNext.QueuePrevious = stream.QueuePrevious;
        stream.QueueNext = stream.QueuePrevious = null;
        stream.QueuedIn = null;
        stream.QueuePlace = Served - stream.QueueServedBefore;
        Count--;
    }
}
