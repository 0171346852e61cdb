// "socks4": what the SOCKS proxy is asked, and what its answers lead to.
using System;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Servers;

public sealed class Socks4Tests : Scenario
{
    /// <summary>A SOCKS4 proxy that answers with a code, and then is the server itself; the answer may come in two pieces.</summary>
    private OriginServer Proxy(byte code, bool torn = false) =>
        Origin(c =>
        {
            byte[] request = [.. c.ReadBytes(8), .. System.Text.Encoding.Latin1.GetBytes(c.ReadUntil("\0"))];
            Assert.Equal([4, 1, 0, 80, 192, 0, 2, 1, .. "HAProxy\0"u8.ToArray()], request);
            byte[] answer = [0, code, 0, 0, 0, 0, 0, 0];
            if (torn)
            {
                c.Send(answer.AsSpan(0, 3));
                System.Threading.Thread.Sleep(50);
                answer = answer[3..];
            }
            c.Send(answer);
            while (c.TryReadHead(out _))
                c.Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        });

    private ProxyProcess Start(Product product, OriginServer socks, string mode = "http") =>
        Start(
            product,
            $$"""
            global
                nbthread 1
            defaults
                mode {{mode}}
                timeout connect 500ms
                timeout client 60s
                timeout server 60s
                retries 0
            listen l
                bind 127.0.0.1:${p1}
                server s 192.0.2.1:80 socks4 127.0.0.1:{{socks.Port}}
            """
        );

    [Theory]
    [InlineData(Product.Baton, "http", false)]
    [InlineData(Product.Haproxy, "http", false)]
    [InlineData(Product.Baton, "tcp", true)]
    [InlineData(Product.Haproxy, "tcp", false)]
    public void The_server_is_reached_through_it(Product product, string mode, bool torn)
    {
        OriginServer socks = Proxy(90, torn);
        RawClient client = Connect(Start(product, socks, mode));
        for (int i = 0; i < 2; i++)
            Assert.Equal("hello", client.Get().Body);
        Assert.Equal(1, socks.Connections);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_refusal_is_a_failed_connect(Product product) => Assert.Equal(503, Connect(Start(product, Proxy(91))).Get().Status);

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Silence_is_over_with_timeout_connect(Product product)
    {
        OriginServer silent = Origin(c => c.ReadToEnd());
        Assert.Equal(503, Connect(Start(product, silent)).Get().Status);
    }
}
