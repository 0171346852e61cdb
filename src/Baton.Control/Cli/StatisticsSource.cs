// Reads the counters of every proxy into rows, with HAProxy's choice of columns for each kind of row.
using System;
using System.Collections.Generic;
using Baton.Configuration.Model;
using Baton.Engine;
using Baton.Engine.Checks;
using Baton.Engine.Listeners;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;

namespace Baton.Control.Cli;

/// <summary>What is shown: everything a filter lets through. ShowDetails is false for users below "operator": no addresses, cookies,
/// algorithms.</summary>
internal sealed class StatisticsSource(EngineState engine, bool showDetails)
{
    /// <summary>Bits of the filter's type.</summary>
    private const int Frontends = 1,
        Backends = 2,
        Servers = 4,
        Listeners = 8;

    private readonly long _now = engine.Workers[0].NowMs;

    private StatisticsRow? _row;

    /// <summary>PERF: each row is the one before with other values, for a reader that is done with it by then ("show stat" of 10,000
    /// servers). A row is 1 KB of references.</summary>
    public bool UsesOneRow { get; init; }

    /// <summary>Number of the proxy, kinds and number of the server or listener to show; -1 for all.</summary>
    public int ProxyId { get; init; } = -1;
    public int Types { get; init; } = -1;
    public int Id { get; init; } = -1;

    /// <summary>Which sections are shown; null for all.</summary>
    public Predicate<ProxyConfig>? Shows { get; init; }

    /// <summary>"up" and "no-maint".</summary>
    public bool OnlyUp { get; init; }
    public bool NoMaintenance { get; init; }

    /// <summary>One row after the other, each as it is when it is asked for.</summary>
    public IEnumerable<StatisticsRow> Read()
    {
        foreach ((ProxyConfig proxy, FrontendState? frontend, BackendState? backend) in engine.Proxies())
        {
            if (ProxyId > 0 && proxy.Id != ProxyId || Shows?.Invoke(proxy) == false)
                continue;
            if (frontend is not null)
                foreach (StatisticsRow row in ReadFrontend(frontend))
                    yield return row;
            if (backend is not null)
                foreach (StatisticsRow row in ReadBackend(backend))
                    yield return row;
        }
    }

    private IEnumerable<StatisticsRow> ReadFrontend(FrontendState f)
    {
        if ((Types & Frontends) != 0 && Id <= 0)
            yield return Frontend(f);
        if ((Types & Listeners) == 0 || (f.Config.Options & ProxyOptions.SocketStats) == 0)
            yield break;
        foreach (ListenerState l in f.Listeners)
            if (Id <= 0 || l.Id == Id)
                yield return Listener(f, l);
    }

    private IEnumerable<StatisticsRow> ReadBackend(BackendState b)
    {
        if ((Types & Servers) != 0)
            foreach (ServerState s in b.Servers)
                if ((Id <= 0 || s.Id == Id) && (!OnlyUp || s.IsRunning) && (!NoMaintenance || (s.Admin & AdminState.AnyMaintenance) == 0))
                    yield return Server(b, s);
        if ((Types & Backends) != 0 && Id <= 0)
            yield return Backend(b);
    }

    private static long Sum(PerWorker<TrafficCounters> counters, Func<TrafficCounters, long> pick)
    {
        long n = 0;
        foreach (TrafficCounters c in counters)
            n += pick(c);
        return n;
    }

    private static long Max(PerWorker<TrafficCounters> counters, Func<TrafficCounters, long> pick)
    {
        long n = 0;
        foreach (TrafficCounters c in counters)
            n = Math.Max(n, pick(c));
        return n;
    }

    private StatisticsRow Begin(char kind, ProxyConfig proxy, string name, int id, int type, string status)
    {
        if (_row is null || !UsesOneRow)
            _row = new StatisticsRow();
        StatisticsRow row = _row;
        row.Begin(kind, proxy.Id, id);
        row["pxname"] = proxy.Name;
        row["svname"] = name;
        row["status"] = status;
        row.Set("pid", 1);
        row.Set("iid", proxy.Id);
        row.Set("sid", id);
        row.Set("type", type);
        row["mode"] = proxy.Mode == ProxyMode.Http ? "http" : "tcp";
        return row;
    }

    private static void Compression(StatisticsRow row, PerWorker<TrafficCounters> c) =>
        row.SetFrom(
            "comp_in",
            Sum(c, x => x.CompressedIn),
            Sum(c, x => x.CompressedOut),
            Sum(c, x => x.CompressionBypassed),
            Sum(c, x => x.CompressedResponses)
        );

