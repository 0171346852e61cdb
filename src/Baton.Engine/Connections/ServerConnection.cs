// A connection to a server: being set up, serving a stream, idle in its server's pool, or kept for one client. At any moment one
// of these holds it and no other: a stream (Stream), the pool (PoolIndex), a client (Keeper). Whoever ends it, takes it from its
// holder first. One that speaks in frames (Mux) serves any number of streams, which all know it, and stands meanwhile among those of its
// server that others may join (IsShared).
using Baton.Engine.Connections.Transports;
using Baton.Engine.Loop;
using Baton.Engine.Servers;
using Baton.Engine.Streams;
using Baton.Engine.Tls;
using Baton.Interop.Linux;

namespace Baton.Engine.Connections;

public sealed class ServerConnection : OutgoingConnection, IRunnable
{
    public ServerState Server = null!;

    /// <summary>The stream it serves, null when idle.</summary>
    public ProxyStream? Stream;

    /// <summary>What it is when it speaks in frames; else null.</summary>
    internal IServerMux? Mux { get; private set; }

    /// <summary>Among those of its server that have streams and may get more.</summary>
    internal bool IsShared { get; private set; }

    /// <summary>The client whose streams alone may join it as long as it has some, where it is not for everybody (http-reuse).</summary>
    private Session? _user;
    private uint _userLife;

    public IRunnable? NextQueued { get; set; }

    /// <summary>Place in the idle pool, -1 outside.</summary>
    public int PoolIndex = -1;

    /// <summary>Requests served after the first.</summary>
    public int Reuses;

    /// <summary>
    /// For one client alone from here on: it knows its user (NTLM, Negotiate), was introduced with one client's address, or was kept for
    /// it.
    /// </summary>
    public bool IsPrivate;

    /// <summary>The client it is kept for while idle; null otherwise.</summary>
    public Session? Keeper { get; private set; }
    public long IdleSinceMs;

    private bool _hasNoDelay;

    /// <summary>Nagle is switched off at the second write of a message only: the first never waits, and most messages are one
    /// write.</summary>
    internal void SetNoDelay()
    {
        if (_hasNoDelay)
            return;
        _hasNoDelay = true;
        Sockets.SetOption(Fd, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY, 1);
    }

    /// <summary>What it was marked with when it was made.</summary>
    public ServerMarks Marks;

    /// <summary>
    /// The client's addresses as the PROXY header told them; unset when there was none, and on connections of the previous process.
    /// </summary>
    public SocketAddress ToldSource,
        ToldDestination;

    /// <summary>Where the server was when it was made: once the server is elsewhere it is for nobody else.</summary>
    public SocketEndpoint? MadeFor;

    /// <summary>What TLS asked for by name when it was made (ServerTls); 0 for nothing.</summary>
    public ulong NameKey;

    /// <summary>What its TLS comes from, which an operator may have changed since it was made; null for none.</summary>
    private TlsServerSide? _tls;

    /// <summary>It is as the server is spoken to now: at its address, with TLS or without.</summary>
    internal bool IsAsConfigured =>
        MadeFor == Server.Endpoint && ReferenceEquals(_tls, Server.Tls) && Transport is SealedTransport == HasTls;

    /// <summary>What it counts in ("strict-maxconn"); null where nobody counts.</summary>
    private OpenConnections? _countedIn;

    /// <summary>Begins its life on a socket, which counts already where somebody counts.</summary>
    public void Open(Worker worker, ServerState server, int fd)
    {
        _countedIn = server.OpenConnections;
        _tls = server.Tls;
        NameKey = 0;
        Fault = ConnectionFaults.None;
        ResetConnection(worker, fd);
        Server = server;
        MadeFor = server.Endpoint;
        Stream = null;
        Keeper = null;
        PoolIndex = -1;
        Reuses = 0;
        ResetHandshake();
        IsPrivate = false;
        _hasNoDelay = false;
        Marks = default;
        ToldSource = ToldDestination = default;
        Mux = null;
        IsShared = IsAwaited = _isFrozen = false;
        (_user, _userLife) = (null, 0);
    }

    /// <summary>From here on it speaks in frames, and has streams instead of one. False when there is no memory for that.</summary>
    internal bool BeginFrames()
    {
        if (Worker.RentServerMux() is not { } mux)
            return false;
        Mux = mux;
        Stream = null;
        _hasNoDelay = true;
        Sockets.SetOption(Fd, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY, 1);
        mux.Begin(this);
        return true;
    }

