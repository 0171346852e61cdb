// enable/disable server, set server, set weight, get weight, set maxconn server; the switches of checks and agents.
using System;
using System.Globalization;
using System.Linq;
using Baton.Configuration.Model;
using Baton.Configuration.Values;
using Baton.Engine.Connections;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;

namespace Baton.Control.Cli;

internal static class ServerCommands
{
    private const string Usage =
        "usage: set server <backend>/<server> addr | agent | agent-addr | agent-port | agent-send | check-addr | check-port | fqdn | health | ssl | state | weight";

    private static void Change(ServerState server, Action<ServerState> change) => ServerChange.Apply(server, change);

    private static void Admin(CliRequest r, string path, Func<AdminState, AdminState> next)
    {
        if (r.FindServer(path, out ServerState server))
            Change(server, s => s.Admin = next(s.Admin));
    }

    private static void Set(CliRequest r)
    {
        string path = r[2];
        if (!r.FindServer(path, out ServerState server))
            return;
        switch (r[3])
        {
            case "state":
                State(r, server);
                return;
            case "weight":
                Weight(r, path, r[4]);
                return;
            case "health" when server.Tracked is not null:
                r.Fail("cannot change health on a tracking server.");
                return;
            case "health":
                Health(r, server);
                return;
            case "addr":
                Address(r, server);
                return;
            case "agent" or "agent-send" when server.Agent is not { Enabled: true }:
                r.Fail("agent checks are not enabled on this server.");
                return;
            case "agent":
                Agent(r, server, server.Agent!.Health);
                return;
            case "agent-send":
                server.Agent!.SendText = r[4];
                return;
            case "check-port" or "agent-port" when r[4].Length == 0:
                r.Fail($"set server <b>/<s> {r[3]} requires a port.");
                return;
            case "check-addr" or "agent-addr" when r[4].Length == 0:
                r.Fail($"set server <b>/<s> {r[3]} requires an address and optionally a port.");
                return;
            case "agent-addr" or "agent-port" when server.Agent is not { Enabled: true }:
                r.FeedbackWithoutLine(4, "agent checks are not enabled on this server");
                return;
            case "check-port" or "check-addr" when server.Check is null:
                r.FeedbackWithoutLine(4, "health checks are not enabled on this server");
                return;
            case "check-port" or "check-addr":
                CheckTarget(r, server.Check, r[3] == "check-port");
                return;
            case "agent-port" or "agent-addr":
                CheckTarget(r, server.Agent!, r[3] == "agent-port");
                return;
            case "fqdn":
                ResolverCommands.SetName(r, server);
                return;
            case "ssl" when server.PreparedTls is not null:
                Tls(r, server);
                return;
            case "ssl":
                r.Fail("'set server <srv> ssl' cannot be set.  default-server should define ssl settings");
                return;
            default:
                r.Fail(Usage);
                return;
        }
    }

    private static void Tls(CliRequest r, ServerState server)
    {
        if (r[4] is not ("on" or "off"))
        {
            r.Fail("'set server <srv> ssl' expects 'on' or 'off'.");
            return;
        }
        server.SwitchTls(r[4] == "on");
        // what is idle speaks as the server did before
        r.OnEachWorker(w => server.Pools.Find(w.Index)?.DiscardAll(), () => r.FeedbackWithoutLine(6, "server ssl setting updated."));
    }

    private static void State(CliRequest r, ServerState server)
    {
        switch (r[4])
        {
            case "ready":
                Change(server, static s => s.Admin = AdminOrders.Ready(s.Admin));
                return;
            case "drain":
                Change(server, static s => s.Admin = AdminOrders.Drain(s.Admin));
                return;
            case "maint":
                Change(server, static s => s.Admin = AdminOrders.Maintain(s.Admin));
                return;
            default:
                r.Fail("'set server <srv> state' expects 'ready', 'drain' and 'maint'.");
                return;
        }
    }

    /// <summary>What an operator says stands until a check says otherwise.</summary>
    private static void Health(CliRequest r, ServerState server)
    {
        switch (r[4])
        {
            case "up":
                SetHealth(server, ServerOperation.Running);
                return;
            case "down":
                SetHealth(server, ServerOperation.Stopped);
                return;
            case "stopping":
                SetHealth(server, ServerOperation.Stopping);
                return;
            default:
                r.Fail("'set server <srv> health' expects 'up', 'stopping', or 'down'.");
                return;
        }
    }

