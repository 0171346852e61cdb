// A connection that speaks HTTP/2, whichever end of it this is: frames in, streams out of them, and back. What both ends have in common:
// reading, windows, the streams under way. A client's connection is an Http2Connection, a server's an Http2ServerConnection.
//   Http2Mux.cs         beginning, reading, windows, streams
//   Http2Mux.Frames.cs  what comes
//   Http2Mux.Image.cs   what the next process has to know
//   FrameOutput.cs      what goes
// SAFETY: _input and _block are null or blocks of the worker's pool that this connection alone holds.
using System;
using Baton.Configuration.Model;
using Baton.Core.Pools;
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Http.H2;
using Baton.Http.H2.Hpack;

namespace Baton.Engine.Muxes.Http2;

/// <summary>OWNER: the connection's worker. The connection hands it all events while it has one.</summary>
public abstract unsafe partial class Http2Mux : IPooled, IRetired
{
    /// <summary>Reads of one turn, before others have theirs.</summary>
    private const int ReadsAtOnce = 8;

    private protected Connection _link = null!;
    private IRunnable _turn = null!;

    public Worker Worker { get; private set; } = null!;

    /// <summary>The window of each stream at its start, as the peer was told.</summary>
    internal int StreamWindow { get; private protected set; }

    /// <summary>What the peer has told of itself.</summary>
    private protected Http2Settings Peer;
    private protected HpackDecoder _decoder;

    /// <summary>What goes out.</summary>
    internal FrameOutput Output { get; } = new();

    /// <summary>What the peer may send on all streams together, and what was taken of that and not given back yet.</summary>
    private protected int _receiveWindow,
        _taken;

    /// <summary>Whether the peer is still there while it says nothing ("idle-ping").</summary>
    private protected IdlePing _ping;

    private protected MuxStream? _first;
    private protected int _streams;

    /// <summary>Nothing is read any more: it has failed, or is about to be closed.</summary>
    private protected bool IsOver
    {
        get => Output.IsOver;
        set => Output.IsOver = value;
    }

    /// <summary>When something came last.</summary>
    private protected long HeardMs { get; private set; }

    /// <summary>A new stream waits, and all that comes behind it.</summary>
    private protected bool _isPaused;

    /// <summary>The peer has closed its side.</summary>
    private protected bool _hasInputEnded;

    public uint Life { get; set; }
    public bool IsQueued => false;

    /// <summary>Its number among the layers of an image (docs/handover-protocol.md).</summary>
    public virtual byte LayerType => ConnectionLayers.Http2Layer;

    /// <summary>What of HTTP it speaks.</summary>
    public int MajorVersion => 2;

    /// <summary>It lies on TLS.</summary>
    internal bool IsSecure => _link.Transport?.Facts is not null;

    /// <summary>Streams under way.</summary>
    public int StreamCount => _streams;

    /// <summary>Oddities of the peer so far (fc_glitches, bc_glitches).</summary>
    public int Glitches => _meter.Glitches;

    private protected Http2Config Limits => Worker.Engine.Config.Global.Http2;

    /// <summary>The table that a peer may fill; with all of its entries it has to fit into the memory where it is written down.</summary>
    private protected int TableSize => Math.Min(Limits.HeaderTableSize, Worker.Scratch.TextSpan.Length - HpackDecoder.FieldOverhead);

    /// <summary>
    /// What a peer may have on its way to all of its streams together. It bounds the memory that it can fill whose messages nobody reads;
    /// a few slow ones must not hold up the others.
    /// </summary>
    private protected int ConnectionWindow => (int)Math.Min(8L * Math.Max(65535, StreamWindow), int.MaxValue);

    /// <summary>What its frontend or backend counts on this worker.</summary>
    private protected TrafficCounters Counters { get; private set; } = null!;
    private bool _isCounted;

