// The run-time side of a server: where it is, how it stands, who is on it.
using System;
using System.Threading;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Engine.Queues;
using Baton.Http.ProxyProtocol;

namespace Baton.Engine.Servers;

/// <summary>Shared by all workers; slots and balancing fields change under the backend's gate.</summary>
public sealed class ServerState
{
    private int _current,
        _currentMax;
    private SocketEndpoint? _endpoint;

    public ServerState(BackendState backend, ServerConfig config, int index)
    {
        Backend = backend;
        Config = config;
        Index = index;
        if (config.ProxyFields.Length > 0)
            ProxyFields = Array.ConvertAll(config.ProxyFields, f =>
                ((ProxyTlvType)f.Type, new Logs.FormattedText(f.Value, Logs.FormatUse.Field))
            );
        if (config.Socks4 is { } socks)
            Socks4 = SocketEndpoint.FromAddress(SocketAddress.From(socks.Ip, socks.Port));
        MaySpeakFrames = config.Proto == "h2" || Baton.Engine.Tls.TlsProtocols.WithoutFrames(config.Tls?.Alpn ?? []) is not null;
        Weight = config.Weight;
        MaxConn = config.MaxConn;
        Cookie = ServerCookie.Of(this);
        LastStateChangeMs = backend.Engine.StartedAtMs;
        if (config.Check.BeginsDown)
            Operation = ServerOperation.Stopped;
        IsDisabledInFile = config.Disabled;
        IsObserved = config.Check is { On: true, Observe: not ObservedLayer.None };
        Admin = config.Disabled ? AdminState.ConfiguredMaintenance : AdminState.Ready;
        if (config.StrictMaxConn)
            OpenConnections = new OpenConnections();
        int workers = backend.Engine.WorkerCount;
        Counters = new PerWorker<TrafficCounters>(workers);
        Pools = new PerWorker<IdlePool>(workers);
    }

    public BackendState Backend { get; }

    /// <summary>Where a request keeps what "pool-conn-name" comes to (ServerNames); -1 without it.</summary>
    internal int PoolNameIndex { get; set; } = -1;

    /// <summary>What its checks say: "healthcheck", or else its backend's.</summary>
    internal HealthCheckConfig HealthCheck => Config.Check.Own ?? Backend.Config.HealthCheck;

    public ServerConfig Config { get; }
    public string Name => Config.Name;
    public int Id => Config.Id;

    /// <summary>Position in the backend, from 0.</summary>
    public int Index { get; }
    public PerWorker<TrafficCounters> Counters { get; }

    /// <summary>Idle connections, one pool a worker that ever had one.</summary>
    public PerWorker<IdlePool> Pools { get; }

    /// <summary>Its connections, where maxconn bounds them and not only requests ("strict-maxconn"); null else.</summary>
    internal OpenConnections? OpenConnections { get; }

    /// <summary>Slots that the next process cannot have: where connections count, those without a request too. Under the gate.</summary>
    internal int Held => Math.Max(Served, OpenConnections?.Count ?? 0) + HeldElsewhere;

    /// <summary>Streams waiting for this very server (persistence, use-server).</summary>
    public PendingQueue Queue { get; } = new();

    /// <summary>Where to connect; null when the name did not resolve. Replaced as a whole by "set server addr".</summary>
    public SocketEndpoint? Endpoint
    {
        get => _endpoint;
        set
        {
            _endpoint = value;
            Cookie = ServerCookie.Of(this);
            IsReachedAtClientsDestination = FollowsClient(value, Config.Address);
        }
    }

    /// <summary>Value of the persistence cookie, empty when it has none.</summary>
    public byte[] Cookie { get; private set; } = [];

    /// <summary>After a change of what dynamic cookies are made of.</summary>
    public void RefreshCookie() => Cookie = ServerCookie.Of(this);

    /// <summary>"del server" has taken it out of its backend: nothing brings it back. Set under the state lock.</summary>
    public bool IsRemoved { get; internal set; }

    /// <summary>What keeps the address of its name fresh; null when nothing does.</summary>
    internal Resolvers.ServerAddress? Addressing { get; set; }

    /// <summary>The name it stands for now when that is not the configuration's: a service's record, or "set server … fqdn".</summary>
    public string? Fqdn { get; set; }

    /// <summary>Its name has no address now.</summary>
    public bool IsWithoutAddress => (Admin & AdminState.ResolutionMaintenance) != 0;

