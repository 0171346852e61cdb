// The run-time side of a backend (or of the back half of a listen): servers, balancing, the queue.
using System.Collections.Generic;
using System.Threading;
using Baton.Configuration.Model;
using Baton.Engine.Balancing;
using Baton.Engine.Loop;
using Baton.Engine.Queues;
using Baton.Engine.Servers;

namespace Baton.Engine.Proxies;

/// <summary>
/// Shared by all workers. Choosing a server and queueing go through <see cref="Gate"/>.
/// RULE ZERO: "no locks on the hot path" is broken here on purpose: users and HAProxy's semantics ask for one order of
/// servers over all workers and exact maxconn; an uncontended gate costs about 10 ns of a 12 us request.
/// </summary>
public sealed class BackendState
{
    private int _current,
        _currentMax;

    public BackendState(EngineState engine, ProxyConfig config)
    {
        Engine = engine;
        Config = config;
        ErrorReplies = Streams.ErrorReplies.Create(config);
        Queue = new PendingQueue();
        LastStatusChangeMs = engine.StartedAtMs;
        (HasDynamicCookies, DynamicCookieKey) = (config.Cookie is { Dynamic: true }, config.DynamicCookieKey);
        NameHeader = config.HttpSendNameHeader is { } name ? System.Text.Encoding.ASCII.GetBytes(name) : null;
        Counters = new PerWorker<TrafficCounters>(engine.WorkerCount);
    }

    /// <summary>The defaults section that "add backend" made it from; null for one of the configuration.</summary>
    public string? AddedFrom { get; init; }

    /// <summary>It came by "add backend".</summary>
    public bool IsDynamic => AddedFrom is not null;

    /// <summary>Rules may choose it: use_backend lines that name one that is not published are passed over.</summary>
    public bool IsPublished
    {
        get => !_isHidden;
        set => _isHidden = !value;
    }

    private volatile bool _isHidden;

    /// <summary>"del backend" has taken it out: nobody adds a server to it. Set under the state lock.</summary>
    public bool IsRemoved { get; internal set; }

    public EngineState Engine { get; }
    public ProxyConfig Config { get; }
    public string Name => Config.Name;

    /// <summary>What its servers may be asked for by name ("sni"), each different expression once.</summary>
    public Configuration.Expressions.SampleExpressionConfig[] ServerNames { get; internal set; } = [];

    /// <summary>Its answers for errors, null when it has none of its own.</summary>
    public Streams.ErrorReplies? ErrorReplies { get; }
    public bool IsHttp => Config.Mode == ProxyMode.Http;

    /// <summary>Replaced as a whole, under the gate, when a server is added or removed: whoever goes through it sees one state of
    /// it.</summary>
    public List<ServerState> Servers { get; internal set; } = [];
    public PerWorker<TrafficCounters> Counters { get; }
    internal SlotGrants Grants { get; } = new();

    /// <summary>For "show errors".</summary>
    public MalformedMessage MalformedResponse { get; } = new();

    /// <summary>Where it is told what becomes of the backend itself; null when nowhere.</summary>
    public Logs.Senders.NoticeLog? Notices { get; init; }

    /// <summary>Whom to tell by mail what becomes of its servers; null for nobody.</summary>
    internal Mails.AlertMails? Mails { get; set; }

    /// <summary>tcp-request content rules (a listen's run with its frontend) and tcp-response content rules, null when there are
    /// none.</summary>
    public Rules.TcpRuleList? ContentRules { get; init; }
    public Rules.TcpRuleList? ResponseContentRules { get; init; }

    /// <summary>Rule sets, null when empty: http-request, http-response, http-after-response.</summary>
    public Rules.RuleList? Rules { get; init; }
    public Rules.RuleList? ResponseRules { get; init; }
    public Rules.RuleList? AfterResponseRules { get; init; }

    /// <summary>"filter" lines, null when there are none. Those of a listen section join a stream with its frontend.</summary>
    public Filters.ProxyFilter[]? Filters { get; init; }

    /// <summary>force-persist, ignore-persist and use-server; null when there are none.</summary>
    public Rules.ServerRules? ServerRules { get; set; }

    /// <summary>The "stick" lines; null without any.</summary>
    public StickTables.StickRules? StickRules { get; init; }

    /// <summary>"cookie"; null when there is none.</summary>
    public PersistenceCookie? Cookie { get; init; }

    /// <summary>"cookie ... dynamic" and "dynamic-cookie-key"; the runtime API changes both.</summary>
    public bool HasDynamicCookies { get; private set; }
    public string? DynamicCookieKey { get; private set; }

    /// <summary>Servers without a cookie of their own get theirs anew.</summary>
    public void SetDynamicCookies(bool on, string? key)
    {
        (HasDynamicCookies, DynamicCookieKey) = (on, key);
        foreach (ServerState s in Servers)
            s.RefreshCookie();
    }

