// What is about one connection ends with it (RFC 9110 §7.6.1), in both directions.
using System;
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Http;

public sealed class HopByHopTests : Scenario
{
    private ProxyProcess Proxy(Product product, OriginServer origin, string rules = "") =>
        Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    {{rules}}
                    default_backend be
                backend be
                    server s 127.0.0.1:{{origin.Port}}
                """
        );

    /// <summary>Fields behind Host of the request that reaches the server, and of the answer to the client.</summary>
    private (string Request, string Answer) Passed(Product product, string fields, string rules = "")
    {
        OriginServer origin = HttpOrigin(_ => $"HTTP/1.1 200 OK\r\n{fields}Content-Length: 0\r\n\r\n");
        RawClient client = Connect(Proxy(product, origin, rules));
        string head = client.Get("/", fields).Head,
            request = origin.Heads.Last();
        Assert.Equal(200, Connect(Proxy(product, origin, rules)).Get().Status);
        return (Fields(request, "host"), Fields(head, "content-length"));
    }

    private static string Fields(string head, string besides) =>
        string.Join(
            '|',
            head.ToLowerInvariant()
                .Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
                .Skip(1)
                .Where(l => !l.StartsWith(besides, StringComparison.Ordinal))
        );

    [Theory]
    [InlineData("Connection: X-A\r\nX-A: 1\r\nX-B: 2\r\n", "x-b: 2")]
    [InlineData("Connection: X-A\r\nConnection: ,X-B ,\r\nX-A: 1\r\nX-B: 2\r\nX-C: 3\r\n", "x-c: 3")]
    [InlineData("Connection: keep-alive, x-a\r\nX-A: 1\r\nX-A: 2\r\nKeep-Alive: timeout=5\r\n", "")]
    [InlineData(
        "Connection: X-Forwarded-For, Cookie\r\nX-Forwarded-For: 1.2.3.4\r\nCookie: a=b\r\n",
        "x-forwarded-for: 1.2.3.4|cookie: a=b"
    )]
    [InlineData("Keep-Alive: timeout=5\r\nX-A: 1\r\n", "x-a: 1")]
    public void Fields_named_by_Connection_end_here(string fields, string passed) =>
        Assert.Equal((passed, passed), Passed(Product.Baton, fields));

    /// <summary>haproxy passes what Connection names together with Connection.</summary>
    [Trait("wire", "raw")]
    [Theory]
    [InlineData("TE: gzip\r\n", "", "")]
    [InlineData("TE: gzip, trailers;q=0.5\r\n", "", null)]
    [InlineData("TE: gzip, trailers\r\n", "te: trailers", "te: trailers")]
    [InlineData("TE: trailers, gzip\r\nConnection: TE\r\n", "te: trailers|connection: te", "te: trailers|connection: te")]
    [InlineData("TE: gzip\r\nConnection: TE\r\n", "", null)]
    public void Only_trailers_are_asked_for(string fields, string passed, string? byHaproxy)
    {
        OriginServer origin = HttpOrigin();
        Connect(Proxy(Product.Baton, origin)).Get("/", fields);
        Assert.Equal(passed, Fields(origin.Heads.Last(), "host"));
        if (byHaproxy is null)
            return;
        Connect(Proxy(Product.Haproxy, origin)).Get("/", fields);
        Assert.Equal(byHaproxy, Fields(origin.Heads.Last(), "host"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_upgrade_beside_a_body_is_none(Product product)
    {
        OriginServer origin = HttpOrigin(_ => "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        RawClient client = Connect(Proxy(product, origin));
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(
                200,
                client.Ask("POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: foo\r\nContent-Length: 5\r\n\r\nhello").Status
            );
            Assert.DoesNotContain("upgrade:", origin.Heads.Last().ToLowerInvariant(), StringComparison.Ordinal);
        }
        client.Ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n");
        Assert.Contains("upgrade: foo\r\n", origin.Heads.Last().ToLowerInvariant(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_upgrade_in_1_0_or_unnamed_is_none()
    {
        OriginServer origin = HttpOrigin();
        ProxyProcess proxy = Proxy(Product.Baton, origin);
        Connect(proxy).Ask("GET / HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n");
        Assert.DoesNotContain("pgrade", origin.Heads.Last(), StringComparison.Ordinal);
        Connect(proxy).Get("/", "Upgrade: h2c\r\nHTTP2-Settings: AAA\r\n");
        Assert.Equal("", Fields(origin.Heads.Last(), "host"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_rule_may_close(Product product)
    {
        OriginServer origin = HttpOrigin(_ => "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        RawClient client = Connect(Proxy(product, origin, "http-response set-header Connection close"));
        Assert.Equal("close", client.Get()["connection"]);
        client.ExpectEnd();
        client = Connect(
            Proxy(
                product,
                origin,
                "http-request return status 200 content-type text/plain string x\n    http-after-response set-header Connection close"
            )
        );
        Assert.Equal("close", client.Get()["connection"]);
        client.ExpectEnd();
        client = Connect(Proxy(product, origin, "http-request set-header Connection close"));
        client.Get();
        client.Get();
        Assert.Equal(2, origin.Heads.TakeLast(2).Count(h => h.Contains("onnection: close\r\n", StringComparison.Ordinal)));
    }
}
