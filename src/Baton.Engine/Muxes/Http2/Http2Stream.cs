// One request and its answer on a client's HTTP/2 connection, as the end that an HttpStream reads from and writes to. Heads are made
// and read as what they are (MessageHead); bodies are on the stream's side what they are everywhere in here, bytes as HTTP/1 frames
// them, so that buffering, filters, retries and limits know one form. This end takes the frames off, and puts others around.
// SAFETY: pointers come with a length and are held for the call alone.
using System;
using Baton.Core.Pools;
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Engine.Streams;
using Baton.Http.H1;
using Baton.Http.H2;
using Baton.Http.H2.Hpack;
using Baton.Http.Messages;

namespace Baton.Engine.Muxes.Http2;

/// <summary>OWNER: the worker of its connection. It lives from the request's head until its HttpStream lets go of it.</summary>
public sealed unsafe class Http2Stream : StreamEnd, IPooled, IRetired
{
    private Http2Connection _mux = null!;

    /// <summary>Its number on the wire.</summary>
    public int Id { get; private set; }

    /// <summary>Who reads and writes it.</summary>
    internal HttpStream? Stream;

    internal Http2Stream? Next,
        Previous,
        NextWaiting;

    /// <summary>It wants to write and waits for room, or for the connection's window.</summary>
    internal bool IsWaiting;

    /// <summary>What the client still takes on this stream; a setting may make it negative.</summary>
    internal int SendWindow;

    /// <summary>What the client may still send, and what was taken of that and not given back yet.</summary>
    internal int ReceiveWindow;
    private int _taken;

    /// <summary>The client has sent its last byte; ours is sent.</summary>
    internal bool HasRequestEnded { get; private set; }
    internal bool HasAnswerEnded { get; private set; }

    /// <summary>The final head of the answer is out.</summary>
    internal bool HasAnswered { get; private set; }

    private BodyReader _request;
    private BodyWriter _answer;

    public uint Life { get; set; }
    public bool IsQueued => false;

    internal void Open(Http2Connection mux, int id, HttpStream stream, int sendWindow, int receiveWindow)
    {
        _mux = mux;
        Worker = mux.Worker;
        Id = id;
        Stream = stream;
        SendWindow = sendWindow;
        ReceiveWindow = receiveWindow;
        _taken = 0;
        CanRead = PeerClosed = Failed = HasRequestEnded = HasAnswerEnded = HasAnswered = IsWaiting = IsExtendedConnect = false;
        CanWrite = true;
        Error = 0;
        _request = default;
        _answer = default;
    }

    internal HeadLimits HeadLimits => _mux.HeadLimits;

    /// <summary>How the stream is to be judged by the frames that come for it.</summary>
    internal StreamPhase Phase => HasRequestEnded ? StreamPhase.HalfClosedRemote : StreamPhase.Open;

    /// <summary>The request's head is whole: what follows is its body, framed as the head says.</summary>
    internal void BeginBody(MessageHead head) => _request.Begin(head);

    /// <summary>The request was CONNECT with a protocol (RFC 8441): 101 of the server means yes.</summary>
    internal bool IsExtendedConnect;

    /// <summary>Both ends go on with another protocol: the bytes are as they are, both ways.</summary>
    internal void BeginTunnel()
    {
        _request.BeginTunnel();
        _answer.BeginTunnel();
    }

    /// <summary>Bytes of the body have come. False when they are more than the head said, or there is no memory for them.</summary>
    internal bool Arrive(ReadOnlySpan<byte> bytes)
    {
        if (!_request.Add(Worker.Buffers, bytes))
            return false;
        CanRead = true;
        return true;
    }

    /// <summary>The request is whole. False when its body is not what its head said.</summary>
    internal bool EndRequest()
    {
        HasRequestEnded = true;
        CanRead = true;
        return _request.End();
    }

    /// <summary>Fields behind the body, as HTTP/1 has them: a line each. False when there is no room for them.</summary>
    internal bool AddTrailers(ReadOnlySpan<byte> lines) => _request.AddTrailers(Worker.Buffers, lines);

    /// <summary>Something has happened that the stream may want to know of; it finds out what. It may be over after this.</summary>
    internal void Notify() => Stream?.OnClientEvents(0);

    /// <summary>The stream can neither read nor write any more: the client has reset it, or the connection is gone.</summary>
    internal void Fail()
    {
        Failed = true;
        CanRead = true;
        Notify();
    }

    public override int Receive(byte* buffer, int length)
    {
        if (Failed)
            return -2;
        int n = _request.Read(Worker.Buffers, new Span<byte>(buffer, length), HasRequestEnded, out int payload);
        if (payload > 0)
            GiveWindow(payload);
        if (n == -1)
            CanRead = false;
        return n;
    }

