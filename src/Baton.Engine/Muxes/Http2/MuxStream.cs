// One request and its answer on an HTTP/2 connection, as the end that an HttpStream reads from and writes to: what it is on either side.
// Bodies are on the stream's side what they are everywhere in here, bytes as HTTP/1 frames them, so that buffering, filters, retries and
// limits know one form. This end takes the frames off, and puts others around.
// SAFETY: pointers come with a length and are held for the call alone.
using System;
using Baton.Core.Frames;
using Baton.Core.Pools;
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Engine.Streams;
using Baton.Http.H2;
using Baton.Http.Messages;
using FrameWriter = Baton.Core.Frames.FrameWriter;

namespace Baton.Engine.Muxes.Http2;

/// <summary>OWNER: the worker of its connection. It lives until its HttpStream lets go of it.</summary>
public abstract unsafe class MuxStream : StreamEnd, IPooled, IRetired
{
    private protected Http2Mux Mux { get; private set; } = null!;

    /// <summary>Its number on the wire.</summary>
    public int Id { get; private protected set; }

    /// <summary>Who reads and writes it.</summary>
    internal HttpStream? Stream;

    internal MuxStream? Next,
        Previous,
        NextWaiting;

    /// <summary>It wants to write and waits for room, or for the connection's window.</summary>
    internal bool IsWaiting;

    /// <summary>What the peer still takes on this stream; a setting may make it negative.</summary>
    internal int SendWindow;

    /// <summary>What the peer may still send, and what was taken of that and not given back yet.</summary>
    internal int ReceiveWindow;
    private int _taken;

    /// <summary>The peer has sent its last byte; ours is sent.</summary>
    internal bool HasReceivedAll { get; private set; }
    internal bool HasSentAll { get; private protected set; }

    /// <summary>The body that comes, and the one that goes.</summary>
    private protected BodyReader _incoming;
    private protected BodyWriter _outgoing;

    public uint Life { get; set; }
    public bool IsQueued => false;

    private protected void Open(Http2Mux mux, int id, HttpStream? stream, int sendWindow, int receiveWindow)
    {
        Mux = mux;
        Worker = mux.Worker;
        Id = id;
        Stream = stream;
        SendWindow = sendWindow;
        ReceiveWindow = receiveWindow;
        _taken = 0;
        CanRead = PeerClosed = Failed = HasReceivedAll = HasSentAll = IsWaiting = false;
        CanWrite = true;
        Error = 0;
        Fd = -1;
        _incoming = default;
        _outgoing = default;
    }

    internal HeadLimits HeadLimits => Mux.HeadLimits;

    /// <summary>How the stream is to be judged by the frames that come for it.</summary>
    internal StreamPhase Phase => HasReceivedAll ? StreamPhase.HalfClosedRemote : StreamPhase.Open;

    /// <summary>Both ends go on with another protocol: the bytes are as they are, both ways.</summary>
    internal void BeginTunnel()
    {
        _incoming.BeginTunnel();
        _outgoing.BeginTunnel();
    }

    /// <summary>Bytes of the body have come. False when they are more than the head said, or there is no memory for them.</summary>
    internal virtual bool Arrive(ReadOnlySpan<byte> bytes)
    {
        if (!_incoming.Add(Worker.Buffers, bytes))
            return false;
        CanRead = true;
        return true;
    }

    /// <summary>The message is whole. False when its body is not what its head said.</summary>
    internal virtual bool EndReceiving()
    {
        HasReceivedAll = true;
        CanRead = true;
        return _incoming.End();
    }

    /// <summary>Fields behind the body, as HTTP/1 has them: a line each. False when there is no room for them.</summary>
    internal bool AddTrailers(ReadOnlySpan<byte> lines) => _incoming.AddTrailers(Worker.Buffers, lines);

    /// <summary>Something has happened that the stream may want to know of; it finds out what. It may be over after this.</summary>
    internal abstract void Notify();

    /// <summary>The stream can neither read nor write any more: the peer has reset it, or the connection is gone.</summary>
    internal virtual void Fail()
    {
        Failed = true;
        CanRead = true;
        Notify();
    }

    /// <summary>The peer has ended the stream before its time.</summary>
    internal virtual void OnReset(ErrorCode error) => Fail();

    /// <summary>Reads of the body; see <see cref="StreamEnd.Receive"/>.</summary>
    private protected int ReceiveBody(Span<byte> to)
    {
        int n = _incoming.Read(Worker.Buffers, to, HasReceivedAll, out int payload);
        if (payload > 0)
            GiveWindow(payload);
        if (n == -1)
            CanRead = false;
        return n;
    }

    /// <summary>So much of the body is done with, here and for the connection.</summary>
    private void GiveWindow(int bytes)
    {
        Mux.GiveWindow(bytes);
        GiveBack(bytes);
    }

