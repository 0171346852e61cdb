// "pool-conn-name": requests with another name do not share idle connections. HAProxy has it from 3.0 on.
using System;
using System.Collections.Concurrent;
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Servers;

public sealed class PoolNameTests : Scenario
{
    [Fact]
    public void Each_name_has_connections_of_its_own()
    {
        var tenants = new ConcurrentBag<string>();
        OriginServer origin = Origin(c =>
        {
            string seen = "";
            while (c.TryReadHead(out string head))
            {
                seen += head.Split("\r\n").FirstOrDefault(static l => l.StartsWith("x-tenant: ", StringComparison.Ordinal))?[10..] ?? "-";
                c.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            }
            tenants.Add(seen);
        });
        ProxyProcess proxy = Start(
            Product.Baton,
            Defaults
                + $$"""
                listen l
                    bind 127.0.0.1:${p1}
                    http-reuse always
                    server s 127.0.0.1:{{origin.Port}} pool-low-conn 10 pool-conn-name req.hdr(x-tenant)
                """,
            new ProxyOptions { EndsItself = true }
        );
        foreach (string tenant in (string[])["a", "a", "b", "b", "", "", "a", "a"])
        {
            using RawClient client = RawClient.Tcp(proxy.Port("p1"));
            string field = tenant.Length > 0 ? $"x-tenant: {tenant}\r\n" : "";
            Assert.Equal(200, client.Ask($"GET / HTTP/1.1\r\nHost: h\r\n{field}\r\n").Status);
        }
        // the first of each new name makes one; which of those before are still kept is another matter
        Assert.InRange(origin.Connections, 3, 4);
        proxy.Signal(10);
        proxy.WaitForExit();
        Eventually(() => tenants.Count == origin.Connections, "connections stay");
        Assert.All(tenants, static t => Assert.Single(t.Distinct()));
    }
}