    /// <summary>It is being set up for a client, and will probably speak in frames: others may wait for that.</summary>
    internal void AwaitFrames(Session client, ulong nameKey)
    {
        (_user, _userLife) = (client, client.Connection.Life);
        NameKey = nameKey;
        IsAwaited = true;
        Server.Pools[Worker.Index].Awaited.Add(this);
    }

    /// <summary>It is known what it speaks, or it is no more.</summary>
    internal void StopAwaiting()
    {
        if (!IsAwaited)
            return;
        IsAwaited = false;
        IdlePool pool = Server.Pools[Worker.Index];
        pool.Awaited.Remove(this);
        pool.WakeJoining();
    }

    /// <summary>Streams may wait for it.</summary>
    internal bool IsAwaited { get; private set; }

    /// <summary>A client has it: others join it as its server's http-reuse allows.</summary>
    internal void ShareBy(Session client)
    {
        (_user, _userLife) = (client, client.Connection.Life);
        if (IsShared)
            return;
        IsShared = true;
        Server.Pools[Worker.Index].Shared.Add(this);
    }

    /// <summary>Nobody joins it any more.</summary>
    internal void StopSharing()
    {
        _user = null;
        if (!IsShared)
            return;
        IsShared = false;
        Server.Pools[Worker.Index].Shared.Remove(this);
    }

    /// <summary>It is in that client's use.</summary>
    internal bool IsUsedBy(Session client) => _user == client && _userLife == client.Connection.Life;

    /// <summary>The pool has it, or a client.</summary>
    internal bool IsHeld => PoolIndex >= 0 || Keeper is not null;

    /// <summary>One more stream may join it.</summary>
    internal bool HasRoom => Mux is { HasRoom: true } && !(Server.Config.MaxReuse >= 0 && Reuses >= Server.Config.MaxReuse);

    protected override bool HasSocks => Server.Socks4 is not null;
    protected override SocketAddress SocksTarget =>
        Server.IsReachedAtClientsDestination ? Server.TargetFor(Stream!.Destination) : Server.Endpoint!.Address;
    protected override bool HasPreamble => Server.Config.SendProxy != Configuration.Model.ProxyProtocolVersion.None;
    protected override bool HasTls => _tls is not null;

    private protected override OpenSslTransport? BeginTls()
    {
        if (TlsConnections.AreFull(Worker.Engine))
            return null;
        if (OpenSslTransport.Begin(_tls!.ContextOf(Worker.Index), isServer: false) is not { } session)
            return null;
        _tls.Prepare(session.Session, Worker.Index, this);
        return session;
    }

    private protected override System.ReadOnlySpan<byte> EarlyText => EarlyRequest.Of(this);

    /// <summary>Why its TLS handshake failed (<see cref="ConnectionFaults"/>); 0 when it did not.</summary>
    internal byte Fault { get; private set; }

    private protected override void OnTlsDone(bool isResumed)
    {
        Server.Counters[Worker.Index].CountTls(isResumed);
        Server.Backend.Counters[Worker.Index].CountTls(isResumed);
    }

    private protected override void OnTlsFailed(byte fault)
    {
        Fault = fault;
        Server.Counters[Worker.Index].FailedTls++;
        Server.Backend.Counters[Worker.Index].FailedTls++;
    }

    protected override bool HasMoreToSend => Stream!.Request.HasUnsent;

    protected override System.ReadOnlySpan<byte> Preamble()
    {
        (ToldSource, ToldDestination) = (Stream!.Source, Stream.Destination);
        return ClientIntroduction.Of(Stream);
    }

    public override void OnEvents(uint events)
    {
        NoteEvents(events);
        if (Mux is not null)
        {
            Mux.OnEvents();
            return;
        }
        if (Stream is not null)
        {
            Stream.OnServerEvents(events);
            return;
        }
        // what a transport keeps to itself concerns nobody (tickets)
        if (Transport is not null && IsSilent())
            return;
        // idle: the server closed it, or sent something nobody asked for
        if ((events & (Epoll.IN | Epoll.RDHUP | Epoll.HUP | Epoll.ERR)) != 0)
            Discard();
    }

