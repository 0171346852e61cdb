// A connection from a client. While idle it is this object and nothing else: no buffer, no stream. Its timer is for the times when
// it carries no stream; a stream has its own. What is before its session is a ClientOpening, what it reads between two requests a
// NextRequest, whether it may move to the next process a MoveVerdict, and what moves of it is in ClientImage.
// SAFETY: buffers are handed on, to whom they belong from then on.
using System;
using Baton.Configuration.Model;
using Baton.Engine.Connections.Transports;
using Baton.Engine.Listeners;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Engine.Streams;
using Baton.Engine.Traces;
using Baton.Interop.Linux;

namespace Baton.Engine.Connections;

public sealed unsafe partial class ClientConnection : Connection, IRunnable
{
    public ClientConnection() => Session = new Session(this);

    /// <summary>What all streams of this connection share.</summary>
    public Session Session { get; }
    public FrontendState Frontend => Session.Frontend;
    public ListenerState Listener => Session.Listener;
    public ProxyStream? Stream;

    /// <summary>What it is in phase Multiplexed; else null.</summary>
    internal IClientMux? Mux { get; set; }
    public ClientConnection? NextClient,
        PreviousClient;

    public IRunnable? NextQueued { get; set; }
    public ClientPhase Phase;

    private ClientOpening _opening;
    private NextRequest _next;

    /// <summary>What is known of its TLS, during the handshake too; null where there is none.</summary>
    internal Tls.TlsFacts? TlsFacts =>
        Transport is { } transport ? transport.Facts
        : Phase == ClientPhase.Handshake && _opening.IsInTls ? Tls.TlsFacts.Nothing
        : null;

    /// <summary>A PROXY header comes first: a rule says so.</summary>
    internal void ExpectProxyHeader() => _opening.ExpectsProxyHeader = true;

    /// <summary>Headers of the packet that opened the connection; empty when the bind line does not keep them (tcp-ss).</summary>
    internal ReadOnlySpan<byte> FirstPacket => Listener.Config.SaveSyn == 0 ? default : Session.FirstPacketOf(Fd);

    /// <summary>Takes a freshly accepted socket.</summary>
    public void Open(Worker worker, FrontendState frontend, ListenerState listener, int fd, in SocketAddress source)
    {
        Reset(worker, frontend, listener, fd);
        Session.Source = source;
        Session.AcceptMs = worker.NowMs;
        Session.IdleSinceMs = worker.NowMs;
        _opening.ExpectsProxyHeader = listener.Config.AcceptProxy;
        // a client usually speaks first and at once: try before asking epoll
        CanRead = CanWrite = true;
        worker.AddClient(this);
        if (FaultInjection.On)
            FaultInjection.Strike(FaultPlace.Accept);
        Session.CountConnection(worker);
        if (ClientOpening.AdmitConnection(this))
            _opening.Begin(this);
    }

    /// <summary>Forgets all of the object's last life, however this one begins.</summary>
    private void Reset(Worker worker, FrontendState frontend, ListenerState listener, int fd)
    {
        ResetConnection(worker, fd);
        Session.Reset(frontend, listener);
        Stream = null;
        _opening = default;
        IsForgotten = false;
        _next = default;
        _verdict = default;
        Mux = null;
    }

    /// <summary>Counts the session and gives it to the protocol.</summary>
    internal void StartSession()
    {
        if (XorTransport.OnClients)
            Transport = new XorTransport();
        if (!ClientOpening.AdmitSession(this))
            return;
        Session.CountSession(Worker);
        if (TraceSwitch.On)
            ConnectionTrace.Begin(this);
        if (Frontend.IsHttp)
        {
            Phase = ClientPhase.Idle;
            if (SpeaksHttp2)
            {
                if (BeginFrames())
                    Mux!.OnEvents();
            }
            else
                _next.Read(this);
        }
        else
        {
            if (Worker.TcpStreams.Rent() is not { } stream)
            {
                CloseForMemory();
                return;
            }
            Carry(stream);
            stream.Start(this);
        }
    }

    /// <summary>A rule said silent-drop, and counted it.</summary>
    internal bool IsForgotten { get; private set; }

    /// <summary>
    /// silent-drop: closing says nothing to the client. In repair mode the kernel forgets a connection without a packet; that
    /// takes a privilege. COMPAT: without it the reset is sent with a hop limit that no client is near enough for.
    /// </summary>
    internal void ForgetOnClose()
    {
        IsForgotten = EndsAbruptly = true;
        if (Sockets.SetOption(Fd, Sockets.IPPROTO_TCP, Sockets.TCP_REPAIR, 1) == 0)
            return;
        if (Session.Source.IsIPv6)
            Sockets.SetOption(Fd, Sockets.IPPROTO_IPV6, Sockets.IPV6_UNICAST_HOPS, 1);
        else
            Sockets.SetOption(Fd, Sockets.IPPROTO_IP, Sockets.IP_TTL, 1);
        AbortOnClose();
    }