    /// <summary>Forgets all of the object's last life.</summary>
    private protected void Attach(Connection link, IRunnable turn, int streamWindow, PerWorker<TrafficCounters> counters)
    {
        (_link, _turn, Worker) = (link, turn, link.Worker);
        Counters = counters[Worker.Index];
        Counters.Http2.OpenConnections++;
        _isCounted = true;
        StreamWindow = streamWindow;
        Peer = Http2Settings.Initial;
        Output.Begin(link, turn);
        _receiveWindow = Http2Settings.Initial.InitialWindowSize;
        _taken = _streams = _partialLength = _payloadLeft = _resets = _paddingLeft = _continuing = 0;
        _decoder = new HpackDecoder();
        _awaitsPreface = _awaitsSettings = _isInFrame = _isPaused = _hasInputEnded = false;
        _first = null;
        _meter = default;
        HeardMs = Worker.NowMs;
        _ping = default;
    }

    /// <summary>Tells the peer what holds for it; <paramref name="preface"/> comes first.</summary>
    private protected void SendSettings(in Http2Settings own, ReadOnlySpan<byte> preface)
    {
        // a larger one may be used as soon as it is told, a smaller one has to be once that was acknowledged (EndSettings)
        if (TableSize > _decoder.TableLimit)
            _decoder.SetTableLimit(TableSize);
        Span<byte> room = Output.Reserve(preface.Length + FrameWriter.MaxSettingsSize + FrameWriter.WindowUpdateSize);
        if (room.IsEmpty)
            return;
        preface.CopyTo(room);
        int length = preface.Length;
        length += FrameWriter.WriteSettings(room[length..], own);
        _receiveWindow = ConnectionWindow;
        if (_receiveWindow > Http2Settings.Initial.InitialWindowSize)
            length += FrameWriter.WriteWindowUpdate(room[length..], 0, _receiveWindow - Http2Settings.Initial.InitialWindowSize);
        Output.Commit(length, FrameType.Settings);
    }

    /// <summary>So many bytes that came are done with: the peer may send as many more, as soon as it is enough to speak of.</summary>
    internal void GiveWindow(int bytes)
    {
        _taken += bytes;
        if (_taken < ConnectionWindow / 2)
            return;
        _receiveWindow += _taken;
        Output.SendWindowUpdate(0, _taken);
        _taken = 0;
    }

    /// <summary>Ends a stream, or what is left of one.</summary>
    internal void SendReset(int id, ErrorCode error)
    {
        NoteReset(id);
        Counters.Http2.ResetsSent++;
        Output.SendReset(id, error);
    }

    /// <summary>Says that no stream above that number was or will be looked at.</summary>
    private protected void SendGoAway(int lastId, ErrorCode error)
    {
        Counters.Http2.GoAwaysSent++;
        Output.SendGoAway(lastId, error);
    }

    /// <summary>Something has happened to the socket, or to what a stream has to say.</summary>
    public void OnEvents()
    {
        BeginTurn();
        if (_link.CanRead)
            Read();
        Settle();
    }

    /// <summary>Goes on with what had to wait for its turn.</summary>
    private protected virtual void BeginTurn() { }

    /// <summary>All that came is handled: what there is to say is said, and what comes next is seen to.</summary>
    private protected abstract void Settle();

    /// <summary>The peer is gone, or unreachable: its streams end, and the connection is closed.</summary>
    public abstract void Lose();

    private bool MayRead => !IsOver && !_hasInputEnded && !Output.IsClogged && !_isPaused;

    private void Read()
    {
        for (int i = 0; i < ReadsAtOnce && _link.CanRead && MayRead; i++)
            if (!ReadOnce())
                break;
        if (_link.IsOpen && _link.CanRead && MayRead)
            Worker.Enqueue(_turn);
    }

    /// <summary>The socket has failed: takes what has come before that, which windows bound.</summary>
    private protected void ReadLast()
    {
        while (_link.IsOpen && MayRead && ReadOnce()) { }
    }

    /// <summary>False when there is nothing to read, or nobody to read it any more.</summary>
    private bool ReadOnce()
    {
        _input = Worker.Buffers.Rent();
        if (_input is null)
        {
            // there is no memory to hear what the peer says
            CountLack();
            Lose();
            return false;
        }
        int held = _partialLength;
        _partial.CopyTo(_input, held);
        int n = _link.Receive(_input + held, Worker.Buffers.BlockSize - held);
        if (n > 0)
        {
            HeardMs = Worker.NowMs;
            Take(0, held + n);
        }
        ReleaseInput();
        if (n > 0)
            return _link.IsOpen;
        if (n == 0 && (_streams > 0 || Output.Length > 0))
            EndInput();
        else if (n != -1)
            Lose();
        return false;
    }

