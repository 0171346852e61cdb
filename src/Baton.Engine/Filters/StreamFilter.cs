// What a filter does with one stream. It sees the heads, the payload without its framing, and the ends of both messages, and says how
// much of the payload may go on now.
using System;
using Baton.Core.Frames;
using Baton.Core.Pools;
using Baton.Engine.Proxies;
using Baton.Engine.Streams;
using Baton.Http.Messages;

namespace Baton.Engine.Filters;

/// <summary>OWNER: the stream's worker. Rented when the stream meets the proxy of the filter's line, given back at its end.</summary>
public abstract class StreamFilter : IPooled
{
    /// <summary>The line it stands for.</summary>
    public ProxyFilter Of { get; internal set; } = null!;

    public uint Life { get; set; }

    /// <summary>It has to see the payload of this side: without one that does, bytes pass as if there were no filters.</summary>
    public abstract bool Wants(ChannelSide side);

    /// <summary>The stream has met it; nothing of the object's last life is left.</summary>
    public abstract void Begin(ProxyStream stream);

    /// <summary>The stream ends.</summary>
    public virtual void End(ProxyStream stream) { }

    public virtual void BackendChosen(ProxyStream stream, BackendState backend) { }

    /// <summary>A head as it leaves: every rule has run.</summary>
    public virtual void Head(ProxyStream stream, ChannelSide side, MessageHead head) { }

    /// <summary>
    /// Says how many bytes of <paramref name="payload"/>, which it has not seen yet, may go on. For the rest it is asked again: when
    /// more has come or gone, and at <paramref name="wakeMs"/> (worker's milliseconds) if it makes that earlier. A filter that waits for
    /// something else wakes the stream through the run queue of its worker.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="side">The way of the bytes.</param>
    /// <param name="payload">Bytes of the message, without what frames them.</param>
    /// <param name="offset">Bytes before them that it has passed already and that have not left.</param>
    /// <param name="wakeMs">When to ask again at the latest.</param>
    public abstract int Pass(ProxyStream stream, ChannelSide side, ReadOnlySpan<byte> payload, int offset, ref long wakeMs);

    /// <summary>All of a message is out.</summary>
    public virtual void EndOfMessage(ProxyStream stream, ChannelSide side) { }

    /// <summary>What the stream's next process needs to go on where this one stops.</summary>
    public virtual void WriteTo(FrameWriter w) { }

    public virtual void ReadFrom(ref FrameReader r) { }

    public virtual string? HeldBy() => null;

    public void Spoil() => Of = null!;

    public bool IsSpoiled() => Of is null;
}