    /// <summary>0 when it has none of its own.</summary>
    internal int ConfiguredPort => Config.Address.PortKind == PortKind.Absolute ? Config.Address.Port : 0;

    /// <summary>Where the configuration says it is, for telling an operator's change from it.</summary>
    public SocketEndpoint? ConfiguredEndpoint { get; set; }

    /// <summary>The address or the port it is reached at are what the client wanted: an address of zeros ("*"), no port, or an offset to
    /// the client's.</summary>
    public bool IsReachedAtClientsDestination { get; private set; }

    /// <summary>Its connections differ from client to client and are not for others: in where they go, or in what they come from
    /// (usesrc).</summary>
    public bool IsPerClient =>
        IsReachedAtClientsDestination
        || (Config.Source ?? Backend.Config.Source)?.UseSource is ForeignSource.Client or ForeignSource.ClientIp;

    private static bool FollowsClient(SocketEndpoint? endpoint, AddressConfig address) =>
        endpoint is { Address.Length: > 0 }
        && (endpoint.Address.IsUnspecified || endpoint.Address.Port == 0 || address.PortKind != PortKind.Absolute);

    /// <summary>Where a connection for a client goes that wanted to go there, when that decides about it; unset when it has no such
    /// address.</summary>
    internal SocketAddress TargetFor(in SocketAddress wanted)
    {
        SocketAddress target = Endpoint!.Address;
        if (wanted.Length == 0)
            return default;
        ushort port = target.Port != 0 ? target.Port : wanted.Port;
        if (Config.Address.PortKind == PortKind.Offset)
            port = (ushort)(wanted.Port + Config.Address.Port);
        if (target.IsUnspecified)
            target = wanted;
        target.Port = port;
        return target;
    }

    /// <summary>On this machine by loopback or UNIX socket: a connect is over at once.</summary>
    public bool IsLocal =>
        Socks4 is null && Endpoint is { } e && (e.Family == Interop.Linux.Sockets.AF_UNIX || e.Address.IsIPv4 && e.Address[0] == 127);

    /// <summary>What TLS sessions towards it come from; null when it is spoken to plainly.</summary>
    public Tls.TlsServerSide? Tls { get; set; }

    /// <summary>The same as its line has it, also while it is switched off ("no-ssl", "set server ssl off"); null when it says nothing of
    /// TLS.</summary>
    public Tls.TlsServerSide? PreparedTls { get; set; }

    /// <summary>Whether its line says that it is TLS.</summary>
    public bool IsTlsInFile => Config.Tls is { IsOn: true };

    /// <summary>"set server ssl": connections made from now on are TLS, or are not. Those made before serve nobody else.</summary>
    public void SwitchTls(bool on) => Tls = on ? PreparedTls : null;

    /// <summary>Its connections speak HTTP/2, or will where the server agrees.</summary>
    internal bool MaySpeakFrames { get; }

    /// <summary>It has agreed to HTTP/1 last: nobody waits for a connection to share. Any worker says so.</summary>
    internal volatile bool ChoseHttp1;

    /// <summary>The same of its checks, which may be TLS where traffic is not.</summary>
    public Tls.TlsServerSide? CheckTls { get; set; }

    /// <summary>The SOCKS4 proxy in front of it; null when there is none.</summary>
    internal SocketEndpoint? Socks4 { get; }

    /// <summary>set-proxy-v2-tlv-fmt: types and texts of extra fields.</summary>
    internal (ProxyTlvType Type, Logs.FormattedText Text)[] ProxyFields { get; } = [];

    /// <summary>User weight 0..256; changed by "set weight".</summary>
    public int Weight { get; set; }
    public int MaxConn { get; set; }
    public AdminState Admin { get; set; }

    /// <summary>"disabled" on its line; a server added at run time has no line.</summary>
    public bool IsDisabledInFile { get; internal init; }
    public long LastStateChangeMs { get; set; }

    /// <summary>Weight given to the balancer.</summary>
    public int EffectiveWeight => (Admin & AdminState.AnyDrain) != 0 || Operation == ServerOperation.Stopping ? 0 : Weight;

    /// <summary>How much of its weight it has, in sixteenths, and of its maxconn: all of it unless it starts slowly.</summary>
    public int WeightShare { get; internal set; } = SlowStart.FullShare;
    internal int MaxConnPercent { get; set; } = 100;
    internal SlowStart? SlowStart { get; set; }

    /// <summary><see cref="EffectiveWeight"/> as far as it has it, in sixteenths: what dynamic algorithms go by.</summary>
    public int ScaledWeight => EffectiveWeight * WeightShare;

