// A connection from a client. While idle it is this object and nothing else: no buffer, no stream. Its timer is for the times when
// it carries no stream; a stream has its own.
// SAFETY: a buffer is a block of the worker's pool and has one holder: it goes on to a stream, or back. Reads stay inside: the
// headroom (tune.maxrewrite) is at most half of a block. What is drained goes into the scratch memory, within TextSize.
using System;
using Baton.Configuration.Model;
using Baton.Engine.Connections.Transports;
using Baton.Engine.Listeners;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Engine.Streams;
using Baton.Http.H2;

namespace Baton.Engine.Connections;

public sealed unsafe partial class ClientConnection : Connection, IRunnable
{
    /// <summary>How long a closed client's input is read, and how long when the process waits for it to leave (ms).</summary>
    private const int LingerMs = 2000,
        StoppingLingerMs = 200;

    public ClientConnection() => Session = new Session(this);

    /// <summary>What all streams of this connection share.</summary>
    public Session Session { get; }
    public FrontendState Frontend => Session.Frontend;
    public ListenerState Listener => Session.Listener;
    public ProxyStream? Stream;

    /// <summary>What it is in phase Multiplexed; else null.</summary>
    internal ClientMux? Mux { get; private set; }
    public ClientConnection? NextClient,
        PreviousClient;

    public IRunnable? NextQueued { get; set; }
    public ClientPhase Phase;

    /// <summary>When the first bytes of the request that is read now came.</summary>
    internal long HeadSinceMs { get; private set; }

    /// <summary>Takes a freshly accepted socket.</summary>
    public void Open(Worker worker, FrontendState frontend, ListenerState listener, int fd, in SocketAddress source)
    {
        Reset(worker, frontend, listener, fd);
        Session.Source = source;
        Session.AcceptMs = worker.NowMs;
        Session.IdleSinceMs = worker.NowMs;
        ExpectsProxyHeader = listener.Config.AcceptProxy;
        // a client usually speaks first and at once: try before asking epoll
        CanRead = CanWrite = true;
        worker.AddClient(this);
        if (FaultInjection.On)
            FaultInjection.Strike(FaultPlace.Accept);
        Session.CountConnection(worker);
        if (!AdmitConnection())
            return;
        BeginHandshake();
    }

    /// <summary>Forgets all of the object's last life, however this one begins.</summary>
    private void Reset(Worker worker, FrontendState frontend, ListenerState listener, int fd)
    {
        ResetConnection(worker, fd);
        Session.Reset(frontend, listener);
        Stream = null;
        _step = null;
        ExpectsProxyHeader = IsForgotten = false;
        HeadSinceMs = 0;
        _firstPacketLength = -1;
        _refusedIn = _answersWhileLeaving = 0;
        Mux = null;
    }

    /// <summary>Counts the session and gives it to the protocol.</summary>
    private void StartSession()
    {
        if (XorTransport.OnClients)
            Transport = new XorTransport();
        if (!AdmitSession())
            return;
        Session.CountSession(Worker);
        if (Frontend.IsHttp)
        {
            Phase = ClientPhase.Idle;
            if (SpeaksHttp2)
            {
                if (BeginFrames())
                    Mux!.OnEvents();
            }
            else
                OnIdleReadable();
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
                    OnIdleReadable();
                break;
            case ClientPhase.Handshake:
                ContinueHandshake();
                break;
            case ClientPhase.Multiplexed:
                Mux!.OnEvents();
                break;
            default:
                Drain();
                break;
        }
    }

    /// <summary>Looks for the first bytes of a request; only when there are some does the connection get a buffer and a stream.</summary>
    private void OnIdleReadable()
    {
        if (_head is not null)
        {
            ContinueHead();
            return;
        }
        // it has a holder at every moment
        byte* buffer = _ahead = Worker.Buffers.Rent();
        if (buffer is null)
        {
            CloseForMemory();
            return;
        }
        int headroom = Worker.Engine.Config.Global.MaxRewrite;
        int n = Receive(buffer + headroom, Worker.Buffers.BlockSize - headroom);
        _ahead = null;
        if (n > 0)
        {
            HeadSinceMs = Worker.NowMs;
            BeginRequest(buffer, headroom, headroom + n);
            return;
        }
        Worker.Buffers.Return(buffer);
        if (n == -1)
        {
            EnsureRegistered();
            ArmIdle();
            return;
        }
        CloseIdle(n == 0 ? IdleEnd.ClientClosed : IdleEnd.ClientFailed);
    }

    /// <summary>By the bind line, or because TLS has agreed on it.</summary>
    private bool SpeaksHttp2 => Listener.Config.Proto == "h2" || Transport?.Facts is { } tls && tls.Alpn.SequenceEqual("h2"u8);

    /// <summary>From here on it speaks HTTP/2.</summary>
    private bool BeginFrames()
    {
        if (Worker.RentMux() is not { } mux)
        {
            CloseForMemory();
            return false;
        }
        Mux = mux;
        Phase = ClientPhase.Multiplexed;
        Worker.Timers.Cancel(this);
        EnsureRegistered();
        mux.Begin(this);
        return true;
    }

