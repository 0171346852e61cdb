// The HTTP rule sets: what each action does to a request, to a response, and to the connection; on haproxy too.
using System;
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Rules;

public sealed class HttpRuleTests : Scenario
{
    /// <summary>An origin that answers with the request head it got as body and a few headers.</summary>
    private OriginServer Mirror() =>
        Keep(
            OriginServer.Http(head =>
                $"HTTP/1.1 200 OK\r\nServer: origin\r\nX-One: a\r\nX-One: b\r\nX-Two: c\r\nContent-Length: {head.Length}\r\n\r\n{head}"
            )
        );

    private RawClient Client(Product product, string frontend, string backend = "", OriginServer? origin = null) =>
        Connect(
            Start(
                product,
                $$"""
                global
                    nbthread 1
                defaults
                    mode http
                    timeout connect 20s
                    timeout client 60s
                    timeout server 60s
                    timeout http-request 5s
                frontend fe
                    bind 127.0.0.1:${p1}
                    {{frontend}}
                    default_backend be
                backend be
                    {{backend}}
                    server s 127.0.0.1:{{(origin ?? Mirror()).Port}}
                """
            )
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Response_headers_are_set_added_and_deleted(Product product)
    {
        Response r = Client(
                product,
                "http-response set-header x-two new\n    http-response add-header x-three \"%[status] %[res.hdr(server)]\"\n    http-response del-header x-one"
            )
            .Get("/");
        Assert.Equal("new", r["x-two"]);
        Assert.Equal("200 origin", r["x-three"]);
        Assert.Null(r["x-one"]);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Headers_are_deleted_by_part_of_their_name(Product product)
    {
        Response r = Client(product, "http-response del-header X- -m beg").Get("/");
        Assert.Null(r["x-one"]);
        Assert.Null(r["x-two"]);
        Assert.Equal("origin", r["server"]);
    }

    /// <summary>What of X-Abc, x-abd, Y-X-AB, zab and Ab is left; a regular expression sees lower case only.</summary>
    [Theory]
    [InlineData("X-AB", "X-Abc x-abd Y-X-AB zab Ab")]
    [InlineData("ab -m str", "X-Abc x-abd Y-X-AB zab")]
    [InlineData("X-AB -m beg", "Y-X-AB zab Ab")]
    [InlineData("X-AB -m end", "X-Abc x-abd zab Ab")]
    [InlineData("X-AB -m sub", "zab Ab")]
    [InlineData("X-AB -m reg", "X-Abc x-abd Y-X-AB zab Ab")]
    [InlineData("^x-ab -m reg", "Y-X-AB zab Ab")]
    [InlineData("^(z|)ab$ -m reg if TRUE", "X-Abc x-abd Y-X-AB")]
    [InlineData("(?i)B[CD] -m reg", "Y-X-AB zab Ab")]
    public void Headers_are_deleted_by_what_matches_their_name(string rule, string left)
    {
        string[] names = ["X-Abc", "x-abd", "Y-X-AB", "zab", "Ab"];
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
        {
            OriginServer origin = Keep(
                OriginServer.Http(head => $"HTTP/1.1 200 OK\r\n{string.Concat(names.Select(n => n + ": 1\r\n"))}Content-Length: 0\r\n\r\n")
            );
            foreach (string set in (string[])["http-request", "http-response", "http-after-response"])
            {
                RawClient client = Client(product, $"{set} del-header {rule}", origin: origin);
                Response r = client.Get("/", string.Concat(names.Select(n => n + ": 1\r\n")));
                string head = set == "http-request" ? origin.Heads.Last() : r.Head;
                Assert.Equal(left, string.Join(" ", names.Where(n => HttpText.Header(head, n) is not null)));
            }
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_backends_response_rules_come_before_the_frontends(Product product) =>
        Assert.Equal(
            "be fe",
            Client(product, "http-response set-header x-order \"%[res.hdr(x-order)] fe\"", "http-response set-header x-order be").Get("/")[
                "x-order"
            ]
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_status_and_its_reason_are_replaced(Product product)
    {
        Assert.StartsWith(
            "HTTP/1.1 418 Teapot\r\n",
            Client(product, "http-response set-status 418 reason Teapot").Get("/").Head,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "HTTP/1.1 503 Service Unavailable\r\n",
            Client(product, "http-response set-status 503 if { status 200 }").Get("/").Head,
            StringComparison.Ordinal
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_response_is_refused(Product product)
    {
        Assert.Equal(502, Client(product, "http-response deny").Get("/").Status);
        Assert.Equal(429, Client(product, "http-response deny deny_status 429").Get("/").Status);
        Assert.Equal(200, Client(product, "http-response allow\n    http-response deny").Get("/").Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_response_is_replaced(Product product)
    {
        Response r = Client(product, "http-response return status 404 content-type text/plain string replaced").Get("/");
        Assert.Equal(404, r.Status);
        Assert.Equal("replaced", r.Body);
        Assert.Equal("/else", Client(product, "http-response redirect location /else code 303").Get("/")["location"]);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void After_response_rules_see_every_answer(Product product)
    {
        RawClient client = Client(
            product,
            """
            http-after-response set-header x-after "%[status]"
                http-request deny if { path /deny }
                http-request return status 204 if { path /own }
                http-request redirect location /x if { path /go }
            """
        );
        Assert.Equal("200", client.Get("/")["x-after"]);
        Assert.Equal("204", client.Get("/own")["x-after"]);
        Assert.Equal("302", client.Get("/go")["x-after"]);
        Assert.Equal("403", client.Get("/deny")["x-after"]);
    }

    public static TheoryData<Product, string, string> RequestLines =>
        Products.BothWith(
            ("set-method PUT", "PUT /a/b?x=1 HTTP/1.1"),
            ("set-uri /new?y=2", "GET /new?y=2 HTTP/1.1"),
            ("set-path /p", "GET /p?x=1 HTTP/1.1"),
            ("set-pathq /p?z", "GET /p?z HTTP/1.1"),
            ("set-query k=%[path]", "GET /a/b?k=/a/b HTTP/1.1"),
            ("set-query %[req.hdr(x-none)]", "GET /a/b? HTTP/1.1")
        );

    [Theory, MemberData(nameof(RequestLines))]
    public void The_request_line_is_rewritten(Product product, string action, string line) =>
        Assert.Equal(line, Client(product, "http-request " + action).Get("/a/b?x=1").Body.Split("\r\n")[0]);

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Rules_wait_for_the_body(Product product)
    {
        RawClient client = Client(product, "http-request wait-for-body time 2s\n    http-request set-header x-done yes");
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234");
        client.ExpectSilence(200);
        client.Send("56789");
        Assert.Contains("x-done: yes", client.ReadResponse().Body, StringComparison.OrdinalIgnoreCase);
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
        client.ExpectSilence(100);
        client.Send("0\r\n\r\n");
        Assert.Contains("x-done: yes", client.ReadResponse().Body, StringComparison.OrdinalIgnoreCase);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_body_that_does_not_come_in_time_ends_the_request(Product product)
    {
        RawClient client = Client(product, "http-request wait-for-body time 200ms");
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234");
        Assert.Equal(408, client.ReadResponse().Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_rejected_request_gets_no_answer(Product product)
    {
        RawClient client = Client(product, "http-request reject if { path /no }");
        Assert.Equal(200, client.Get("/").Status);
        client.Send("GET /no HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Empty(client.ReadToEnd());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_silently_dropped_request_leaves_the_client_waiting(Product product)
    {
        RawClient client = Client(product, "http-request silent-drop");
        client.Send("GET /no HTTP/1.1\r\nHost: a\r\n\r\n");
        client.ExpectSilence(300);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_time_out_of_one_request_is_changed(Product product)
    {
        using OriginServer slow = new(c =>
        {
            c.ReadHead();
            System.Threading.Thread.Sleep(4000);
            c.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
        RawClient client = Client(
            product,
            "",
            "http-request set-timeout server 200ms if { path /short }\n    http-request set-timeout server int(40000) if { path /long }\n    timeout server 3s",
            slow
        );
        long start = Environment.TickCount64;
        Assert.Equal(504, client.Get("/short").Status);
        Assert.InRange(Environment.TickCount64 - start, 150, 2800);
        Assert.Equal(200, client.Get("/long").Status);
    }

    /// <summary>"client" in a frontend is newer than Debian's haproxy.</summary>
    [Fact]
    public void Time_outs_of_one_request_hold_in_a_listen_section_and_not_for_the_next_request()
    {
        OriginServer slow = Origin(c =>
        {
            while (c.TryReadHead(out _))
            {
                System.Threading.Thread.Sleep(500);
                c.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            }
        });
        ProxyProcess proxy = Start(
            Product.Baton,
            $$"""
            global
                nbthread 1
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
                retries 0
            listen l
                bind 127.0.0.1:${p1}
                http-request set-timeout server 100ms if { path /short }
                server s 127.0.0.1:{{slow.Port}}
            frontend f
                bind 127.0.0.1:${p2}
                http-request set-timeout client 4s if { path /next }
                default_backend b
            backend b
                http-request set-timeout server 100ms if { path /short }
                server s 127.0.0.1:{{slow.Port}}
            """
        );
        for (int port = 1; port <= 2; port++)
        {
            Assert.Equal(504, Connect(proxy, port).Get("/short").Status);
            Assert.Equal(200, Connect(proxy, port).Get("/next").Status);
        }
    }

    /// <summary>Debian's haproxy 2.6 does nothing here, against its manual.</summary>
    [Fact]
    public void The_log_level_of_one_request_is_changed()
    {
        using LogCollector log = new();
        RawClient client = Connect(
            Start(
                Product.Baton,
                $$"""
                global
                    nbthread 1
                defaults
                    mode http
                    timeout connect 20s
                    timeout client 60s
                    timeout server 60s
                frontend fe
                    bind 127.0.0.1:${p1}
                    log 127.0.0.1:{{log.Port}} local0
                    log-format "%HP"
                    http-request set-log-level silent if { path /quiet }
                    http-request set-log-level err if { path /bad }
                    http-request return status 200
                """
            )
        );
        client.Get("/quiet");
        client.Get("/bad");
        client.Get("/");
        string bad = log.NextTraffic();
        Assert.StartsWith("<131>", bad, StringComparison.Ordinal);
        Assert.EndsWith("/bad", bad, StringComparison.Ordinal);
        Assert.StartsWith("<134>", log.NextTraffic(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_rewrite_that_does_not_fit_is_an_error_unless_rules_are_lenient(Product product)
    {
        string large = new('x', 900);
        string rules = string.Join("\n    ", Enumerable.Range(0, 18).Select(i => $"http-request set-header x-large{i} {large}"));
        Assert.Equal(500, Client(product, rules).Get("/").Status);
        Assert.Equal(200, Client(product, "http-request strict-mode off\n    " + rules).Get("/").Status);
    }
}
