// enable/disable server, set server, set weight, get weight, shutdown sessions server.
using System;
using System.Globalization;
using Baton.Configuration.Model;
using Baton.Configuration.Values;
using Baton.Engine.Connections;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;

namespace Baton.Control.Cli;

internal static class ServerCommands
{
    /// <summary>Changes a server under its backend's gate, then lets the balancer and the queue see it.</summary>
    private static void Change(ServerState server, Action<ServerState> change)
    {
        BackendState backend = server.Backend;
        backend.Gate.Enter();
        change(server);
        server.LastStateChangeMs = Environment.TickCount64;
        backend.Balancer.Refresh();
        backend.Gate.Exit();
        foreach (ServerState s in backend.Servers) s.ServeQueue(null);
    }

    private static void Admin(CliRequest r, string path, Func<AdminState, AdminState> next)
    {
        if (r.FindServer(path, out ServerState server)) Change(server, s => s.Admin = next(s.Admin));
    }

    private const AdminState AllForced = AdminState.ForcedMaintenance | AdminState.ForcedDrain | AdminState.ConfiguredMaintenance;

    private static void Set(CliRequest r)
    {
        string path = r[2];
        switch (r[3])
        {
            case "state" when r[4] is "ready": Admin(r, path, a => a & ~AllForced); return;
            case "state" when r[4] is "drain": Admin(r, path, a => (a & ~AllForced) | AdminState.ForcedDrain); return;
            case "state" when r[4] is "maint": Admin(r, path, a => a | AdminState.ForcedMaintenance); return;
            case "state": r.Line("'set server <srv> state' expects 'ready', 'drain' and 'maint'."); return;
            case "weight": Weight(r, path, r[4]); return;
            case "maxconn": MaxConn(r, path, r[4]); return;
            case "addr": Address(r, path); return;
            default: r.Line("usage: set server <backend>/<server> addr | maxconn | state | weight"); return;
        }
    }

    /// <summary>A number 0..256, or a percentage of the configured weight.</summary>
    private static void Weight(CliRequest r, string path, string text)
    {
        if (!r.FindServer(path, out ServerState server)) return;
        bool percent = text.EndsWith('%');
        if (!int.TryParse(percent ? text[..^1] : text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)) { r.Line("Require <weight> or <weight%>."); return; }
        if (percent) value = server.Config.Weight * value / 100;
        if (value > 256) { r.Line("Absolute weight can only be between 0 and 256 inclusive."); return; }
        Change(server, s => s.Weight = value);
    }

    private static void MaxConn(CliRequest r, string path, string text)
    {
        if (!r.FindServer(path, out ServerState server)) return;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)) { r.Line("Integer value expected."); return; }
        Change(server, s => s.MaxConn = value);
    }

    private static void Address(CliRequest r, string path)
    {
        if (!r.FindServer(path, out ServerState server)) return;
        byte[]? ip = AddressParser.Ip(r[4]);
        int port = server.Endpoint?.Address.Port ?? 0;
        if (ip is null || r[5] == "port" && !int.TryParse(r[6], NumberStyles.None, CultureInfo.InvariantCulture, out port)) { r.Line("set server <b>/<s> addr requires an address and optionally a port."); return; }
        Change(server, s => s.Endpoint = SocketEndpoint.FromAddress(SocketAddress.From(ip, port)));
    }

    private static void GetWeight(CliRequest r)
    {
        if (r.FindServer(r[2], out ServerState server)) r.Line($"{server.Weight} (initial {server.Config.Weight})");
    }

    internal static readonly CliCommand[] Rows =
    [
        new("enable server", "<b>/<s>", CliLevel.Admin, "let a server take traffic again", r => Admin(r, r[2], a => a & ~AllForced)),
        new("disable server", "<b>/<s>", CliLevel.Admin, "put a server into maintenance", r => Admin(r, r[2], a => a | AdminState.ForcedMaintenance)),
        new("set server", "<b>/<s> <what> <value>", CliLevel.Admin, "change state, weight, address or maxconn of a server", Set),
        new("set weight", "<b>/<s> <weight[%]>", CliLevel.Admin, "change a server's weight", r => Weight(r, r[2], r[3])),
        new("get weight", "<b>/<s>", CliLevel.User, "a server's current and configured weight", GetWeight),
        new("set maxconn server", "<b>/<s> <n>", CliLevel.Admin, "change a server's maxconn", r => MaxConn(r, r[3], r[4])),
    ];
}