    /// <summary>
    /// Whether what came first is the beginning of HTTP/2 with prior knowledge (RFC 9113 §3.3), at [start, end) of a rented buffer: then it
    /// goes on with that, or waits for the rest of those words.
    /// </summary>
    private bool IsPreface(byte* buffer, int start, int end)
    {
        var text = new ReadOnlySpan<byte>(buffer + start, end - start);
        ReadOnlySpan<byte> words = FrameWriter.Preface[..HttpPrefaceLength];
        if (text[0] != words[0] || (Frontend.Config.Options & ProxyOptions.DisableH2Upgrade) != 0)
            return false;
        if (text.Length >= words.Length)
        {
            if (!text.StartsWith(words))
                return false;
            if (BeginFrames())
                Mux!.TakeOver(buffer, start, end);
            else
                Worker.Buffers.Return(buffer);
            return true;
        }
        if (text.Length < 4 || !words.StartsWith(text))
            return false;
        Session.RequestCount++;
        KeepHead(buffer, start, end);
        return true;
    }

    /// <summary>Bytes of the preface that look like a head of HTTP/1.</summary>
    private const int HttpPrefaceLength = 18;

    private void ReleaseMux()
    {
        ClientMux? mux = Mux;
        Mux = null;
        mux?.Release();
    }

    /// <summary>Starts a stream on bytes already received at [start, end) of a rented buffer.</summary>
    internal void BeginRequest(byte* buffer, int start, int end)
    {
        if (Session.RequestCount == 0 && IsPreface(buffer, start, end))
            return;
        if (Worker.HttpStreams.Rent() is not { } stream)
        {
            Worker.Buffers.Return(buffer);
            CloseForMemory();
            return;
        }
        Carry(stream);
        stream.Start(this, buffer, start, end);
    }

    /// <summary>A stream is at work from here on, with a timer of its own.</summary>
    private void Carry(ProxyStream stream)
    {
        Phase = ClientPhase.Active;
        Stream = stream;
        // PERF: it stays in the wheel, where the next idle time finds it
        Worker.Timers.Suspend(this);
    }

    /// <summary>There is no memory to serve it.</summary>
    private void CloseForMemory()
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

    /// <summary>Deadline while no request has begun: timeout http-request before the first one, http-keep-alive between two.</summary>
    private void ArmIdle()
    {
        Worker.Timers.Arm(this, IdleDeadlineMs);
        // the answer that made it idle was written before the stop and promised to stay
        if (IsLeaving)
            OnSoftStop();
    }

    /// <summary>When a client that has no request under way has been silent for too long.</summary>
    internal long IdleDeadlineMs
    {
        get
        {
            ref TimeoutsConfig t = ref Frontend.Config.Timeouts;
            int request = First(t.HttpRequest, t.Client),
                timeout = Session.RequestCount == 0 || _head is not null ? request : First(t.HttpKeepAlive, request);
            long since = _head is not null && Session.RequestCount > 0 ? HeadSinceMs : Session.IdleSinceMs;
            return timeout < 0 ? long.MaxValue : since + timeout;
        }
    }

    private static int First(int a, int b) => a >= 0 ? a : b;

    /// <summary>
    /// The stream has ended and the connection lives on: wait for the next request. <paramref name="buffer"/> holds pipelined
    /// bytes or is null. What has come already begins in its own turn: frames of the stream that ended are still on the stack.
    /// </summary>
    public void BecomeIdle(byte* buffer, int start, int end)
    {
        Stream = null;
        Phase = ClientPhase.Idle;
        Session.IdleSinceMs = Worker.NowMs;
        if (buffer is not null)
            HeadSinceMs = Worker.NowMs;
        _ahead = buffer;
        (_aheadStart, _aheadEnd) = (start, end);
        // what it has sent ahead goes with it
        if (Worker.Engine.CollectsIdle && Movable != Handover.MovedKind.None)
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
        if (Phase == ClientPhase.Lingering && Worker.NowMs + StoppingLingerMs < DeadlineMs)
            Worker.Timers.Arm(this, Worker.NowMs + StoppingLingerMs);
        if (Phase == ClientPhase.Multiplexed)
        {
            Mux!.OnSoftStop();
            return;
        }
        if (Phase != ClientPhase.Idle || Session.RequestCount == 0 || _head is not null || KeepIdleWhileStopping)
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
        else if (_head is not null)
            EndHead(HeadEnd.Killed);
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
                CloseIdle(IdleEnd.TimedOut);
                break;
            case ClientPhase.Handshake:
                CloseIdle(IdleEnd.TimedOut);
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
        Stream = null;
        ReleaseMux();
        ReleaseHead();
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
        ReleaseHead();
        Session.ReleaseMemory(Worker);
    }

    private protected override void CountFault() => Session.CountInternalError(Worker);

    public override void ReturnToPool() => Worker.ClientConnections.Return(this);

    public override string? HeldBy() =>
        Stream is not null ? "a stream"
        : Mux is not null ? "streams in frames"
        : Session.PrivateServer is not null ? "a server's connection"
        : NextClient is not null || PreviousClient is not null ? "the worker's list"
        : _head is not null || _ahead is not null ? "a buffer"
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

    /// <summary>Shuts the sending side down and reads until the client closes: closing with unread data would reset the connection and
    /// destroy the answer.</summary>
    public void LingerAndClose()
    {
        ShutdownWrite();
        Stream = null;
        ReleaseMux();
        Phase = ClientPhase.Lingering;
        EnsureRegistered();
        CanRead = true;
        Worker.Timers.Arm(this, Worker.NowMs + (IsLeaving ? StoppingLingerMs : LingerMs));
        Drain();
    }

    private void Drain()
    {
        byte* sink = Worker.Scratch.Text;
        for (int i = 0; i < 16 && CanRead; i++)
        {
            int n = Receive(sink, Worker.Scratch.TextSize);
            if (n > 0)
                continue;
            if (n == -1)
                return;
            Close();
            return;
        }
        if (PeerClosed && !CanRead || Failed)
            Close();
    }
}