    /// <summary>What an operator says in the name of its agent stands until that says otherwise.</summary>
    private static void Agent(CliRequest r, ServerState server, Engine.Checks.CheckHealth health)
    {
        if (r[4] is not ("up" or "down"))
        {
            r.Fail("'set server <srv> agent' expects 'up' or 'down'.");
            return;
        }
        bool up = r[4] == "up";
        Change(server, s =>
        {
            s.Operation = up ? ServerOperation.Running : ServerOperation.Stopped;
            if (up)
                health.SetUp();
            else
                health.SetDown();
        });
    }

    private static void SetHealth(ServerState server, ServerOperation operation) => Change(server, s =>
        {
            s.Operation = operation;
            if (s.Check is not { } check)
                return;
            if (operation == ServerOperation.Stopped)
                check.Health.SetDown();
            else
                check.Health.SetUp();
        });

    private static void Weight(CliRequest r, string path, string text)
    {
        if (!r.FindServer(path, out ServerState server))
            return;
        if (ServerValues.Weight(text, server.Config.Weight, out int weight) is { } fault)
            Complain(r, fault);
        else
            Change(server, s => s.Weight = weight);
    }

    private static void MaxConn(CliRequest r)
    {
        if (!r.FindServer(r[3], out ServerState server))
            return;
        if (ServerValues.MaxConn(r[4], out int maxConn) is { } fault)
            Complain(r, fault);
        else
            Change(server, s => s.MaxConn = maxConn);
    }

    private static void Complain(CliRequest r, string fault)
    {
        if (fault.EndsWith('.'))
            r.Fail(fault);
        else
            r.FailWithoutLine(fault);
    }

    /// <summary>set server b/s addr ADDRESS [port PORT]: idle connections to the old address are not used again.</summary>
    private static void Address(CliRequest r, ServerState server)
    {
        const string by = " by 'stats socket command'";
        if (r[4].Length == 0)
        {
            r.Fail("set server <b>/<s> addr requires an address and optionally a port.");
            return;
        }
        if (AddressParser.Ip(r[4]) is not { } ip)
        {
            r.Feedback(4, $"Invalid addr '{r[4]}'{by}");
            return;
        }
        SocketAddress old = server.Endpoint is { Path: "" } e ? e.Address : default;
        string before = old.IsSet ? old.IpToString() : "",
            after = SocketAddress.From(ip, 1).IpToString();
        string text = before == after ? "no need to change the addr" : $"IP changed from '{before}' to '{after}'";
        int port =
            old.IsSet ? old.Port
            : server.Config.Address.PortKind == PortKind.Absolute ? server.Config.Address.Port
            : 0;
        if (r[5] == "port")
            text += Port(r[6], ref port);
        SocketEndpoint target = SocketEndpoint.FromAddress(SocketAddress.From(ip, port));
        if (target.Text == server.Endpoint?.Text)
        {
            r.Feedback(4, text + by);
            return;
        }
        Change(server, s =>
        {
            s.Endpoint = target;
            // what waited for its name has an address now
            s.Admin &= ~AdminState.ResolutionMaintenance;
        });
        r.OnEachWorker(w => server.Pools.Find(w.Index)?.DiscardAll(), () => r.Feedback(4, text + by));
    }

