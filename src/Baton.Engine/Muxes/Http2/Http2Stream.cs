// One request and its answer on a client's HTTP/2 connection. Heads are made and read as what they are (MessageHead).
// SAFETY: pointers come with a length and are held for the call alone.
using System;
using Baton.Engine.Streams;
using Baton.Http.H2;
using Baton.Http.Messages;

namespace Baton.Engine.Muxes.Http2;

/// <summary>OWNER: the worker of its connection. It lives from the request's head until its HttpStream lets go of it.</summary>
public sealed unsafe class Http2Stream : MuxStream
{
    /// <summary>The final head of the answer is out.</summary>
    internal bool HasAnswered { get; private set; }

    internal void Open(Http2Connection mux, int id, HttpStream stream, int sendWindow, int receiveWindow)
    {
        base.Open(mux, id, stream, sendWindow, receiveWindow);
        HasAnswered = IsExtendedConnect = false;
    }

    /// <summary>The request's head is whole: what follows is its body, framed as the head says.</summary>
    internal void BeginBody(MessageHead head) => _incoming.Begin(head);

    /// <summary>The request was CONNECT with a protocol (RFC 8441): 101 of the server means yes.</summary>
    internal bool IsExtendedConnect;

    internal override void Notify() => Stream?.OnClientEvents(0);

    public override int Receive(byte* buffer, int length) => Failed ? -2 : ReceiveBody(new Span<byte>(buffer, length));

    public override int Send(byte* buffer, int length, bool more = false) =>
        Failed || HasSentAll ? -2 : SendBody(new ReadOnlySpan<byte>(buffer, length));

    /// <summary>Sends a head; a final one tells how the body comes, unless it opens a tunnel. False when it is too long.</summary>
    internal bool SendHead(MessageHead head, bool opensTunnel)
    {
        if (Failed)
            return true;
        bool isFinal = opensTunnel || head.Status >= 200;
        if (isFinal)
            _outgoing.Begin(head);
        bool ends = isFinal && !opensTunnel && _outgoing.IsEmpty;
        if (!Mux.Output.SendHead(Id, head, ends, acceptsTunnel: opensTunnel && IsExtendedConnect))
            return false;
        HasAnswered |= isFinal;
        HasSentAll = ends;
        return true;
    }

    /// <summary>Sends an interim answer that has at most one field.</summary>
    internal bool SendInterim(int status, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        Failed || Mux.Output.SendInterim(Id, status, name, value);

    internal override void EndSending()
    {
        if (HasAnswered)
            base.EndSending();
    }

    /// <summary>A tunnel, for the next process.</summary>
    internal void WriteTo(Core.Frames.FrameWriter w)
    {
        WriteState(w);
        w.Flag(IsExtendedConnect);
    }

    /// <summary>A tunnel of the previous process. False when there is no memory for what has come of it.</summary>
    internal bool Adopt(Http2Connection mux, HttpStream stream, ref Core.Frames.FrameReader r)
    {
        bool hasRoom = ReadState(mux, stream, ref r);
        IsExtendedConnect = r.Flag();
        HasAnswered = true;
        return hasRoom;
    }

    /// <summary>Its HttpStream is over. <paramref name="error"/>: why, when the answer is not whole.</summary>
    internal void Finish(ErrorCode error) => End(HasSentAll ? ErrorCode.NoError : error);

    private protected override void ForgetInPool() => Worker.Http2Streams.Forget(this);

    public override void ReturnToPool() => Worker.Http2Streams.Return(this);
}
