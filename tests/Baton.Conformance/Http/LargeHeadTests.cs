// Heads about as large as a buffer: rules may change them as long as the result fits, and what does not is an error that
// is answered and logged; the same on haproxy.
using System;
using System.Globalization;
using System.Linq;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Http;

public sealed class LargeHeadTests : Scenario
{
    private const string Logged = """
        global
            nbthread 1
            log stdout format raw local0
        defaults
            mode http
            log global
            timeout connect 20s
            timeout client 60s
            timeout server 60s
            log-format "%ST %ts %TR/%Tr %B"

        """;

    /// <summary>So many rules that each add a header of 1800 bytes.</summary>
    private static string Adding(string set, int count) =>
        string.Concat(Enumerable.Range(0, count).Select(i => $"    {set} set-header x-n{i} {new string('v', 1800)}\n"));

    private string Behind(Product product, string rules, string request, string body = "")
    {
        OriginServer origin = HttpOrigin("ok");
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $"frontend fe\n    bind 127.0.0.1:${{p1}}\n{rules}\n    default_backend be\nbackend be\n    server s 127.0.0.1:{origin.Port}\n"
        );
        RawClient client = Connect(proxy);
        client.Send(request);
        // the rules run before there is anything of the body
        if (body.Length > 0)
            Thread.Sleep(100);
        client.Send(body);
        Assert.Equal(200, client.ReadResponse().Status);
        return Assert.Single(origin.Heads);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_header_that_fills_the_buffer_is_rewritten_again_and_again(Product product)
    {
        string head = Behind(
            product,
            """
                http-request replace-value x-big "a(.*)" "b\1"
                http-request replace-header x-big "b(.*)" "c\1"
                http-request set-header x-big d%[req.hdr(x-big)]
                http-request set-path /%[path,bytes(1)]
                http-request set-query %[query]x
                http-request set-header x-big %[req.hdr(x-big)]e
            """,
            $"GET /{new string('p', 600)}?q HTTP/1.1\r\nHost: a\r\nX-Big: {new string('a', 14000)}\r\n\r\n"
        );
        Assert.Equal($"dc{new string('a', 13999)}e", HttpText.Header(head, "x-big"));
        Assert.StartsWith($"GET /{new string('p', 600)}?qx HTTP/1.1\r\n", head, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void There_may_be_more_headers_than_may_be_received(Product product)
    {
        string rules =
            string.Concat(Enumerable.Range(0, 90).Select(i => $"    http-request set-header x-n{i} v{i}\n"))
            + string.Concat(Enumerable.Range(0, 200).Select(i => $"    http-request add-header x-more v{i}\n"));
        string head = Behind(
            product,
            rules,
            $"GET / HTTP/1.1\r\nHost: a\r\n{string.Concat(Enumerable.Range(0, 90).Select(i => $"x-n{i}: old\r\n"))}\r\n"
        );
        string[] expected =
        [
            .. Enumerable.Range(0, 90).Select(i => $"x-n{i}: v{i}"),
            .. Enumerable.Range(0, 200).Select(i => $"x-more: v{i}"),
        ];
        Assert.Equal(expected, head.Split("\r\n")[2..^2]);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_body_that_is_waited_for_leaves_room_for_a_head_that_has_grown(Product product)
    {
        string head = Behind(
            product,
            Adding("http-request", 4)
                + "    http-request wait-for-body time 2s at-least 4000\n    http-request set-header x-late "
                + new string('l', 800),
            $"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40000\r\n\r\n",
            new string('b', 40000)
        );
        Assert.Equal(1800, HttpText.Header(head, "x-n3")?.Length);
        Assert.Equal(800, HttpText.Header(head, "x-late")?.Length);
    }

    /// <summary>Requests sent behind each other fill the buffer: what rules add to one is not in the way of the next.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Pipelined_requests_leave_room_for_heads_that_grow(Product product)
    {
        const int Count = 300;
        OriginServer origin = Keep(OriginServer.Http(head => "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $"frontend fe\n    bind 127.0.0.1:${{p1}}\n{Adding("http-request", 4)}    default_backend be\nbackend be\n    server s 127.0.0.1:{origin.Port}\n"
        );
        foreach (bool post in (bool[])[false, true])
        {
            RawClient client = Connect(proxy);
            string fill = new('f', 70);
            client.Send(
                string.Concat(
                    Enumerable
                        .Range(0, Count)
                        .Select(i =>
                            post
                                ? $"POST /{i} HTTP/1.1\r\nHost: a\r\nContent-Length: 70\r\n\r\n{fill}"
                                : $"GET /{i} HTTP/1.1\r\nHost: {fill}\r\n\r\n"
                        )
                )
            );
            for (int i = 0; i < Count; i++)
                Assert.Equal(200, client.ReadResponse().Status);
        }
        Assert.Equal(Enumerable.Range(0, 2 * Count).Select(i => $"/{i % Count}"), origin.Heads.Select(h => h.Split(' ')[1]));
        Assert.All(origin.Heads, h => Assert.Equal(1800, HttpText.Header(h, "x-n3")?.Length));
    }

    /// <summary>A row of rules that each add to the head, and the log line when they add too much.</summary>
    [Trait("wire", "raw")]
    [Theory]
    [InlineData("http-request", "", "500 PR -1/-1 212", "1")]
    [InlineData("http-response", "", "500 PH 0/-1 263", "1")]
    [InlineData("http-after-response", "", "500 PH 0/-1 259", null)]
    [InlineData("http-after-response", "http-request return status 200", "500 PR -1/-1 208", null)]
    public void What_does_not_fit_is_an_error(string set, string last, string logged, string? after)
    {
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
        {
            OriginServer origin = HttpOrigin("ok");
            ProxyProcess proxy = Start(
                product,
                Logged
                    + "frontend fe\n    bind 127.0.0.1:${p1}\n    http-after-response set-header x-a 1\n"
                    + Adding(set, 12)
                    + $"    {last}\n    default_backend be\nbackend be\n    server s 127.0.0.1:{origin.Port}\n"
            );
            RawClient client = Connect(proxy);
            for (int i = 0; i < 2; i++)
            {
                Response response = client.Get();
                Assert.Equal(500, response.Status);
                Assert.Equal(after, response["x-a"]);
                Assert.Null(response["x-n0"]);
            }
            Eventually(() => proxy.OutputLines.Length == 2, "two log lines");
            Assert.All(proxy.OutputLines, line => Assert.Equal(logged, line));
        }
    }

    /// <summary>Headers that an option or the cookie adds to a head that rules have filled. COMPAT: haproxy is full some bytes
    /// earlier.</summary>
    [Trait("wire", "raw")]
    [Theory]
    [InlineData("option forwardfor", "http-request", 15200, 0, 1125, "500 PR-- -1/-1 208")]
    [InlineData("cookie SRV insert indirect nocache", "http-response", 0, 15150, 1170, "500 PHNN 0/-1 15412")]
    public void What_an_option_adds_has_to_fit_too(string option, string set, int request, int response, int added, string logged)
    {
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
        {
            OriginServer origin = HttpOrigin(_ => $"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-R: {new string('r', response)}\r\n\r\nok");
            ProxyProcess proxy = Start(
                product,
                Logged.Replace("%ts", "%tsc", StringComparison.Ordinal)
                    + $"frontend fe\n    bind 127.0.0.1:${{p1}}\n    {set} set-header x-s {new string('s', added)}\n    default_backend be\nbackend be\n    {option}\n    server s 127.0.0.1:{origin.Port} cookie c\n"
            );
            Assert.Equal(500, Connect(proxy).Ask($"GET / HTTP/1.1\r\nHost: a\r\nX-Big: {new string('a', request)}\r\n\r\n").Status);
            Eventually(() => proxy.OutputLines.Length == 1, "a log line");
            Assert.Equal(logged, proxy.OutputLines[0]);
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Without_strict_mode_a_header_whose_new_value_does_not_fit_is_gone(Product product)
    {
        string head = Behind(
            product,
            "    http-request strict-mode off\n"
                + Adding("http-request", 7)
                + "    http-request set-header x-n2 %[req.hdr(x-big)]%[req.hdr(x-big)]\n    http-request replace-header x-n3 .* %[req.hdr(x-big)]%[req.hdr(x-big)]",
            $"GET / HTTP/1.1\r\nHost: a\r\nX-Big: {new string('a', 2600)}\r\n\r\n"
        );
        Assert.Null(HttpText.Header(head, "x-n2"));
        Assert.Equal(1800, HttpText.Header(head, "x-n3")?.Length);
        Assert.Equal(1800, HttpText.Header(head, "x-n6")?.Length);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_replacement_is_not_cut(Product product)
    {
        string value = new('a', 7000),
            head = Behind(
                product,
                """
                    http-request replace-header x-one .* %[req.hdr(x-big)]b
                    http-request replace-value x-one (.*)b %[req.hdr(x-big)]c
                """,
                $"GET / HTTP/1.1\r\nHost: a\r\nX-Big: {value}aaaaaaa\r\nX-One: 1\r\n\r\n"
            );
        Assert.Equal(value + "aaaaaaac", HttpText.Header(head, "x-one"));
    }

    /// <summary>Headers of a message with settings of their own: how many pass, and how many are too many.</summary>
    [Trait("wire", "raw")]
    [Theory]
    [InlineData("tune.http.maxhdr 5", 4, 5)]
    [InlineData("tune.http.maxhdr 300", 299, 300)]
    public void As_many_headers_are_received_as_the_configuration_says(string setting, int most, int tooMany)
    {
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
        {
            OriginServer origin = HttpOrigin(head =>
                $"HTTP/1.1 200 OK\r\n{Lines(int.Parse(head.Split(' ')[1][1..], CultureInfo.InvariantCulture) - 1)}Content-Length: 0\r\n\r\n"
            );
            ProxyProcess proxy = Start(
                product,
                Defaults.Replace("global", "global\n    " + setting, StringComparison.Ordinal)
                    + $"frontend fe\n    bind 127.0.0.1:${{p1}}\n    default_backend be\nbackend be\n    server s 127.0.0.1:{origin.Port}\n"
            );
            Assert.Equal(200, Connect(proxy).Get($"/{most}", Lines(most - 1)).Status);
            Assert.Contains(Connect(proxy).Get($"/{most}", Lines(tooMany - 1)).Status, (int[])[400, 431]);
            Assert.Equal(502, Connect(proxy).Get($"/{tooMany}").Status);
        }
    }

    private static string Lines(int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"x-{i}: {i}\r\n"));

    /// <summary>More room for rules than half a buffer is not kept, and a buffer is a multiple of 16 bytes.</summary>
    [Trait("wire", "raw")]
    [Theory]
    [InlineData("tune.maxrewrite 12000", 8000, 8300)]
    [InlineData("tune.bufsize 20001", 18800, 19100)]
    [InlineData("tune.bufsize 65536", 64000, 64600)]
    public void What_is_kept_free_for_rules_is_half_a_buffer_at_most(string setting, int most, int tooMuch)
    {
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
        {
            OriginServer origin = HttpOrigin("ok");
            ProxyProcess proxy = Start(
                product,
                Defaults.Replace("global", "global\n    " + setting, StringComparison.Ordinal)
                    + $"frontend fe\n    bind 127.0.0.1:${{p1}}\n    http-request replace-value x-big a(.*) b\\1\n    default_backend be\nbackend be\n    server s 127.0.0.1:{origin.Port}\n"
            );
            Assert.Equal(200, Connect(proxy).Get("/", $"X-Big: {new string('a', most)}\r\n").Status);
            Assert.Contains(Connect(proxy).Get("/", $"X-Big: {new string('a', tooMuch)}\r\n").Status, (int[])[400, 431]);
        }
    }
}
