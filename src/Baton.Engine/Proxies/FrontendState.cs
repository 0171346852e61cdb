// The run-time side of a frontend (or of the front half of a listen).
using System.Collections.Generic;
using System.Threading;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Listeners;
using Baton.Engine.Loop;

namespace Baton.Engine.Proxies;

/// <summary>Shared by all workers: what changes is either per worker or changed with Interlocked.</summary>
public sealed class FrontendState : IConnectionTarget
{
    private readonly bool _preparesSockets;
    private int _current,
        _currentMax;

    public FrontendState(EngineState engine, ProxyConfig config)
    {
        Engine = engine;
        Config = config;
        ErrorReplies = Streams.ErrorReplies.Create(config);
        MaxConn = config.MaxConn;
        _preparesSockets = ClientSocket.NeedsPreparation(config, engine.Config.Global);
        UniqueIdFormat = config.UniqueIdFormat is { Text.Length: > 0 } format
            ? new Logs.FormattedText(format, Logs.FormatUse.UniqueId)
            : null;
        UniqueIdHeader = config.UniqueIdHeader is null ? null : System.Text.Encoding.UTF8.GetBytes(config.UniqueIdHeader);
        if (config.MonitorFail.Count > 0)
            MonitorFail = config.MonitorFail.ConvertAll(c => new Acls.Condition(c)).ToArray();
        MonitorUri = config.MonitorUri is null ? [] : System.Text.Encoding.UTF8.GetBytes(config.MonitorUri);
        Counters = new PerWorker<TrafficCounters>(engine.WorkerCount);
    }

    public EngineState Engine { get; }
    public ProxyConfig Config { get; }
    public string Name => Config.Name;

    /// <summary>The name as logs have it for connections with TLS.</summary>
    public string EncryptedName => _encryptedName ??= Name + "~";
    private string? _encryptedName;

    /// <summary>Its answers for errors, null when it has none of its own.</summary>
    public Streams.ErrorReplies? ErrorReplies { get; }

    /// <summary>monitor-uri as bytes, empty when there is none.</summary>
    public byte[] MonitorUri { get; }

    /// <summary>"monitor fail" conditions: one that holds makes the monitor's answer 503; null when there are none.</summary>
    public Acls.Condition[]? MonitorFail { get; }

    /// <summary>unique-id-format and unique-id-header, null when there is none.</summary>
    public Logs.FormattedText? UniqueIdFormat { get; }
    public byte[]? UniqueIdHeader { get; }
    public bool IsHttp => Config.Mode == ProxyMode.Http;
    public List<ListenerState> Listeners { get; } = [];

    /// <summary>For "show errors".</summary>
    public MalformedMessage MalformedRequest { get; } = new();

    /// <summary>Where its traffic is logged; null when nowhere. Set once by the builder.</summary>
    public Logs.Senders.ProxyLog? Log { get; set; }

    /// <summary>Where it is told what becomes of the frontend itself; null when nowhere.</summary>
    public Logs.Senders.NoticeLog? Notices { get; init; }
    private long _logLines;

    /// <summary>Lines logged so far.</summary>
    public long LogLines => Volatile.Read(ref _logLines);

    public void CountLogLine() => Interlocked.Increment(ref _logLines);

    public BackendState? DefaultBackend { get; set; }
    public PerWorker<TrafficCounters> Counters { get; }

    /// <summary>tcp-request rules, each null when there are none.</summary>
    public Rules.TcpRuleList? ConnectionRules { get; init; }
    public Rules.TcpRuleList? SessionRules { get; init; }
    public Rules.TcpRuleList? ContentRules { get; init; }

    /// <summary>Rule sets, null when empty: http-request, http-response, http-after-response.</summary>
    public Rules.RuleList? Rules { get; init; }
    public Rules.RuleList? ResponseRules { get; init; }
    public Rules.RuleList? AfterResponseRules { get; init; }

    /// <summary>"filter" lines, null when there are none.</summary>
    public Filters.ProxyFilter[]? Filters { get; init; }
    public List<Rules.BackendSwitch> Switches { get; } = [];

    /// <summary>Captures of headers and cookies, null when there are none.</summary>
    public Logs.CaptureLayout? Captures { get; init; }

    /// <summary>Connections at a time; changed by "set maxconn frontend".</summary>
    public int MaxConn { get; set; }

    /// <summary>What it was at start.</summary>
    public int ConfiguredMaxConn { get; set; }
    public ProxyStatus Status { get; set; }

    /// <summary>By an operator, or with all others by SIGTTOU.</summary>
    public bool IsPaused =>
        Status == ProxyStatus.Paused || Status == ProxyStatus.Open && Listeners.Count > 0 && Listeners.TrueForAll(static l => !l.Accepting);
    public int CurrentSessions => Volatile.Read(ref _current);
    public int MaxSessions => Volatile.Read(ref _currentMax);

    public void ResetMaxSessions() => _currentMax = _current;

    public void RaiseMaxSessions(int seen) => _currentMax = System.Math.Max(_currentMax, seen);

    /// <summary>Counts a connection in. The caller has checked the limit.</summary>
    public void Enter() => Gauge.Increment(ref _current, ref _currentMax);

    /// <summary>Counts a connection in before it is accepted. False when there is no room.</summary>
    internal bool TryEnter() => Gauge.TryIncrement(ref _current, MaxConn);

    /// <summary>One that was counted before has come: the maxima follow, but not above the limits that others try.</summary>
    internal void NoteEntered(ListenerState listener)
    {
        Gauge.Raise(ref _currentMax, System.Math.Min(CurrentSessions, MaxConn));
        listener.NoteEntered();
    }

    /// <summary>Counts it out; wakes the listeners when the frontend was full.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _current) == MaxConn - 1)
            Engine.ResumeFullListeners();
    }

    public bool HasRoom(ListenerState listener) => !IsFull && !listener.IsFull && !Engine.IsFull;

    public void Accepted(Worker worker, ListenerState listener, int fd, in SocketAddress source)
    {
        if (_preparesSockets)
            ClientSocket.Prepare(fd, source, Config, Engine.Config.Global);
        if (worker.ClientConnections.Rent() is { } client)
        {
            object? acceptor = worker.Blame(client);
            client.Open(worker, this, listener, fd, source);
            worker.Blame(acceptor);
            return;
        }
        // no memory for a connection more
        Interop.Linux.Files.close(fd);
        Counters[worker.Index].InternalErrors++;
        listener.Counters[worker.Index].InternalErrors++;
        Leave();
        Engine.Leave(listener);
    }

    /// <summary>Milliseconds until a rate limit lets the next connection in; 0 for now. Those that wait are in the socket's
    /// queue.</summary>
    public int RateLimitDelay(long nowMs)
    {
        int delay = Engine.RateLimitDelay(nowMs),
            limit = Config.RateLimitSessions;
        if (limit == 0)
            return delay;
        int rate = 0;
        foreach (TrafficCounters c in Counters)
            rate += c.SessionRate.Read(nowMs);
        return System.Math.Max(delay, RateCounter.DelayAt(rate, limit));
    }

    public bool IsFull => Volatile.Read(ref _current) >= MaxConn;
}
