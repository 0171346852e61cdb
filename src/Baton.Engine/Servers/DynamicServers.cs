// Servers that come and go at run time ("add server", "del server"). They live as long as this process: the next one has
// those of its configuration.
using System;
using Baton.Configuration.Model;
using Baton.Engine.Build;
using Baton.Engine.Proxies;

namespace Baton.Engine.Servers;

public static class DynamicServers
{
    /// <summary>COMPAT: an algorithm whose order is fixed at start has no place for a new server.</summary>
    public static bool CanGrow(BackendState backend) =>
        backend.Config.Balance.Algorithm.Kind switch
        {
            BalancerKind.StaticRoundRobin => false,
            BalancerKind.Hash => backend.Config.HashType.Method == HashMethod.Consistent,
            _ => true,
        };

    /// <summary>Takes a server in. Its number is the lowest free one unless it has one; false when that or its name is taken,
    /// or with what is wrong with its TLS.</summary>
    public static bool Add(BackendState backend, ServerConfig config, out string wrong)
    {
        ServerState? server;
        // of two operators who want the same one is first
        lock (backend.StateLock)
            server = AddUnderLock(backend, config, out wrong);
        if (server is null)
            return false;
        Tracking.Link(server);
        return true;
    }

    private static ServerState? AddUnderLock(BackendState backend, ServerConfig config, out string wrong)
    {
        wrong = "";
        if (backend.FindServer(config.Name) is not null || config.Id > 0 && backend.Servers.Exists(s => s.Id == config.Id))
            return null;
        if (config.Id == 0)
            do config.Id++;
            while (backend.Servers.Exists(s => s.Id == config.Id));
        int index = 0;
        foreach (ServerState s in backend.Servers)
            index = Math.Max(index, s.Index + 1);
        var server = new ServerState(backend, config, index)
        {
            Endpoint = AddressResolver.ServerEndpoint(config.Address, config.ResolvePrefer),
            LastStateChangeMs = Environment.TickCount64,
            IsDisabledInFile = false,
            IsDynamic = true,
        };
        server.ConfiguredEndpoint = server.Endpoint;
        if (config.Disabled)
            server.Admin = AdminState.ForcedMaintenance;
        wrong = TlsServerBuilder.AddTo(server);
        if (wrong.Length > 0)
            return null;
        Checks.CheckStart.Add(server);
        using (backend.Gate.Enter())
        {
            backend.Servers = [.. backend.Servers, server];
        }
        backend.Balancer.Change(server);
        return server;
    }

    /// <summary>Why it cannot follow the server its line names; null when it can, or is to follow none. COMPAT: HAProxy's words.</summary>
    public static string? TrackFault(BackendState backend, ServerConfig config)
    {
        if (config.Track is not { } track)
            return null;
        if (config.Check.On)
            return "unable to enable checks and tracking at the same time!";
        (string? proxy, string name) = ServerConfig.SplitTrack(track);
        BackendState? at = proxy is null ? backend : backend.Engine.FindBackend(proxy);
        if (at is null)
            return $"unable to find required proxy '{proxy}' for tracking.";
        if (at.FindServer(name) is not { } tracked)
            return $"unable to find required server '{name}' for tracking.";
        if (tracked.Check is null && tracked.Agent is null && tracked.Tracked is null)
            return $"unable to use {at.Name}/{name} for tracking as it does not have any check nor agent enabled.";
        if (tracked.IsDynamic)
            return $"unable to use {at.Name}/{name} for tracking as it is a dynamic server.";
        return null;
    }

    /// <summary>A use-server rule leads to it, another server follows it, or its address follows a name: it stays.</summary>
    public static bool IsReferenced(ServerState server) =>
        server.Trackers.Length > 0
        || server.Addressing is not null
        || server.Backend.Config.UseServers.Exists(u => u.ServerName.IsLiteral && u.ServerName.Text == server.Name);

    /// <summary>Takes a server out that is in maintenance; false when somebody is still on it or waits for it.</summary>
    public static bool TryRemove(ServerState server)
    {
        BackendState backend = server.Backend;
        lock (backend.StateLock)
            if (!TryRemove(backend, server))
                return false;
        // under the other backend's lock alone: two removals at a time never wait for each other
        Tracking.Unlink(server);
        return true;
    }

    private static bool TryRemove(BackendState backend, ServerState server)
    {
        bool free;
        using (backend.Gate.Enter())
        {
            free =
                (server.Admin & AdminState.AnyMaintenance) != 0
                && server.CurrentSessions == 0
                && server.Served == 0
                && server.Queue.Count == 0
                && server.IdleConnections == 0;
            if (free)
                backend.Servers = backend.Servers.FindAll(s => s != server);
        }
        if (!free)
            return false;
        server.IsRemoved = true;
        backend.Balancer.Change(server);
        Checks.CheckStart.Remove(server);
        return true;
    }
}