    /// <summary>What it has of a weight, for showing it.</summary>
    public int ShareOf(int weight) => Rounded(weight * WeightShare);

    /// <summary>Percentage of the weight it has. COMPAT: a sixteenth is rounded up before it is divided by the weight.</summary>
    public int Throttle => (100 * ScaledWeight + SlowStart.FullShare - 1) / Math.Max(1, EffectiveWeight * SlowStart.FullShare);

    /// <summary>Sixteenths of a weight, as the statistics show them.</summary>
    public static int Rounded(int scaled) => (scaled + SlowStart.FullShare - 1) / SlowStart.FullShare;

    public bool IsInMaintenance => (Admin & AdminState.AnyMaintenance) != 0;

    /// <summary>May be chosen by load balancing.</summary>
    public bool IsUsable => IsRunning && EffectiveWeight > 0;

    /// <summary>Up as far as anybody knows: may still serve streams that insist on it (persistence) while draining.</summary>
    public bool IsRunning => !IsInMaintenance && !IsDown && Endpoint is not null;

    /// <summary>What a check has found out, or an operator has said ("set server health").</summary>
    public ServerOperation Operation { get; set; } = ServerOperation.Running;
    public bool IsDown => Operation == ServerOperation.Stopped;

    /// <summary>Null when nothing checks it.</summary>
    public Checks.ServerCheck? Check { get; internal set; }

    /// <summary>Null when it has no agent.</summary>
    public Checks.AgentCheck? Agent { get; internal set; }

    /// <summary>Its agent has said that it is down.</summary>
    internal bool IsDownByAgent => Agent is { Enabled: true, Health.IsUp: false };

    /// <summary>"track": the server whose state it takes over; null when its state is its own.</summary>
    public ServerState? Tracked { get; internal set; }

    /// <summary>Those that take over its state. Replaced as a whole, under the state lock.</summary>
    internal ServerState[] Trackers { get; set; } = [];

    /// <summary>The check that decides about it, its own or that of the server it follows in the end.</summary>
    public Checks.ServerCheck? DecidingCheck => Tracked is null ? Check : Tracked.DecidingCheck;

    private Checks.AgentCheck? DecidingAgent => Tracked is null ? Agent : Tracked.DecidingAgent;

    /// <summary>NAME ADDRESS [options] as "add server" was given them; null for a server of the configuration.</summary>
    public string[]? AddedWords { get; internal init; }

    /// <summary>It came by "add server".</summary>
    public bool IsDynamic => AddedWords is not null;

    /// <summary>"observe": its traffic says something about its health.</summary>
    internal bool IsObserved { get; }

    /// <summary>Errors of its traffic since something went well, and how often there were too many of them (hanafail).</summary>
    internal int ErrorsInARow;
    public int ObservedFailures;

    /// <summary>How often it went down, and for how long it was (ms) before the last change.</summary>
    public long DownTransitions { get; internal set; }
    public long DownMs { get; internal set; }

    /// <summary>It changes now, from being up or not to being up or not.</summary>
    internal void NoteChange(bool wasUp, bool isUp)
    {
        long now = Environment.TickCount64;
        if (!wasUp && isUp)
            DownMs += now - LastStateChangeMs;
        if (wasUp && !isUp)
            DownTransitions++;
        LastStateChangeMs = now;
    }

    /// <summary>"clear counters all".</summary>
    public void ClearChecks()
    {
        DownTransitions = 0;
        if (Check is { } check)
            check.Health.Failures = 0;
    }

    /// <summary>Milliseconds it was down altogether.</summary>
    public long TotalDownMs => DownMs + (IsInMaintenance || IsDown ? Environment.TickCount64 - LastStateChangeMs : 0);

    /// <summary>Its weight as the balancer sees it, in sixteenths, 0 while it is not to be chosen: of a backup, while others serve. Under
    /// the gate.</summary>
    internal int BalancedWeight { get; set; }

    /// <summary>How far its points reach in the ring of consistent hashes, and where they begin. Under the state lock.</summary>
    internal int RingWeight { get; set; }
    internal uint RingPoint { get; set; }

    /// <summary>Used by the balancing algorithms, under the gate.</summary>
    public Balancing.BalancingTurn Turn;

    /// <summary>Streams that hold a slot.</summary>
    public int Served;

    /// <summary>Slots that processes before this one still hold. Under the backend's gate.</summary>
    public int HeldElsewhere;

    public int CurrentSessions => Volatile.Read(ref _current);
    public int MaxSessions => Volatile.Read(ref _currentMax);

