// What a TLS connection carries, and how it begins and ends, on both programs.
using System;
using System.IO;
using System.Linq;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Tls;

public sealed class TlsConnectionTests : Scenario
{
    private readonly string _certificate;

    public TlsConnectionTests() => _certificate = Keep(new TestCertificates(Directory)).Make("site.pem", "site.example");

    private ProxyProcess Serve(Product product, OriginServer origin, string more = "", string bind = "") =>
        Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} ssl crt {{_certificate}}{{bind}}
                    {{more}}
                    default_backend be
                backend be
                    server s 127.0.0.1:{{origin.Port}}
                """
        );

    public static TheoryData<Product, SslProtocols, TlsCipherSuite> Suites =>
        [
            .. from product in (Product[])[Product.Baton, Product.Haproxy]
            from suite in (TlsCipherSuite[])
                [
                    TlsCipherSuite.TLS_AES_128_GCM_SHA256,
                    TlsCipherSuite.TLS_AES_256_GCM_SHA384,
                    TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
                    TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                    TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
                    TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
                    TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384,
                ]
            select (
                product,
                suite is >= TlsCipherSuite.TLS_AES_128_GCM_SHA256 and <= TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256
                    ? SslProtocols.Tls13
                    : SslProtocols.Tls12,
                suite
            ),
        ];

    [Theory, MemberData(nameof(Suites))]
    public void Every_suite_carries_small_and_large_bodies_both_ways(Product product, SslProtocols version, TlsCipherSuite suite)
    {
        OriginServer origin = HttpOrigin(head => Body(head.Contains("/large", StringComparison.Ordinal) ? 3_000_000 : 5));
        using var client = new TlsWire(Serve(product, origin).Port(), o =>
        {
            o.EnabledSslProtocols = version;
            o.CipherSuitesPolicy = new CipherSuitesPolicy([suite]);
        });
        Assert.Equal(suite, client.Stream.NegotiatedCipherSuite);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(5, client.Get("/").Length);
            Assert.Equal(Text(3_000_000), client.Get("/large"));
        }
    }

    private static string Body(int length) => $"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{Text(length)}";

    private static string Text(int length) => string.Create(length, 0, (span, _) =>
        {
            for (int i = 0; i < span.Length; i++)
                span[i] = (char)('a' + i % 23);
        });

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_large_body_goes_up_and_requests_sent_ahead_are_answered_in_turn(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            while (c.TryReadHead(out string head))
            {
                int length = head.Contains("POST", StringComparison.Ordinal) ? 2_000_000 : 0;
                byte[] body = c.ReadBytes(length);
                c.Send($"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{body.Count(b => b == 'q'):D7}");
            }
        });
        using var client = new TlsWire(Serve(product, origin).Port());
        string post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n" + new string('q', 2_000_000);
        client.Send(post + "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(["2000000", "0000000", "0000000"], new[] { client.ReadBody(), client.ReadBody(), client.ReadBody() });
    }

    /// <summary>However the wire tears them.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Handshakes_and_records_may_come_byte_by_byte(Product product)
    {
        using var client = new TlsWire(Serve(product, HttpOrigin()).Port(), tears: true);
        Assert.Equal("hello", client.Get("/"));
        Assert.Equal("hello", client.Get("/"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Both_sides_say_goodbye(Product product)
    {
        using var client = new TlsWire(Serve(product, HttpOrigin()).Port());
        client.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        Assert.Equal("hello", client.ReadBody());
        Assert.Equal(0, client.Stream.Read(new byte[10]));
        Assert.True(client.HasSeenAlert, "no close_notify");
        using var other = new TlsWire(Serve(product, HttpOrigin()).Port());
        Assert.Equal("hello", other.Get("/"));
        other.ShutdownSend();
        Assert.Equal(0, other.Stream.Read(new byte[10]));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_PROXY_header_comes_before_the_greeting(Product product)
    {
        OriginServer origin = HttpOrigin();
        ProxyProcess proxy = Serve(product, origin, "http-request set-header x-src %[src]", " accept-proxy");
        using var client = new TlsWire(proxy.Port(), prefix: "PROXY TCP4 192.0.2.9 192.0.2.8 77 88\r\n");
        Assert.Equal("hello", client.Get("/"));
        Assert.Contains("x-src: 192.0.2.9", origin.Heads.First(), StringComparison.Ordinal);
    }

    /// <summary>Debian's haproxy writes nothing here, against its manual.</summary>
    [Fact]
    public void What_is_no_handshake_is_logged_and_refused()
    {
        const Product product = Product.Baton;
        using var log = new LogCollector();
        ProxyProcess proxy = Serve(product, HttpOrigin(), $"log 127.0.0.1:{log.Port} local0\n    timeout client 300");
        using (RawClient plain = RawClient.Tcp(proxy.Port()))
        {
            plain.Send("GET / HTTP/1.0\r\n\r\n");
            plain.ReadToEnd();
        }
        Assert.EndsWith("fe/1: SSL handshake failure", log.Next().TrimEnd(), StringComparison.Ordinal);
        using (RawClient half = RawClient.Tcp(proxy.Port()))
        {
            half.Send([0x16, 3, 1, 1, 0, 1]);
            half.ExpectEnd();
        }
        Assert.EndsWith("fe/1: Timeout during SSL handshake", log.Next().TrimEnd(), StringComparison.Ordinal);
        using (RawClient gone = RawClient.Tcp(proxy.Port()))
            gone.Send([0x16, 3, 1, 1, 0, 1]);
        Assert.EndsWith("fe/1: Connection closed during SSL handshake", log.Next().TrimEnd(), StringComparison.Ordinal);
    }

    /// <summary>Keys change whenever either side says so.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Keys_are_updated_as_the_client_asks(Product product)
    {
        ProxyProcess proxy = Serve(product, HttpOrigin("hello\n"));
        using var client = new OpenSslClient(proxy.Port());
        Assert.Contains("hello", client.Ask(), StringComparison.Ordinal);
        foreach (string command in (string[])["K", "k", "K", "K", "k"])
        {
            client.Type(command);
            Assert.Contains("hello", client.Ask(), StringComparison.Ordinal);
        }
    }
}
