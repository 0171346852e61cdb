// Health checks as the whole section shows them: a check needs a port to go to.
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Model;

namespace Baton.Configuration;

internal static class CheckValidator
{
    public static void Validate(ProxyConfig proxy, GlobalConfig global, DiagnosticSink sink)
    {
        External(proxy, global, sink);
        foreach (ServerConfig server in proxy.Servers)
        {
            if (LacksPort(server))
                sink.Error(
                    server.Position,
                    $"backend '{proxy.Name}': server '{server.Name}' has neither service port nor check port.",
                    server.Name
                );
            // COMPAT: the words
            if (server.Check is { On: true, Proto: { } mux } && mux == "none" == (proxy.HealthCheck.Kind == CheckKind.Http))
                sink.Error(
                    server.Position,
                    $"backend '{proxy.Name}': server '{server.Name}' uses an incompatible MUX protocol for the selected check type.",
                    mux
                );
            if (LacksAgentPort(server))
                sink.Error(server.Position, $"backend '{proxy.Name}': {AgentPortFault(server)}", server.Name);
        }
    }

    /// <summary>"option external-check" needs a program, and the permission to run it. COMPAT: the words.</summary>
    private static void External(ProxyConfig proxy, GlobalConfig global, DiagnosticSink sink)
    {
        HealthCheckConfig check = proxy.HealthCheck;
        void Say(Severity severity, SourcePosition at, string what, string word) =>
            ConfigurationValidator.Whole(sink, severity, at, what, word);

        if (check.Command is { } command)
        {
            if (check.Kind != CheckKind.External)
                Say(
                    Severity.Warning,
                    check.CommandPosition,
                    $"'external-check command' will be ignored for backend '{proxy.Name}' (requires 'option external-check').",
                    command
                );
            if (!command.StartsWith('/') && check.CommandPath is null)
                Say(
                    Severity.Alert,
                    check.CommandPosition,
                    $"Proxy '{proxy.Name}': 'external-check command' does not have a leading '/' and 'external-check path' is not set.",
                    command
                );
        }
        if (check.Kind != CheckKind.External)
            return;
        const string option = "'option external-check'";
        if (!global.ExternalChecks)
            Say(
                Severity.Alert,
                check.Position,
                $"Proxy '{proxy.Name}' : {option} unable to find required 'global.external-check'.",
                "option"
            );
        if (check.Command is null)
            Say(
                Severity.Alert,
                check.Position,
                $"Proxy '{proxy.Name}' : {option} unable to find required 'external-check command'.",
                "option"
            );
        if (!global.MayFork)
            Say(
                Severity.Warning,
                check.Position,
                $"Proxy '{proxy.Name}' : 'insecure-fork-wanted' not enabled in the global section, {option} will likely fail.",
                "option"
            );
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
