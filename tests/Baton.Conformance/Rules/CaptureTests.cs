// Captured headers and cookies: what the log shows of them, and what rules see; on haproxy too.
using System;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Rules;

public sealed class CaptureTests : Scenario
{
    private (RawClient Client, LogCollector Log) Begin(Product product, string format, string frontend, string backend = "")
    {
        OriginServer origin = HttpOrigin(_ =>
            "HTTP/1.1 200 OK\r\nServer: origin\r\nSet-Cookie: SRV=abc; path=/\r\nX-Quote: a\"b|c\r\nContent-Length: 2\r\n\r\nok"
        );
        LogCollector log = Keep(new LogCollector());
        return (
            Connect(
                Start(
                    product,
                    Defaults
                        + $$"""
                        frontend fe
                            bind 127.0.0.1:${p1}
                            log 127.0.0.1:{{log.Port}} local0
                            log-format "{{format}}"
                            {{frontend}}
                            default_backend be
                        backend be
                            {{backend}}
                            server s 127.0.0.1:{{origin.Port}}
                        """
                )
            ),
            log
        );
    }

    private static string Text(LogCollector log)
    {
        string line = log.NextTraffic();
        return line[(line.IndexOf("]: ", StringComparison.Ordinal) + 3)..];
    }

    public static TheoryData<Product, string, string> Cookies =>
        Products.BothWith(("a=1,b=2; c=3", "b=2"), ("b=1,2; c", "b=1"), ("a=\"x;b=9\";b=3", "b=3"), ("a=1", "-"));

    /// <summary>Where a cookie ends is the same for fetches, persistence and captures.</summary>
    [Theory, MemberData(nameof(Cookies))]
    public void A_cookie_ends_at_a_comma_too_but_not_in_quotes(Product product, string cookies, string captured)
    {
        (RawClient client, LogCollector log) = Begin(product, "%CC", "capture cookie b= len 20");
        client.Get("/", $"Cookie: {cookies}\r\n");
        Assert.Equal(captured, Text(log).TrimEnd());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Headers_are_logged_cut_and_escaped(Product product)
    {
        (RawClient client, LogCollector log) = Begin(
            product,
            "%hr %hs|%hrl %hsl|%{+Q}hrl %{+Q}hsl",
            """
            capture request header User-Agent len 6
                capture request header X-None len 10
                capture response header X-Quote len 20
                capture response header Server len 3
            """
        );
        client.Get("/", "User-Agent: curl/8.1.2\r\n");
        Assert.Equal("{curl/8|} {a#22b#7Cc|ori}|curl/8 - a#22b#7Cc ori|\"curl/8\" \"\" \"a#22b#7Cc\" \"ori\"", Text(log));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Cookies_are_logged_by_the_beginning_of_their_name(Product product)
    {
        (RawClient client, LogCollector log) = Begin(product, "%CC %CS", "capture cookie SR len 12");
        client.Get("/", "Cookie: a=1; SRV=0123456789abcdef; b=2\r\n");
        Assert.Equal("SRV=01234567 SRV=abc", Text(log));
        client.Get("/");
        Assert.Equal("- SRV=abc", Text(log));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Rules_fill_slots_and_read_them(Product product)
    {
        (RawClient client, LogCollector log) = Begin(
            product,
            "%hr %hs",
            """
            declare capture response len 10
                http-request capture path len 4
                http-request capture req.hdr(x-a) len 5
                http-response capture res.hdr(server) id 0
                http-response set-header x-path "%[capture.req.hdr(0)]-%[capture.req.hdr(1)]-%[capture.res.hdr(0)]-%[capture.req.method]-%[capture.req.uri]"
            """
        );
        Response response = client.Get("/long/path", "X-A: v\r\n");
        Assert.Equal("/lon-v-origin-GET-/long/path", response["x-path"]);
        Assert.Equal("{/lon|v} {origin}", Text(log));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Httplog_shows_the_captures(Product product)
    {
        OriginServer origin = HttpOrigin();
        LogCollector log = Keep(new LogCollector());
        RawClient client = Connect(
            Start(
                product,
                Defaults
                    + $$"""
                    frontend fe
                        bind 127.0.0.1:${p1}
                        log 127.0.0.1:{{log.Port}} local0
                        option httplog
                        capture request header Host len 20
                        default_backend be
                    backend be
                        server s 127.0.0.1:{{origin.Port}}
                    """
            )
        );
        client.Get("/");
        Assert.Contains("{example.test} \"GET / HTTP/1.1\"", log.NextTraffic(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_converter_captures_in_the_middle_of_an_expression(Product product)
    {
        (RawClient client, LogCollector log) = Begin(
            product,
            "%[capture.req.hdr(0)] %[capture.res.hdr(0)] %[var(txn.a)] %[var(txn.c)]",
            """
            declare capture request len 4
                declare capture response len 9
                http-request set-var(txn.a) path,capture-req(0),length
                http-request set-var(txn.c) path,capture-req(7)
                http-response set-var(txn.b) res.hdr(server),capture-res(0)
            """
        );
        client.Get("/abcdef");
        Assert.Equal("/abc origin 7 -", Text(log).TrimEnd());
    }
}
