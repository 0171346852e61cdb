// Server states of an earlier process, read from files at start (load-server-state-from-file). What the configuration says
// now goes before what the file says it was: only where the two agree does what an operator changed come back.
using System;
using System.Collections.Generic;
using Baton.Configuration.Model;
using Baton.Configuration.Values;
using Baton.Core.Text;
using Baton.Engine.Connections;
using Baton.Engine.Proxies;

namespace Baton.Engine.Servers;

internal sealed class ServerStateFiles
{
    private readonly Dictionary<(string Backend, string Server), ServerStateLine> _lines = [];

    private ServerStateFiles() { }

    /// <summary>Reads the files that backends ask for; null when none does. A file that is not there or not right is no error:
    /// <paramref name="warn"/>.</summary>
    public static ServerStateFiles? Read(ProcessConfig config, Action<string> warn)
    {
        GlobalConfig global = config.Global;
        var files = new ServerStateFiles();
        List<ServerStateLine>? all = null;
        // also where no backend asks for it: whoever names it wants it read
        if (global.ServerStateFile is { } named)
            all = files.ReadFile(PathOf(global, named), "config: ", "global server state file", warn) ?? [];
        foreach (ProxyConfig proxy in config.Proxies)
        {
            if (!proxy.IsBackend || proxy.Disabled || proxy.Servers.Count == 0)
                continue;
            List<ServerStateLine>? lines = null;
            if (proxy.ServerStateSource == ServerStateSource.Global)
                lines = all;
            else if (proxy.ServerStateSource == ServerStateSource.Local)
            {
                lines = files.ReadFile(
                    PathOf(global, proxy.ServerStateFileName ?? proxy.Name),
                    $"Proxy '{proxy.Name}': ",
                    "server state file",
                    warn
                );
                WarnOfOtherId(proxy, lines, warn);
            }
            foreach (ServerStateLine line in lines ?? [])
                if (line.Backend == proxy.Name)
                    files._lines[(line.Backend, line.Server)] = line;
        }
        return files._lines.Count > 0 ? files : null;
    }

    private static string PathOf(GlobalConfig global, string name) =>
        name.StartsWith('/') || global.ServerStateBase is not { } directory ? name : directory.TrimEnd('/') + "/" + name;

    private static void WarnOfOtherId(ProxyConfig proxy, List<ServerStateLine>? lines, Action<string> warn)
    {
        string id = proxy.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (lines?.Find(l => l.Backend == proxy.Name && l.BackendId != id) is { } other)
            warn($"Proxy '{proxy.Name}': backend ID mismatch: from server state file: '{other.BackendId}', from running config '{id}'");
    }

    /// <summary>The lines of a file; null, and a warning, when it cannot be read or one of its lines is too short.</summary>
    private List<ServerStateLine>? ReadFile(string path, string who, string what, Action<string> warn)
    {
        if (FileBytes.Read(path, out string why) is not { } bytes)
        {
            warn($"{who}Can't open {what} '{path}': {why}.");
            return null;
        }
        string[] text = ByteText.Decode(bytes).TrimEnd('\n').Split('\n');
        if (text.Length == 0 || text[0].Trim() != "1")
        {
            warn($"{who}Can't get version of the {what} '{path}'.");
            return null;
        }
        var lines = new List<ServerStateLine>();
        for (int i = 1; i < text.Length; i++)
        {
            string line = text[i].Trim();
            if (line.StartsWith(ServerStateNote.Port + " ", StringComparison.Ordinal))
            {
                NotePort(line);
                continue;
            }
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (ServerStateLine.Parse(line) is { } parsed)
            {
                lines.Add(parsed);
                continue;
            }
            warn($"{who}corrupted {what} '{path}' at line {i + 1}.");
            return null;
        }
        return lines;
    }

    /// <summary>The ports servers had by the configuration, of those whose port had been changed since.</summary>
    private readonly Dictionary<(string Backend, string Server), int> _configuredPorts = [];

    private void NotePort(string line)
    {
        if (
            line.Split(' ') is [_, var backend, var server, var port]
            && int.TryParse(port, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int value)
        )
            _configuredPorts[(backend, server)] = value;
    }

    /// <summary>init-addr "last": the address the server had, null when the files do not say.</summary>
    public SocketEndpoint? LastAddress(ServerState server)
    {
        if (
            !_lines.TryGetValue((server.Backend.Name, server.Name), out ServerStateLine? line)
            || !System.Net.IPAddress.TryParse(line.Address, out System.Net.IPAddress? ip)
        )
            return null;
        return SocketEndpoint.FromAddress(SocketAddress.From(ip.GetAddressBytes(), server.Config.Address.Port));
    }

