// option forwarded (HAProxy 2.8): the header in every form, read back with the converters of RFC 7239.
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Http;

public sealed class ForwardedTests : Scenario
{
    private string HeaderFor(string option, string proxyLine, string headers = "", string frontend = "")
    {
        OriginServer origin = HttpOrigin();
        ProxyProcess proxy = Start(
            Product.Baton,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} accept-proxy
                    {{frontend}}
                    default_backend be
                backend be
                    {{option}}
                    server s 127.0.0.1:{{origin.Port}}
                """
        );
        RawClient client = Connect(proxy);
        client.Send(proxyLine + "\r\n");
        client.Get(headers: headers);
        Assert.True(origin.Heads.TryDequeue(out string? head));
        return HttpText.Header(head, "forwarded") ?? "(none)";
    }

    private const string V4 = "PROXY TCP4 192.0.2.1 198.51.100.2 1000 443",
        V6 = "PROXY TCP6 2001:db8::1 2001:db8::2 1000 443";

    [Trait("wire", "raw")]
    [Theory]
    [InlineData("option forwarded", V4, "proto=http;for=192.0.2.1")]
    [InlineData("option forwarded", V6, "proto=http;for=\"[2001:db8::1]\"")]
    [InlineData("option forwarded proto", V4, "proto=http")]
    [InlineData("option forwarded for for_port by by_port", V4, "by=\"198.51.100.2:443\";for=\"192.0.2.1:1000\"")]
    [InlineData("option forwarded for for_port by", V6, "by=\"[2001:db8::2]\";for=\"[2001:db8::1]:1000\"")]
    [InlineData("option forwarded host proto", V4, "proto=http;host=\"example.test\"")]
    [InlineData(
        "option forwarded host-expr req.hdr(x-host) for-expr str(_mine) by-expr str(no-node)",
        V4,
        "host=\"other\";by=unknown;for=_mine"
    )]
    [InlineData("option forwarded for-expr req.hdr(x-for) for_port-expr int(12)", V4, "for=\"[::7]:12\"")]
    [InlineData(
        "option forwarded for for_port-expr str(_port) by-expr str(10.1.1.1) by_port-expr str(x)",
        V4,
        "by=\"10.1.1.1\";for=\"192.0.2.1:_port\""
    )]
    [InlineData("option forwarded for_port proto", V4, "proto=http")]
    [InlineData("no option forwarded", V4, "(none)")]
    public void The_header_the_server_gets(string option, string proxyLine, string expected) =>
        Assert.Equal(expected, HeaderFor(option, proxyLine, "x-host: other\r\nx-for: ::7\r\n"));

    [Trait("wire", "raw")]
    [Fact]
    public void A_client_without_an_address_is_unknown()
    {
        string path = System.IO.Path.Combine(Directory, "s.sock");
        OriginServer origin = HttpOrigin();
        Start(
            Product.Baton,
            Defaults
                + $$"""
                listen l
                    bind unix@{{path}}
                    option forwarded
                    server s 127.0.0.1:{{origin.Port}}
                """
        );
        Keep(RawClient.Unix(path)).Get();
        Assert.True(origin.Heads.TryDequeue(out string? head));
        Assert.Equal("proto=http;for=unknown", HttpText.Header(head, "forwarded"));
    }

    [Fact]
    public void It_comes_beside_one_that_is_there()
    {
        OriginServer origin = HttpOrigin();
        ProxyProcess proxy = Start(
            Product.Baton,
            Defaults
                + $$"""
                listen l
                    bind 127.0.0.1:${p1}
                    option forwarded for
                    server s 127.0.0.1:{{origin.Port}}
                """
        );
        Connect(proxy).Get(headers: "Forwarded: for=_first\r\n");
        Assert.True(origin.Heads.TryDequeue(out string? head));
        Assert.Contains("forwarded: for=_first\r\nforwarded: for=127.0.0.1\r\n", head.ToLowerInvariant());
    }
}
