// What scenarios of name resolution share: a name server, a section that asks it often, and where servers are by "show servers state".
using System;
using System.IO;
using System.Linq;
using Baton.Conformance.Harness;

namespace Baton.Conformance.Resolvers;

public abstract class ResolverScenario : Scenario
{
    private DnsServer? _dns;

    protected DnsServer Dns => _dns ??= Keep(new DnsServer());

    protected ProxyProcess StartResolving(Product product, string sections, string hold = "", string transport = "") =>
        Start(
            product,
            $$"""
            global
                nbthread 2
                stats socket ${dir}/cli level admin expose-fd listeners
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            resolvers names
                nameserver one {{transport}}127.0.0.1:{{Dns.Port}}
                timeout resolve 100ms
                timeout retry 200ms
                hold nx 0
                hold other 0
                hold refused 0
                hold timeout 0
                {{hold}}
            {{sections}}
            """
        );

    protected string Command(string text)
    {
        using RawClient cli = RawClient.Unix(Path.Combine(Directory, "cli"));
        cli.Send(text + "\n");
        return cli.ReadTextToEnd();
    }

    /// <summary>"address:port" of a server, or "-" while it has none.</summary>
    protected string Where(string server)
    {
        foreach (string line in Command("show servers state").Split('\n'))
            if (line.Split(' ') is { Length: > 20 } f && f[3] == server)
                return (int.Parse(f[6]) & 0x20) != 0 ? "-" : $"{f[4]}:{f[18]}";
        return "?";
    }

    protected void AwaitWhere(string server, string expected) =>
        Eventually(() => Where(server) == expected, $"{server} is at {Where(server)}, not at {expected}");

    /// <summary>What the servers of a backend have, sorted.</summary>
    protected string All(params string[] servers) => string.Join(' ', servers.Select(Where).Order(StringComparer.Ordinal));
}