    /// <summary>There was no memory for the connection.</summary>
    private protected virtual void CountLack() { }

    /// <summary>Nothing more comes of the peer, in good order.</summary>
    private protected abstract void EndInput();

    private protected void ReleaseInput()
    {
        if (_input is not null)
            Worker.Buffers.Return(_input);
        _input = null;
    }

    /// <summary>Looks at what was read, and keeps what is not whole.</summary>
    private protected void Take(int start, int length)
    {
        _partialLength = 0;
        int used = Parse(new ReadOnlySpan<byte>(_input + start, length));
        if (IsOver || !_link.IsOpen)
            return;
        if (_isPaused)
        {
            Hold(start + used, length - used);
            return;
        }
        _partialLength = length - used;
        _partial.CopyFrom(_input + start + used, _partialLength);
    }

    /// <summary>Keeps what was read and must wait.</summary>
    private protected virtual void Hold(int start, int length) { }

    internal void TraceEnd(MuxStream stream) => Http2Trace.Ended(_link, stream.Id, stream);

    /// <summary>The connection cannot go on (RFC 9113 §5.4.1): says why, and ends.</summary>
    private protected void Fail(ErrorCode error)
    {
        if (IsOver)
            return;
        if (Traces.TraceSwitch.On)
            Http2Trace.Failed(_link, error);
        if (error != ErrorCode.NoError)
            Counters.Http2.ConnectionErrors++;
        SendGoAway(LastTaken, error);
        IsOver = true;
    }

    /// <summary>The highest stream of the peer's that was looked at.</summary>
    private protected abstract int LastTaken { get; }

    /// <summary>Takes a stream out of the connection.</summary>
    internal void Forget(MuxStream stream)
    {
        Output.StopWaiting(stream);
        if (stream.Previous is null)
            _first = stream.Next;
        else
            stream.Previous.Next = stream.Next;
        if (stream.Next is not null)
            stream.Next.Previous = stream.Previous;
        stream.Next = stream.Previous = null;
        _streams--;
        Counters.Http2.OpenStreams--;
        // what is left may be able to move
        if (_streams > 0 && !Worker.Engine.Handover.CollectsIdle)
            return;
        if (_streams == 0)
            OnLastForgotten();
        if (_link.IsOpen)
            Worker.Enqueue(_turn);
    }

    /// <summary>There is no stream any more.</summary>
    private protected virtual void OnLastForgotten() { }

    /// <summary>One more stream.</summary>
    internal void Add(MuxStream stream)
    {
        stream.Next = _first;
        if (_first is not null)
            _first.Previous = stream;
        _first = stream;
        _streams++;
        Counters.Http2.OpenStreams++;
    }

    private protected MuxStream? Find(int id)
    {
        for (MuxStream? s = _first; s is not null; s = s.Next)
            if (s.Id == id)
                return s;
        return null;
    }

    /// <summary>A handler has failed in the middle: the streams give back what others wait for, and nothing here is used again.</summary>
    private protected void AbandonStreams()
    {
        IsOver = true;
        for (MuxStream? s = _first, next; s is not null; s = next)
        {
            next = s.Next;
            s.Abandon();
        }
        _first = null;
        Counters.Http2.OpenStreams -= _streams;
        ReleaseMemory();
    }

    /// <summary>The connection is closed.</summary>
    public void Release()
    {
        ReleaseMemory();
        Worker.Retire(this);
    }

    private protected virtual void ReleaseMemory()
    {
        if (_isCounted)
            Counters.Http2.OpenConnections--;
        _isCounted = false;
        Output.Release();
        ReleaseInput();
        ReleaseBlock();
        _decoder.Release();
    }

    public abstract void ReturnToPool();

    public virtual string? HeldBy() =>
        _first is not null ? "a stream"
        : Output.HasMemory || _input is not null || _block is not null || _decoder.Memory > 0 ? "a buffer"
        : null;

    public virtual void Spoil()
    {
        Worker = null!;
        _link = null!;
        _turn = null!;
        Counters = null!;
    }

    public virtual bool IsSpoiled() => Worker is null && _link is null && HeldBy() is null;
}
