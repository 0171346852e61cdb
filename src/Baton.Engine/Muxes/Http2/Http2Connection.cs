// A client's connection that speaks HTTP/2. It is what such a connection is besides a socket with a session; its streams are ends like any
// other. Whatever it holds while there is no stream can be written down (Http2Connection.Handover.cs), so that it moves to the next process
// as an idle HTTP/1 connection does. What it has in common with a server's is in Http2Mux.
// SAFETY: a buffer that is handed over is a block of the worker's pool, and has one holder.
using System;
using Baton.Engine.Connections;
using Baton.Engine.StickTables;
using Baton.Engine.Streams;
using Baton.Http.H2;

namespace Baton.Engine.Muxes.Http2;

/// <summary>OWNER: the client connection's worker. Its client hands it all events and timers while it has one.</summary>
public sealed unsafe partial class Http2Connection : Http2Mux, IClientMux
{
    private ClientConnection _client = null!;

    /// <summary>Streams that the client may have at once, as it was told, and those it has opened so far.</summary>
    private int _maxStreams,
        _opened;

    /// <summary>The highest number the client has used; and the one it had used when the connection came from another process, which
    /// knew which of them were reset.</summary>
    private int _lastId,
        _adoptedId;

    /// <summary>Resets that were taken in this turn; whether it gave way to others because of them (tune.h2.fe.max-rst-at-once).</summary>
    private int _resetsAtOnce;
    private bool _givesWay;

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

    public int MaxStreams => _maxStreams;

    /// <summary>The first of the streams under way.</summary>
    internal Http2Stream? FirstStream => (Http2Stream?)_first;

    private protected override bool IsPeerServer => false;
    private protected override int GlitchesThreshold => Limits.ClientGlitchesThreshold;
    private protected override int LastTaken => _lastId;

    public void Begin(ClientConnection client)
    {
        Attach(client);
        Counters.Http2.Connections++;
        _awaitsPreface = true;
        Http2Settings own = Http2Settings.Initial;
        own.MaxConcurrentStreams = (uint)_maxStreams;
        own.InitialWindowSize = StreamWindow;
        own.HeaderTableSize = (uint)TableSize;
        own.EnableConnectProtocol = !Limits.HidesTunnels;
        SendSettings(own, default);
    }

    public void TakeOver(byte* buffer, int start, int end)
    {
        _input = buffer;
        Take(start, end - start);
        ReleaseInput();
        OnEvents();
    }

    /// <summary>Forgets all of the object's last life.</summary>
    private void Attach(ClientConnection client)
    {
        Attach(client, client, client.Worker.Engine.Config.Global.Http2.WindowOfClient, client.Frontend.Counters);
        _client = client;
        _lastId = _adoptedId = _triedIn = _opened = _heldLength = 0;
        (_resetsAtOnce, _givesWay) = (0, false);
        _maxStreams = Limits.StreamsOfClient;
        _farewell = Farewell.None;
    }

    private protected override void OnResetTaken()
    {
        if (Limits.ClientResetsAtOnce == 0 || IsOver || ++_resetsAtOnce < Limits.ClientResetsAtOnce)
            return;
        _givesWay = _isPaused = true;
        Worker.Enqueue(_client);
    }

    private protected override void BeginTurn()
    {
        _resetsAtOnce = 0;
        if (_givesWay)
            GoOn();
    }

    /// <summary>All that came is handled: what there is to say is said, and the next deadline set.</summary>
    private protected override void Settle()
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
        if (Worker.Engine.Handover.CollectsIdle && _client.Movable != Handover.MovedKind.None)
        {
            Worker.Hold(_client);
            return;
        }
        if (_isPaused && !_givesWay && HasTunnelsAlone)
        {
            Resume();
            return;
        }
        ArmTimer();
    }

    private protected override void CountLack() => _client.Session.CountInternalError(Worker);

    /// <summary>Nothing more comes of the client: what it has asked for is answered, the rest ends.</summary>
    private protected override void EndInput()
    {
        _hasInputEnded = true;
        _farewell = Farewell.Said;
        for (MuxStream? s = _first, next; s is not null; s = next)
        {
            next = s.Next;
            // "option abortonclose"
            s.PeerClosed = true;
            if (s.HasReceivedAll)
                s.Notify();
            else
                s.Fail();
        }
    }

    public override void Lose()
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
    private static void Drop(MuxStream stream)
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

    public void OnSoftStop()
    {
        if (_farewell != Farewell.None || IsOver)
            return;
        // RFC 9113 §6.8: first that no new streams are wanted, and only after a while which was the last one
        _farewell = Farewell.Announced;
        SendGoAway(int.MaxValue, ErrorCode.NoError);
        Settle();
    }

    public void OnHardStop()
    {
        for (MuxStream? s = _first, next; s is not null; s = next)
        {
            next = s.Next;
            s.Stream?.Kill(TerminationCause.Killed);
        }
        Fail(ErrorCode.NoError);
        Settle();
    }

    public void OnTimer()
    {
        if (_farewell == Farewell.Announced)
        {
            _farewell = Farewell.Said;
            SendGoAway(_lastId, ErrorCode.NoError);
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
        if (IdlePingMs > 0 && Worker.NowMs < _client.IdleDeadlineMs)
        {
            if (_ping.IsAwaited)
            {
                Lose();
                return;
            }
            _ping.Send(Output);
            Settle();
            return;
        }
        Fail(ErrorCode.NoError);
        Settle();
    }

    /// <summary>"idle-ping" of its bind line; 0 without it.</summary>
    private int IdlePingMs => _client.Listener.Config.IdlePingMs;

    /// <summary>When a client without a stream is seen to next.</summary>
    private long IdleDueMs()
    {
        long due = _client.IdleDeadlineMs;
        return IdlePingMs == 0 ? due : Math.Min(due, Worker.NowMs + IdlePingMs);
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
            : IdleDueMs();
        Worker.Timers.Arm(_client, due);
    }

    private protected override void OnGlitches(int count) => StickTracking.CountGlitches(_client.Session, count, Worker.NowMs);

    private protected override void OnLastForgotten()
    {
        _client.Session.IdleSinceMs = Worker.NowMs;
        _ping.Forget();
    }

    public void Abandon()
    {
        Worker.Http2Connections.Forget(this);
        AbandonStreams();
    }

    private protected override void ReleaseMemory()
    {
        base.ReleaseMemory();
        ReleaseHeld();
    }

    public override void ReturnToPool() => Worker.Http2Connections.Return(this);

    public override string? HeldBy() => _held is not null ? "a buffer" : base.HeldBy();

    public override void Spoil()
    {
        base.Spoil();
        _client = null!;
    }

    public override bool IsSpoiled() => _client is null && base.IsSpoiled();
}
