// The health check of one server: a node of its worker's timer wheel that wakes for the next check, and the connection it makes then.
// It keeps no buffer and no descriptor between two checks.
// SAFETY: pointers come with a length and are passed on for the call alone.
using System;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Connections.Handshakes;
using Baton.Engine.Connections.Transports;
using Baton.Engine.Loop;
using Baton.Engine.Servers;
using Baton.Interop.Linux;

namespace Baton.Engine.Checks;

/// <summary>OWNER: one worker, the one it was given at start.</summary>
public class ServerCheck : OutgoingConnection, IRunnable
{
    /// <summary>How often one looks again that must not check now, because another process decides (ms).</summary>
    private const int AwaitMs = 100;

    private readonly CheckConfig _config;
    private readonly CheckDialogue? _dialogue;
    private long _beganMs;

    internal ServerCheck(ServerState server, Worker owner, CheckScript? script)
        : this(server, owner, script, new CheckHealth(server.Config.Check.Rise, server.Config.Check.Fall))
    {
        Place(_config.Address, _config.Port);
        BeginAnew();
    }

    /// <summary>Nothing is known of the server (init-state).</summary>
    internal void BeginAnew() =>
        Health.Points = _config.Begins switch
        {
            InitialState.FullyUp => Health.Best,
            InitialState.Down => Health.Rise - 1,
            InitialState.FullyDown => 0,
            _ => Health.Rise,
        };

    private protected ServerCheck(ServerState server, Worker owner, CheckScript? script, CheckHealth health)
    {
        Server = server;
        Worker = owner;
        _config = server.Config.Check;
        Health = health;
        _dialogue = script is null ? null : new CheckDialogue(this, script);
        _mayFrame = script is { Kind: CheckKind.Http };
        byte[] alpn = _config.Alpn ?? server.Config.Tls?.Alpn ?? [];
        if (_mayFrame && _config.ReusesPool && server.Config.SendProxy == ProxyProtocolVersion.None && !server.IsPerClient)
            _pool = new CheckPool(this, _config.PoolName);
        _alpn = _mayFrame ? _config.Alpn : Tls.TlsProtocols.WithoutFrames(alpn) ?? _config.Alpn;
    }

    private protected void Place(AddressConfig? address, int port)
    {
        Address = address is null ? null : Build.AddressResolver.ServerEndpoint(address, Server.Config.ResolvePrefer);
        Port = port > 0 ? port : address?.Port ?? 0;
    }

    /// <summary>It speaks HTTP, and may do so in frames; what it offers by ALPN where that is not what traffic offers.</summary>
    private readonly bool _mayFrame;
    private readonly byte[]? _alpn;

    /// <summary>"check-reuse-pool"; null without it, and where traffic's connections are of no use to a check.</summary>
    private readonly CheckPool? _pool;

    /// <summary>What it speaks through where that is HTTP/2, kept for the next time; and whether it does so now.</summary>
    private ICheckFrames? _frames;
    private bool _isFramed;

    public ServerState Server { get; }
    public CheckHealth Health { get; }

    /// <summary>"disable health" switches it off.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>A check is under way.</summary>
    public bool InProgress { get; private set; }

    /// <summary>Where checks go instead of where traffic goes; null and 0 for the same. The runtime API changes both.</summary>
    public SocketEndpoint? Address { get; private set; }
    public int Port { get; private set; }

    /// <summary>An operator has changed where they go.</summary>
    public bool IsMoved { get; private set; }

    public void MoveTo(SocketEndpoint? address, int port) => (Address, Port, IsMoved) = (address, port, true);

    /// <summary>When the next one is due, or the one under way is given up (the worker's milliseconds).</summary>
    public long DueMs { get; private set; }

    public virtual int IntervalMs => CheckSchedule.Interval(_config, Health, Server.IsDown);

    /// <summary>How long one may take as a whole where no time-out says it (ms).</summary>
    protected virtual int TimeoutMs => _config.InterMs;

    /// <summary>It waits until its server is wanted again.</summary>
    protected virtual bool Rests => Server.IsInMaintenance;

    /// <summary>Takes an outcome in.</summary>
    private protected virtual void Report(in CheckAnswer answer, int durationMs) =>
        CheckReport.Take(this, answer.Status, answer.Code, answer.Info, durationMs);

    /// <summary>Lets it check in so many milliseconds for the first time, unless the process before has said when. On its worker.</summary>
    public void Begin(int delayMs)
    {
        if (DueMs == 0)
            DueMs = Math.Max(Worker.NowMs, 1) + delayMs;
        Worker.Timers.Arm(this, DueMs);
    }

