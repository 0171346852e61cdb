// WebSocket and CONNECT to servers in HTTP/2 (RFC 8441, RFC 9113 §8.5), for clients of both versions, and what "ws" makes of it; on both
// programs.
using System;
using System.Text;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Http2;

public sealed class Http2TunnelTests : Scenario
{
    private const string Handshake =
        "GET /chat HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    private ProxyProcess Proxy(Product product, int server, string options, string backend = "") =>
        Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    default_backend be
                backend be
                    retries 0
                    {{backend}}
                    server s 127.0.0.1:{{server}} {{options}}
                """
        );

    /// <summary>Takes tunnels, and gives back in capitals what comes in them.</summary>
    private FrameServer Shouting(uint takesTunnels = 1) =>
        Keep(
            new FrameServer(peer =>
            {
                peer.Start((8, takesTunnels));
                FrameServer.Request request = peer.ReadRequest();
                peer.SendHeaders(request.Stream, false, (":status", "200"), ("x-note", "open"));
                while (peer.Read() is { } frame)
                {
                    if (frame.Type != FrameClient.Data || frame.Stream != request.Stream)
                        continue;
                    string text = Encoding.Latin1.GetString(frame.Payload).ToUpperInvariant();
                    peer.SendData(request.Stream, text, frame.Ends);
                }
            })
        );

    public static TheoryData<Product, string> InFrames()
    {
        TheoryData<Product, string> rows = [];
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
        foreach (string options in (string[])["proto h2", "proto h2 ws h2"])
            rows.Add(product, options);
        return rows;
    }

    [Theory, MemberData(nameof(InFrames))]
    public void A_WebSocket_of_http_1_goes_on_in_frames(Product product, string options)
    {
        FrameServer server = Shouting();
        RawClient client = Connect(Proxy(product, server.Port, options));
        client.Send(Handshake);
        string head = client.ReadUntil("\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        Assert.Contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", head, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("upgrade: websocket\r\n", head, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("x-note: open\r\n", head, StringComparison.Ordinal);
        Assert.DoesNotContain("transfer-encoding", head, StringComparison.OrdinalIgnoreCase);
        client.Send("hello");
        client.ReadUntil("HELLO");
        client.Send("again");
        client.ReadUntil("AGAIN");
        Assert.True(server.Requests.TryPeek(out FrameServer.Request? request));
        Assert.Equal(("CONNECT", "websocket", "/chat"), (request[":method"], request[":protocol"], request[":path"]));
        Assert.Equal(("", "13"), (request["upgrade"], request["sec-websocket-version"]));
        // there is none over HTTP/2 (RFC 8441 §5.1); haproxy lets it pass
        if (product == Product.Baton)
            Assert.Equal("", request["sec-websocket-key"]);
    }

    /// <summary>It is one stream of many: a connection that is idle will do.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_WebSocket_joins_an_idle_connection(Product product)
    {
        FrameServer server = Keep(
            new FrameServer(peer =>
            {
                peer.Start((8, 1));
                peer.Answer(peer.ReadRequest().Stream, "200", "plain");
                peer.SendHeaders(peer.ReadRequest().Stream, false, (":status", "200"));
                peer.ReadAll();
            })
        );
        ProxyProcess proxy = Proxy(product, server.Port, "proto h2", "http-reuse always");
        Assert.Equal("plain", Connect(proxy).Get("/").Body);
        RawClient client = Connect(proxy);
        client.Send(Handshake);
        Assert.StartsWith("HTTP/1.1 101 ", client.ReadUntil("\r\n\r\n"), StringComparison.Ordinal);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public void A_WebSocket_of_http_2_goes_on_in_frames()
    {
        FrameServer server = Shouting();
        var client = Keep(new FrameClient(Proxy(Product.Baton, server.Port, "proto h2").Port("p1")).Start());
        client.SendHeaders(
            1,
            FrameClient.Block(
                (":method", "CONNECT"),
                (":protocol", "websocket"),
                (":scheme", "http"),
                (":authority", "a.test"),
                (":path", "/chat"),
                ("sec-websocket-version", "13")
            ),
            ends: false
        );
        Assert.Equal(0x88, client.ReadUntil(FrameClient.Headers).Payload[0]);
        client.Send(FrameClient.Data, 0, 1, [.. "hello"u8]);
        Assert.Equal("HELLO", Encoding.Latin1.GetString(client.ReadUntil(FrameClient.Data).Payload));
        client.Send(FrameClient.Data, FrameClient.EndStream, 1, [.. "bye"u8]);
        Assert.Equal("BYE", client.ReadBody(1));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_server_that_takes_no_tunnels_is_an_error(Product product)
    {
        RawClient client = Connect(Proxy(product, Shouting(takesTunnels: 0).Port, "proto h2"));
        client.Send(Handshake);
        Assert.Equal(502, client.ReadResponse().Status);
    }

    /// <summary>"ws h1": everything else is in frames.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_WebSocket_may_be_spoken_in_http_1(Product product)
    {
        OriginServer server = Origin(c =>
        {
            string head = c.ReadHead();
            if (head.StartsWith("PRI ", StringComparison.Ordinal))
                return;
            c.Send(
                "HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
            );
            c.Send(Encoding.Latin1.GetString(c.ReadBytes(5)).ToUpperInvariant());
        });
        RawClient client = Connect(Proxy(product, server.Port, "proto h2 ws h1"));
        client.Send(Handshake);
        Assert.StartsWith("HTTP/1.1 101 ", client.ReadUntil("\r\n\r\n"), StringComparison.Ordinal);
        client.Send("hello");
        client.ReadUntil("HELLO");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void CONNECT_opens_a_tunnel(Product product)
    {
        FrameServer server = Shouting();
        RawClient client = Connect(Proxy(product, server.Port, "proto h2"));
        client.Send("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", client.ReadUntil("\r\n\r\n"), StringComparison.Ordinal);
        client.Send("hello");
        client.ReadUntil("HELLO");
        Assert.True(server.Requests.TryPeek(out FrameServer.Request? request));
        Assert.Equal(("CONNECT", "a.test:443", ""), (request[":method"], request[":authority"], request[":path"]));
    }

    /// <summary>Clients that take the offer for something else are not made one.</summary>
    [Theory]
    [InlineData("", true)]
    [InlineData("h2-workaround-bogus-websocket-clients", false)]
    public void Tunnels_in_frames_can_be_hidden_from_clients(string word, bool offered)
    {
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
        {
            ProxyProcess proxy = Start(
                product,
                "global\n    "
                    + word
                    + "\n"
                    + Defaults
                    + "frontend fe\n    bind 127.0.0.1:${p1} proto h2\n    http-request return status 200\n"
            );
            var client = Keep(new FrameClient(proxy.Port("p1")).Start());
            byte[] settings = client.ReadUntil(f => f is { Type: FrameClient.Settings, Flags: 0 }).Payload;
            bool has = false;
            for (int i = 0; i + 6 <= settings.Length; i += 6)
                has |= settings[i + 1] == 8 && settings[i + 5] == 1;
            Assert.Equal((product, offered), (product, has));
        }
    }
}
