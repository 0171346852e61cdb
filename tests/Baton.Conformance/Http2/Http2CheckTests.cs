// Health checks in HTTP/2: said by check-proto, by what traffic speaks, or agreed on by ALPN; on both programs where both can.
using System;
using System.Collections.Generic;
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Http2;

public sealed class Http2CheckTests : Scenario
{
    private ProxyProcess Proxy(Product product, int server, string options) =>
        Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    http-request return status 200 content-type text/plain lf-string "up=%[nbsrv(be)]"
                backend be
                    option httpchk
                    http-check send meth GET uri /health ver HTTP/1.1 hdr host app.test
                    http-check expect status 200
                    server s 127.0.0.1:{{server}} {{options}} check inter 100 rise 1 fall 1
                """
        );

    public static TheoryData<Product, string> Words()
    {
        TheoryData<Product, string> rows = [];
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
        foreach (string options in (string[])["proto h2", "check-proto h2", "proto h2 check-proto h2"])
            rows.Add(product, options);
        return rows;
    }

    [Theory, MemberData(nameof(Words))]
    public void What_a_check_asks_in_frames_decides(Product product, string options)
    {
        string status = "200";
        var server = Keep(FrameServer.Answering((_, _) => (status, "health")));
        ProxyProcess proxy = Proxy(product, server.Port, options);
        Eventually(() => server.Requests.Count >= 2, "no checks came");
        Eventually(() => Connect(proxy).Get("/").Body == "up=1", "the server is not up");
        FrameServer.Request check = server.Requests.First();
        Assert.Equal(("GET", "/health"), (check[":method"], check[":path"]));
        Assert.Equal("app.test", check[":authority"] + check["host"]);
        Assert.Equal("", check["connection"]);
        status = "503";
        Eventually(() => Connect(proxy).Get("/").Body == "up=0", "the server is still up");
        status = "200";
        Eventually(() => Connect(proxy).Get("/").Body == "up=1", "the server is not up again");
    }

    /// <summary>A server of HTTP/1 that is asked in HTTP/1 although traffic would not be.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_check_may_speak_another_version_than_traffic(Product product)
    {
        OriginServer server = HttpOrigin("fine");
        ProxyProcess proxy = Proxy(product, server.Port, "proto h2 check-proto h1");
        Eventually(() => Connect(proxy).Get("/").Body == "up=1" && server.Heads.Count > 1, "the server is not up");
        Assert.StartsWith("GET /health HTTP/1.1\r\n", server.Heads.First(), StringComparison.Ordinal);
    }

    /// <summary>What both agree on is spoken.</summary>
    [Theory]
    [InlineData("alpn h2,http/1.1", "HTTP/2.0")]
    [InlineData("alpn h2,http/1.1 check-alpn http/1.1", "HTTP/1.1")]
    [InlineData("check-alpn h2", "HTTP/2.0")]
    public void Alpn_of_a_check_decides(string options, string version)
    {
        var certificates = Keep(new TestCertificates(Directory));
        ProxyProcess proxy = Start(
            Product.Baton,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    http-request return status 200 content-type text/plain lf-string "up=%[nbsrv(be)]"
                backend be
                    option httpchk
                    http-check send meth GET uri /health ver HTTP/1.1 hdr host app.test
                    http-check expect string "{{version}} check"
                    server s 127.0.0.1:${p2} ssl verify none {{options}} check inter 100 rise 1 fall 1
                frontend tls
                    bind 127.0.0.1:${p2} ssl crt {{certificates.Make("site.pem", "one.example")}} alpn h2,http/1.1
                    http-request return status 200 content-type text/plain lf-string "%HV check"
                """
        );
        // up at first in any case: what counts is that it is so after some checks
        System.Threading.Thread.Sleep(500);
        Assert.Equal("up=1", Connect(proxy).Get("/").Body);
    }

    /// <summary>A server that says nothing, and one that is none.</summary>
    [Fact]
    public void A_check_in_frames_that_fails_says_why()
    {
        var silent = Keep(new FrameServer(peer => peer.Start().ReadAll()));
        var pushing = Keep(
            new FrameServer(peer =>
            {
                peer.Start();
                peer.Reset(peer.ReadRequest().Stream, 2);
                peer.ReadAll();
            })
        );
        ProxyProcess first = Proxy(Product.Baton, silent.Port, "proto h2"),
            second = Proxy(Product.Baton, pushing.Port, "proto h2"),
            third = Proxy(Product.Baton, HttpOrigin("one").Port, "proto h2");
        foreach (ProxyProcess proxy in (IEnumerable<ProxyProcess>)[first, second, third])
            Eventually(() => Connect(proxy).Get("/").Body == "up=0", "the server is still up");
    }
}
