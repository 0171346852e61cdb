// Making the peers sections and their listeners.
using System.Collections.Generic;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Listeners;
using Baton.Engine.Peers;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;

namespace Baton.Engine.Build;

internal static class PeersBuilder
{
    /// <summary>Once, before the workers run, when the tables are there.</summary>
    public static void Create(EngineState engine, EngineBuilder builder)
    {
        foreach (PeersConfig config in engine.Config.Peers)
        {
            if (!config.IsUsable)
                continue;
            var section = new PeersState(engine, config, (s, p) => Peer(s, p, builder)) { Notices = builder.NoticesOf(config) };
            engine.Peers.Add(section);
            if (config.Bind is not { Addresses.Count: > 0 } bind)
                continue;
            // one worker has all of it
            bind.Threads = [section.Worker.Index];
            int id = 1;
            List<ListenerState> listeners = [.. builder.ListenersOf(engine, bind, section, [], ref id)];
            section.Listeners.AddRange(listeners);
            engine.Listeners.AddRange(listeners);
        }
    }

    private static PeerState Peer(PeersState section, PeerConfig config, EngineBuilder builder)
    {
        AddressConfig? address = config.Server.Address;
        // where this process listens is where the next one will
        if (config.IsLocal && address is null && section.Config.Bind is { Addresses: [var own, ..] })
            address = own;
        SocketEndpoint? endpoint = address is null ? null : AddressResolver.ServerEndpoint(address, config.Server.ResolvePrefer);
        if (address is not null && endpoint is null)
            builder.Errors.Add(
                new BuildError(config.Position, $"'peer {config.Name}' : could not resolve address '{address.HostName}'.")
                {
                    IsOfLine = true,
                }
            );
        return new PeerState(section, config)
        {
            Endpoint = endpoint,
            Tls = config.Server.Tls is { IsOn: true }
                ? builder.TlsOf(section.Engine, new ServerState(new BackendState(section.Engine, section.Proxy), config.Server, 0))
                : null,
            Socks4 = config.Server.Socks4 is { } socks ? AddressResolver.ServerEndpoint(socks, config.Server.ResolvePrefer) : null,
        };
    }
}