    /// <summary>Goes on where the process before was: the next one is due then, or at once where it was in the middle of one. Any
    /// thread.</summary>
    public void Resume(long dueMs) =>
        Worker.Post(w =>
        {
            if (InProgress)
                return;
            DueMs = Math.Clamp(dueMs, Math.Max(w.NowMs, 1), w.NowMs + TimeoutMs + _config.DownInterMs);
            w.Timers.Arm(this, DueMs);
        });

    /// <summary>Something is wrong: the next one comes as soon as "fastinter" says. Any thread.</summary>
    public void Hurry()
    {
        if (_config.FastInterMs > 0)
            Worker.Post(w =>
            {
                if (!InProgress && DueMs > w.NowMs + _config.FastInterMs)
                    Wait(_config.FastInterMs);
            });
    }

    /// <summary>It checks no more. On its worker.</summary>
    public virtual void End()
    {
        EndFrames();
        CloseSocket();
        _pool?.Forget();
        _dialogue?.End();
        InProgress = false;
        Enabled = false;
    }

    private protected void Wait(int delayMs)
    {
        DueMs = Worker.NowMs + delayMs;
        Worker.Timers.Arm(this, DueMs);
    }

    private void WaitForNext() =>
        Wait(CheckSchedule.Vary(IntervalMs, Worker.Engine.Config.Global.SpreadChecks, Random.Shared.NextDouble()));

    public override void OnTimer(long nowMs)
    {
        EngineState engine = Worker.Engine;
        if (InProgress)
            Finish(TimedOut());
        else if (engine.Handover.AwaitsAuthority)
            Worker.Timers.Arm(this, nowMs + AwaitMs);
        // the next process checks, or nobody needs to know any more: it stays due, for the case that this one goes on after all
        else if (engine.Handover.IsUnderWay || engine.Handover.ProbationOver || engine.Stopping)
            Worker.Timers.Arm(this, nowMs + IntervalMs);
        else if (!Enabled || Rests)
            WaitForNext();
        else
            Start();
    }

    private protected virtual void Start()
    {
        NoteStart();
        _hasConnected = false;
        _pool?.Begin();
        Open(_dialogue?.Begin());
    }

    private protected void NoteStart()
    {
        InProgress = true;
        if (Traces.TraceSwitch.On)
            CheckTrace.Began(this);
        _beganMs = Worker.NowMs;
        DueMs = _beganMs + CheckSchedule.ConnectTimeout(TimeoutMs, Server.Backend.Config.Timeouts);
    }

    /// <summary>The time for one is over.</summary>
    private protected virtual CheckAnswer TimedOut() =>
        Transport is not null && HasTls && !IsConnected
            ? new(CheckVerdict.Failed, CheckStatus.Layer6Timeout)
            : _dialogue?.TimedOut() ?? new(CheckVerdict.Failed, CheckStatus.Layer4Timeout);

    /// <summary>This process ends. Any thread.</summary>
    internal virtual void Leave() { }

    /// <param name="step">Which connection; null for the only one.</param>
    private void Open(ConnectStep? step)
    {
        _step = step;
        if (KeepsConnection && _pool!.TryBorrow(out int idle, out Transport? transport))
        {
            ResetConnection(Worker, idle);
            Transport = transport;
            SkipHandshake();
            CanWrite = true;
            Worker.Timers.Arm(this, DueMs);
            EnsureRegistered();
            BeginDialogue();
            AdvanceDialogue();
            return;
        }
        ConnectPlan plan = Plan();
        int fd = Connector.Open(Worker, plan, out bool connected);
        if (fd < 0)
        {
            Fail(-fd, plan.Source is not null);
            return;
        }
        ResetConnection(Worker, fd);
        ResetHandshake();
        CanWrite = connected;
        Worker.Timers.Arm(this, DueMs);
        EnsureRegistered();
        // a connection that is not told of yet waits for its event
        if (InProgress && connected)
            Advance();
    }

    private ConnectPlan Plan()
    {
        ConnectPlan plan = ConnectPlan.To(Server);
        SocketEndpoint? own = _step?.Address ?? Address,
            to = own ?? Server.Endpoint;
        // an address of its own without a port has the port of the traffic
        int said = _step is null ? 0 : _dialogue!.PortOf(_step);
        int port =
            said > 0 ? said
            : Port > 0 ? Port
            : own is { Address.Port: 0 } ? Server.Endpoint?.Address.Port ?? 0
            : 0;
        if (to is { Path.Length: 0 } && port > 0)
        {
            SocketAddress address = to.Address;
            address.Port = (ushort)port;
            to = SocketEndpoint.FromAddress(address);
        }
        plan.Endpoint = to;
        plan.Target = to?.Address ?? default;
        _target = plan.Target;
        if (!HasSocks)
            plan.Socks4 = null;
        return plan;
    }

