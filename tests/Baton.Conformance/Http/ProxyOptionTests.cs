// Options of a proxy that change what passes: connection headers, header names, the choice of the server, on both.
using System;
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Http;

public sealed class ProxyOptionTests : Scenario
{
    private ProxyProcess Proxy(Product product, OriginServer origin, string backend = "", string frontend = "", string global = "") =>
        Start(
            product,
            $$"""
            global
                nbthread 1
                {{global}}
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            frontend fe
                bind 127.0.0.1:${p1}
                {{frontend}}
                default_backend be
            backend be
                {{backend}}
                server s1 127.0.0.1:{{origin.Port}}
            """
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Pretend_keepalive_hides_the_close_from_the_server(Product product)
    {
        OriginServer origin = HttpOrigin();
        Connect(Proxy(product, origin, "option http-server-close\n    option http-pretend-keepalive")).Get();
        Assert.Null(HttpText.Header(origin.Heads.Last(), "connection"));
        Connect(Proxy(product, origin, "option http-server-close")).Get();
        Assert.Equal("close", HttpText.Header(origin.Heads.Last(), "connection"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Httpclose_of_a_backend_leaves_the_client_alone(Product product)
    {
        RawClient client = Connect(Proxy(product, HttpOrigin(), "option httpclose"));
        Assert.Null(client.Get()["connection"]);
        Assert.Equal(200, client.Get().Status);
        Assert.Equal("close", Connect(Proxy(product, HttpOrigin(), frontend: "option httpclose")).Get()["connection"]);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_server_is_told_its_name(Product product)
    {
        OriginServer origin = HttpOrigin();
        RawClient client = Connect(
            Proxy(product, origin, "http-send-name-header X-Srv\n    option redispatch\n    retries 1\n    server dead 127.0.0.1:${d1}")
        );
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(200, client.Ask("POST /x HTTP/1.1\r\nHost: a\r\nX-SRV: mine\r\nContent-Length: 3\r\n\r\nabc").Status);
            string head = origin.Heads.Last();
            Assert.StartsWith("POST /x HTTP/1.1\r\n", head, StringComparison.Ordinal);
            Assert.Equal("s1", HttpText.Header(head, "x-srv"));
            Assert.Equal(1, head.Split("\r\n").Count(l => l.StartsWith("x-srv:", StringComparison.OrdinalIgnoreCase)));
        }
        Connect(Proxy(product, origin, "http-send-name-header Host")).Get();
        Assert.Equal("s1", HttpText.Header(origin.Heads.Last(), "host"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Ignored_probes_get_no_answer(Product product)
    {
        ProxyProcess proxy = Proxy(product, HttpOrigin(), frontend: "option http-ignore-probes\n    timeout http-request 300ms");
        Assert.Empty(Connect(proxy).ReadToEnd());
        RawClient torn = Connect(proxy);
        torn.Send("GE");
        Assert.Equal(408, torn.ReadResponse().Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Header_names_are_restricted(Product product)
    {
        OriginServer origin = HttpOrigin();
        const string odd = "X_Y: 1\r\nX-Ok: 2\r\nX.Z: 3\r\nx!q: 4\r\n";
        Connect(Proxy(product, origin, "option http-restrict-req-hdr-names delete")).Get("/", odd);
        Assert.Null(HttpText.Header(origin.Heads.Last(), "x_y"));
        Assert.Null(HttpText.Header(origin.Heads.Last(), "x!q"));
        Assert.Equal("2", HttpText.Header(origin.Heads.Last(), "x-ok"));
        Assert.Equal(403, Connect(Proxy(product, origin, frontend: "option http-restrict-req-hdr-names reject")).Get("/", odd).Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Header_spellings_are_adjusted(Product product)
    {
        OriginServer origin = HttpOrigin();
        const string global =
            "h1-case-adjust host HoST\n    h1-case-adjust content-length Content-LENGTH\n    h1-case-adjust x-forwarded-for X-Forwarded-FOR";
        Response answer = Connect(
                Proxy(
                    product,
                    origin,
                    "option h1-case-adjust-bogus-server\n    option forwardfor",
                    "option h1-case-adjust-bogus-client",
                    global
                )
            )
            .Get();
        Assert.Contains("\r\nHoST: ", origin.Heads.Last(), StringComparison.Ordinal);
        Assert.Contains("\r\nX-Forwarded-FOR: ", origin.Heads.Last(), StringComparison.Ordinal);
        Assert.Contains("Content-LENGTH: ", answer.Head, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_last_server_is_preferred(Product product)
    {
        OriginServer first = HttpOrigin("1"),
            second = HttpOrigin("2");
        string Order(string options)
        {
            RawClient client = Connect(Proxy(product, first, $"http-reuse never\n    {options}\n    server s0 127.0.0.1:{second.Port}"));
            return string.Concat(Enumerable.Range(0, 4).Select(_ => client.Get().Body));
        }
        Assert.Equal("2121", Order(""));
        Assert.Equal("2222", Order("option prefer-last-server"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Hash_of_a_sample_chooses_the_server(Product product)
    {
        OriginServer first = HttpOrigin("1"),
            second = HttpOrigin("2");
        RawClient client = Connect(Proxy(product, first, $"balance hash hdr(x-key)\n    server s0 127.0.0.1:{second.Port}"));
        string order = string.Concat(Enumerable.Range(0, 12).Select(i => client.Get("/", $"X-Key: user-{i}\r\n").Body));
        Assert.Equal("212121212112", order);
        Assert.Equal(order, string.Concat(Enumerable.Range(0, 12).Select(i => client.Get("/", $"X-Key: user-{i}\r\n").Body)));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Lines_of_the_other_half_are_ignored(Product product)
    {
        OriginServer origin = HttpOrigin();
        ProxyProcess proxy = Proxy(
            product,
            origin,
            "maxconn 3\n    bind 127.0.0.1:1\n    option dontlognull",
            "balance source\n    cookie x insert\n    option redispatch"
        );
        Assert.Equal(200, Connect(proxy).Get().Status);
        Eventually(
            () => proxy.ErrorText.Contains("'cookie' ignored because frontend 'fe' has no backend capability.", StringComparison.Ordinal),
            proxy.ErrorText
        );
        Eventually(
            () => proxy.ErrorText.Contains("'bind' ignored because backend 'be' has no frontend capability.", StringComparison.Ordinal),
            proxy.ErrorText
        );
    }

    [Trait("wire", "raw")]
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_server_may_be_reached_by_redirect(Product product)
    {
        OriginServer origin = HttpOrigin();
        LogCollector log = Keep(new LogCollector());
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                listen l
                    bind 127.0.0.1:${p1}
                    log 127.0.0.1:{{log.Port}} format raw local0
                    log-format "%s %ST %tsc %Tw/%Tc"
                    server s1 127.0.0.1:{{origin.Port}} redir http://other.test
                """
        );
        Response answer = Connect(proxy).Get("/a?b");
        Assert.Equal((302, "http://other.test/a?b", "close"), (answer.Status, answer["location"], answer["connection"]));
        Assert.Matches("^s1 302 LC-- [0-9]+/-1$", log.NextTraffic());
        Assert.Equal(200, Connect(proxy).Ask("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").Status);
        Assert.Matches("^s1 200 ---- [0-9]+/[0-9]+$", log.NextTraffic());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_template_makes_servers(Product product)
    {
        OriginServer origin = HttpOrigin();
        LogCollector log = Keep(new LogCollector());
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                listen l
                    bind 127.0.0.1:${p1}
                    log 127.0.0.1:{{log.Port}} format raw local0
                    log-format "%s"
                    server-template a 2 127.0.0.1:{{origin.Port}}
                    server-template b 7-8 localhost:{{origin.Port}}
                """
        );
        RawClient client = Connect(proxy);
        var names = new string[8];
        for (int i = 0; i < names.Length; i++)
        {
            client.Get();
            names[i] = log.NextTraffic();
        }
        Assert.Equal("a1 a2 b7 b8 a1 a2 b7 b8", string.Join(' ', names));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_check_finds_names_that_do_not_resolve(Product product)
    {
        string file = System.IO.Path.Combine(Directory, "names.cfg");
        System.IO.File.WriteAllText(file, Defaults + "listen l\n    bind 127.0.0.1:9\n    server s no-such-host.invalid:80\n");
        (int status, string output) = Run(Products.Path(product), "-c", "-f", file);
        Assert.Equal(1, status);
        Assert.Contains("no-such-host.invalid", output, StringComparison.Ordinal);
    }
}
