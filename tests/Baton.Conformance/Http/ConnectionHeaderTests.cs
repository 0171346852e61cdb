// What is said of the connection on either side, for each version of HTTP that meets another; and switching protocols.
using System;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Http;

public sealed class ConnectionHeaderTests : Scenario
{
    private const string Key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    private ProxyProcess Proxy(Product product, int port, string options = "") =>
        Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    {{options}}
                    default_backend be
                backend be
                    server s 127.0.0.1:{{port}}
                """
        );

    /// <summary>Header names in lower case: both spell them as they came, or not.</summary>
    private static string Lower(string head) => head.ToLowerInvariant();

    public static TheoryData<Product, string, string, string, string> Versions()
    {
        var data = new TheoryData<Product, string, string, string, string>();
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
        {
            data.Add(product, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "1.1", "", "");
            data.Add(product, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "1.0", "connection: keep-alive\r\n", "");
            data.Add(product, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "1.1", "connection: close\r\n", "");
            data.Add(product, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "1.0", "", "");
            data.Add(product, "GET / HTTP/1.0\r\nHost: a\r\n\r\n", "1.1", "connection: close\r\n", "connection: keep-alive\r\n");
            data.Add(product, "GET / HTTP/1.0\r\nHost: a\r\n\r\n", "1.0", "", "connection: keep-alive\r\n");
            data.Add(
                product,
                "GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
                "1.1",
                "connection: keep-alive\r\n",
                "connection: keep-alive\r\n"
            );
        }
        return data;
    }

    [Trait("wire", "raw")]
    [Theory, MemberData(nameof(Versions))]
    public void Said_where_the_version_does_not_say_it(Product product, string request, string version, string toClient, string toServer)
    {
        OriginServer origin = HttpOrigin(_ => $"HTTP/{version} 200 OK\r\nContent-Length: 2\r\n\r\nok");
        Response response = Connect(Proxy(product, origin.Port)).Ask(request);
        Assert.Equal($"http/{version} 200 ok\r\ncontent-length: 2\r\n{toClient}\r\n", Lower(response.Head));
        Assert.True(origin.Heads.TryDequeue(out string? head));
        Assert.Equal($"get / http/{request[11..14]}\r\nhost: a\r\n{toServer}\r\n", Lower(head));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_old_request_is_not_told_to_close(Product product)
    {
        OriginServer origin = HttpOrigin("ok");
        Connect(Proxy(product, origin.Port, "option http-server-close")).Ask("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
        Assert.True(origin.Heads.TryDequeue(out string? head));
        Assert.Equal("get / http/1.0\r\nhost: a\r\n\r\n", Lower(head));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Nobody_is_switched_who_did_not_ask(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.Send("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nsecret");
            c.ReadToEnd();
        });
        Assert.Equal(502, Connect(Proxy(product, origin.Port)).Get().Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_switch_names_its_protocol_and_proves_it_was_understood(Product product)
    {
        string[] answers =
        [
            "HTTP/1.1 101 Switching\r\n\r\n",
            "HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
            "HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
        ];
        OriginServer origin = Origin(c =>
        {
            string head = c.ReadHead();
            c.Send(answers[head[5] - '0']);
            c.ReadToEnd();
        });
        ProxyProcess proxy = Proxy(product, origin.Port);
        for (int i = 0; i < answers.Length; i++)
            Assert.Equal(i < 2 ? 502 : 101, Connect(proxy).Get($"/{i}", "Connection: Upgrade\r\nUpgrade: websocket\r\n" + Key).Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_websocket_handshake_without_its_key_is_malformed(Product product)
    {
        OriginServer origin = HttpOrigin();
        ProxyProcess proxy = Proxy(product, origin.Port);
        Assert.Equal(400, Connect(proxy).Get("/", "Connection: Upgrade\r\nUpgrade: websocket\r\n").Status);
        Assert.Equal(400, Connect(proxy).Get("/", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: short\r\n").Status);
        Assert.Empty(origin.Heads);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_upgrade_keeps_nothing_else_of_the_clients_connection(Product product)
    {
        OriginServer origin = HttpOrigin();
        Connect(Proxy(product, origin.Port)).Get("/", "Connection: close, Upgrade\r\nUpgrade: websocket\r\n" + Key);
        Assert.True(origin.Heads.TryDequeue(out string? head));
        Assert.Equal("Upgrade", HttpText.Header(head, "connection"));
    }
}