    private ConnectStep? _step;
    private bool _hasConnected;
    private SocketAddress _target;

    protected override bool HasSocks => (_config.ViaSocks4 || _step is { ViaSocks4: true }) && Server.Socks4 is not null;
    protected override SocketAddress SocksTarget => _target;

    /// <summary>COMPAT: as traffic has it, unless checks go somewhere else.</summary>
    protected override bool HasPreamble =>
        _config.SendProxy || _step is { SendProxy: true } || Server.Config.SendProxy != ProxyProtocolVersion.None && FollowsTraffic;

    /// <summary>It goes where traffic goes, and no line says how.</summary>
    private bool FollowsTraffic => Port == 0 && Address is null && _step is not { IsUsual: false };

    /// <summary>COMPAT: as traffic has it, unless checks go somewhere else or are TLS in any case (check-ssl). The name that is asked for
    /// is one of their own.</summary>
    protected override bool HasTls =>
        Server.CheckTls is not null
        && (_step is { Ssl: true } || _config.Ssl && _step is not { IsUsual: false } || Server.Tls is not null && FollowsTraffic);

    private protected override OpenSslTransport? BeginTls()
    {
        OpenSslTransport? session = OpenSslTransport.Begin(Server.CheckTls!.ContextOf(Worker.Index), isServer: false);
        if (session is not null)
        {
            string? name = NameAskedFor;
            // COMPAT: what checks offer is for those that go where the server's line says, others offer what traffic does
            byte[]? alpn = _step?.Alpn ?? (_mayFrame && _step is { IsUsual: false } ? null : _alpn);
            Server.CheckTls.Prepare(session.Session, Worker.Index, null, name, alpn);
        }
        return session;
    }

    protected override ReadOnlySpan<byte> Preamble() =>
        CheckPreamble.Write(Worker.Scratch.OutputSpan, Server.Config.SendProxy, SocketAddress.OfSocket(Fd), _target);

    public override void OnEvents(uint events)
    {
        NoteEvents(events);
        if (_isFramed)
            _frames!.OnEvents();
        if (InProgress)
            Advance();
    }

    public IRunnable? NextQueued { get; set; }

    /// <summary>Its frames have their turn.</summary>
    public void RunQueued()
    {
        if (!_isFramed)
            return;
        _frames!.OnEvents();
        if (InProgress)
            Advance();
    }

    /// <summary>HTTP/2 is spoken: because a line says so, or because the server has agreed to it. COMPAT: what traffic speaks, unless
    /// checks have a word of their own or go somewhere else; a connection that is described has its own word or none.</summary>
    private bool SpeaksFrames =>
        _mayFrame
        && (
            (_step?.Proto ?? (_step is { IsUsual: false } ? null : _config.Proto ?? (FollowsTraffic ? Server.Config.Proto : null)))
                is { } word
                ? word == "h2"
                : Transport?.Facts is { } tls && tls.Alpn.SequenceEqual("h2"u8)
        );

    /// <summary>What a check says and hears: in frames the same words.</summary>
    internal unsafe int Say(byte* bytes, int length) => _isFramed ? _frames!.Send(bytes, length) : Send(bytes, length);

    internal unsafe int Hear(byte* to, int length) => _isFramed ? _frames!.Receive(to, length) : Receive(to, length);

    internal bool MayHear => _isFramed || CanRead;

    private void EndFrames()
    {
        if (!_isFramed)
            return;
        _isFramed = false;
        _frames!.End();
    }

    private void Advance()
    {
        if (!IsConnected)
        {
            switch (ShakeHands())
            {
                case HandshakeResult.Failed:
                    Fail(Error, false);
                    return;
                case HandshakeResult.Wait:
                    return;
            }
            if (_dialogue is null)
            {
                Finish(new(CheckVerdict.Done, HasTls ? CheckStatus.Layer6Ok : CheckStatus.Layer4Ok));
                return;
            }
            if (SpeaksFrames)
            {
                _isFramed = true;
                if (!(_frames ??= Worker.MakeCheckFrames()).Begin(this, this))
                {
                    GiveUp(CheckStatus.SocketError, Errno.Message(Errno.ENOMEM));
                    return;
                }
            }
            BeginDialogue();
        }
        AdvanceDialogue();
    }