    /// <summary>The peer may send so much more on this stream, as soon as it is enough to speak of.</summary>
    internal void GiveBack(int bytes)
    {
        _taken += bytes;
        if (HasReceivedAll || _taken < Mux.StreamWindow / 2)
            return;
        ReceiveWindow += _taken;
        Mux.Output.SendWindowUpdate(Id, _taken);
        _taken = 0;
    }

    /// <summary>Writes of the body; see <see cref="StreamEnd.Send"/>.</summary>
    private protected int SendBody(ReadOnlySpan<byte> bytes)
    {
        int n = _outgoing.Write(this, bytes);
        // what is not taken now waits for room, or for a window
        if (n < bytes.Length)
            CanWrite = false;
        return n == 0 && bytes.Length > 0 ? -1 : n;
    }

    /// <summary>Puts payload into frames, as much as windows and room allow; returns how much that was. <paramref name="isLast"/>: when all
    /// of it is out the message ends with it.</summary>
    internal int SendPayload(ReadOnlySpan<byte> payload, bool isLast)
    {
        int sent = Mux.Output.SendData(this, payload, isLast, out bool hasEnded);
        HasSentAll |= hasEnded;
        return sent;
    }

    /// <summary>Sends the fields behind the body, lines as HTTP/1 has them, which end the message.</summary>
    internal void SendTrailers(ReadOnlySpan<byte> lines)
    {
        HasSentAll = true;
        Mux.Output.SendTrailers(Id, lines);
    }

    /// <summary>Nothing more comes of the message.</summary>
    internal virtual void EndSending()
    {
        if (HasSentAll || Failed)
            return;
        HasSentAll = true;
        Mux.Output.SendEnd(Id);
    }

    /// <summary>A tunnel, for the next process: its number, its windows, how far it has ended, and what nobody has taken of it.</summary>
    private protected void WriteState(FrameWriter w)
    {
        w.Int32(Id);
        w.Int32(SendWindow);
        w.Int32(ReceiveWindow);
        w.Int32(_taken);
        w.Flag(PeerClosed);
        w.Flag(HasReceivedAll);
        w.Flag(HasSentAll);
        _incoming.WriteTo(w);
    }

    /// <summary>False when there is no memory for what has come of it.</summary>
    private protected bool ReadState(Http2Mux mux, HttpStream stream, ref FrameReader r)
    {
        Open(mux, r.Int32(), stream, r.Int32(), r.Int32());
        _taken = r.Int32();
        PeerClosed = r.Flag();
        HasReceivedAll = r.Flag();
        HasSentAll = r.Flag();
        CanRead = true;
        BeginTunnel();
        return _incoming.ReadFrom(ref r, Worker.Buffers);
    }

    public override void ShutdownWrite() => EndSending();

    public override void EnsureRegistered() { }

    public override void OnEvents(uint events) { }

    public override void OnTimer(long nowMs) { }

    /// <summary>Its HttpStream is over. What the peer was not told by then it is told now.</summary>
    private protected void End(ErrorCode error)
    {
        Stream = null;
        // what nobody has taken does not count against the connection
        Mux.GiveWindow(_incoming.Waiting);
        if (MustReset)
            Mux.SendReset(Id, error);
        Release();
    }

    /// <summary>The peer does not know yet that the stream is over.</summary>
    private protected virtual bool MustReset => !Failed && (!HasSentAll || !HasReceivedAll);

    /// <summary>Gives back what it holds, saying nothing.</summary>
    internal void Release()
    {
        if (Traces.TraceSwitch.On)
            Mux.TraceEnd(this);
        Stream = null;
        ReleaseMemory();
        Mux.Forget(this);
        Worker.Retire(this);
    }

    private protected virtual void ReleaseMemory()
    {
        _incoming.Release(Worker.Buffers);
        _outgoing.Release(Worker.Buffers);
    }

    /// <summary>Its connection's handler has failed: what others wait for is given back, and this is never used again.</summary>
    public override void Abandon()
    {
        HttpStream? stream = Stream;
        Stream = null;
        ReleaseMemory();
        ForgetInPool();
        stream?.Abandon();
    }

    private protected abstract void ForgetInPool();

    public abstract void ReturnToPool();

    public virtual string? HeldBy() =>
        Stream is not null ? "a stream"
        : IsWaiting ? "the queue for room"
        : Next is not null || Previous is not null ? "its connection"
        : _incoming.HasMemory || _outgoing.HasMemory ? "a buffer"
        : IsArmed ? "the timer wheel"
        : null;

    public void Spoil()
    {
        Worker = null!;
        Mux = null!;
    }

    public bool IsSpoiled() => Worker is null && Mux is null && HeldBy() is null;
}
