// Everything the running process consists of, built from a ProcessConfig by EngineBuilder: workers, frontends, backends,
// listeners, limits. The runtime API and the handover look here; traffic goes through the worker it belongs to.
using System;
using System.Collections.Generic;
using System.Threading;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Handover;
using Baton.Engine.Listeners;
using Baton.Engine.Logs;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;

namespace Baton.Engine;

public sealed partial class EngineState
{
    private int _connections,
        _connectionsMax;
    private int _resumePosted;
    private readonly Placements _placements = new();

    public EngineState(ProcessConfig config, int workers, int maxConn)
    {
        Notices = new ProcessNotices(this);
        Handover = new HandoverState(this);
        Control = new FrontendControl(this);
        Config = config;
        ProcessVariables = new(config.Global.BufferSize);
        Families = new(config.Global.DnsFamilies);
        VariableLimits = Variables.VariableLimits.Create(config.Global);
        WorkerCount = workers;
        MaxConn = ConfiguredMaxConn = maxConn;
        HeaderCase = HeaderCase.Create(config.Global.HeaderSpellings.Values);
        Workers = new Worker[workers];
        StartedAtMs = Environment.TickCount64;
        AcceptsPerEvent = workers > 1 ? 16 : 64;
        if (config.Global.MaxAccept > 0)
            AcceptsPerEvent = config.Global.MaxAccept;
        ConnectionRates = new RateCounter[workers];
        SessionRates = new RateCounter[workers];
        Compression = new(config.Global, workers);
        MaxConnectionRate = config.Global.MaxConnRate;
        MaxSessionRate = config.Global.MaxSessRate;
        TlsRates = new TlsRates(workers, config.Global.Tls.MaxRate);
        PipeSize = config.Global.PipeSize > 0 ? config.Global.PipeSize : SplicePipePool.DefaultSize;
        PipesPerWorker = SplicePipePool.LimitOf(config.Global, workers);
        for (int i = 0; i < workers; i++)
        {
            ConnectionRates[i] = new();
            SessionRates[i] = new();
        }
        foreach (ProxyConfig p in config.Proxies)
            if (p is { Disabled: true, IsBackend: true })
                _disabledBackends.Add(System.Text.Encoding.UTF8.GetBytes(p.Name));
        TotalConnections = new PaddedCounter[workers];
        TotalRequests = new PaddedCounter[workers];
    }

    public ProcessConfig Config { get; }

    /// <summary>What the process says of itself and its proxies.</summary>
    public ProcessNotices Notices { get; }

    /// <summary>Another process that takes over.</summary>
    public HandoverState Handover { get; }

    /// <summary>Pauses, resumes and stops frontends.</summary>
    public FrontendControl Control { get; }

    /// <summary>The last reloads, over all processes.</summary>
    public ReloadHistory Reloads { get; } = new();

    /// <summary>What files say of the servers' states (load-server-state-from-file); null when none does.</summary>
    internal Servers.ServerStateFiles? ServerStates { get; set; }

    /// <summary>Brings the servers into the states that files say they had. Where a running process hands its own over, those
    /// count.</summary>
    public void LoadServerStates(Action<string> warn) => ServerStates?.Apply(this, warn);

    /// <summary>Variables of scope "proc", and the limits of all scopes (null when there are none).</summary>
    public Variables.ProcessVariables ProcessVariables { get; }

    /// <summary>Their values as the configuration gives them.</summary>
    public Dictionary<string, byte[]> ConfiguredVariables { get; set; } = [];
    public Variables.VariableLimits? VariableLimits { get; }
    public int WorkerCount { get; }
    public Worker[] Workers { get; }

    /// <summary>Certificates and authorities; null when nothing has to do with TLS.</summary>
    public Tls.CertificateStore? Certificates { get; set; }

    /// <summary>What keeps OCSP responses fresh.</summary>
    public OcspUpdates.OcspUpdater OcspUpdater { get; internal set; } = null!;

    /// <summary>The same, made now where there is none: for what an operator or the process before brings. Null without OpenSSL.</summary>
    public Tls.CertificateStore? OpenCertificates()
    {
        lock (Listeners)
            return Certificates ??= Interop.OpenSsl.LibSsl.TryLoad() ? new(Config.Global.Tls) { IsClosed = true } : null;
    }

    public List<FrontendState> Frontends { get; } = [];

    /// <summary>Replaced as a whole when one is added or removed at run time: whoever goes through it takes it once. Those of the
    /// configuration come first.</summary>
    public List<BackendState> Backends { get; private set; } = [];

    /// <summary>Held by whoever adds or removes a backend. Taken before the state locks of backends.</summary>
    internal Lock BackendsLock { get; } = new();

    internal void SetBackends(List<BackendState> all) => Backends = all;