    /// <summary>Brings back what the files say of the servers of all backends.</summary>
    public void Apply(EngineState engine, Action<string> warn)
    {
        foreach (BackendState backend in engine.Backends)
        {
            bool changed = false;
            foreach (ServerState server in backend.Servers)
            {
                if (!_lines.TryGetValue((backend.Name, server.Name), out ServerStateLine? line))
                    continue;
                if (line.Fault is { } fault)
                {
                    warn($"server-state application failed for server '{backend.Name}/{server.Name}', {fault}.");
                    continue;
                }
                Apply(server, line);
                changed = true;
            }
            if (!changed)
                continue;
            using (backend.Gate.Enter())
            {
                backend.Balancer.Refresh();
            }
        }
        Tracking.Settle(engine);
    }

    /// <summary>COMPAT: of where it stood between up and down only on which side that was.</summary>
    private static void Apply(Checks.ServerCheck check, ServerStateLine line, ServerState server)
    {
        Checks.CheckHealth health = check.Health;
        (health.Status, health.Result, health.DurationMs) = (line.CheckStatus, line.CheckResult, 0);
        health.Points = server.Operation switch
        {
            _ when server.IsInMaintenance => 0,
            ServerOperation.Stopped => 0,
            ServerOperation.Stopping => health.Rise,
            _ => health.Best,
        };
        check.Enabled = line.ChecksEnabled;
        Move(check, line.CheckAddress, line.CheckPort);
        if (server.IsDown)
            server.DownTransitions++;
    }

    /// <summary>COMPAT: what an operator set stays set.</summary>
    private static void Move(Checks.ServerCheck check, string? to, int toPort)
    {
        SocketEndpoint? address =
            to is { } text && System.Net.IPAddress.TryParse(text, out System.Net.IPAddress? ip)
                ? SocketEndpoint.FromAddress(SocketAddress.From(ip.GetAddressBytes(), 0))
                : check.Address;
        int port = toPort > 0 ? toPort : check.Port;
        if (port != check.Port || address?.Text != check.Address?.Text)
            check.MoveTo(address, port);
    }

    /// <summary>COMPAT: the rules of HAProxy, but for one: a server that was down because it was in maintenance is not down when the
    /// configuration no longer says so.</summary>
    private void Apply(ServerState server, ServerStateLine line)
    {
        AdminState before = line.Admin;
        bool sameDisabled = (before & AdminState.ConfiguredMaintenance) != 0 == server.Config.Disabled;
        if (sameDisabled)
        {
            if ((before & AdminState.ForcedMaintenance) == 0)
                server.Admin &= ~(AdminState.ConfiguredMaintenance | AdminState.ForcedMaintenance);
            else if (!server.Config.Disabled)
                server.Admin |= AdminState.ForcedMaintenance;
        }
        bool inMaintenance = (server.Admin & AdminState.AnyMaintenance) != 0;
        // a weight of zero that was drained and is zero no longer was meant to come back
        if (!inMaintenance && (before & AdminState.ForcedDrain) != 0 && (line.ConfiguredWeight > 0 || server.Config.Weight == 0))
            server.Admin |= AdminState.ForcedDrain;
        if (
            line.IsStopped
            && (before & (AdminState.ForcedMaintenance | AdminState.InheritedMaintenance | AdminState.ResolutionMaintenance)) == 0
        )
            server.Operation = ServerOperation.Stopped;
        else if (line.Operation is ServerOperation.Stopping or ServerOperation.Starting)
            server.Operation = line.Operation;
        if (server.Check is { } check)
            Apply(check, line, server);
        if (server.Agent is { } agent)
        {
            agent.Enabled = line.AgentEnabled;
            Move(agent, line.AgentAddress, line.AgentPort);
        }
        if (line.ConfiguredWeight == server.Config.Weight)
            server.Weight = line.Weight;
        server.LastStateChangeMs = Environment.TickCount64 - 1000 * line.SecondsSinceChange;
        SlowStart.Begin(server, wasRunning: true);
        SlowStart.Adjust(server);
        // the port of the configuration counts, unless an operator changed it under this same configuration
        bool isSamePort =
            _configuredPorts.TryGetValue((server.Backend.Name, server.Name), out int configured)
            && configured == server.Config.Address.Port;
        if (
            isSamePort
            && line.Port > 0
            && server.Config.Address.PortKind == PortKind.Absolute
            && server.Endpoint is { Address: { Length: > 0 } address }
            && address.Port != line.Port
        )
        {
            address.Port = (ushort)line.Port;
            server.Endpoint = SocketEndpoint.FromAddress(address);
        }
    }
}
