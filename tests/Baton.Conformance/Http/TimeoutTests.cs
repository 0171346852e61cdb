// Each time-out with the status it is answered with and the termination state it is logged with.
using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Http;

public sealed class TimeoutTests : Scenario
{
    private (RawClient Client, LogCollector Log) Proxy(Product product, string timeouts, string server, string frontend = "")
    {
        LogCollector log = Keep(new LogCollector());
        ProxyProcess proxy = Start(
            product,
            $$"""
            global
                nbthread 1
                log 127.0.0.1:{{log.Port}} format raw local0
            defaults
                mode http
                log global
                log-format "%ST %ts %[res.hdrs_bin,length]"
                timeout connect 60s
                timeout client 60s
                timeout server 60s
                {{timeouts}}
            frontend fe
                bind 127.0.0.1:${p1}
                log-format "%ST %ts"
                {{frontend}}
                default_backend be
            backend be
                {{server}}
            """.Replace("    log-format \"%ST %ts %[res.hdrs_bin,length]\"\n", "")
        );
        return (Connect(proxy), log);
    }

    /// <summary>Not before the time-out that is meant, and long before any other: those are a minute.</summary>
    private static void After(Stopwatch watch, int leastMs) => Assert.InRange(watch.ElapsedMilliseconds, leastMs, 40_000);

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Http_request_gives_408(Product product)
    {
        (RawClient client, LogCollector log) = Proxy(product, "timeout http-request 300ms", "server s 127.0.0.1:1");
        var watch = Stopwatch.StartNew();
        client.Send("GET / HTTP/1.1\r\nHost:");
        Response response = client.ReadResponse();
        Assert.Equal(
            "|cache-control: no-cache|connection: close|content-length: 110|content-type: text/html|http/1.1 408 request time-out",
            string.Join('|', response.Head.ToLowerInvariant().Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Order()).Insert(0, "|")
        );
        After(watch, 250);
        client.ExpectEnd();
        Assert.Equal("408 cR", log.NextTraffic());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Http_keep_alive_closes_without_a_word(Product product)
    {
        OriginServer origin = HttpOrigin();
        (RawClient client, LogCollector log) = Proxy(product, "timeout http-keep-alive 300ms", $"server s 127.0.0.1:{origin.Port}");
        var watch = Stopwatch.StartNew();
        Assert.Equal(200, client.Get().Status);
        Assert.Equal("200 --", log.NextTraffic());
        client.ExpectEnd();
        After(watch, 250);
        log.ExpectNone();
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Server_before_the_answer_gives_504(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.ReadToEnd();
        });
        (RawClient client, LogCollector log) = Proxy(product, "timeout server 300ms", $"server s 127.0.0.1:{origin.Port}");
        Response response = client.Get();
        Assert.Equal(
            "HTTP/1.1 504 Gateway Time-out\r\ncontent-length: 92\r\ncache-control: no-cache\r\ncontent-type: text/html\r\n\r\n",
            response.Head
        );
        Assert.Equal("<html><body><h1>504 Gateway Time-out</h1>\nThe server didn't respond in time.\n</body></html>\n", response.Body);
        Assert.Equal("504 sH", log.NextTraffic());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Server_within_the_answer_cuts_it(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.Send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            c.ReadToEnd();
        });
        (RawClient client, LogCollector log) = Proxy(product, "timeout server 300ms", $"server s 127.0.0.1:{origin.Port}");
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.EndsWith("abc", client.ReadTextToEnd(), StringComparison.Ordinal);
        Assert.Equal("200 sD", log.NextTraffic());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Client_within_the_body_gives_408(Product product)
    {
        OriginServer origin = Origin(c => c.ReadToEnd());
        (RawClient client, LogCollector log) = Proxy(
            product,
            "timeout client 300ms\n    timeout server 1s",
            $"server s 127.0.0.1:{origin.Port}"
        );
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
        // haproxy 2.6 waits for the server's time-out here, against its manual (timeout client, termination state cD)
        bool documented = product == Product.Baton;
        Assert.Equal(documented ? 408 : 504, client.ReadResponse().Status);
        Assert.Equal(documented ? "408 cD" : "504 sH", log.NextTraffic());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Connect_gives_503(Product product)
    {
        // an accept queue that is full drops further SYNs: the connection stays unanswered
        using var full = new FullListener();
        (RawClient client, LogCollector log) = Proxy(product, "timeout connect 300ms\n    retries 0", $"server s 127.0.0.1:{full.Port}");
        Assert.Equal(503, client.Get().Status);
        Assert.Equal("503 sC", log.NextTraffic());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Queue_gives_503(Product product)
    {
        using var go = new ManualResetEventSlim();
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            go.Wait(Patience.Ms);
            c.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
        LogCollector log = Keep(new LogCollector());
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                    timeout queue 300ms
                frontend fe
                    bind 127.0.0.1:${p1}
                    log 127.0.0.1:{{log.Port}} format raw local0
                    log-format "%ST %ts"
                    default_backend be
                backend be
                    server s 127.0.0.1:{{origin.Port}} maxconn 1
                """
        );
        RawClient first = Connect(proxy),
            second = Connect(proxy);
        first.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Eventually(() => origin.Heads.Count == 1, "the first does not arrive");
        Assert.Equal(503, second.Get().Status);
        Assert.Equal("503 sQ", log.NextTraffic());
        go.Set();
        Assert.Equal(200, first.ReadResponse().Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Tunnel_ends_an_idle_upgrade(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.Send("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
            c.ReadToEnd();
        });
        (RawClient client, LogCollector log) = Proxy(
            product,
            "timeout tunnel 400ms\n    timeout client 200ms\n    timeout server 200ms",
            $"server s 127.0.0.1:{origin.Port}"
        );
        client.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
        client.ReadHead();
        client.ExpectSilence(250);
        client.ExpectEnd();
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Tarpit_makes_wait_and_gives_500(Product product)
    {
        (RawClient client, LogCollector log) = Proxy(product, "timeout tarpit 400ms", "server s 127.0.0.1:1", "http-request tarpit");
        var watch = Stopwatch.StartNew();
        Assert.Equal(500, client.Get().Status);
        After(watch, 350);
        Assert.Equal("500 PT", log.NextTraffic());
    }
}