    /// <summary>"idle-ping": a server that has not answered since the last time is gone.</summary>
    public override void OnTimer(long nowMs)
    {
        if (Mux is not { StreamCount: 0 } mux || !IsHeld)
            return;
        if (!mux.Ping())
            Discard();
        else if (IsOpen)
            Worker.Timers.Arm(this, nowMs + Server.Config.IdlePingMs);
    }

    /// <summary>It has no stream from here on.</summary>
    private void BeginIdle()
    {
        if (Mux is null || Server.Config.IdlePingMs == 0)
            return;
        Mux.BeginIdle();
        Worker.Timers.Arm(this, Worker.NowMs + Server.Config.IdlePingMs);
    }

    /// <summary>Its frames have their turn.</summary>
    public void RunQueued()
    {
        if (Fd < 0)
        {
            // what was abandoned is no pool's
            if ((Life & 1) != 0)
                ReturnToPool();
        }
        else if (!_isFrozen)
            Mux?.OnEvents();
    }

    protected override void OnOutOfMemory()
    {
        if (Mux is not null)
            Mux.Lose();
        else if (Stream is not null)
            Stream.EndForMemory();
        else
            Discard();
    }

    /// <summary>Out of its pool and the loop, on its way to the next process.</summary>
    internal void Freeze()
    {
        _isFrozen = true;
        // nobody joins what is written down
        StopSharing();
        Worker.Timers.Cancel(this);
        if (PoolIndex >= 0)
            Server.Pools[Worker.Index].Remove(this);
        if (IsRegistered)
            Worker.Unregister(this);
        IsRegistered = false;
    }

    private bool _isFrozen;

    /// <summary>Back in the loop; an idle one back in its pool.</summary>
    internal void Thaw()
    {
        _isFrozen = false;
        CanRead = CanWrite = true;
        if (Mux is not null)
            Worker.Enqueue(this);
        if (Stream is not null || IsPrivate || Mux is { StreamCount: > 0 })
            EnsureRegistered();
        else
            EnterPool();
    }

    /// <summary>Its socket is closed: another may take its place, in the next process too.</summary>
    private void StopCounting()
    {
        if (_countedIn is null)
            return;
        _countedIn.GiveBack();
        _countedIn = null;
        if (Worker.Engine.Handover.IsUnderWay)
            Worker.Engine.Handover.NoteSlots();
    }

    /// <summary>The next process has it: close our copy, which the server does not notice.</summary>
    internal void Depart()
    {
        LeaveHolders();
        ReleaseMux();
        ReleaseTransport();
        Files.close(Fd);
        Fd = -1;
        StopCounting();
        Worker.Retire(this);
    }

    /// <summary>Whose connection it is, as the next process knows it; nothing for none.</summary>
    internal static void WriteRoute(Core.Frames.FrameWriter w, ServerConnection? side)
    {
        w.Text(side?.Server.Backend.Name ?? "");
        w.Text(side?.Server.Name ?? "");
        w.Text(side?.Server.Endpoint?.Text ?? "");
    }

    /// <summary>Writes an idle connection's item behind its kind (docs/handover-protocol.md).</summary>
    internal void Describe(Core.Frames.FrameWriter w, System.Collections.Generic.List<int> descriptors)
    {
        descriptors.Add(Fd);
        w.Byte(1);
        w.Text("");
        w.Text("");
        WriteRoute(w, this);
        w.Int32(0);
        int image = w.BeginRecord();
        w.Int32(Reuses);
        w.Int64(IdleSinceMs);
        w.Int64((long)NameKey);
        w.EndRecord(image);
        ConnectionLayers.Write(w, Transport, Mux, null, null);
    }

    /// <summary>One established by the previous process or another worker; null, and closed, when there is no memory for it.</summary>
    internal static ServerConnection? Moved(Worker worker, ServerState server, int fd, Transport? transport, int reuses)
    {
        if (worker.ServerConnections.Rent() is not { } c)
        {
            Files.close(fd);
            server.OpenConnections?.GiveBack();
            return null;
        }
        c.Open(worker, server, fd);
        c.Transport = transport;
        c.Reuses = reuses;
        c._hasNoDelay = true;
        c.SkipHandshake();
        c.CanRead = c.CanWrite = true;
        return c;
    }