    public void ResetMaxSessions() => _currentMax = _current;

    public void RaiseMaxSessions(int seen) => _currentMax = System.Math.Max(_currentMax, seen);

    public void Enter()
    {
        Gauge.Increment(ref _current, ref _currentMax);
        if (_current > _recentMax)
            _recentMax = _current;
    }

    public void Leave() => Interlocked.Decrement(ref _current);

    /// <summary>Connections this server takes at a time now: maxconn, or between minconn and maxconn by the backend's load (manual,
    /// "minconn"), and a part of that while it starts slowly.</summary>
    public int DynamicMaxConn
    {
        get
        {
            int min = Config.MinConn,
                most = MaxConn;
            if (most > min && min > 0 && Backend.FullConn > 0)
                most = (int)Math.Clamp((long)most * Backend.CurrentSessions / Backend.FullConn, min, most);
            return MaxConnPercent == 100 || most == 0 ? most : (int)Math.Max(1, (long)most * MaxConnPercent / 100);
        }
    }

    public bool HasFreeSlot => MaxConn == 0 || Served + HeldElsewhere < DynamicMaxConn;

    private int _recentMax,
        _need;
    private long _needDueMs;

    /// <summary>
    /// Connections that were needed at a time of late. Whoever ends a request and makes more than that, in use or idle, is not
    /// kept: with "http-reuse safe" every short session makes one, and nobody would ever need them all. A race counts one too few.
    /// </summary>
    private bool HasEnoughConnections(int idle) => idle + _current > Math.Max(_need, Math.Max(_recentMax, Config.PoolLowConn));

    /// <summary>One more idle connection is worth keeping: not more are there than are needed, and pool-max-conn allows it.</summary>
    internal bool WantsIdle(IdlePool pool, long nowMs)
    {
        int idle = pool.CountOfAll(Pools, nowMs);
        return !HasEnoughConnections(idle) && (Config.PoolMaxConn < 0 || idle < Config.PoolMaxConn);
    }

    /// <summary>Once in each pool-purge-delay: what was needed before fades by halves.</summary>
    internal void FadeNeed(long nowMs)
    {
        if (nowMs < _needDueMs)
            return;
        _needDueMs = nowMs + Config.PoolPurgeDelayMs;
        _need = Math.Max((_need + _recentMax) / 2, _recentMax);
        _recentMax = _current;
    }

    private int _idleMoved;

    /// <summary>Counts an idle connection that goes to the next process; false when it has enough of them.</summary>
    internal bool MayMoveIdle() => Interlocked.Increment(ref _idleMoved) <= Math.Max(MaxSessions, Config.PoolLowConn);

    internal void ResetMovedIdle() => _idleMoved = 0;

    public int IdleConnections
    {
        get
        {
            int n = 0;
            foreach (IdlePool p in Pools)
                n += p.Count;
            return n;
        }
    }

    /// <summary>"UP", "UP 1/3", "DOWN", "MAINT", "DRAIN", "no check" and their kin, as the statistics show it.</summary>
    public string StatusText
    {
        get
        {
            if ((Admin & AdminState.InheritedMaintenance) != 0 && Tracked is not null)
                return $"MAINT (via {Tracking.NameOf(Tracked)})";
            if ((Admin & AdminState.ResolutionMaintenance) != 0)
                return "MAINT (resolution)";
            if (IsInMaintenance)
                return "MAINT";
            Checks.CheckHealth? health = DecidingCheck is { Enabled: true } check ? check.Health : null;
            Checks.AgentCheck? agent = DecidingAgent is { Enabled: true } asked ? asked : null;
            if (IsDown && agent is { Health.IsUp: false })
                return "DOWN (agent)";
            if (IsDown)
                return health is { Points: > 0 } rising ? $"DOWN {Part(rising.Points)}/{Part(rising.Rise)}" : "DOWN";
            // COMPAT: whoever drains it
            if ((Admin & AdminState.AnyDrain) != 0 && agent is not null && Operation != ServerOperation.Stopping)
                return "DRAIN (agent)";
            string word =
                (Admin & AdminState.AnyDrain) != 0 ? "DRAIN"
                : Operation == ServerOperation.Stopping ? "NOLB"
                : health is null ? "no check"
                : "UP";
            return health is null || health.Points == health.Best
                ? word
                : $"{word} {Part(health.Points - health.Rise + 1)}/{Part(health.Fall)}";
        }
    }

    private static string Part(int points) => points.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
