// show version, show info, show sess, show servers state, clear counters.
using System;
using System.Globalization;
using Baton.Configuration.Model;
using Baton.Engine;
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Interop.Linux;

namespace Baton.Control.Cli;

public static class InformationCommands
{
    /// <summary>What "show version" and "show info" answer; set by the composition root.</summary>
    public static string Version { get; set; } = "";

    private static void Info(CliRequest r)
    {
        EngineState e = r.Engine;
        long uptime = (Environment.TickCount64 - e.StartedAtMs) / 1000, connections = 0, requests = 0;
        int connectionRate = 0, sessionRate = 0, idle = 0;
        for (int i = 0; i < e.WorkerCount; i++)
        {
            connections += e.TotalConnections[i].Value;
            requests += e.TotalRequests[i].Value;
            connectionRate += e.ConnectionRates[i].Read(e.Workers[i].NowMs);
            sessionRate += e.SessionRates[i].Read(e.Workers[i].NowMs);
            idle += e.Workers[i].IdlePercent;
        }
        (string, object)[] lines =
        [
            ("Name", "Baton"), ("Version", Version), ("Nbthread", e.WorkerCount), ("Nbproc", 1), ("Process_num", 1), ("Pid", Processes.getpid()),
            ("Uptime", $"{uptime / 86400}d {uptime / 3600 % 24}h{uptime / 60 % 60:00}m{uptime % 60:00}s"), ("Uptime_sec", uptime),
            ("Maxconn", e.MaxConn), ("Hard_maxconn", e.MaxConn), ("CurrConns", e.CurrentConnections), ("CumConns", connections), ("CumReq", requests),
            ("ConnRate", connectionRate), ("SessRate", sessionRate), ("MaxConnSeen", e.MaxConnectionsSeen), ("Idle_pct", idle / e.WorkerCount),
            ("AllocatedBytes", GC.GetTotalAllocatedBytes()), ("Stopping", e.Stopping ? 1 : 0), ("Jobs", e.CurrentConnections + e.Listeners.Count),
            ("Listeners", e.Listeners.Count), ("node", e.Config.Global.Node ?? Processes.HostName()), ("description", e.Config.Global.Description ?? ""),
        ];
        if (r[2] == "json")
        {
            r.Line("{" + string.Join(",", Array.ConvertAll(lines, l => $"\"{l.Item1}\":{(l.Item2 is string s ? $"\"{s}\"" : Convert.ToString(l.Item2, CultureInfo.InvariantCulture))}")) + "}");
            return;
        }
        foreach ((string name, object value) in lines) r.Line($"{name}: {Convert.ToString(value, CultureInfo.InvariantCulture)}");
    }

    /// <summary>Lists this worker's connections; those of other workers change while they are looked at.</summary>
    private static void Sessions(CliRequest r)
    {
        foreach (Worker w in r.Engine.Workers)
            for (ClientConnection? c = w.FirstClient; c is not null; c = c.NextClient)
                r.Line($"fd={c.Fd} src={c.Source} fe={c.Frontend.Name} be={c.Stream?.Backend?.Name ?? "<NONE>"} srv={c.Stream?.Server?.Name ?? "<none>"} phase={c.Phase} age={(w.NowMs - c.AcceptMs) / 1000}s reqs={c.RequestCount}");
    }

    private static void ServersState(CliRequest r)
    {
        r.Line("1");
        r.Line("# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port");
        foreach (BackendState b in r.Engine.Backends)
            foreach (ServerState s in b.Servers)
            {
                string address = s.Endpoint is { Address.Length: > 0 } e ? e.Address.IpToString() : "-";
                int port = s.Endpoint?.Address.Port ?? 0;
                r.Line($"{b.Config.Id} {b.Name} {s.Id} {s.Name} {address} {(s.IsRunning ? 2 : 0)} {(int)s.Admin} {s.Weight} {s.Config.Weight} {(Environment.TickCount64 - Math.Max(s.LastStateChangeMs, r.Engine.StartedAtMs)) / 1000} 1 0 0 0 0 0 0 - {port} - 0 0 - - 0");
            }
    }

    private static void Clear(CliRequest r)
    {
        bool all = r[2] == "all";
        foreach (FrontendState f in r.Engine.Frontends) { foreach (TrafficCounters c in f.Counters) c.Clear(all); f.ResetMaxSessions(); }
        foreach (BackendState b in r.Engine.Backends)
        {
            foreach (TrafficCounters c in b.Counters) c.Clear(all);
            b.ResetMaxSessions();
            foreach (ServerState s in b.Servers) { foreach (TrafficCounters c in s.Counters) c.Clear(all); s.ResetMaxSessions(); }
        }
    }

    internal static readonly CliCommand[] Rows =
    [
        new("show version", "", CliLevel.User, "version of this process", r => r.Line(Version)),
        new("show info", "[json]", CliLevel.User, "state of the process", Info),
        new("show stat", "", CliLevel.User, "counters of every proxy and server, as CSV", StatisticsTable.Write),
        new("show sess", "", CliLevel.Operator, "current connections", Sessions),
        new("show servers state", "", CliLevel.User, "administrative state of every server", ServersState),
        new("clear counters", "[all]", CliLevel.Operator, "reset maxima, or all counters", Clear),
    ];
}
