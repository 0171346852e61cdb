// Giving a server an address and taking it away, with all that follows: idle connections to the old one are not used again, and the
// log says so in HAProxy's words.
using Baton.Engine.Connections;
using Baton.Engine.Servers;

namespace Baton.Engine.Resolvers;

internal static class ServerAddressing
{
    public static bool SameIp(SocketAddress a, SocketAddress b)
    {
        a.Port = b.Port = 0;
        return a.Equals(b);
    }

    /// <param name="port">Of the service's record; null to keep the one it has.</param>
    /// <param name="by">Who said so.</param>
    public static void Give(ServerState server, SocketAddress address, ushort? port, string by)
    {
        var backend = server.Backend;
        SocketAddress old = server.Endpoint is { Path: "" } endpoint ? endpoint.Address : default;
        address.Port = port ?? (old.IsSet ? old.Port : (ushort)server.ConfiguredPort);
        bool absent = server.IsWithoutAddress;
        if (!absent && address.Equals(old))
            return;
        if (absent || !SameIp(address, old))
            backend.Engine.Notices.Warn(
                backend.Notices,
                $"{backend.Name}/{server.Name} changed its IP from {(absent || !old.IsSet ? "(none)" : old.IpToString())} to {address.IpToString()} by {by}.",
                Logs.Senders.NoticeLog.LevelNotice
            );
        ServerChange.Apply(server, s =>
        {
            s.Endpoint = SocketEndpoint.FromAddress(address);
            s.Admin &= ~AdminState.ResolutionMaintenance;
        });
        backend.Engine.OnEachWorker(w => server.Pools.Find(w.Index)?.DiscardAll());
    }

    /// <param name="reason">What the log says in brackets.</param>
    /// <param name="forget">Nothing is left of the address it had, nor of its port.</param>
    public static void TakeAway(ServerState server, string reason, bool forget = false)
    {
        if (server.IsWithoutAddress)
            return;
        ServerChange.Apply(
            server,
            s =>
            {
                s.Admin |= AdminState.ResolutionMaintenance;
                if (forget)
                    s.Endpoint = null;
            },
            maintenance: reason
        );
        server.Backend.Engine.OnEachWorker(w => server.Pools.Find(w.Index)?.DiscardAll());
    }
}
