// Health checks as the whole section shows them: a check needs a port to go to.
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Model;

namespace Baton.Configuration;

internal static class CheckValidator
{
    public static void Validate(ProxyConfig proxy, DiagnosticSink sink)
    {
        foreach (ServerConfig server in proxy.Servers)
        {
            if (LacksPort(server))
                sink.Error(
                    server.Position,
                    $"backend '{proxy.Name}': server '{server.Name}' has neither service port nor check port.",
                    server.Name
                );
            if (LacksAgentPort(server))
                sink.Error(server.Position, $"backend '{proxy.Name}': {AgentPortFault(server)}", server.Name);
        }
    }

    /// <summary>Its agent is asked, and nothing says at which port.</summary>
    public static bool LacksAgentPort(ServerConfig server) => server.Agent is { On: true, Port: 0, Address: not { Port: > 0 } };

    public static string AgentPortFault(ServerConfig server) => $"server '{server.Name}' has an agent check without 'agent-port'.";

    /// <summary>It is checked, and nothing says at which port.</summary>
    public static bool LacksPort(ServerConfig server)
    {
        CheckConfig check = server.Check;
        if (!check.On || check.Port > 0 || check.Address is { Port: > 0 } or { Kind: AddressKind.Unix or AddressKind.Abstract })
            return false;
        AddressConfig address = server.Address;
        return address.Kind is AddressKind.IPv4 or AddressKind.IPv6 or AddressKind.Name or AddressKind.Any
            && (address.Port == 0 || address.PortKind != PortKind.Absolute);
    }
}
