// "track": servers whose state is that of another one. Who follows takes what the other one is now, and not what it has become: two
// changes at a time may be passed on in either order.
using System.Collections.Generic;
using Baton.Configuration.Model;

namespace Baton.Engine.Servers;

internal static class Tracking
{
    private const AdminState Inherited = AdminState.InheritedMaintenance | AdminState.InheritedDrain;

    /// <summary>Joins the servers of the configuration, once everything is there. A section that is switched off has none.</summary>
    public static void Create(EngineState engine)
    {
        foreach (Proxies.BackendState backend in engine.Backends)
        foreach (ServerState server in backend.Servers)
            Link(server);
        Settle(engine);
    }

    /// <summary>Lets it follow the server that its line names. COMPAT: who came last is told first.</summary>
    public static void Link(ServerState server)
    {
        if (server.Config.Track is not { } track)
            return;
        (string? proxy, string name) = ServerConfig.SplitTrack(track);
        Proxies.BackendState? backend = proxy is null ? server.Backend : server.Backend.Engine.FindBackend(proxy);
        if (backend?.FindServer(name) is not { } tracked)
            return;
        server.Tracked = tracked;
        lock (tracked.Backend.StateLock)
            tracked.Trackers = [server, .. tracked.Trackers];
        lock (server.Backend.StateLock)
            Inherit(server, tracked);
    }

    /// <summary>It is no longer there.</summary>
    public static void Unlink(ServerState server)
    {
        if (server.Tracked is not { } tracked)
            return;
        lock (tracked.Backend.StateLock)
            tracked.Trackers = System.Array.FindAll(tracked.Trackers, s => s != server);
    }

    /// <summary>A server has changed: so do those that follow it, each with all that comes of it.</summary>
    public static void Follow(ServerState tracked)
    {
        foreach (ServerState server in tracked.Trackers)
            ServerChange.Apply(server, s => Inherit(s, tracked), $" via {NameOf(tracked)}");
    }

    /// <summary>Who follows is as the others are, before anybody has seen it or after much has been read: nothing is said.</summary>
    public static void Settle(EngineState engine)
    {
        foreach (Proxies.BackendState backend in engine.Backends)
        foreach (ServerState server in backend.Servers)
            if (server.Tracked is null)
                Settle(server);
    }

    public static void Settle(ServerState tracked)
    {
        foreach (ServerState server in tracked.Trackers)
        {
            Proxies.BackendState backend = server.Backend;
            lock (backend.StateLock)
            {
                bool changed;
                using (backend.Gate.Enter())
                {
                    int before = server.IsUsable ? server.EffectiveWeight : 0;
                    Inherit(server, tracked);
                    SlowStart.Adjust(server);
                    changed = before != (server.IsUsable ? server.EffectiveWeight : 0);
                }
                if (changed)
                    backend.Balancer.Change(server);
            }
            Settle(server);
        }
    }

    /// <summary>Under the state lock and the gate, or before anybody else is there.</summary>
    public static void Inherit(ServerState server, ServerState tracked)
    {
        AdminState admin = server.Admin & ~Inherited;
        if (tracked.IsInMaintenance)
            admin |= AdminState.InheritedMaintenance;
        if ((tracked.Admin & AdminState.AnyDrain) != 0)
            admin |= AdminState.InheritedDrain;
        server.Admin = admin;
        ServerOperation operation = OperationFrom(tracked);
        // it may be on its way still
        if (operation != ServerOperation.Running || server.Operation != ServerOperation.Starting)
            server.Operation = operation;
    }

    /// <summary>Up or down; how slowly it comes back is its own affair.</summary>
    public static ServerOperation OperationFrom(ServerState tracked) =>
        tracked.Operation == ServerOperation.Starting ? ServerOperation.Running : tracked.Operation;

    public static string NameOf(ServerState server) => $"{server.Backend.Name}/{server.Name}";
}
