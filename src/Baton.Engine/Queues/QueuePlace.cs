// A stream's place in the queue of a server or a backend.
using Baton.Engine.Streams;

namespace Baton.Engine.Queues;

/// <summary>A part of its stream; used under the backend's gate only.</summary>
internal sealed class QueuePlace(ProxyStream stream)
{
    public ProxyStream Stream => stream;

    /// <summary>Where it waits for a server slot; null when it does not.</summary>
    public PendingQueue? In { get; set; }
    public QueuePlace? Next { get; set; }
    public QueuePlace? Previous { get; set; }

    /// <summary>What it is ordered by: lower keys first. Set before it is queued.</summary>
    public long Key { get; set; }

    /// <summary>Streams the queue had served when it was queued.</summary>
    public long ServedBefore { get; set; }

    /// <summary>And those that it has served since, when this one left (itself included when it was served).</summary>
    public long Passed { get; set; }
}