    /// <summary>"http-send-name-header"; null when off.</summary>
    public byte[]? NameHeader { get; }

    /// <summary>What its checks say and expect; null where they only connect.</summary>
    internal Checks.CheckScript? CheckScript { get; init; }

    /// <summary>Held by whoever changes the state of a server, while it does. Traffic never waits for it; taken before
    /// <see cref="Gate"/>.</summary>
    public Lock StateLock { get; } = new();

    /// <summary>Guards the balancer, the queues and the servers' slots.</summary>
    public SpinGate Gate;

    /// <summary>Set once by the builder, then used under the gate.</summary>
    public Balancer Balancer { get; set; } = null!;

    /// <summary>Streams waiting for any server.</summary>
    public PendingQueue Queue { get; }

    /// <summary>"dispatch" or "transparent": the server that streams get for which no rule and no cookie chose one. It is no server of the
    /// list: nobody sees, counts or changes it. Null when there is none.</summary>
    public ServerState? Dispatch { get; set; }

    /// <summary>Balancing or persistence goes by an RDP cookie in the client's first bytes.</summary>
    public bool LooksForRdpCookie => Config.PersistRdpCookie is not null || Config.Balance.Algorithm.Key == BalanceKeySource.RdpCookie;

    public int FullConn { get; set; }
    public ProxyStatus Status { get; set; }

    public int CurrentSessions => Volatile.Read(ref _current);
    public int MaxSessions => Volatile.Read(ref _currentMax);

    public void ResetMaxSessions() => _currentMax = _current;

    public void RaiseMaxSessions(int seen) => _currentMax = System.Math.Max(_currentMax, seen);

    public void Enter() => Gauge.Increment(ref _current, ref _currentMax);

    public void Leave() => Interlocked.Decrement(ref _current);

    /// <summary>Servers that may be given new streams: the active ones, or the backups when none is left.</summary>
    public int UsableServers => Balancer.Usable.Length;

    /// <summary>How many of the active servers, and of the backups, could be given new streams.</summary>
    public (int Active, int Backup) CountUsable()
    {
        int active = 0,
            backup = 0;
        foreach (ServerState s in Servers)
            if (s.IsUsable)
            {
                if (s.Config.Backup)
                    backup++;
                else
                    active++;
            }
        return (active, backup);
    }

    /// <summary>There is somebody to give a stream to, or nobody was ever to be there.</summary>
    public bool IsUp => UsableServers > 0 || Servers.Count == 0;

    /// <summary>When <see cref="IsUp"/> last changed (Environment.TickCount64), or the process began.</summary>
    public long LastStatusChangeMs { get; set; }

    /// <summary>How often the last server went away, and for how long there was none (ms) before the last change.</summary>
    public long DownTransitions { get; internal set; }
    public long DownMs { get; internal set; }
    public long TotalDownMs => DownMs + (IsUp ? 0 : System.Environment.TickCount64 - LastStatusChangeMs);

    /// <summary><see cref="IsUp"/> has changed.</summary>
    internal void NoteChange(bool wasUp)
    {
        if (wasUp)
            DownTransitions++;
        else
            DownMs += System.Environment.TickCount64 - LastStatusChangeMs;
        LastStatusChangeMs = System.Environment.TickCount64;
    }

    public int TotalQueued
    {
        get
        {
            int n = Queue.Count;
            foreach (ServerState s in Servers)
                n += s.Queue.Count;
            return n;
        }
    }

    /// <summary>The server, or the dispatch address, of that name.</summary>
    public ServerState? FindTarget(string name) => FindServer(name) ?? (Dispatch?.Name == name ? Dispatch : null);

    /// <summary>Up to here a list is gone through; longer ones have an index of their names.</summary>
    private const int FewServers = 16;

    /// <summary>The names of one list: a list that changes is another one, or has another length while it is made.</summary>
    private sealed record NameIndex(List<ServerState> Of, int Count, Dictionary<string, ServerState> Servers);

    private NameIndex? _names;

    /// <summary>Any thread.</summary>
    public ServerState? FindServer(string name)
    {
        List<ServerState> servers = Servers;
        if (servers.Count <= FewServers)
            return servers.Find(s => s.Name == name);
        NameIndex? names = _names;
        if (names is null || names.Of != servers || names.Count != servers.Count)
        {
            // PERF: a reload asks for each of 10,000 by name
            var all = new Dictionary<string, ServerState>(servers.Count);
            foreach (ServerState s in servers)
                all.TryAdd(s.Name, s);
            _names = names = new NameIndex(servers, servers.Count, all);
        }
        return names.Servers.GetValueOrDefault(name);
    }
}
