// "track": the server that is followed exists, is checked in the end, and does not follow back.
using System.Collections.Generic;
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Model;

namespace Baton.Configuration;

internal static class TrackValidator
{
    public static void Validate(ProcessConfig process, DiagnosticSink sink)
    {
        var followed = new Dictionary<ServerConfig, ServerConfig>();
        foreach (ProxyConfig proxy in process.Proxies)
        {
            if (!proxy.IsBackend || proxy.Disabled)
                continue;
            foreach (ServerConfig server in proxy.Servers)
                if (server.Track is not null)
                    Follow(process, proxy, server, followed, sink);
        }
    }

    private static void Follow(
        ProcessConfig process,
        ProxyConfig proxy,
        ServerConfig server,
        Dictionary<ServerConfig, ServerConfig> followed,
        DiagnosticSink sink
    )
    {
        (string? wanted, string name) = ServerConfig.SplitTrack(server.Track!);
        ProxyConfig? at = wanted is null ? proxy : process.Proxies.Find(p => p.Name == wanted && p.IsBackend);
        ServerConfig? target = at?.Servers.Find(s => s.Name == name);
        void Refuse(string why, string? nearest = null) =>
            sink.Error(server.Position, $"'server {proxy.Name}/{server.Name}' : {why}", server.Track!, nearest);

        if (server.Check.On)
            Refuse("unable to enable checks and tracking at the same time!");
        else if (at is null)
            Refuse(
                $"unable to find required proxy '{wanted}' for tracking.",
                Spelling.Nearest(wanted!, process.Proxies.FindAll(p => p.IsBackend).ConvertAll(p => p.Name))
            );
        else if (target is null)
            Refuse($"unable to find required server '{name}' for tracking.", Spelling.Nearest(name, at.Servers.ConvertAll(s => s.Name)));
        else if (Leads(target, server, followed))
            Refuse($"unable to track {at.Name}/{name} as it belongs to a tracking chain looping back to {proxy.Name}/{server.Name}.");
        else if (!target.Check.On && !target.Agent.On && target.Track is null)
            Refuse($"unable to use {at.Name}/{name} for tracking as it does not have any check nor agent enabled.");
        else if (at != proxy && at.HealthCheck.DisableOn404 != proxy.HealthCheck.DisableOn404)
            Refuse($"unable to use {at.Name}/{name} for tracking: disable-on-404 option inconsistency.");
        else
            followed[server] = target;
    }

    private static bool Leads(ServerConfig? from, ServerConfig to, Dictionary<ServerConfig, ServerConfig> followed)
    {
        while (from is not null && from != to)
            from = followed.GetValueOrDefault(from);
        return from == to;
    }
}