    private void BeginDialogue()
    {
        _dialogue!.Connected();
        // "timeout check" is for what comes after the first connection
        int timeout = Server.Backend.Config.Timeouts.Check;
        if (!_hasConnected && timeout > 0)
            Wait(timeout);
        _hasConnected = true;
    }

    private void AdvanceDialogue()
    {
        CheckAnswer answer = _dialogue!.Run();
        if (answer.Verdict == CheckVerdict.Failed && _pool is { IsBorrowed: true } && _dialogue.Data.IsEmpty)
            StartAfresh();
        else if (answer.Verdict == CheckVerdict.Connect)
            OpenNext();
        else if (answer.Verdict != CheckVerdict.Wait)
            Finish(answer);
    }

    /// <summary>The server has closed an idle connection at the moment in which it was taken: that says nothing of it.</summary>
    private void StartAfresh()
    {
        CloseSocket();
        _pool!.Avoid();
        Open(_dialogue!.Begin());
    }

    /// <summary>The connection of this step is one that traffic could have made: it may come from the pool of the server, and go
    /// there.</summary>
    internal bool KeepsConnection =>
        _pool is not null
        && FollowsTraffic
        && !_isFramed
        && _config.Proto is null or "h1"
        && !_config.Ssl
        && HasSocks == Server.Socks4 is not null
        && !HasPreamble
        && _step is null or { IsUsual: true, Ssl: false, Proto: null, Alpn: null, ServerName: null };

    /// <summary>What TLS is asked for by name on a connection of this step; null for nothing.</summary>
    internal string? NameAskedFor => _step?.ServerName ?? _config.ServerName ?? (_config.NameIsAutomatic ? _dialogue?.NextHost : null);

    /// <summary>Its socket is another's from here on.</summary>
    internal int LeaveSocket(out Transport? transport)
    {
        int fd = Fd;
        if (IsRegistered)
            Worker.Unregister(this);
        IsRegistered = false;
        transport = Transport;
        Transport = null;
        Fd = -1;
        return fd;
    }

    /// <summary>The answer is whole: the connection goes to the pool, where it may.</summary>
    private void Part()
    {
        if (_pool is null)
            return;
        if (Fd >= 0 && IsConnected && KeepsConnection && _dialogue!.IsWhole && IsSilent())
            _pool.GiveBack();
        _pool.Forget();
    }

    /// <summary>The next connection of the same check, within the same time. COMPAT: this one ends in an orderly way.</summary>
    private void OpenNext()
    {
        EndFrames();
        CloseSocket();
        _pool?.Forget();
        Open((ConnectStep)_dialogue!.Step);
    }

    /// <summary>The server is to forget it at once: thousands of checks a second leave no TIME_WAIT behind, on either side.</summary>
    private void Hang()
    {
        EndFrames();
        Part();
        if (Fd >= 0 && _step is not { Linger: true })
            AbortOnClose();
        CloseSocket();
    }

    /// <summary>No connection came about.</summary>
    private void Fail(int errno, bool isBound)
    {
        bool lack = errno is Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM;
        string info =
            isBound && errno is Errno.EADDRNOTAVAIL or Errno.EADDRINUSE
                ? $"Can't bind to source address ({Errno.Message(errno)})"
                : Errno.Message(errno);
        CheckStatus status = lack ? CheckStatus.SocketError : CheckStatus.Layer4Connection;
        if (Transport is not null && HasTls)
            (status, info) = (CheckStatus.Layer6Response, "SSL handshake failure");
        Finish(new(CheckVerdict.Failed, status, 0, info + _dialogue?.Where));
    }

    private protected void Finish(in CheckAnswer answer)
    {
        Hang();
        _dialogue?.End();
        InProgress = false;
        if (Traces.TraceSwitch.On)
            CheckTrace.Ended(this, answer, (int)(Worker.NowMs - _beganMs));
        try
        {
            Report(answer, (int)(Worker.NowMs - _beganMs));
        }
        finally
        {
            WaitForNext();
        }
    }

    protected override void OnOutOfMemory() => GiveUp(CheckStatus.SocketError, Errno.Message(Errno.ENOMEM));

    /// <summary>A fault of this program: nothing was found out about the server.</summary>
    public override void Abandon() => GiveUp(CheckStatus.SocketError, "internal error");

    private void GiveUp(CheckStatus status, string info)
    {
        if (InProgress)
            Finish(new(CheckVerdict.Failed, status, 0, info));
        else if (!IsArmed)
            WaitForNext();
    }

    public override void ReturnToPool() { }
}
