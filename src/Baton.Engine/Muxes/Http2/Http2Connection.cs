// A client's connection that speaks HTTP/2: frames in, streams out of them, and back. It is what such a connection is besides a socket
// with a session; its streams are ends like any other. Whatever it holds while there is no stream can be written down
// (Http2Connection.Handover.cs), so that it moves to the next process as an idle HTTP/1 connection does.
//   Http2Connection.cs         beginning, events, streams, end
//   Http2Connection.Frames.cs  what comes
//   FrameOutput.cs             what goes
// SAFETY: _input and _block are null or blocks of the worker's pool that this connection alone holds.
using System;
using Baton.Configuration.Model;
using Baton.Core.Pools;
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Engine.Streams;
using Baton.Http.H2;
using Baton.Http.H2.Hpack;

namespace Baton.Engine.Muxes.Http2;

/// <summary>OWNER: the client connection's worker. Its client hands it all events and timers while it has one.</summary>
public sealed unsafe partial class Http2Connection : ClientMux, IPooled, IRetired
{
    /// <summary>Reads of one turn, before others have theirs.</summary>
    private const int ReadsAtOnce = 8;

    private ClientConnection _client = null!;

    public Worker Worker { get; private set; } = null!;

    /// <summary>The window of each stream at its start, as the client was told.</summary>
    internal int StreamWindow { get; private set; }

    private Http2Settings _peer;
    private HpackDecoder _decoder;

    /// <summary>What goes out.</summary>
    internal FrameOutput Output { get; } = new();

    /// <summary>What the client may send on all streams together, and what was taken of that and not given back yet.</summary>
    private int _receiveWindow,
        _taken;

    /// <summary>Streams that the client may have at once, as it was told, and those it has opened so far.</summary>
    private int _maxStreams,
        _opened;

    /// <summary>The highest number the client has used; and the one it had used when the connection came from another process, which
    /// knew which of them were reset.</summary>
    private int _lastId,
        _adoptedId;

    private Http2Stream? _first;
    private int _streams;

    /// <summary>Nothing is read any more: it has failed, or is about to be closed.</summary>
    private bool IsOver
    {
        get => Output.IsOver;
        set => Output.IsOver = value;
    }

    /// <summary>A new stream waits until those under way have ended: the connection is about to move.</summary>
    private bool _isPaused;

    /// <summary>The client has closed its side.</summary>
    private bool _hasInputEnded;

    private Farewell _farewell;

    /// <summary>How far it is on its way to its end.</summary>
    private enum Farewell : byte
    {
        None,

        /// <summary>The client knows that it is to open no more streams; what is on its way is served.</summary>
        Announced,

        /// <summary>New streams are passed over.</summary>
        Said,
    }

    public uint Life { get; set; }
    public bool IsQueued => false;

    internal override int MajorVersion => 2;
    internal override int StreamCount => _streams;
    internal override int MaxStreams => _maxStreams;
    internal override int Glitches => _meter.Glitches;

    /// <summary>The first of the streams under way.</summary>
    internal Http2Stream? FirstStream => _first;

    internal override void Begin(ClientConnection client)
    {
        Attach(client);
        _awaitsPreface = true;
        Http2Config limits = Limits;
        Http2Settings own = Http2Settings.Initial;
        own.MaxConcurrentStreams = (uint)_maxStreams;
        own.InitialWindowSize = StreamWindow;
        own.HeaderTableSize = (uint)TableSize;
        // a larger one may be used as soon as it is told, a smaller one has to be once that was acknowledged (EndSettings)
        if (TableSize > _decoder.TableLimit)
            _decoder.SetTableLimit(TableSize);
        own.EnableConnectProtocol = true;
        Span<byte> room = Output.Reserve(FrameWriter.MaxSettingsSize + FrameWriter.WindowUpdateSize);
        if (room.IsEmpty)
            return;
        int length = FrameWriter.WriteSettings(room, own);
        _receiveWindow = ConnectionWindow;
        if (_receiveWindow > Http2Settings.Initial.InitialWindowSize)
            length += FrameWriter.WriteWindowUpdate(room[length..], 0, _receiveWindow - Http2Settings.Initial.InitialWindowSize);
        Output.Commit(length);
    }

    internal override void TakeOver(byte* buffer, int start, int end)
    {
        _input = buffer;
        Take(start, end - start);
        ReleaseInput();
        OnEvents();
    }

