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

    /// <summary>
    /// The head of a response as the server, or a service, has given it: no rule has seen it yet. And before that the head of a request for
    /// a service, which goes to nobody else.
    /// </summary>
    public virtual void Judge(ProxyStream stream, ChannelSide side, MessageHead head) { }

    /// <summary>A head that every rule is through with, to be changed; nobody has been told of it by <see cref="Head"/> yet.</summary>
    public virtual void Edit(ProxyStream stream, ChannelSide side, MessageHead head) { }

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

    /// <summary>
    /// It makes another payload of this side's: <see cref="Transform"/> is asked in the place of <see cref="Pass"/>. One filter of a stream
    /// can do so on each side, and its <see cref="Edit"/> has to say that the message is sent in chunks.
    /// </summary>
    public virtual bool Transforms(ChannelSide side) => false;

    /// <summary>The payload begins, for the first time or once more.</summary>
    public virtual void BeginTransform(ChannelSide side) { }

    /// <summary>
    /// Takes payload and writes what goes on in its place; it need not take all of it. Without payload it writes what it has kept to
    /// itself, for that was all for now; with less than there is room for it has told all.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="side">The way of the bytes.</param>
    /// <param name="payload">Bytes of the message, without what frames them; empty for none.</param>
    /// <param name="to">Room for what goes on.</param>
    /// <param name="isEnd">No more will come.</param>
    /// <param name="taken">Bytes of the payload that are done with.</param>
    /// <returns>Bytes written.</returns>
    public virtual int Transform(
        ProxyStream stream,
        ChannelSide side,
        ReadOnlySpan<byte> payload,
        Span<byte> to,
        bool isEnd,
        out int taken
    ) => throw new NotSupportedException();

    /// <summary>All of a message is out.</summary>
    public virtual void EndOfMessage(ProxyStream stream, ChannelSide side) { }

    /// <summary>What the stream's next process needs to go on where this one stops.</summary>
    public virtual void WriteTo(FrameWriter w) { }

    public virtual void ReadFrom(ref FrameReader r) { }

    public virtual string? HeldBy() => null;

    public void Spoil() => Of = null!;

    public bool IsSpoiled() => Of is null;
}