    /// <summary>So much of the body is done with, here and for the connection.</summary>
    private void GiveWindow(int bytes)
    {
        _mux.GiveWindow(bytes);
        GiveBack(bytes);
    }

    /// <summary>The client may send so much more on this stream, as soon as it is enough to speak of.</summary>
    internal void GiveBack(int bytes)
    {
        _taken += bytes;
        if (HasRequestEnded || _taken < _mux.StreamWindow / 2)
            return;
        ReceiveWindow += _taken;
        _mux.Output.SendWindowUpdate(Id, _taken);
        _taken = 0;
    }

    public override int Send(byte* buffer, int length, bool more = false)
    {
        if (Failed || HasAnswerEnded)
            return -2;
        int n = _answer.Write(this, new ReadOnlySpan<byte>(buffer, length));
        // what is not taken now waits for room, or for a window
        if (n < length)
            CanWrite = false;
        return n == 0 && length > 0 ? -1 : n;
    }

    /// <summary>Puts payload into frames, as much as windows and room allow; returns how much that was. <paramref name="isLast"/>: when all
    /// of it is out the answer ends with it.</summary>
    internal int SendPayload(ReadOnlySpan<byte> payload, bool isLast)
    {
        int sent = _mux.Output.SendData(this, payload, isLast, out bool hasEnded);
        HasAnswerEnded |= hasEnded;
        return sent;
    }

    /// <summary>Sends a head; a final one tells how the body comes, unless it opens a tunnel. False when it is too long.</summary>
    internal bool SendHead(MessageHead head, bool opensTunnel)
    {
        if (Failed)
            return true;
        bool isFinal = opensTunnel || head.Status >= 200;
        if (isFinal)
            _answer.Begin(head);
        bool ends = isFinal && !opensTunnel && _answer.IsEmpty;
        if (!_mux.Output.SendHead(Id, head, ends, acceptsTunnel: opensTunnel && IsExtendedConnect))
            return false;
        HasAnswered |= isFinal;
        HasAnswerEnded = ends;
        return true;
    }

    /// <summary>Sends an interim answer that has at most one field.</summary>
    internal bool SendInterim(int status, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        Failed || _mux.Output.SendInterim(Id, status, name, value);

    /// <summary>Sends the fields behind the body, lines as HTTP/1 has them, which end the answer.</summary>
    internal void SendTrailers(ReadOnlySpan<byte> lines)
    {
        HasAnswerEnded = true;
        _mux.Output.SendTrailers(Id, lines);
    }

    /// <summary>Nothing more comes of the answer.</summary>
    internal void EndAnswer()
    {
        if (HasAnswerEnded || Failed || !HasAnswered)
            return;
        HasAnswerEnded = true;
        _mux.Output.SendEnd(Id);
    }

    public override void ShutdownWrite() => EndAnswer();

    public override void EnsureRegistered() { }

    public override void OnEvents(uint events) { }

    public override void OnTimer(long nowMs) { }

    /// <summary>Its HttpStream is over. What the client was not told by then it is told now.</summary>
    internal void Finish(ErrorCode error)
    {
        Stream = null;
        // what nobody has taken does not count against the connection
        _mux.GiveWindow(_request.Waiting);
        if (!Failed && (!HasAnswerEnded || !HasRequestEnded))
            _mux.SendReset(Id, HasAnswerEnded ? ErrorCode.NoError : error);
        Release();
    }

    /// <summary>Gives back what it holds, saying nothing.</summary>
    internal void Release()
    {
        Stream = null;
        _request.Release(Worker.Buffers);
        _answer.Release(Worker.Buffers);
        _mux.Forget(this);
        Worker.Retire(this);
    }

    /// <summary>Its connection's handler has failed: what others wait for is given back, and this is never used again.</summary>
    public override void Abandon()
    {
        HttpStream? stream = Stream;
        Stream = null;
        _request.Release(Worker.Buffers);
        _answer.Release(Worker.Buffers);
        Worker.Http2Streams.Forget(this);
        stream?.Abandon();
    }

    public void ReturnToPool() => Worker.Http2Streams.Return(this);

    public string? HeldBy() =>
        Stream is not null ? "a stream"
        : IsWaiting ? "the queue for room"
        : Next is not null || Previous is not null ? "its connection"
        : _request.HasMemory || _answer.HasMemory ? "a buffer"
        : IsArmed ? "the timer wheel"
        : null;

    public void Spoil()
    {
        Worker = null!;
        _mux = null!;
    }

    public bool IsSpoiled() => Worker is null && _mux is null && HeldBy() is null;
}