    public override void OnEvents(uint events)
    {
        NoteEvents(events);
        switch (Phase)
        {
            case ClientPhase.Active:
                Stream!.OnClientEvents(events);
                break;
            case ClientPhase.Idle:
                if (CanRead && !IsQueued)
                    _next.Read(this);
                break;
            case ClientPhase.Handshake:
                _opening.Continue(this);
                break;
            case ClientPhase.Multiplexed:
                Mux!.OnEvents();
                break;
            default:
                LingeringClient.Drain(this);
                break;
        }
    }

    /// <summary>By the bind line, or because TLS has agreed on it.</summary>
    private bool SpeaksHttp2 => Listener.Config.Proto == "h2" || Transport?.Facts is { } tls && tls.Alpn.SequenceEqual("h2"u8);

    /// <summary>From here on it speaks HTTP/2.</summary>
    internal bool BeginFrames()
    {
        if (Worker.RentMux() is not { } mux)
        {
            CloseForMemory();
            return false;
        }
        Mux = mux;
        if (TraceSwitch.On)
            ConnectionTrace.BeginProtocol(this);
        Phase = ClientPhase.Multiplexed;
        Worker.Timers.Cancel(this);
        EnsureRegistered();
        mux.Begin(this);
        return true;
    }

    private void ReleaseMux()
    {
        IClientMux? mux = Mux;
        Mux = null;
        mux?.Release();
    }

    /// <summary>A stream is at work from here on, with a timer of its own.</summary>
    internal void Carry(ProxyStream stream)
    {
        Phase = ClientPhase.Active;
        Stream = stream;
        // PERF: it stays in the wheel, where the next idle time finds it
        Worker.Timers.Suspend(this);
    }

    /// <summary>There is no memory to serve it.</summary>
    internal void CloseForMemory()
    {
        Session.CountInternalError(Worker);
        Close();
    }

    protected override void OnOutOfMemory()
    {
        if (Phase == ClientPhase.Active && Stream is not null)
        {
            Stream.EndForMemory();
            return;
        }
        Core.Buffers.MemoryBudget.CountFailure();
        if (IsOpen && Mux is not null)
            Mux.Lose();
        else if (IsOpen)
            CloseForMemory();
    }

    /// <summary>When the first bytes of the request that is read now came.</summary>
    internal long HeadSinceMs => _next.SinceMs;

    /// <summary>What has come of a request that has not begun.</summary>
    internal ReadOnlySpan<byte> HeadSoFar => _next.Bytes;

    /// <summary>When a client that has no request under way has been silent for too long.</summary>
    internal long IdleDeadlineMs => _next.DeadlineMs(this);

    /// <summary>Takes what a stream has of an incomplete head, in [start, end) of a rented buffer. The stream is gone, and never
    /// was.</summary>
    internal void KeepHead(byte* buffer, int start, int end) => _next.Keep(this, buffer, start, end);

    /// <summary>
    /// The stream has ended and the connection lives on: wait for the next request. <paramref name="buffer"/> holds pipelined
    /// bytes or is null. What has come already begins in its own turn: frames of the stream that ended are still on the stack.
    /// </summary>
    public void BecomeIdle(byte* buffer, int start, int end)
    {
        Stream = null;
        Phase = ClientPhase.Idle;
        Session.IdleSinceMs = Worker.NowMs;
        _next.HoldAhead(this, buffer, start, end);
        // what it has sent ahead goes with it
        if (Worker.Engine.Handover.CollectsIdle && Movable != Handover.MovedKind.None)
        {
            Worker.Hold(this);
            return;
        }
        if (buffer is not null || CanRead)
        {
            Worker.Enqueue(this);
            return;
        }
        EnsureRegistered();
        ArmIdle();
    }

    /// <summary>Deadline while no request has begun: timeout http-request before the first one, http-keep-alive between two.</summary>
    internal void ArmIdle()
    {
        Worker.Timers.Arm(this, IdleDeadlineMs);
        // the answer that made it idle was written before the stop and promised to stay
        if (IsLeaving)
            OnSoftStop();
    }

    /// <summary>Goes on with what had come when the last answer was out.</summary>
    public void RunQueued()
    {
        if (Fd < 0)
        {
            ReturnToPool();
            return;
        }
        if (IsFrozen)
            return;
        if (Phase == ClientPhase.Idle)
            Resume();
        else if (Phase == ClientPhase.Multiplexed)
            Mux!.OnEvents();
    }

    /// <summary>How long an idle connection of a leaving process waits for one more request, to be answered with "Connection: close"
    /// (ms).</summary>
    private const int StoppingGraceMs = 1000;