    /// <summary>Puts an idle connection of the previous process into its server's pool.</summary>
    internal static void Adopt(Worker worker, Handover.Arrival arrival, ref Core.Frames.FrameReader r)
    {
        ServerState server = arrival.Server!;
        if (Moved(worker, server, arrival.First, arrival.FirstTransport, r.Int32()) is not { } c)
            return;
        c.IdleSinceMs = r.Int64();
        // an older process says nothing of names
        c.NameKey = r.AtEnd ? 0 : (ulong)r.Int64();
        if (!c.GoOn(arrival.ServerMux))
        {
            c.Discard();
            return;
        }
        c.CanRead = false;
        c.EnterPool();
    }

    /// <summary>Goes on with what it spoke in the old process. False when the server is spoken to otherwise here, or it is not
    /// understood.</summary>
    internal bool GoOn(byte[]? mux)
    {
        if (mux is null)
            return Server.Config.Proto != "h2";
        if (!Server.MaySpeakFrames || Worker.RentServerMux() is not { } frames)
            return false;
        Mux = frames;
        return frames.Adopt(this, new Core.Frames.FrameReader(mux));
    }

    /// <summary>Waits in its server's pool, if that is still where it was: what the server does to it meanwhile is heard of.</summary>
    internal void EnterPool()
    {
        if (!Server.IsRunning || !IsAsConfigured)
        {
            Discard();
            return;
        }
        EnsureRegistered();
        Server.Pools[Worker.Index].Push(this);
        Worker.PoolPurger.Watch(Server);
        BeginIdle();
    }

    /// <summary>Out of this worker's hands, still counted; what it consisted of goes to another one. It is in no pool any more.</summary>
    internal void MoveAway(out int fd, out Transport? transport)
    {
        Freeze();
        Transport?.LeaveWorker(Worker);
        (fd, transport) = (Fd, Transport);
        Transport = null;
        Fd = -1;
        _countedIn = null;
        Worker.Retire(this);
    }

    /// <summary>Idle from here on, for one client alone: what the server does to it meanwhile is heard of.</summary>
    internal void KeepFor(Session client)
    {
        if (client.PrivateServer is { } other && other != this)
            other.Discard();
        Stream = null;
        IsPrivate = true;
        if (Keeper is null && _countedIn is not null)
            Server.Pools[Worker.Index].NoteKept(this);
        Keeper = client;
        client.PrivateServer = this;
        CanRead = false;
        EnsureRegistered();
        BeginIdle();
    }

    private void ReleaseMux()
    {
        IServerMux? mux = Mux;
        Mux = null;
        mux?.Release();
    }

    /// <summary>Nobody holds it any more: the caller is the one who does.</summary>
    internal void LeaveHolders()
    {
        StopAwaiting();
        StopSharing();
        if (PoolIndex >= 0)
            Server.Pools[Worker.Index].Remove(this);
        if (Keeper is { } keeper)
        {
            keeper.PrivateServer = null;
            if (_countedIn is not null)
                Server.Pools[Worker.Index].ForgetKept(this);
        }
        Keeper = null;
        if (Stream is { } stream && stream.ServerSide == this)
            stream.ServerSide = null;
        Stream = null;
    }

    /// <summary>Closes it, taking it from whoever holds it, and gives the object back.</summary>
    public void Discard()
    {
        LeaveHolders();
        Mux?.SayGoodbye();
        ReleaseMux();
        CloseSocket();
        StopCounting();
        Worker.Retire(this);
    }

    /// <summary>Its handler failed: the client whose stream it serves is the one that ends.</summary>
    public override void Abandon()
    {
        if ((Life & 1) == 0)
            return;
        ClientConnection? client = Stream?.Session?.Connection ?? Keeper?.Connection;
        LeaveHolders();
        IServerMux? mux = Mux;
        Mux = null;
        CloseSocket();
        StopCounting();
        Worker.ServerConnections.Forget(this);
        mux?.Abandon();
        client?.Abandon();
    }

    private protected override void CountFault() => Stream?.Counters.NoteFault();

    public override void ReturnToPool() => Worker.ServerConnections.Return(this);

    public override string? HeldBy() =>
        PoolIndex >= 0 ? "its server's pool"
        : Keeper is not null ? "the client it was kept for"
        : Stream is not null ? "a stream"
        : Mux is not null || IsShared ? "streams in frames"
        : base.HeldBy();

    public override void Spoil()
    {
        base.Spoil();
        Server = null!;
    }

    public override bool IsSpoiled() => base.IsSpoiled() && Server is null && Stream is null && Keeper is null && PoolIndex < 0;
}