    /// <summary>Where logs go, shared by all proxies.</summary>
    internal Dictionary<LogTargetConfig, Logs.Senders.LogTarget> LogTargets { get; set; } = [];
    public List<ListenerState> Listeners { get; } = [];
    public List<Auth.UserList> UserLists { get; } = [];
    public List<Resolvers.ResolversState> Resolvers { get; } = [];

    /// <summary>Addresses that names may stand for.</summary>
    public Resolvers.AcceptedFamilies Families { get; }

    /// <summary>What the checks of "healthcheck" sections do; null where they only connect.</summary>
    internal Dictionary<HealthCheckConfig, Checks.CheckScript?> CheckScripts { get; } = [];
    public List<Peers.PeersState> Peers { get; } = [];

    /// <summary>The process before is another program, which teaches stick tables to this one as a peer.</summary>
    public bool AwaitsTeaching { get; set; }

    /// <summary>By the place that their configuration has.</summary>
    public StickTables.StickTableState[] StickTables { get; set; } = [];

    public StickTables.StickTableState? FindStickTable(string name) => Array.Find(StickTables, t => t.Config.Name == name);

    /// <summary>What the runtime API lives on when descriptors have run out.</summary>
    public DescriptorReserve Reserve { get; } = new();

    /// <summary>Idle server connections on their way from one worker to another.</summary>
    internal Streams.IdleLoans IdleLoans { get; } = new();

    /// <summary>-d; null otherwise.</summary>
    public Streams.DebugTrace? Trace { get; set; }

    /// <summary>Connections of all frontends at a time; changed by "set maxconn global".</summary>
    public int MaxConn { get; set; }

    private long _errorEvents;

    /// <summary>Malformed messages kept for "show errors" since the start.</summary>
    public long ErrorEvents => Interlocked.Read(ref _errorEvents);

    /// <summary>The number of one more.</summary>
    internal long NextErrorEvent() => Interlocked.Increment(ref _errorEvents) - 1;

    /// <summary>h1-case-adjust; null when there is none.</summary>
    public HeaderCase? HeaderCase { get; }

    /// <summary>What it was at start.</summary>
    public int ConfiguredMaxConn { get; }
    public int AcceptsPerEvent { get; }
    public long StartedAtMs { get; }

    /// <summary>True from SIGUSR1 on: finish what there is, take nothing new.</summary>
    public bool Stopping { get; set; }

    /// <summary>The stop was announced, and the grace of the configuration runs: everything goes on, and "stopping" says so.</summary>
    public bool StopAnnounced { get; set; }

    /// <summary>Another process has copies of our listening sockets: pausing them (SIGTTOU) would stop it too, and is not done.</summary>
    public bool SocketsExported { get; set; }

    /// <summary>New connections and sessions per second of the whole process; 0 for no limit ("set rate-limit").</summary>
    public int MaxConnectionRate { get; set; }
    public int MaxSessionRate { get; set; }

    /// <summary>Milliseconds until a rate limit lets the next connection in; 0 for now.</summary>
    public int RateLimitDelay(long nowMs)
    {
        if (MaxConnectionRate == 0 && MaxSessionRate == 0)
            return 0;
        int connections = 0,
            sessions = 0;
        foreach (RateCounter r in ConnectionRates)
            connections += r.Read(nowMs);
        foreach (RateCounter r in SessionRates)
            sessions += r.Read(nowMs);
        return Math.Max(RateCounter.DelayAt(connections, MaxConnectionRate), RateCounter.DelayAt(sessions, MaxSessionRate));
    }

    /// <summary>Pipes for bulk transfers that a worker may use at a time (maxpipes, nosplice), and bytes of each (tune.pipesize).</summary>
    public int PipesPerWorker { get; }
    public int PipeSize { get; }

    /// <summary>What compression may use, and does.</summary>
    public Filters.Compression.CompressionUse Compression { get; }

    public RateCounter[] ConnectionRates { get; }
    public RateCounter[] SessionRates { get; }
    public TlsRates TlsRates { get; }
    public PaddedCounter[] TotalConnections { get; }
    public PaddedCounter[] TotalRequests { get; }

    public int CurrentConnections => Volatile.Read(ref _connections);
    public int MaxConnectionsSeen => Volatile.Read(ref _connectionsMax);
    public bool IsFull => Volatile.Read(ref _connections) >= MaxConn;

    /// <summary>What processes before this one have counted of the whole process.</summary>
    internal ProcessTotals Before { get; set; }

    private int _maxConnReached;

    /// <summary>How often an accepted connection was the last there was room for.</summary>
    public int MaxConnReached => Volatile.Read(ref _maxConnReached);

    /// <summary>Every proxy with its sides, in the order of the file, in which they were built; then those that were added.</summary>
    public IEnumerable<(ProxyConfig Config, FrontendState? Frontend, BackendState? Backend)> Proxies()
    {
        int frontend = 0,
            backend = 0;
        List<BackendState> backends = Backends;
        foreach (ProxyConfig proxy in Config.Proxies)
        {
            FrontendState? front = frontend < Frontends.Count && Frontends[frontend].Config == proxy ? Frontends[frontend++] : null;
            BackendState? back = backend < backends.Count && backends[backend].Config == proxy ? backends[backend++] : null;
            if (front is not null || back is not null)
                yield return (proxy, front, back);
        }
        for (; backend < backends.Count; backend++)
            yield return (backends[backend].Config, null, backends[backend]);
    }

