// A server whose address is kept fresh: which of a name's addresses it has, and what happens when there is none.
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Servers;

namespace Baton.Engine.Resolvers;

/// <summary>OWNER: the first worker, under the section's gate.</summary>
internal sealed class ServerAddress(ServerState server) : DnsRequester
{
    /// <summary>The name it follows; null while it has none (of a service that has fewer records than servers).</summary>
    public Resolution? Resolution { get; private set; }

    public ServerState Server => server;

    /// <summary>The record of the service it stands for; null when its name is in the configuration.</summary>
    public DnsRecord? Service { get; set; }

    /// <summary>Follows a name from now on, or none.</summary>
    public void Follow(Resolution? resolution)
    {
        if (resolution == Resolution)
            return;
        Resolution?.Remove(this);
        Resolution = resolution;
        resolution?.Add(this);
    }

    public override void OnValid(Resolution resolution, string by)
    {
        int best = -1;
        SocketAddress chosen = default,
            current = server.Endpoint?.Address ?? default;
        foreach (Resolution.Item item in resolution.Items)
        {
            SocketAddress address = item.Record.Address;
            if (!address.IsSet)
                continue;
            int score = Score(address, current);
            if (score > best && !IsTaken(resolution, address))
                (best, chosen) = (score, address);
        }
        if (best < 0)
            // COMPAT: with that blank
            ServerAddressing.TakeAway(server, "No IP for server ");
        else
            ServerAddressing.Give(server, chosen, Service?.Port, by);
    }

    /// <summary>The family that is preferred, then a network, then what it has.</summary>
    private int Score(in SocketAddress address, in SocketAddress current)
    {
        int score = address.IsIPv4 == (server.Config.ResolvePrefer == AddressKind.IPv4) ? 4 : 0;
        foreach ((byte[] network, int prefix) in server.Config.ResolveNetworks)
            if (address.IsIn(network, prefix))
            {
                score += 2;
                break;
            }
        return ServerAddressing.SameIp(address, current) ? score + 1 : score;
    }

    /// <summary>Another server of the backend that follows the same name has it (manual, "allow-dup-ip").</summary>
    private bool IsTaken(Resolution resolution, in SocketAddress address)
    {
        if ((server.Config.ResolveOptions & ResolveOptions.AllowDuplicates) != 0)
            return false;
        foreach (ServerState other in server.Backend.Servers)
            if (
                other != server
                && other.Addressing is { } addressing
                && addressing.Resolution == resolution
                && addressing.Service?.Port == Service?.Port
                && !other.IsWithoutAddress
                && other.Endpoint is { } endpoint
                && ServerAddressing.SameIp(endpoint.Address, address)
            )
                return true;
        return false;
    }

    public override void OnFailure(Resolution resolution, DnsStatus status) => ServerAddressing.TakeAway(server, Reason(status));

    internal static string Reason(DnsStatus status) =>
        status switch
        {
            DnsStatus.NxDomain => "DNS NX status",
            DnsStatus.Timeout => "DNS timeout status",
            DnsStatus.Refused => "DNS refused status",
            _ => "unspecified DNS error",
        };
}
