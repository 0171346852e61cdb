// unique-id-format, unique-id-header, the fetch unique-id and %ID; the same on haproxy.
using System;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Rules;

public sealed class UniqueIdTests : Scenario
{
    private (ProxyProcess Proxy, LogCollector Log) Proxy(Product product, string lines, string backend = "")
    {
        LogCollector log = Keep(new LogCollector());
        OriginServer origin = HttpOrigin(head => $"HTTP/1.1 200 OK\r\nContent-Length: {head.Length}\r\n\r\n{head}");
        return (
            Start(
                product,
                Defaults
                    + $$"""
                    frontend fe
                        bind 127.0.0.1:${p1}
                        log 127.0.0.1:{{log.Port}} format raw local0
                        {{lines}}
                        default_backend be
                    backend be
                        {{backend}}
                        server s 127.0.0.1:{{origin.Port}}
                    """
            ),
            log
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_identifier_reaches_server_client_and_log(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            """
            unique-id-format %{+X}o\ %ci:%cp_%fi:%fp
                unique-id-header X-Unique-ID
                log-format "%ID|%[unique-id]"
                http-response set-header x-back %[unique-id]
            """
        );
        RawClient client = Connect(proxy);
        string expected = $"7F000001:{client.LocalPort:X4}_7F000001:{proxy.Port():X4}";
        Response r = client.Get("/", "X-Unique-ID: mine\r\n");
        Assert.Contains(
            $"x-unique-id: mine\r\nx-unique-id: {expected}\r\n",
            r.Body.ToLowerInvariant().Replace(expected.ToLowerInvariant(), expected),
            StringComparison.Ordinal
        );
        Assert.Equal(expected, r["x-back"]);
        Assert.Equal($"{expected}|{expected}", log.NextTraffic());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void It_is_made_once_when_first_asked_for_by_the_fetch(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            """
            unique-id-format "  <%[path]   %[var(txn.none)] %hr  %HM>"
                log-format "%ID"
                http-request set-header x-alias [%ID]
                http-request set-header x-fetch [%[unique-id]] if { path /early }
                http-request set-path /changed
            """
        );
        RawClient client = Connect(proxy);
        Response r = client.Get("/early");
        Assert.Contains("x-alias: []\r\n", r.Body, StringComparison.Ordinal);
        Assert.Contains("x-fetch: [</early  GET>]\r\n", r.Body, StringComparison.Ordinal);
        Assert.Equal("</early  GET>", log.NextTraffic());
        Assert.DoesNotContain("x-fetch", client.Get("/late").Body, StringComparison.Ordinal);
        Assert.Equal("</changed  GET>", log.NextTraffic());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void It_is_cut_at_127_bytes(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(product, "unique-id-format %[path]\n    log-format \"%ID\"");
        Connect(proxy).Get("/" + new string('a', 500));
        Assert.Equal("/" + new string('a', 126), log.NextTraffic());
    }

    [Fact]
    public void A_format_that_asks_for_itself_ends()
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(Product.Baton, "unique-id-format a%[unique-id]b\n    log-format \"%ID\"");
        Connect(proxy).Get("/");
        Assert.Equal("ab", log.NextTraffic());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_never_became_a_request_has_none(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(product, "unique-id-format %ci\n    log-format \"%ID %{+Q}ID %[unique-id]\"");
        Connect(proxy).Send("GET\r\n\r\n");
        Assert.Equal("- \"\" -", log.NextTraffic());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Forwarding_headers_come_behind_it(Product product)
    {
        (ProxyProcess proxy, _) = Proxy(product, "unique-id-format abc\n    unique-id-header x-id\n    option forwardfor");
        Assert.Contains(
            "x-id: abc\r\nx-forwarded-for: 127.0.0.1\r\n",
            Connect(proxy).Get().Body.ToLowerInvariant(),
            StringComparison.Ordinal
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Tcp_sessions_have_one_and_the_proxy_header_carries_it(Product product)
    {
        LogCollector log = Keep(new LogCollector());
        byte[] got = [];
        OriginServer origin = Origin(c => got = c.ReadBytes(16 + 12 + 3 + 5));
        ProxyProcess proxy = Start(
            product,
            $$"""
            global
                nbthread 1
            defaults
                mode tcp
                timeout connect 20s
                timeout client 60s
                timeout server 60s
                unique-id-format %[src,bytes(0,1),hex]-%fp
            listen l
                bind 127.0.0.1:${p1}
                log 127.0.0.1:{{log.Port}} format raw local0
                log-format "%ID"
                unique-id-format tcp-1
                server s 127.0.0.1:{{origin.Port}} send-proxy-v2 proxy-v2-options unique-id
            """
        );
        RawClient client = Connect(proxy);
        Eventually(() => got.Length == 36, "no PROXY header");
        Assert.Equal("\x05\0\x05tcp-1", System.Text.Encoding.Latin1.GetString(got[28..]));
        client.Dispose();
        Assert.Equal("tcp-1", log.NextTraffic());
    }
}
