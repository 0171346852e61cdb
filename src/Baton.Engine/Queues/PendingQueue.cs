// Streams waiting for a server slot: first come, first served (priority classes and offsets come with their actions).
using Baton.Engine.Streams;

namespace Baton.Engine.Queues;

/// <summary>An intrusive list; used under the backend's gate only.</summary>
public sealed class PendingQueue
{
    private ProxyStream? _head, _tail;

    public int Count { get; private set; }
    public int MaxCount { get; set; }

    public void Add(ProxyStream stream)
    {
        stream.QueuedIn = this;
        stream.QueuePrevious = _tail;
        stream.QueueNext = null;
        if (_tail is null) _head = stream; else _tail.QueueNext = stream;
        _tail = stream;
        if (++Count > MaxCount) MaxCount = Count;
    }

    public ProxyStream? Peek() => _head;

    public void Remove(ProxyStream stream)
    {
        if (stream.QueuePrevious is null) _head = stream.QueueNext; else stream.QueuePrevious.QueueNext = stream.QueueNext;
        if (stream.QueueNext is null) _tail = stream.QueuePrevious; else stream.QueueNext.QueuePrevious = stream.QueuePrevious;
        stream.QueueNext = stream.QueuePrevious = null;
        stream.QueuedIn = null;
        Count--;
    }
}
