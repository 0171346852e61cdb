// show servers state, show servers conn, show backend.
using System;
using System.Collections.Generic;
using System.Globalization;
using Baton.Configuration.Model;
using Baton.Engine.Checks;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Engine.Resolvers;
using Baton.Engine.Servers;

namespace Baton.Control.Cli;

internal static class ServerTables
{
    /// <summary>The backends asked for: the one named, or all. False when there is none of the name.</summary>
    private static bool Backends(CliRequest r, out List<BackendState> found)
    {
        found = r.Engine.Backends;
        if (r[3].Length == 0)
            return true;
        BackendState? one = r.FindBackend(r[3]);
        if (one is null)
        {
            r.Fail("Can't find backend.");
            return false;
        }
        found = [one];
        return true;
    }

    /// <summary>The server-state file's format, version 1.</summary>
    private static IEnumerable<Worker> State(CliRequest r)
    {
        if (!Backends(r, out List<BackendState> backends))
            yield break;
        r.Line("1");
        r.Line(
            "# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port"
        );
        foreach (BackendState b in backends)
        foreach (ServerState s in b.Servers)
        {
            r.Line(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{b.Config.Id} {b.Name} {s.Id} {s.Name} {Ip(s)} {(s.IsRunning ? (int)s.Operation : 0)} {AdminBits(s)} {s.Weight} {s.Config.Weight} {Since(s)} {Check(s)} {Agent(s)} 0 0 {Name(s)} {Port(s)} {Service(s)} {(s.Tls is null ? 0 : 1)} {CheckTarget(s)}"
                )
            );
            yield return r.Home!;
        }
        // behind them, for whoever reads the file at start: what the port was by the configuration, where it is another one now
        foreach (BackendState b in backends)
        foreach (ServerState s in b.Servers)
        {
            if (s is not { ConfiguredEndpoint.Path: "", Endpoint.Path: "" } || s.ConfiguredEndpoint.Address.Port == s.Endpoint.Address.Port)
                continue;
            r.Line(
                string.Create(CultureInfo.InvariantCulture, $"{ServerStateNote.Port} {b.Name} {s.Name} {s.ConfiguredEndpoint.Address.Port}")
            );
            yield return r.Home!;
        }
    }

    /// <summary>COMPAT: "disabled" in the file counts as forced as well, and stays when an operator has enabled the server: it tells what
    /// the file said.</summary>
    private static int AdminBits(ServerState s)
    {
        AdminState bits = s.Admin & ~AdminState.ConfiguredMaintenance;
        if ((s.Admin & AdminState.ConfiguredMaintenance) != 0)
            bits |= AdminState.ForcedMaintenance;
        return (int)(s.IsDisabledInFile ? bits | AdminState.ConfiguredMaintenance : bits);
    }

    /// <summary>Last outcome and result, points, and what is true of the check: under way, there, switched on, resting with its
    /// server.</summary>
    private static string Check(ServerState s)
    {
        bool rests = s.Check is null ? s.Config.Disabled && (s.Admin & AdminState.ConfiguredMaintenance) != 0 : s.IsInMaintenance;
        if (s.Check is not { } check)
            return $"1 0 {(s.IsRunning || s.Agent is { Health.IsUp: false } ? 2 : 0)} {(rests ? 8 : 0)}";
        int state = (check.InProgress ? 1 : 0) | 2 | (check.Enabled ? 4 : 0) | (rests ? 8 : 0);
        CheckHealth health = check.Health;
        return string.Create(CultureInfo.InvariantCulture, $"{(int)health.Status} {(int)health.Result} {health.Points} {state}");
    }

    /// <summary>Port and address of checks, address and port of agent checks. COMPAT: "port" and "addr" count for both.</summary>
    private static string CheckTarget(ServerState s)
    {
        int port = s.Check?.Port ?? s.Config.Check.Port,
            agentPort = s.Agent?.Port ?? s.Config.Agent.Port;
        return string.Create(CultureInfo.InvariantCulture, $"{port} {Ip(s.Check)} {Ip(s.Agent ?? s.Check)} {agentPort}");

        static string Ip(ServerCheck? check) => check?.Address is { Path: "" } e ? e.Address.IpToString() : "-";
    }

    /// <summary>What is true of the agent: under way, there, switched on, and that it is one.</summary>
    private static int Agent(ServerState s) => s.Agent is { } agent ? (agent.InProgress ? 1 : 0) | 2 | (agent.Enabled ? 4 : 0) | 16 : 0;

    private static long Since(ServerState s) => (Environment.TickCount64 - s.LastStateChangeMs) / 1000;

    private static string Ip(ServerState s) => !s.IsWithoutAddress && s.Endpoint is { Path: "" } e ? e.Address.IpToString() : "-";

    /// <summary>Where the name has not been resolved the port is that of the configuration.</summary>
    private static int Port(ServerState s) =>
        s.Endpoint is { } e
            ? e.Path.Length == 0
                ? e.Address.Port
                : 0
            : s.Config.Address.Port;

    private static string Name(ServerState s) =>
        s.Fqdn ?? (s.Config.Address.Kind == AddressKind.Name && !IsService(s) ? s.Config.Address.HostName : "-");

    private static bool IsService(ServerState s) => s.Config.Resolvers is not null && ResolversState.IsService(s.Config.Address.HostName);

    /// <summary>The service whose records are its addresses.</summary>
    private static string Service(ServerState s) => IsService(s) ? s.Config.Address.HostName : "-";

    private static IEnumerable<Worker> Connections(CliRequest r)
    {
        if (!Backends(r, out List<BackendState> backends))
            yield break;
        r.Line(
            $"# bkname/svname bkid/svid addr port - purge_delay used_cur used_max need_est unsafe_nb safe_nb idle_lim idle_cur idle_per_thr[{r.Engine.WorkerCount}]"
        );
        foreach (BackendState b in backends)
        foreach (ServerState s in b.Servers)
        {
            int idle = s.IdleConnections,
                proven = 0;
            foreach (IdlePool p in s.Pools)
                proven += p.ProvenCount;
            r.Answer.Append(
                CultureInfo.InvariantCulture,
                $"{b.Name}/{s.Name} {b.Config.Id}/{s.Id} {Ip(s)} {Port(s)} - {s.Config.PoolPurgeDelayMs} {s.CurrentSessions} {s.MaxSessions} {Math.Max(s.CurrentSessions, idle)} {idle - proven} {proven} {s.Config.PoolMaxConn} {idle}"
            );
            for (int i = 0; i < s.Pools.Length; i++)
                r.Answer.Append(' ').Append(s.Pools.Find(i)?.Count ?? 0);
            r.Answer.Append('\n');
            yield return r.Home!;
        }
    }

    private static IEnumerable<Worker> List(CliRequest r)
    {
        r.Line("# name");
        foreach (BackendState b in r.Engine.Backends)
        {
            r.Line(b.Name);
            yield return r.Home!;
        }
    }

    internal static readonly CliCommand[] Rows =
    [
        new("show servers state", "[<backend>]", CliLevel.User, "state of every server, as a server-state file has it", State),
        new("show servers conn", "[<backend>]", CliLevel.User, "connections of every server", Connections),
        new("show backend", "", CliLevel.User, "names of the backends", List),
    ];
}