    public FrontendState? FindFrontend(string name) => Frontends.Find(f => f.Name == name);

    /// <summary>The names of one list: a list that changes is another one, or has another length while it is built.</summary>
    private sealed record BackendIndex(List<BackendState> Of, int Count, Dictionary<byte[], BackendState> ByName);

    private BackendIndex? _backendsByName;
    private readonly HashSet<byte[]> _disabledBackends = new(Patterns.ByteKeyComparer.Exact);

    /// <summary>PERF: the name a rule has made for a request, looked up without becoming a string; of two with one name the
    /// first.</summary>
    public BackendState? FindBackend(ReadOnlySpan<byte> name)
    {
        List<BackendState> all = Backends;
        if (_backendsByName is not { } known || known.Of != all || known.Count != all.Count)
        {
            var byName = new Dictionary<byte[], BackendState>(all.Count, Patterns.ByteKeyComparer.Exact);
            foreach (BackendState b in all)
                byName.TryAdd(System.Text.Encoding.UTF8.GetBytes(b.Name), b);
            _backendsByName = known = new BackendIndex(all, all.Count, byName);
        }
        return known.ByName.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out BackendState? backend) ? backend : null;
    }

    /// <summary>Whether a section of the configuration has the name that serves nobody because it says "disabled".</summary>
    public bool IsDisabledBackend(ReadOnlySpan<byte> name) => _disabledBackends.GetAlternateLookup<ReadOnlySpan<byte>>().Contains(name);

    public BackendState? FindBackend(string name) => FindBackend(System.Text.Encoding.UTF8.GetBytes(name).AsSpan());

    /// <summary>Counts a connection in before it is accepted. False when the process is full.</summary>
    internal bool TryEnter() => Gauge.TryIncrement(ref _connections, MaxConn);

    /// <summary>Counts one out that was in, or that was not there after all.</summary>
    internal void Leave()
    {
        if (Interlocked.Decrement(ref _connections) == MaxConn - 1)
            ResumeFullListeners();
    }

    /// <summary>Gives a new connection to a worker: the one that accepted it, unless another one has clearly fewer.</summary>
    public void Place(Worker acceptedBy, ListenerState listener, int fd, in SocketAddress source, bool counted)
    {
        if (!counted)
            listener.Enter();
        TotalConnections[acceptedBy.Index].Value++;
        // COMPAT: the stats sockets are outside all limits of the process, so that an operator gets in when it is full
        if (listener.IsLimited)
        {
            var frontend = (FrontendState)listener.Target;
            if (counted)
            {
                Gauge.Raise(ref _connectionsMax, Math.Min(CurrentConnections, MaxConn));
                frontend.NoteEntered(listener);
            }
            else
            {
                Gauge.Increment(ref _connections, ref _connectionsMax);
                frontend.Enter();
            }
            if (IsFull)
                Interlocked.Increment(ref _maxConnReached);
            ConnectionRates[acceptedBy.Index].Add(acceptedBy.NowMs);
        }
        Worker chosen = acceptedBy;
        if (WorkerCount > 1 && acceptedBy.ClientCount > 8)
        {
            foreach (Worker w in Workers)
                if (w.ClientCount + 4 + (acceptedBy.ClientCount >> 4) < chosen.ClientCount && MayServe(w, listener))
                    chosen = w;
        }
        if (chosen == acceptedBy)
            listener.Target.Accepted(acceptedBy, listener, fd, source);
        else
            chosen.Post(_placements.Rent(listener, fd, source));
    }

    /// <summary>Counts in a connection that came from the previous process: it was accepted (and counted as new) there.</summary>
    internal void EnterMoved(ListenerState listener)
    {
        Gauge.Increment(ref _connections, ref _connectionsMax);
        listener.Enter();
    }

    public static bool MayServe(Worker worker, ListenerState listener) =>
        listener.Config.Threads is null || Array.IndexOf(listener.Config.Threads, worker.Index) >= 0;

    /// <summary>Counts a connection out when it is closed.</summary>
    public void Leave(ListenerState listener)
    {
        listener.Leave();
        if (listener.IsLimited)
            Leave();
    }

    /// <summary>Lets every worker poll the listeners again that were paused for lack of room. Any thread; several calls make one
    /// round.</summary>
    public void ResumeFullListeners()
    {
        if (Interlocked.Exchange(ref _resumePosted, 1) != 0)
            return;
        foreach (Worker w in Workers)
            w.Post(static worker =>
            {
                Interlocked.Exchange(ref worker.Engine._resumePosted, 0);
                worker.ResumePausedAcceptors();
            });
    }
}
