// What an epoll event reaches: the object in the descriptor table. A handler is also a timer node, because nearly
// everything that has a descriptor has a deadline.
using Baton.Core.Timers;

namespace Baton.Engine.Loop;

/// <summary>OWNER: the worker whose epoll set holds the descriptor.</summary>
public abstract class EventHandler : TimerNode
{
    /// <summary>The descriptor, -1 when closed.</summary>
    public int Fd = -1;

    /// <summary>Called with the EPOLL* bits of one event.</summary>
    public abstract void OnEvents(uint events);

    /// <summary>
    /// One of its handlers failed in the middle, and nobody knows what is true of it: it is ended, and its object never used again.
    /// </summary>
    public virtual void Abandon() { }
}