    /// <summary>set server b/s check-port PORT, check-addr ADDRESS [port PORT], and the same of its agent: where its checks go from now
    /// on.</summary>
    private static void CheckTarget(CliRequest r, Engine.Checks.ServerCheck check, bool isPort)
    {
        byte[]? ip = isPort ? null : AddressParser.Ip(r[4]);
        if (!isPort && ip is null)
        {
            r.FailWithoutLine($"invalid addr '{r[4]}'");
            return;
        }
        string text =
            isPort ? r[4]
            : r[5] == "port" ? r[6]
            : "";
        int port = check.Port;
        if (text.Length > 0 && !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port))
        {
            r.FailWithoutLine("provided port is not an integer");
            return;
        }
        if (port > ushort.MaxValue)
        {
            r.FailWithoutLine("provided port is invalid");
            return;
        }
        check.MoveTo(ip is null ? check.Address : SocketEndpoint.FromAddress(SocketAddress.From(ip, 0)), port);
    }

    /// <summary>Changes the port unless the word is none; what there is to say. COMPAT: a wrong port does not keep the address from
    /// changing.</summary>
    private static string Port(string word, ref int port)
    {
        // an offset would leave a check without a port of its own
        if (
            word.Length > 1
            && word[0] is '+' or '-'
            && int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
        )
            return ", can't change <port> to port map because it is incompatible with current health check port configuration (use 'port' statement from the 'server' directive.";
        if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int wanted))
            return $", problem converting port '{word}' to an int";
        if (wanted > 65535)
            return ", provided port is not valid.";
        string text = wanted == port ? ", no need to change the port" : $", port changed from '{port}' to '{wanted}'";
        port = wanted;
        return text;
    }

    private static void GetWeight(CliRequest r)
    {
        if (r.FindServer(r[2], out ServerState server))
            r.Line($"{server.Weight} (initial {server.Config.Weight})");
    }

    private static bool SplitPath(CliRequest r, out BackendState backend, out string name)
    {
        string path = r[2];
        int slash = path.IndexOf('/');
        name = path[(slash + 1)..];
        backend = null!;
        if (slash < 0 || name.Length == 0)
        {
            r.Fail("Require 'backend/server'.");
            return false;
        }
        if (r.FindBackend(path[..slash]) is not { } found)
        {
            r.Fail("No such backend.");
            return false;
        }
        backend = found;
        return true;
    }

    private static void Add(CliRequest r)
    {
        if (!SplitPath(r, out BackendState backend, out string name))
            return;
        if (DynamicServers.Create(backend, Engine.Rules.EngineCatalog.Create(), [name, .. r.Words.Skip(3)], id: 0, out string wrong))
            r.Feedback(6, "New server registered.");
        else
            r.Fail(wrong);
    }

    private static void Delete(CliRequest r)
    {
        if (!SplitPath(r, out _, out _) || !r.FindServer(r[2], out ServerState server))
            return;
        if (DynamicServers.IsReferenced(server))
        {
            r.Fail("This server cannot be removed at runtime due to other configuration elements pointing to it.");
            return;
        }
        if ((server.Admin & AdminState.AnyMaintenance) == 0)
        {
            r.Fail("Only servers in maintenance mode can be deleted.");
            return;
        }
        // its idle connections are of no use to anybody any more
        r.OnEachWorker(
            w => server.Pools.Find(w.Index)?.DiscardAll(),
            () =>
            {
                if (DynamicServers.TryRemove(server))
                    r.FeedbackWithoutLine(6, "Server deleted.");
                else
                    r.Fail("Server still has connections attached to it, cannot remove it.");
            }
        );
    }

    /// <summary>COMPAT: nothing to switch on is an error, nothing to switch off is not.</summary>
    private static void Switch(CliRequest r, Func<ServerState, Engine.Checks.ServerCheck?> find, bool on, string kind)
    {
        if (!r.FindServer(r[2], out ServerState server))
            return;
        if (find(server) is { } check)
            check.Enabled = on;
        else if (on)
            r.Fail($"{kind} was not configured on this server, cannot enable.");
    }

    private static void SwitchCheck(CliRequest r, bool on) => Switch(r, static s => s.Check, on, "Health check");

    private static void SwitchAgent(CliRequest r, bool on) => Switch(r, static s => s.Agent, on, "Agent");

    internal static readonly CliCommand[] Rows =
    [
        new("add server", "<bk>/<srv> <addr> [options]", CliLevel.Admin, "create a server, in maintenance until it is enabled", Add),
        new("del server", "<bk>/<srv>", CliLevel.Admin, "remove a server that is in maintenance and idle", Delete),
        new("enable server", "<bk>/<srv>", CliLevel.Admin, "let a server take traffic again", r => Admin(r, r[2], AdminOrders.Ready)),
        new("disable server", "<bk>/<srv>", CliLevel.Admin, "put a server into maintenance", r => Admin(r, r[2], AdminOrders.Maintain)),
        new("enable health", "<bk>/<srv>", CliLevel.Admin, "resume health checks", r => SwitchCheck(r, true)),
        new("disable health", "<bk>/<srv>", CliLevel.Admin, "suspend health checks", r => SwitchCheck(r, false)),
        new("enable agent", "<bk>/<srv>", CliLevel.Admin, "resume agent checks", r => SwitchAgent(r, true)),
        new("disable agent", "<bk>/<srv>", CliLevel.Admin, "suspend agent checks", r => SwitchAgent(r, false)),
        new("set server", "<bk>/<srv> <what> <value>", CliLevel.Admin, "change a server's state, weight or address", Set),
        new("set weight", "<bk>/<srv> <weight[%]>", CliLevel.Admin, "change a server's weight", r => Weight(r, r[2], r[3])),
        new("get weight", "<bk>/<srv>", CliLevel.User, "a server's current and configured weight", GetWeight),
        new("set maxconn server", "<bk>/<srv> <value>", CliLevel.Admin, "change a server's maxconn", MaxConn),
    ];
}