    /// <summary>So many bytes that came are done with: the client may send as many more, as soon as it is enough to speak of.</summary>
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
        Output.SendReset(id, error);
    }

    private Http2Config Limits => Worker.Engine.Config.Global.Http2;

    /// <summary>The table that a client may fill; with all of its entries it has to fit into the memory where it is written down.</summary>
    private int TableSize => Math.Min(Limits.HeaderTableSize, Worker.Scratch.TextSpan.Length - HpackDecoder.FieldOverhead);

    /// <summary>
    /// What a client may have on its way to all of its streams together. It bounds the memory that a client can fill whose requests
    /// nobody reads; a few slow ones must not hold up the others.
    /// </summary>
    private int ConnectionWindow => (int)Math.Min(8L * Math.Max(65535, StreamWindow), int.MaxValue);

    /// <summary>Forgets all of the object's last life.</summary>
    private void Attach(ClientConnection client)
    {
        _client = client;
        Worker = client.Worker;
        StreamWindow = Limits.WindowOfClient;
        _peer = Http2Settings.Initial;
        Output.Begin(client);
        _receiveWindow = Http2Settings.Initial.InitialWindowSize;
        _taken = _lastId = _adoptedId = _streams = _partialLength = _payloadLeft = _resets = _paddingLeft = 0;
        _decoder = new HpackDecoder();
        _awaitsPreface = _awaitsSettings = _isInFrame = _isPaused = _hasInputEnded = false;
        _maxStreams = Limits.StreamsOfClient;
        _triedIn = _opened = _heldLength = 0;
        _farewell = Farewell.None;
        _continuing = 0;
        _meter = default;
    }

    internal override void OnEvents()
    {
        if (_client.CanRead)
            Read();
        Settle();
    }

    /// <summary>All that came is handled: what there is to say is said, and the next deadline set.</summary>
    private void Settle()
    {
        if (!_client.IsOpen)
            return;
        bool wasClogged = Output.IsClogged;
        Output.Flush();
        // a connection that a rule wants forgotten has no streams that go on
        if (_client.Failed || _client.IsForgotten)
        {
            Lose();
            return;
        }
        // nobody tells again of what has come meanwhile
        if (wasClogged && !Output.IsClogged && !IsOver && _client.CanRead)
            Worker.Enqueue(_client);
        if (IsOver || _farewell == Farewell.Said && _streams == 0)
        {
            if (Output.Length == 0 || !_client.CanWrite && IsOver)
                End();
            else
                ArmTimer();
            return;
        }
        if (_streams == 0 && Worker.Engine.Handover.CollectsIdle && _client.Movable != Handover.MovedKind.None)
        {
            Worker.Hold(_client);
            return;
        }
        if (_streams == 0 && _isPaused)
        {
            Resume();
            return;
        }
        ArmTimer();
    }

    private bool MayRead => !IsOver && !_hasInputEnded && !Output.IsClogged && !_isPaused;

    private void Read()
    {
        for (int i = 0; i < ReadsAtOnce && _client.CanRead && MayRead; i++)
            if (!ReadOnce())
                break;
        if (_client.IsOpen && _client.CanRead && MayRead)
            Worker.Enqueue(_client);
    }

    /// <summary>False when there is nothing to read, or nobody to read it any more.</summary>
    private bool ReadOnce()
    {
        _input = Worker.Buffers.Rent();
        if (_input is null)
        {
            // there is no memory to hear what the client says
            _client.Session.CountInternalError(Worker);
            Lose();
            return false;
        }
        int held = _partialLength;
        _partial.CopyTo(_input, held);
        int n = _client.Receive(_input + held, Worker.Buffers.BlockSize - held);
        if (n > 0)
            Take(0, held + n);
        ReleaseInput();
        if (n > 0)
            return _client.IsOpen;
        if (n == 0 && (_streams > 0 || Output.Length > 0))
            EndInput();
        else if (n != -1)
            Lose();
        return false;
    }

    /// <summary>Nothing more comes of the client: what it has asked for is answered, the rest ends.</summary>
    private void EndInput()
    {
        _hasInputEnded = true;
        _farewell = Farewell.Said;
        for (Http2Stream? s = _first, next; s is not null; s = next)
        {
            next = s.Next;
            // "option abortonclose"
            s.PeerClosed = true;
            if (s.HasRequestEnded)
                s.Notify();
            else
                s.Fail();
        }
    }

    private void ReleaseInput()
    {
        if (_input is not null)
            Worker.Buffers.Return(_input);
        _input = null;
    }

    /// <summary>Looks at what was read, and keeps what is not whole.</summary>
    private void Take(int start, int length)
    {
        _partialLength = 0;
        int used = Parse(new ReadOnlySpan<byte>(_input + start, length));
        if (IsOver || !_client.IsOpen)
            return;
        if (_isPaused)
        {
            Hold(start + used, length - used);
            return;
        }
        _partialLength = length - used;
        _partial.CopyFrom(_input + start + used, _partialLength);
    }

    internal override void Lose()
    {
        IsOver = true;
        EndStreams();
        if (_client.IsOpen)
            _client.Close();
    }

    /// <summary>None of them has anybody to speak to any more.</summary>
    private void EndStreams()
    {
        while (_first is { } s)
        {
            s.Fail();
            // whatever it makes of that, it is over
            if (s == _first)
                s.Stream?.Kill(TerminationCause.ClientAbort);
            if (s == _first)
                Drop(s);
        }
    }

    /// <summary>A stream that does not end: a fault has left it in the middle of something.</summary>
    private static void Drop(Http2Stream stream)
    {
        if (stream.Stream is { } stuck)
            stuck.Abandon();
        else
            stream.Release();
    }

    /// <summary>All has been said.</summary>
    private void End()
    {
        EndStreams();
        if (!_client.IsOpen)
            return;
        // what is still unread would have the last words thrown away by a reset
        _client.LingerAndClose();
    }

    /// <summary>The connection cannot go on (RFC 9113 §5.4.1): says why, and ends.</summary>
    private void Fail(ErrorCode error)
    {
        if (IsOver)
            return;
        Output.SendGoAway(_lastId, error);
        IsOver = true;
    }

    internal override void OnSoftStop()
    {
        if (_farewell != Farewell.None || IsOver)
            return;
        // RFC 9113 §6.8: first that no new streams are wanted, and only after a while which was the last one
        _farewell = Farewell.Announced;
        Output.SendGoAway(int.MaxValue, ErrorCode.NoError);
        Settle();
    }

    internal override void OnHardStop()
    {
        for (Http2Stream? s = _first, next; s is not null; s = next)
        {
            next = s.Next;
            s.Stream?.Kill(TerminationCause.Killed);
        }
        Fail(ErrorCode.NoError);
        Settle();
    }

    internal override void OnTimer()
    {
        if (_farewell == Farewell.Announced)
        {
            _farewell = Farewell.Said;
            Output.SendGoAway(_lastId, ErrorCode.NoError);
            Settle();
            return;
        }
        if (IsOver)
        {
            Lose();
            return;
        }
        if (_isPaused)
        {
            // those under way take too long
            _triedIn = Worker.Engine.Handover.Number;
            Resume();
            return;
        }
        if (_streams > 0)
        {
            ArmTimer();
            return;
        }
        Fail(ErrorCode.NoError);
        Settle();
    }

    /// <summary>How long a client that was told to open no more streams may still do so (ms).</summary>
    private const int FarewellMs = 1000;

    /// <summary>How long the last words may take (ms).</summary>
    private const int LastWordsMs = 2000;

    private void ArmTimer()
    {
        long due =
            IsOver ? Worker.NowMs + LastWordsMs
            : _farewell == Farewell.Announced ? Math.Min(_client.DeadlineMs, Worker.NowMs + FarewellMs)
            : _isPaused ? Math.Min(_client.DeadlineMs, Worker.NowMs + PauseMs)
            : _streams > 0 ? long.MaxValue
            : _client.IdleDeadlineMs;
        Worker.Timers.Arm(_client, due);
    }

    /// <summary>Takes a stream out of the connection.</summary>
    internal void Forget(Http2Stream stream)
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
        if (_streams > 0)
            return;
        _client.Session.IdleSinceMs = Worker.NowMs;
        if (_client.IsOpen)
            Worker.Enqueue(_client);
    }

    private void Add(Http2Stream stream)
    {
        stream.Next = _first;
        if (_first is not null)
            _first.Previous = stream;
        _first = stream;
        _streams++;
    }

    private Http2Stream? Find(int id)
    {
        for (Http2Stream? s = _first; s is not null; s = s.Next)
            if (s.Id == id)
                return s;
        return null;
    }

    internal override void Abandon()
    {
        Worker.Http2Connections.Forget(this);
        IsOver = true;
        for (Http2Stream? s = _first, next; s is not null; s = next)
        {
            next = s.Next;
            s.Abandon();
        }
        _first = null;
        ReleaseMemory();
    }

    internal override void Release()
    {
        ReleaseMemory();
        Worker.Retire(this);
    }

    private void ReleaseMemory()
    {
        Output.Release();
        ReleaseInput();
        ReleaseHeld();
        ReleaseBlock();
        _decoder.Release();
    }

    public void ReturnToPool() => Worker.Http2Connections.Return(this);

    public string? HeldBy() =>
        _first is not null ? "a stream"
        : Output.HasMemory || _input is not null || _held is not null || _block is not null || _decoder.Memory > 0 ? "a buffer"
        : null;

    public void Spoil()
    {
        Worker = null!;
        _client = null!;
    }

    public bool IsSpoiled() => Worker is null && _client is null && HeldBy() is null;
}