    private static void Traffic(StatisticsRow row, PerWorker<TrafficCounters> c)
    {
        row.SetFrom("stot", Sum(c, x => x.Sessions), Sum(c, x => x.BytesIn), Sum(c, x => x.BytesOut));
        row.Set("dresp", Sum(c, x => x.DeniedResponses));
        row.Set("wrew", Sum(c, x => x.FailedRewrites));
        row.Set("eint", Sum(c, x => x.InternalErrors));
        row.SetFrom("ssl_sess", Sum(c, x => x.FullTls), Sum(c, x => x.ResumedTls), Sum(c, x => x.FailedTls));
    }

    private static void Responses(StatisticsRow row, PerWorker<TrafficCounters> c) =>
        row.SetFrom(
            "hrsp_1xx",
            Sum(c, x => x.Responses[1]),
            Sum(c, x => x.Responses[2]),
            Sum(c, x => x.Responses[3]),
            Sum(c, x => x.Responses[4]),
            Sum(c, x => x.Responses[5]),
            Sum(c, x => x.Responses[0])
        );

    private StatisticsRow Frontend(FrontendState f)
    {
        PerWorker<TrafficCounters> c = f.Counters;
        StatisticsRow row = Begin(
            'F',
            f.Config,
            "FRONTEND",
            0,
            0,
            f.IsPaused ? "PAUSED"
                : f.Status == ProxyStatus.Open ? "OPEN"
                : "STOP"
        );
        row.SetFrom("scur", f.CurrentSessions, f.MaxSessions, f.MaxConn);
        Traffic(row, c);
        row.Set("dreq", Sum(c, x => x.DeniedRequests));
        row.Set("ereq", Sum(c, x => x.RequestErrors));
        row.SetFrom(
            "rate",
            Sum(c, x => x.SessionRate.Read(_now)),
            f.Config.RateLimitSessions,
            RateCounter.MaxOf(c, static x => x.SessionRate)
        );
        row.SetFrom(
            "req_rate",
            Sum(c, x => x.RequestRate.Read(_now)),
            RateCounter.MaxOf(c, static x => x.RequestRate),
            Sum(c, x => x.Requests)
        );
        Compression(row, c);
        row.SetFrom(
            "conn_rate",
            Sum(c, x => x.ConnectionRate.Read(_now)),
            RateCounter.MaxOf(c, static x => x.ConnectionRate),
            Sum(c, x => x.Connections)
        );
        row.SetFrom("dcon", Sum(c, x => x.DeniedConnections), Sum(c, x => x.DeniedSessions));
        if (f.IsHttp)
        {
            Responses(row, c);
            row.Set("intercepted", Sum(c, x => x.Intercepted));
            row.SetFrom("cache_lookups", 0, 0);
        }
        Http2(row, c);
        long h1 = f.IsHttp ? f.CurrentSessions - Sum(c, x => x.Http2.OpenConnections) : 0;
        row.Set("h1_open_connections", Math.Max(0, h1));
        row.SetFrom(
            "h1_total_connections",
            f.IsHttp ? Math.Max(0, Sum(c, x => x.Sessions - x.Http2.Connections)) : 0,
            f.IsHttp ? Math.Max(0, Sum(c, x => x.Requests - x.Http2.Streams)) : 0
        );
        ByProtocol(row, c, f.IsHttp);
        return row;
    }

    /// <summary>The columns of 3.x that split sessions and requests by protocol.</summary>
    private static void ByProtocol(StatisticsRow row, PerWorker<TrafficCounters> c, bool http)
    {
        long sessions = Sum(c, x => x.Sessions),
            framed = Sum(c, x => x.Http2.Connections),
            requests = http ? Sum(c, x => x.Requests) : 0,
            streams = Sum(c, x => x.Http2.Streams);
        row.SetFrom(
            "sess_other",
            http ? 0 : sessions,
            http ? Math.Max(0, sessions - framed) : 0,
            framed,
            0,
            0,
            Math.Max(0, requests - streams),
            streams,
            0
        );
    }