    /// <summary>
    /// The process is leaving. Closing an idle connection now would hit the client's next request in flight; so it is
    /// told on its next answer, and closed only after a while of silence. A connection that has not said anything yet
    /// keeps its full time.
    /// </summary>
    public void OnSoftStop()
    {
        LingeringClient.OnSoftStop(this);
        if (Phase == ClientPhase.Multiplexed)
        {
            Mux!.OnSoftStop();
            return;
        }
        if (Phase != ClientPhase.Idle || Session.RequestCount == 0 || _next.IsKept || KeepIdleWhileStopping)
            return;
        int spread = Worker.Engine.Config.Global.CloseSpreadTimeMs;
        if (spread == int.MaxValue)
            return;
        int grace = System.Math.Max(StoppingGraceMs, spread > 0 ? System.Random.Shared.Next(spread) : 0);
        if (Worker.NowMs + grace < DeadlineMs)
            Worker.Timers.Arm(this, Worker.NowMs + grace);
    }

    /// <summary>hard-stop-after is over.</summary>
    public void OnHardStop()
    {
        if (Phase == ClientPhase.Active)
            Stream!.Kill(TerminationCause.Killed);
        else if (Phase == ClientPhase.Multiplexed)
            Mux!.OnHardStop();
        else if (_next.IsKept)
            _next.End(this, HeadEnd.Killed);
        else
            Close();
    }

    /// <summary>option idle-close-on-response: an idle connection is closed after its next answer, not under the client's next
    /// request.</summary>
    private bool KeepIdleWhileStopping => (Frontend.Config.Options & ProxyOptions.IdleCloseOnResponse) != 0;

    public override void OnTimer(long nowMs)
    {
        if (FaultInjection.On)
            FaultInjection.Strike(FaultPlace.Timer);
        switch (Phase)
        {
            case ClientPhase.Active:
            case ClientPhase.Idle when IsQueued:
                break;
            case ClientPhase.Idle:
                _next.Close(this, IdleEnd.TimedOut);
                break;
            case ClientPhase.Handshake:
                _opening.TimeOut(this);
                break;
            case ClientPhase.Multiplexed:
                Mux!.OnTimer();
                break;
            default:
                Close();
                break;
        }
    }

    /// <summary>Closes at once (what the kernel still has to send is sent).</summary>
    public void Close()
    {
        // a handler that closes it twice would count it out twice
        if (Fd < 0)
            return;
        CloseSocket();
        Session.PrivateServer?.Discard();
        Worker.RemoveClient(this);
        Release();
    }

    /// <summary>Counts the connection out and gives the object back.</summary>
    private void Release()
    {
        if (TraceSwitch.On)
            ConnectionTrace.End(this);
        Stream = null;
        ReleaseMux();
        _next.Release(Worker);
        Session.ReleaseMemory(Worker);
        Session.CountOut(Worker);
        Worker.Retire(this);
    }

    /// <summary>
    /// A handler of this connection failed in the middle: it and its stream are ended, what they held of slots and counts is given
    /// back, and neither object is used again.
    /// </summary>
    public override void Abandon()
    {
        if ((Life & 1) == 0 || Fd < 0)
            return;
        Worker.ClientConnections.Forget(this);
        Session.CountInternalError(Worker);
        ProxyStream? stream = Stream;
        Stream = null;
        CloseSocket();
        Worker.RemoveClient(this);
        Session.CountOut(Worker);
        stream?.Abandon();
        if (Mux is { } mux)
        {
            Mux = null;
            mux.Abandon();
        }
        Session.PrivateServer?.Discard();
        _next.Release(Worker);
        Session.ReleaseMemory(Worker);
    }

    private protected override void CountFault() => Session.CountInternalError(Worker);

    public override void ReturnToPool() => Worker.ClientConnections.Return(this);

    public override string? HeldBy() =>
        Stream is not null ? "a stream"
        : Mux is not null ? "streams in frames"
        : Session.PrivateServer is not null ? "a server's connection"
        : NextClient is not null || PreviousClient is not null ? "the worker's list"
        : !_next.IsEmpty ? "a buffer"
        : Session.Variables is not null ? "variables"
        : Session.Tracked is { Count: > 0 } ? "entries of stick tables"
        : base.HeldBy();

    public override void Spoil()
    {
        base.Spoil();
        Session.Frontend = null!;
        Session.Listener = null!;
    }

    public override bool IsSpoiled() => base.IsSpoiled() && Frontend is null && Listener is null && HeldBy() is null;

    /// <summary>The last answer is out: closes when the client has.</summary>
    public void LingerAndClose()
    {
        Stream = null;
        ReleaseMux();
        LingeringClient.Begin(this);
    }
}
