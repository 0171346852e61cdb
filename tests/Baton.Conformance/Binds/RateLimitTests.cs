// rate-limit sessions, maxconnrate, maxsessrate: clients above the rate wait, none is refused.
using System.Collections.Generic;
using System.Diagnostics;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Binds;

public sealed class RateLimitTests : Scenario
{
    private const int Rate = 10,
        Clients = 20;

    [Theory]
    [InlineData(Product.Baton, "rate-limit sessions 10", "")]
    [InlineData(Product.Haproxy, "rate-limit sessions 10", "")]
    [InlineData(Product.Baton, "", "maxconnrate 10")]
    [InlineData(Product.Haproxy, "", "maxconnrate 10")]
    [InlineData(Product.Baton, "", "maxsessrate 10")]
    [InlineData(Product.Haproxy, "", "maxsessrate 10")]
    public void Clients_above_the_rate_wait(Product product, string line, string global)
    {
        ProxyProcess proxy = Start(
            product,
            $$"""
            global
                nbthread 1
                {{global}}
            defaults
                mode http
                timeout client 60s
            frontend fe
                bind 127.0.0.1:${p1}
                {{line}}
                http-request return status 200
            """
        );
        var clients = new List<RawClient>();
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < Clients; i++)
        {
            RawClient client = Connect(proxy);
            client.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            clients.Add(client);
        }
        foreach (RawClient client in clients)
            Assert.Equal(200, client.ReadResponse().Status);
        // the first ten at once, the others as the second in which those came passes
        Assert.InRange(clock.ElapsedMilliseconds, 700, 40_000);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_statistics_show_the_limit(Product product)
    {
        Start(
            product,
            Defaults.Replace("nbthread 1", "nbthread 1\n    stats socket ${dir}/cli level admin")
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    rate-limit sessions {{Rate}}
                    http-request return status 200
                """
        );
        RawClient cli = Keep(RawClient.Unix(System.IO.Path.Combine(Directory, "cli")));
        cli.Send("show stat\n");
        string[] rows = cli.ReadTextToEnd().Split('\n');
        int column = System.Array.IndexOf(rows[0].Split(','), "rate_lim");
        Assert.Equal(
            Rate.ToString(System.Globalization.CultureInfo.InvariantCulture),
            System.Array.Find(rows, r => r.StartsWith("fe,FRONTEND", System.StringComparison.Ordinal))!.Split(',')[column]
        );
    }
}