    private static void Http2(StatisticsRow row, PerWorker<TrafficCounters> c)
    {
        Span<long> sums = stackalloc long[Http2Counters.SumCount];
        foreach (TrafficCounters one in c)
            one.Http2.AddTo(sums);
        row.SetFrom("h2_headers_rcvd", sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], sums[7], sums[8]);
        row.SetFrom("h2_open_connections", Sum(c, x => x.Http2.OpenConnections), Sum(c, x => x.Http2.OpenStreams), sums[9], sums[10]);
    }

    private StatisticsRow Listener(FrontendState f, ListenerState l)
    {
        PerWorker<TrafficCounters> c = l.Counters;
        StatisticsRow row = Begin(
            'L',
            f.Config,
            l.Name.Length > 0 ? l.Name : $"sock-{l.Id}",
            l.Id,
            3,
            !l.Accepting ? "PAUSED"
                : l.IsFull ? "FULL"
                : "OPEN"
        );
        row.SetFrom("scur", l.CurrentSessions, l.MaxSessions, l.Config.MaxConn);
        Traffic(row, c);
        row.Set("stot", Sum(c, x => x.Connections));
        row.Set("dreq", Sum(c, x => x.DeniedRequests));
        row.Set("ereq", Sum(c, x => x.RequestErrors));
        row.SetFrom("dcon", Sum(c, x => x.DeniedConnections), Sum(c, x => x.DeniedSessions));
        if (showDetails)
            row["addr"] = l.Endpoint is { } e
                ? e.Path.Length > 0
                    ? "unix"
                    : e.Text
                : $"fd@{l.InheritedDescriptor}";
        return row;
    }

    private StatisticsRow Server(BackendState b, ServerState s)
    {
        PerWorker<TrafficCounters> c = s.Counters;
        StatisticsRow row = Begin('S', b.Config, s.Name, s.Id, 2, s.StatusText);
        row.SetFrom("qcur", s.Queue.Count, s.Queue.MaxCount, s.CurrentSessions, s.MaxSessions);
        if (s.MaxConn > 0)
            row.Set("slim", s.MaxConn);
        Traffic(row, c);
        Failures(row, c);
        row.SetFrom("weight", s.ShareOf(s.Weight), s.Config.Backup ? 0 : 1, s.Config.Backup ? 1 : 0);
        row.Set("lastchg", Age(s.LastStateChangeMs));
        if (s.Operation == ServerOperation.Starting && s.IsUsable)
            row.Set("throttle", s.Throttle);
        if (s.Tracked is { } tracked)
            row["tracked"] = $"{tracked.Backend.Name}/{tracked.Name}";
        Check(row, s);
        Agent(row, s);
        if (s.Config.MaxQueue > 0)
            row.Set("qlimit", s.Config.MaxQueue);
        row.Set("rate", Sum(c, x => x.SessionRate.Read(_now)));
        row.Set("rate_max", RateCounter.MaxOf(c, static x => x.SessionRate));
        if (showDetails)
        {
            row["addr"] = s.Endpoint is { } e
                ? e.Path.Length > 0
                    ? "unix"
                    : e.Text
                : "-";
            if (s.Config.Cookie is { } cookie)
                row["cookie"] = cookie;
        }
        int idle = 0,
            proven = 0;
        foreach (IdlePool p in s.Pools)
        {
            idle += p.Count;
            proven += p.ProvenCount;
        }
        row.Set("srv_icur", idle);
        if (s.Config.PoolMaxConn >= 0)
            row.Set("src_ilim", s.Config.PoolMaxConn);
        row.SetFrom("idle_conn_cur", idle - proven, proven, s.CurrentSessions, Math.Max(s.CurrentSessions, idle));
        row.Set("uweight", s.Weight);
        row.Set("srid", 0);
        BackSide(row, c, b.IsHttp);
        return row;
    }

    /// <summary>COMPAT: nothing of a check that is switched off; of one that rests with its server, only the counts.</summary>
    private static void Check(StatisticsRow row, ServerState s)
    {
        if (s.Check is not { Enabled: true } check)
            return;
        CheckHealth health = check.Health;
        row.SetFrom("chkfail", health.Failures, s.DownTransitions);
        row.Set("downtime", s.TotalDownMs / 1000);
        if (s.IsInMaintenance)
            return;
        row["check_status"] = (check.InProgress ? "* " : "") + CheckTexts.Code(health.Status);
        row["check_desc"] = CheckTexts.Words(health.Status);
        row["last_chk"] = health.Info;
        if (CheckTexts.HasCode(health.Status))
            // COMPAT: as a number without a sign
            row.Set("check_code", (uint)health.Code);
        if (CheckTexts.IsOutcome(health.Status) && health.DurationMs >= 0)
            row.Set("check_duration", health.DurationMs);
        if (s.Config.Check.Observe != ObservedLayer.None)
            row.Set("hanafail", s.ObservedFailures);
        row.SetFrom("check_rise", health.Rise, health.Fall, health.Points);
    }

    /// <summary>COMPAT: an agent is asked in maintenance as well.</summary>
    private static void Agent(StatisticsRow row, ServerState s)
    {
        if (s.Agent is not { Enabled: true } agent)
            return;
        CheckHealth health = agent.Health;
        row["agent_status"] = (agent.InProgress ? "* " : "") + CheckTexts.Code(health.Status);
        row["agent_desc"] = CheckTexts.Words(health.Status);
        row["last_agt"] = health.Info;
        if (CheckTexts.HasCode(health.Status))
            row.Set("agent_code", health.Code);
        if (CheckTexts.IsOutcome(health.Status) && health.DurationMs >= 0)
            row.Set("agent_duration", health.DurationMs);
        row.SetFrom("agent_rise", health.Rise, health.Fall, health.Points);
    }

    private StatisticsRow Backend(BackendState b)
    {
        PerWorker<TrafficCounters> c = b.Counters;
        StatisticsRow row = Begin('B', b.Config, "BACKEND", 0, 1, BackendStatus(b));
        row.SetFrom("qcur", b.TotalQueued, b.Queue.MaxCount, b.CurrentSessions, b.MaxSessions, b.FullConn);
        Traffic(row, c);
        row.Set("dreq", Sum(c, x => x.DeniedRequests));
        Failures(row, c);
        int active = 0,
            backup = 0,
            weight = 0;
        foreach (ServerState s in b.Servers)
            if (s.IsUsable)
            {
                if (s.Config.Backup)
                    backup++;
                else
                    active++;
            }
        foreach (ServerState s in b.Balancer.Usable)
            weight += s.ScaledWeight;
        weight = ServerState.Rounded(weight);
        row.SetFrom("weight", weight, active, backup);
        row.Set("chkdown", b.DownTransitions);
        row.Set("lastchg", Age(b.LastStatusChangeMs));
        if (b.Servers.Count > 0)
            row.Set("downtime", b.TotalDownMs / 1000);
        row.Set("rate", Sum(c, x => x.SessionRate.Read(_now)));
        row.Set("rate_max", RateCounter.MaxOf(c, static x => x.SessionRate));
        Compression(row, c);
        if (showDetails)
        {
            row["algo"] = b.Config.Balance.Algorithm.NameInStatistics;
            if (b.Config.Cookie is { } cookie)
                row["cookie"] = cookie.Name;
        }
        if (b.IsHttp)
            row.SetFrom("cache_lookups", 0, 0);
        row.Set("uweight", weight);
        row.SetFrom("agg_server_status", 0, 0, 0);
        Http2(row, c);
        int used = 0,
            idle = 0;
        long attempts = 0;
        foreach (ServerState s in b.Servers)
        {
            used += s.CurrentSessions;
            idle += s.IdleConnections;
            attempts += Sum(s.Counters, x => x.Sessions);
        }
        row.SetFrom(
            "h1_open_connections",
            b.IsHttp ? used + idle : 0,
            b.IsHttp ? used : 0,
            b.IsHttp ? Sum(c, x => x.ConnectionAttempts) : 0,
            b.IsHttp ? attempts : 0
        );
        ByProtocol(row, c, b.IsHttp);
        BackSide(row, c, b.IsHttp);
        return row;
    }

    /// <summary>COMPAT: where servers may be left out of the list, how many there are.</summary>
    private string BackendStatus(BackendState b)
    {
        string status = b.IsUp ? "UP" : "DOWN";
        if (!OnlyUp && !NoMaintenance)
            return status;
        int up = b.Servers.FindAll(s => s.IsRunning).Count;
        return $"{status} ({up}/{b.Servers.Count})";
    }

    private static void Failures(StatisticsRow row, PerWorker<TrafficCounters> c) =>
        row.SetFrom(
            "econ",
            Sum(c, x => x.ConnectionErrors),
            Sum(c, x => x.ResponseErrors),
            Sum(c, x => x.Retries),
            Sum(c, x => x.Redispatches)
        );

    /// <summary>What servers and backends have in common.</summary>
    private void BackSide(StatisticsRow row, PerWorker<TrafficCounters> c, bool http)
    {
        row.Set("lbtot", Sum(c, x => x.LoadBalanced));
        row.SetFrom("cli_abrt", Sum(c, x => x.ClientAborts), Sum(c, x => x.ServerAborts));
        long last = Max(c, x => x.LastSessionMs);
        row.Set("lastsess", last == 0 ? -1 : Math.Max(0, (engine.Workers[0].WallClockMs - last) / 1000));
        long n = Math.Max(1, Sum(c, x => x.Samples(http)));
        row.SetFrom(
            "qtime",
            Mean(c, n, x => x.QueueTimeSum),
            Mean(c, n, x => x.ConnectTimeSum),
            Mean(c, n, x => x.ResponseTimeSum),
            Mean(c, n, x => x.TotalTimeSum)
        );
        row.SetFrom("connect", Sum(c, x => x.ConnectionAttempts), Sum(c, x => x.ConnectionReuses));
        row.SetFrom(
            "qtime_max",
            Max(c, x => x.QueueTimeMax),
            Max(c, x => x.ConnectTimeMax),
            Max(c, x => x.ResponseTimeMax),
            Max(c, x => x.TotalTimeMax)
        );
        if (!http)
            return;
        Responses(row, c);
        row.Set("req_tot", Sum(c, x => x.Requests));
    }

    private static long Mean(PerWorker<TrafficCounters> c, long samples, Func<TrafficCounters, long> pick) =>
        (Sum(c, pick) + samples - 1) / samples;

    private static long Age(long changedMs) => Math.Max(0, (Environment.TickCount64 - changedMs) / 1000);
}
