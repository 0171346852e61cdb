// http-request set-timeout: each time-out of one stream, longer and shorter than the configured one. Debian's haproxy knows
// "server" and "tunnel"; the others are newer.
using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Rules;

public sealed class SetTimeoutTests : Scenario
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    private (RawClient Client, LogCollector Log) Proxy(Product product, string backend, string frontend = "")
    {
        LogCollector log = Keep(new LogCollector());
        ProxyProcess proxy = Start(
            product,
            $$"""
            global
                nbthread 1
            defaults
                mode http
                retries 0
                timeout connect 60s
                timeout client 60s
                timeout server 60s
                timeout tunnel 600ms
            frontend fe
                bind 127.0.0.1:${p1}
                log 127.0.0.1:{{log.Port}} format raw local0
                log-format "%ST %ts"
                {{frontend}}
                default_backend be
            backend be
                {{backend}}
            """
        );
        return (Connect(proxy), log);
    }

    private static void Takes(int least, int most, Action what)
    {
        var clock = Stopwatch.StartNew();
        what();
        Assert.InRange(clock.ElapsedMilliseconds, least, most);
    }

    /// <summary>The rule's time from its own number, from one the request brings, and not at all when it brings none.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_servers_time_is_a_number_or_what_a_sample_gives(Product product)
    {
        OriginServer slow = Origin(c =>
        {
            while (c.TryReadHead(out _))
            {
                Thread.Sleep(4000);
                c.Send(Ok);
            }
        });
        (RawClient client, LogCollector log) = Proxy(
            product,
            $"timeout server 2s\n    http-request set-timeout server 40s if {{ path /long }}\n    http-request set-timeout server req.hdr_val(x-ms) if {{ path /sample }}\n    server s 127.0.0.1:{slow.Port}"
        );
        Takes(1950, 40_000, () => Assert.Equal(504, client.Get("/").Status));
        Assert.Equal("504 sH", log.NextTraffic());
        Assert.Equal(200, client.Get("/long").Status);
        Assert.Equal("200 --", log.NextTraffic());
        Takes(90, 1900, () => Assert.Equal(504, client.Get("/sample", "X-Ms: 100\r\n").Status));
        Assert.Equal("504 sH", log.NextTraffic());
        Takes(1950, 40_000, () => Assert.Equal(504, client.Get("/sample").Status));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_tunnels_time(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.Send("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
            c.ReadToEnd();
        });
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                listen l
                    bind 127.0.0.1:${p1}
                    timeout tunnel 3s
                    http-request set-timeout tunnel 200ms if { path /short }
                    http-request set-timeout tunnel int(6000) if { path /long }
                    server s 127.0.0.1:{{origin.Port}}
                """
        );
        foreach (
            (string target, int least, int most) in ((string, int, int)[])
                [("/short", 150, 2800), ("/", 2900, 5800), ("/long", 5900, 40_000)]
        )
        {
            RawClient client = Connect(proxy);
            client.Send($"GET {target} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
            client.ReadHead();
            Takes(least, most, () => client.ExpectEnd());
        }
    }

    [Fact]
    public void The_clients_time()
    {
        (RawClient client, LogCollector log) = Proxy(
            Product.Baton,
            $"server s 127.0.0.1:{Origin(c => c.ReadToEnd()).Port}",
            "http-request set-timeout client 200ms if { path /short }"
        );
        client.Send("POST /short HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
        Takes(150, 40_000, () => Assert.Equal(408, client.ReadResponse().Status));
        Assert.Equal("408 cD", log.NextTraffic());
    }

    [Fact]
    public void The_time_to_connect()
    {
        using var full = new FullListener();
        (RawClient client, LogCollector log) = Proxy(
            Product.Baton,
            $"http-request set-timeout connect 200ms if {{ path /short }}\n    timeout connect 5s\n    server s 127.0.0.1:{full.Port}"
        );
        Takes(150, 4800, () => Assert.Equal(503, client.Get("/short").Status));
        Assert.Equal("503 sC", log.NextTraffic());
        Takes(4900, 40_000, () => Assert.Equal(503, client.Get("/").Status));
    }

    [Fact]
    public void The_time_in_the_queue()
    {
        OriginServer slow = Origin(c =>
        {
            while (c.TryReadHead(out _))
            {
                Thread.Sleep(4000);
                c.Send(Ok);
            }
        });
        ProxyProcess proxy = Start(
            Product.Baton,
            Defaults
                + $$"""
                listen l
                    bind 127.0.0.1:${p1}
                    timeout queue 60s
                    http-request set-timeout queue 150ms if { path /short }
                    server s 127.0.0.1:{{slow.Port}} maxconn 1
                """
        );
        RawClient first = Connect(proxy),
            second = Connect(proxy);
        first.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Eventually(() => slow.Connections == 1, "the server is busy");
        Takes(100, 40_000, () => Assert.Equal(503, second.Get("/short").Status));
        Assert.Equal(200, second.Get("/").Status);
        Assert.Equal(200, first.ReadResponse().Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("http-request tarpit if { path /early }")]
    public void The_time_in_the_tarpit(string frontend)
    {
        (RawClient client, LogCollector log) = Proxy(
            Product.Baton,
            "timeout tarpit 60s\n    http-request set-timeout tarpit 200ms\n    http-request tarpit",
            "timeout tarpit 60s\n    http-request set-timeout tarpit 200ms\n    " + frontend
        );
        Takes(150, 40_000, () => Assert.Equal(500, client.Get(frontend.Length > 0 ? "/early" : "/").Status));
        Assert.Equal("500 PT", log.NextTraffic());
    }

    /// <summary>What has no such side, or is no time.</summary>
    [Theory]
    [InlineData("frontend", "set-timeout server 5s", "proxy 'x' has no backend capability")]
    [InlineData("frontend", "set-timeout tunnel int(5)", "proxy 'x' has no backend capability")]
    [InlineData("backend", "set-timeout server 0", "null value is not valid for a 'set-timeout server' rule")]
    [InlineData("backend", "set-timeout tunnel 100000d", "timer overflow in argument '100000d' to rule 'set-timeout tunnel'")]
    [InlineData("listen", "set-timeout tunnel 0s", "null value is not valid for a 'set-timeout tunnel' rule")]
    public void What_is_no_time_out_is_refused(string section, string rule, string message)
    {
        string file = Path.Combine(Directory, "wrong.cfg");
        File.WriteAllText(
            file,
            Defaults + $"{section} x\n    {(section == "backend" ? "" : "bind 127.0.0.1:9")}\n    http-request {rule}\n"
        );
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
        {
            (int status, string output) = Run(Products.Path(product), "-c", "-f", file);
            Assert.Equal(1, status);
            Assert.Contains(message, output, StringComparison.Ordinal);
        }
    }
}
