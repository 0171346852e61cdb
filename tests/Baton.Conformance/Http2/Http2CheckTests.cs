// Health checks in HTTP/2: said by check-proto, by what traffic speaks, or agreed on by ALPN; on both programs where both can.
using System;
using System.Collections.Generic;
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Http2;

public sealed class Http2CheckTests : Scenario
{
    private ProxyProcess Proxy(Product product, int server, string options, string connect = "") =>
        Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    http-request return status 200 content-type text/plain lf-string "up=%[nbsrv(be)]"
                backend be
                    option httpchk
                    {{connect}}
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

    /// <summary>A connection that is described has its own word, or none; "default" has those of the server's line, too.</summary>
    [Theory]
    [InlineData("proto h2", "", true)]
    [InlineData("proto h2", "check-proto h1", true)]
    [InlineData("proto h1", "proto h2", false)]
    [InlineData("", "check-proto h2", false)]
    [InlineData("default", "check-proto h2", true)]
    [InlineData("default proto h1", "check-proto h2", false)]
    public void A_connection_of_a_check_says_what_it_speaks(string words, string options, bool isFramed)
    {
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
        {
            using var one = new HttpServerOrFrames(isFramed);
            ProxyProcess proxy = Proxy(product, one.Port, options, $"http-check connect {words}");
            Eventually(() => one.Requests >= 3, $"no checks came: {product}");
            Eventually(() => Connect(proxy).Get("/").Body == "up=1", "the server is not up");
        }
    }

    /// <summary>A server of one version.</summary>
    private sealed class HttpServerOrFrames(bool isFramed) : IDisposable
    {
        private readonly FrameServer? _frames = isFramed ? FrameServer.Answering((_, _) => ("200", "health")) : null;
        private readonly OriginServer? _text = isFramed ? null : OriginServer.Http(_ => "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

        public int Port => _frames?.Port ?? _text!.Port;
        public int Requests => _frames?.Requests.Count ?? _text!.Heads.Count;

        public void Dispose()
        {
            _frames?.Dispose();
            _text?.Dispose();
        }
    }

    /// <summary>What a check's connection offers is not what its server's line says.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Alpn_of_a_connection_decides(Product product)
    {
        var certificates = Keep(new TestCertificates(Directory));
        string site = certificates.Make("site.pem", "one.example");
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    http-request return status 200 content-type text/plain lf-string "up=%[nbsrv(first)],%[nbsrv(second)]"
                backend first
                    option httpchk
                    http-check connect ssl alpn h2,http/1.1
                    http-check send meth GET uri /health ver HTTP/1.1 hdr host app.test
                    http-check expect string "HTTP/2.0 check"
                    server s 127.0.0.1:${p2} ssl verify none alpn http/1.1 check inter 100 rise 1 fall 1
                backend second
                    option httpchk
                    http-check connect ssl
                    http-check send meth GET uri /health ver HTTP/1.1 hdr host app.test
                    http-check expect string "HTTP/1.1 check"
                    server s 127.0.0.1:${p2} ssl verify none alpn h2,http/1.1 check-alpn h2 check inter 100 rise 1 fall 1
                frontend tls
                    bind 127.0.0.1:${p2} ssl crt {{site}} alpn h2,http/1.1
                    http-request return status 200 content-type text/plain lf-string "%HV check"
                """
        );
        // the second is offered HTTP/2 as traffic is: what it answers is not what it should
        Eventually(() => Connect(proxy).Get("/").Body == "up=1,0", $"not up=1,0 but {Connect(proxy).Get("/").Body}");
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
        Eventually(() => Connect(proxy).Get("/").Body == "up=1", "the server is not up");
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
