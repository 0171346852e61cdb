// The times, places and counts of a log line, for the same traffic on both. Times are told apart as "-", "0" or a wait "w"
// of 150 ms and more, which is how long the scenarios wait.
using System;
using System.Globalization;
using System.Linq;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Logs;

public sealed class LogTimerTests : Scenario
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Begun = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345";

    private (ProxyProcess Proxy, LogCollector Log) Proxy(
        Product product,
        string frontend,
        string backend,
        string bind = "",
        string mode = "http",
        string format = "%TR %Tw %Tc %Tr %Th %Ti|%ts %ST %b/%s %sq/%bq"
    )
    {
        LogCollector log = Keep(new LogCollector());
        ProxyProcess proxy = Start(
            product,
            $$"""
            global
                nbthread 1
            defaults
                mode {{mode}}
                timeout connect 2s
                timeout client 4s
                timeout server 6s
            frontend fe
                bind 127.0.0.1:${p1} {{bind}}
                log 127.0.0.1:{{log.Port}} format raw local0
                log-format "{{format}}"
                {{frontend}}
                default_backend be
            backend be
                {{backend}}
            """
        );
        return (proxy, log);
    }

    /// <summary>What is waited for where a wait is to be seen; a busy machine makes all else last three quarters of it.</summary>
    private const int WaitMs = 2000;

    private static string Next(LogCollector log)
    {
        string[] parts = log.NextTraffic().Split('|');
        return string.Join(
                ' ',
                parts[0]
                    .Split(' ')
                    .Select(t =>
                        int.Parse(t, CultureInfo.InvariantCulture) switch
                        {
                            < 0 => "-",
                            < WaitMs * 3 / 4 => "0",
                            _ => "w",
                        }
                    )
            ) + (parts.Length > 1 ? "|" + parts[1] : "");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_tarpit_is_a_queue(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(product, "http-request tarpit\n    timeout tarpit 2s", "server s 127.0.0.1:${d1}");
        Connect(proxy).Ask(Get);
        Assert.Equal("- w - - 0 0|PT 500 fe/<NOSRV> 0/0", Next(log));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_has_no_answer_has_no_request_time(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(product, "http-request reject", "server s 127.0.0.1:${d1}");
        RawClient client = Connect(proxy);
        client.Send(Get);
        client.ReadToEnd();
        Assert.Equal("- - - - 0 0|PR -1 fe/<NOSRV> 0/0", Next(log));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Waiting_for_a_body_is_receiving_the_request(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            "http-request wait-for-body time 20s",
            $"server s 127.0.0.1:{HttpOrigin().Port}"
        );
        RawClient client = Connect(proxy);
        client.Send(Begun);
        Thread.Sleep(WaitMs);
        client.Send("67890");
        client.ReadResponse();
        Assert.Equal("w 0 0 0 0 0|-- 200 be/s 0/0", Next(log));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_body_that_does_not_come_leaves_no_request_time(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            "http-request wait-for-body time 200ms",
            $"server s 127.0.0.1:{HttpOrigin().Port}"
        );
        RawClient client = Connect(proxy);
        client.Send(Begun);
        Assert.Equal(408, client.ReadResponse().Status);
        Assert.Equal("- - - - 0 0|cR 408 fe/<NOSRV> 0/0", Next(log));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_client_that_leaves_within_its_body_has_no_status(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.ReadToEnd();
        });
        (ProxyProcess proxy, LogCollector log) = Proxy(product, "", $"server s 127.0.0.1:{origin.Port}");
        RawClient client = Connect(proxy);
        client.Send(Begun);
        Thread.Sleep(50);
        client.ShutdownSend();
        Assert.Equal("0 0 0 - 0 0|CD -1 be/s 0/0", Next(log));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_request_that_never_began_is_not_idle(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            "timeout http-request 2s",
            "server s 127.0.0.1:${d1}",
            format: "%Ti %Ta %Tt|%ts %ST"
        );
        Connect(proxy).ReadToEnd();
        Assert.Equal("0 w w|cR 408", Next(log));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Places_in_the_queue_begin_at_one(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            Thread.Sleep(WaitMs);
            c.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        });
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            "",
            $"timeout queue 60s\n    server s 127.0.0.1:{origin.Port} maxconn 1",
            format: "0|%sq/%bq"
        );
        for (int i = 0; i < 3; i++)
        {
            Connect(proxy).Send(Get);
            Thread.Sleep(20);
        }
        Assert.Equal("0|0/0", Next(log));
        Assert.Equal("0|0/1", Next(log));
        Assert.Equal("0|0/2", Next(log));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_time_in_a_queue_is_told_when_it_ends_there(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.ReadToEnd();
        });
        (ProxyProcess proxy, LogCollector log) = Proxy(product, "", $"timeout queue 2s\n    server s 127.0.0.1:{origin.Port} maxconn 1");
        Connect(proxy).Send(Get);
        Thread.Sleep(20);
        Connect(proxy).Send(Get);
        Assert.Equal("0 w - - 0 0|sQ 503 be/<NOSRV> 0/1", Next(log));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_full_queue_is_its_servers(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.ReadToEnd();
        });
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            "",
            $"balance source\n    timeout queue 60s\n    server s 127.0.0.1:{origin.Port} maxconn 1 maxqueue 1"
        );
        for (int i = 0; i < 3; i++)
        {
            Connect(proxy).Send(Get);
            Thread.Sleep(20);
        }
        Assert.Equal("0 - - - 0 0|SQ 503 be/s 0/0", Next(log));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Interim_responses_and_trailers_are_bytes(Product product)
    {
        string[] answers =
        [
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-T: v w\r\n\r\n",
        ];
        OriginServer origin = HttpOrigin(head => answers[head[5] - '0']);
        (ProxyProcess proxy, LogCollector log) = Proxy(product, "", $"server s 127.0.0.1:{origin.Port}", format: "0|%B");
        RawClient client = Connect(proxy);
        client.Send("GET /0 HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(103, client.ReadResponse().Status);
        Assert.Equal(200, client.ReadResponse().Status);
        Assert.Equal("0|102", Next(log));
        client.Get("/1");
        Assert.Equal("0|68", Next(log));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_refused_PROXY_header_is_told(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(product, "", "server s 127.0.0.1:${d1}", bind: "accept-proxy");
        (string Text, string Said)[] headers =
        [
            ("hello, this is no header at all\r\n", "Received something which does not look like a PROXY protocol header"),
            ("PROXY TCP4 1.2.3.4 5.6.7.8 1111\r\n", "Received an invalid PROXY protocol header"),
            ("PROXY TCP9 1.2.3.4 5.6.7.8 1 2\r\n", "Received an unhandled protocol in the PROXY protocol header"),
            ("\r\n\r\n\0\r\nQUIT\n\u0022\u0011\0\u000c12345678abcd", "Received an invalid PROXY protocol header"),
        ];
        foreach ((string text, string said) in headers)
        {
            RawClient client = Connect(proxy);
            client.Send(text);
            Assert.Matches(
                $@"^127\.0\.0\.1:{client.LocalPort} \[\d\d/[A-Z][a-z][a-z]/\d{{4}}:\d\d:\d\d:\d\d\.\d{{3}}\] fe/1: {said}$",
                log.Next()
            );
        }
        RawClient half = Connect(proxy);
        half.Send("PROXY TCP4 1.");
        half.ShutdownSend();
        Assert.EndsWith("fe/1: Truncated PROXY protocol header received", log.Next().TrimEnd(), StringComparison.Ordinal);
        Connect(proxy);
        Assert.EndsWith("fe/1: Timeout while waiting for PROXY protocol header", log.Next().TrimEnd(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Dontlognull_is_about_those_that_say_nothing(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(product, "option dontlognull", "server s 127.0.0.1:${d1}", bind: "accept-proxy");
        Connect(proxy).Socket.Dispose();
        Connect(proxy).ReadToEnd();
        log.ExpectNone();
    }

    [Theory]
    [InlineData("http"), InlineData("tcp")]
    public void A_PROXY_header_that_takes_its_time_is_a_handshake(string mode)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(
            Product.Baton,
            "",
            $"server s 127.0.0.1:{HttpOrigin().Port}",
            bind: "accept-proxy",
            mode: mode,
            format: "%Th %Tw %Tt"
        );
        RawClient client = Connect(proxy);
        client.Send("PROXY TC");
        Thread.Sleep(WaitMs);
        client.Send("P4 1.2.3.4 5.6.7.8 1 2\r\n" + Get);
        client.ReadResponse();
        client.ShutdownSend();
        Assert.Equal("w 0 w", Next(log));
    }
}
