// Who shares a server's HTTP/2 connection with whom, and what ALPN decides about it; on both programs.
using System;
using System.Collections.Generic;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Http2;

public sealed class Http2SharingTests : Scenario
{
    /// <summary>Answers what begins with /hold once <paramref name="go"/> is set, and everything else at once.</summary>
    private FrameServer Holding(ManualResetEventSlim go) =>
        Keep(
            new FrameServer(peer =>
            {
                peer.Start();
                while (true)
                {
                    FrameServer.Request request = peer.ReadRequest();
                    if (!request[":path"].StartsWith("/hold", StringComparison.Ordinal))
                    {
                        peer.Answer(request.Stream, "200", $"{peer.Number}");
                        continue;
                    }
                    peer.AnswerBehind(go, request.Stream, $"{peer.Number}");
                }
            })
        );

    private ProxyProcess Proxy(Product product, int server, string reuse) =>
        Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    default_backend be
                backend be
                    http-reuse {{reuse}}
                    server s 127.0.0.1:{{server}} proto h2
                """
        );

    public static TheoryData<Product, string, string> Strategies()
    {
        TheoryData<Product, string, string> rows = [];
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
        {
            rows.Add(product, "never", "2");
            rows.Add(product, "safe", "2");
            rows.Add(product, "always", "1");
        }
        return rows;
    }

    /// <summary>A second client's request while the first one's is under way.</summary>
    [Theory, MemberData(nameof(Strategies))]
    public void Another_clients_stream_joins_as_http_reuse_says(Product product, string reuse, string connection)
    {
        using var go = new ManualResetEventSlim();
        FrameServer server = Holding(go);
        ProxyProcess proxy = Proxy(product, server.Port, reuse);
        RawClient first = Connect(proxy),
            second = Connect(proxy);
        first.Send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
        Eventually(() => server.Requests.Count == 1, "the first request did not arrive");
        Assert.Equal(connection, second.Get("/").Body);
        go.Set();
        Assert.Equal("1", first.ReadResponse().Body);
    }

    /// <summary>A connection that was used for one client is everybody's once it is idle, with "safe" for second requests.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_idle_connection_serves_the_second_request_of_another_client(Product product)
    {
        using var go = new ManualResetEventSlim();
        FrameServer server = Holding(go);
        ProxyProcess proxy = Proxy(product, server.Port, "safe");
        RawClient first = Connect(proxy),
            second = Connect(proxy);
        second.Send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
        Eventually(() => server.Requests.Count == 1, "the request did not arrive");
        Assert.Equal("2", first.Get("/").Body);
        go.Set();
        Assert.Equal("1", second.ReadResponse().Body);
        HashSet<string> used = [first.Get("/").Body, second.Get("/").Body];
        Assert.Equal(2, server.Connections);
        Assert.NotEmpty(used);
    }

    /// <summary>With "aggressive" one that is idle needs no proof.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_idle_connection_serves_the_first_request_of_another_client(Product product)
    {
        using var go = new ManualResetEventSlim();
        ProxyProcess proxy = Proxy(product, Holding(go).Port, "aggressive");
        Assert.Equal("1", Connect(proxy).Get("/").Body);
        Assert.Equal("1", Connect(proxy).Get("/").Body);
    }

    /// <summary>All streams of one client share one, whatever the strategy, and however many come at once.</summary>
    [Theory]
    [InlineData("never")]
    [InlineData("safe")]
    [InlineData("aggressive")]
    [InlineData("always")]
    public void Streams_of_one_client_share_a_connection(string reuse)
    {
        using var go = new ManualResetEventSlim();
        FrameServer server = Holding(go);
        var client = Keep(new FrameClient(Proxy(Product.Baton, server.Port, reuse).Port("p1")).Start());
        client.SendHeaders(1, FrameClient.Request(path: "/hold"));
        for (int i = 1; i <= 20; i++)
            client.SendHeaders(1 + 2 * i, FrameClient.Request(path: $"/{i}"));
        for (int i = 1; i <= 20; i++)
            client.ReadUntil(f => f.Ends);
        Assert.Equal(1, server.Connections);
        go.Set();
        client.ReadUntil(f => f.Ends);
    }

    /// <summary>Those that wait for a connection that does not come about make their own, and are told soon.</summary>
    [Fact]
    public void Streams_that_wait_for_a_connection_in_vain_are_answered()
    {
        int port;
        using (var nobody = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0))
        {
            nobody.Start();
            port = ((System.Net.IPEndPoint)nobody.LocalEndpoint).Port;
        }
        var client = Keep(new FrameClient(Proxy(Product.Baton, port, "always\nretries 0").Port("p1")).Start());
        for (int i = 0; i < 10; i++)
            client.SendHeaders(1 + 2 * i, FrameClient.Request());
        for (int i = 0; i < 10; i++)
            client.ReadUntil(f => f.Ends);
    }

    /// <summary>The first connection ends under its second request. The request is one that may be sent again, and the connection is in
    /// nobody's way: neither kept nor counted as one of the tries.</summary>
    [Theory]
    [InlineData("never")]
    [InlineData("safe")]
    [InlineData("aggressive")]
    [InlineData("always")]
    public void A_request_on_a_connection_that_ends_goes_to_another(string reuse)
    {
        FrameServer server = Keep(
            new FrameServer(peer =>
            {
                peer.Start();
                while (peer.ReadRequest() is { } request)
                {
                    if (peer.Number == 1 && request[":path"] == "/b")
                        return;
                    peer.Answer(request.Stream, "200", $"{peer.Number}");
                }
            })
        );
        RawClient client = Connect(Proxy(Product.Baton, server.Port, reuse + "\nretries 0"));
        Assert.Equal("1", client.Get("/a").Body);
        Assert.Equal("2", client.Get("/b").Body);
        Assert.Equal("2", client.Get("/c").Body);
    }

    /// <summary>Requests that take every connection down with them, and share the next one: each is tried a few times.</summary>
    [Fact]
    public void Requests_that_end_their_connections_are_not_sent_for_ever()
    {
        const int clients = 6,
            mostTries = 4;
        FrameServer server = Keep(
            new FrameServer(peer =>
            {
                peer.Start();
                peer.ReadRequest();
                peer.ReadRequest();
            })
        );
        ProxyProcess proxy = Proxy(Product.Baton, server.Port, "always\nretries 0\ntimeout server 20s");
        var all = new List<RawClient>();
        for (int i = 0; i < clients; i++)
            all.Add(Connect(proxy));
        foreach (RawClient client in all)
            client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        // one may be left without company, which waits for its time-out
        Eventually(() => server.Requests.Count >= clients, "not all requests arrived");
        Thread.Sleep(500);
        Assert.InRange(server.Requests.Count, clients, clients * mostTries);
    }

    /// <summary>An idle connection whose server takes no streams any more.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_connection_without_room_is_not_used(Product product)
    {
        const int maxConcurrentStreams = 3;
        using var told = new ManualResetEventSlim();
        FrameServer server = Keep(
            new FrameServer(peer =>
            {
                peer.Start();
                while (true)
                {
                    FrameServer.Request request = peer.ReadRequest();
                    peer.Answer(request.Stream, "200", $"{peer.Number}");
                    if (peer.Number > 1)
                        continue;
                    peer.SendSettings((maxConcurrentStreams, 0));
                    peer.Send(FrameClient.Ping, 0, 0, new byte[8]);
                    peer.ReadUntil(static f => f is { Type: FrameClient.Ping, Flags: 1 });
                    told.Set();
                }
            })
        );
        RawClient client = Connect(Proxy(product, server.Port, "always"));
        Assert.Equal("1", client.Get("/").Body);
        Assert.True(told.Wait(Patience.Ms));
        Assert.Equal("2", client.Get("/").Body);
    }

    public static TheoryData<Product, string, string> Offers()
    {
        TheoryData<Product, string, string> rows = [];
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
        {
            rows.Add(product, "h2,http/1.1", "HTTP/2.0");
            rows.Add(product, "http/1.1", "HTTP/1.1");
        }
        return rows;
    }

    /// <summary>The server's choice decides; a check of the server does not choose what it cannot speak.</summary>
    [Theory, MemberData(nameof(Offers))]
    public void Alpn_chooses_what_is_spoken_to_a_server(Product product, string offer, string version)
    {
        var certificates = Keep(new TestCertificates(Directory));
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    default_backend be
                backend be
                    http-reuse always
                    option httpchk
                    http-check send meth GET uri /check ver HTTP/1.1 hdr host one.example
                    server s 127.0.0.1:${p2} ssl verify none alpn h2,http/1.1 {{(product == Product.Baton ? "check inter 200 fall 1" : "")}}
                frontend tls
                    bind 127.0.0.1:${p2} ssl crt {{certificates.Make("site.pem", "one.example")}} alpn {{offer}}
                    http-request return status 200 content-type text/plain lf-string "%HV %HM len=%[req.body_len] %[ssl_fc_alpn]"
                """
        );
        RawClient client = Connect(proxy);
        for (int i = 0; i < 3; i++)
            Assert.StartsWith(version + " GET len=0", client.Get("/").Body, StringComparison.Ordinal);
        Thread.Sleep(500);
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
        Assert.StartsWith(version + " POST", client.ReadResponse().Body, StringComparison.Ordinal);
    }
}
