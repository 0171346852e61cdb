// Rules on the first bytes of a TCP stream: what they wait for, how long, and where they send it.
using System;
using System.Diagnostics;
using System.IO;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Tcp;

public sealed class ContentInspectionTests : Scenario
{
    private const string Head = """
        global
            nbthread 1
        defaults
            mode tcp
            timeout connect 20s
            timeout client 4s
            timeout server 4s

        """;

    private static readonly byte[] s_rdp =
    [
        3,
        0,
        0,
        0x2f,
        0x2a,
        0xe0,
        0,
        0,
        0,
        0,
        0,
        .. "Cookie: mstshash=alice\r\n"u8,
        1,
        0,
        8,
        0,
        3,
        0,
        0,
        0,
    ];

    /// <summary>Reads what comes and answers with its own name.</summary>
    private string Named(string name) =>
        $"server {name} 127.0.0.1:{Origin(c => { if (c.ReadSome().Length > 0) c.Send(name + "\n"); c.ReadToEnd(); }).Port}";

    private ProxyProcess Routed(Product product, string rules) =>
        Start(
            product,
            Head
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    {{rules}}
                    default_backend other
                backend one
                    {{Named("one")}}
                backend other
                    {{Named("other")}}
                """
        );

    private string Route(ProxyProcess proxy, params byte[][] parts) => Route(Connect(proxy), parts);

    /// <summary>The same, and the client leaves: what is logged at the end is logged.</summary>
    private string RouteOnce(ProxyProcess proxy, params byte[][] parts)
    {
        using RawClient client = Connect(proxy);
        return Route(client, parts);
    }

    private static string Route(RawClient client, byte[][] parts)
    {
        foreach (byte[] part in parts)
        {
            client.Send(part);
            if (parts.Length > 1)
                Thread.Sleep(20);
        }
        return client.ReadUntil("\n").TrimEnd();
    }

    private sealed class Recorder : MemoryStream
    {
        public override int Read(byte[] buffer, int offset, int count) => 0;

        public override int Read(Span<byte> buffer) => 0;
    }

    /// <summary>Where HTTP is spoken in TCP mode its request is as good as any other bytes: for rules, conditions and balancing.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_request_of_HTTP_is_looked_into(Product product)
    {
        ProxyProcess proxy = Routed(
            product,
            """
            tcp-request inspect-delay 2s
                tcp-request content reject if { hdr(host) -i bad.test }
                tcp-request content set-var(txn.agent) req.hdr(user-agent)
                tcp-request content accept if HTTP
                use_backend one if { path_beg /one }
                use_backend one if METH_POST
                use_backend one if { var(txn.agent) -m beg one/ }
                use_backend one if { url_param(to) one } { req.cook(c) 1 }
            """
        );
        Assert.Equal("one", Route(proxy, Request("GET /one/x", "Host: a")));
        Assert.Equal("other", Route(proxy, Request("GET /other", "Host: a")));
        Assert.Equal("one", Route(proxy, Request("POST /x", "Host: a\r\nContent-Length: 0")));
        Assert.Equal("one", Route(proxy, Request("GET /", "Host: a\r\nUser-Agent: one/1")));
        Assert.Equal("other", Route(proxy, Request("GET /?to=one", "Host: a\r\nCookie: c=2")));
        Assert.Equal("one", Route(proxy, Request("GET /?to=one", "Host: a\r\nCookie: c=1")));
        byte[] torn = Request("GET /one", "Host: a");
        Assert.Equal("one", Route(proxy, torn[..4], torn[4..20], torn[20..]));
        RawClient refused = Connect(proxy);
        refused.Send(Request("GET /one", "Host: BAD.test"));
        refused.ExpectEnd();
    }

    private static byte[] Request(string line, string fields) => Encoding.Latin1.GetBytes($"{line} HTTP/1.1\r\n{fields}\r\n\r\n");

    private static byte[] Greeting(string name, SslProtocols protocols = SslProtocols.Tls12)
    {
        using var record = new Recorder();
        using var client = new SslStream(record, true);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = name,
            EnabledSslProtocols = protocols,
            ApplicationProtocols = [new("h2"), new("http/1.1")],
        };
        Assert.ThrowsAny<Exception>(() => client.AuthenticateAsClient(options));
        return record.ToArray();
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_name_in_a_tls_greeting_chooses_the_backend_however_it_arrives(Product product)
    {
        ProxyProcess proxy = Routed(
            product,
            """
            tcp-request inspect-delay 2s
                tcp-request content accept if { req.ssl_hello_type 1 }
                tcp-request content reject
                use_backend one if { req.ssl_sni -i one.test }
                use_backend one if { req_ssl_sni -m end .one.test }
            """
        );
        byte[] one = Greeting("ONE.test"),
            sub = Greeting("a.one.test", SslProtocols.Tls13);
        Assert.Equal("one", Route(proxy, one));
        Assert.Equal("one", Route(proxy, sub));
        Assert.Equal("other", Route(proxy, Greeting("other.test")));
        Assert.Equal("one", Route(proxy, one[..1], one[1..7], one[7..90], one[90..]));
        RawClient plain = Connect(proxy);
        plain.Send("GET / HTTP/1.1\r\n\r\n");
        plain.ExpectEnd();
    }

    [Theory]
    [InlineData("{ req.ssl_hello_type 1 }", true)]
    [InlineData("{ req.ssl_ver 3.3 }", true)]
    [InlineData("{ req_ssl_ver ge 3.1 }", true)]
    [InlineData("{ req.ssl_ver gt 3.3 }", false)]
    [InlineData("{ req.ssl_ec_ext 1 }", true)]
    [InlineData("{ req.ssl_st_ext 1 }", true)]
    [InlineData("{ req.payload(0,2) -m bin 1603 }", true)]
    [InlineData("{ req.payload(0,2) -m bin 1703 }", false)]
    [InlineData("{ req.payload_lv(43,1) -m len 32 }", false)]
    [InlineData("{ payload(5,1) -m bin 01 }", true)]
    [InlineData("{ req.len gt 100 }", true)]
    [InlineData("{ req_len gt 100000 }", false)]
    [InlineData("{ req.proto_http }", false)]
    [InlineData("REQ_CONTENT", true)]
    [InlineData("WAIT_END", true)]
    [InlineData("{ req.rdp_cookie_cnt gt 0 }", false)]
    [InlineData("!{ req.ssl_sni other.test } { req.ssl_sni -m found }", true)]
    [InlineData("{ req.ssl_sni other.test } or { req.ssl_hello_type 1 }", true)]
    [InlineData("{ req.ssl_sni -m sub xyz } !WAIT_END", false)]
    public void A_fetch_sees_the_greeting(string condition, bool matches)
    {
        byte[] greeting = Greeting("one.test");
        foreach (Product product in Products.Both)
            Assert.Equal(
                (product, matches ? "one" : "other"),
                (
                    product,
                    Route(
                        Routed(
                            product,
                            $"tcp-request inspect-delay 300ms\n    tcp-request content accept if {condition}\n    tcp-request content accept if WAIT_END\n    use_backend one if {condition}"
                        ),
                        greeting
                    )
                )
            );
    }

    [Theory]
    [InlineData("{ rdp_cookie(mstshash) alice }", true)]
    [InlineData("{ req.rdp_cookie(mstshash) -m beg al }", true)]
    [InlineData("{ req_rdp_cookie_cnt(mstshash) 1 }", true)]
    [InlineData("RDP_COOKIE", true)]
    [InlineData("{ req.rdp_cookie(msts) -m found }", false)]
    public void A_fetch_sees_the_cookie_of_rdp(string condition, bool matches)
    {
        foreach (Product product in Products.Both)
            Assert.Equal(
                (product, matches ? "one" : "other"),
                (
                    product,
                    Route(
                        Routed(
                            product,
                            $"tcp-request inspect-delay 300ms\n    tcp-request content accept if RDP_COOKIE\n    use_backend one if {condition}"
                        ),
                        s_rdp
                    )
                )
            );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Http_is_told_from_other_protocols(Product product)
    {
        ProxyProcess proxy = Routed(
            product,
            "tcp-request inspect-delay 400ms\n    tcp-request content accept if { req.proto_http }\n    use_backend one if HTTP"
        );
        Assert.Equal("one", Route(proxy, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray()));
        Assert.Equal("one", Route(proxy, "GET / HT"u8.ToArray(), "TP/1.1\r\nHost: a\r\n"u8.ToArray(), "\r\n"u8.ToArray()));
        Assert.Equal("other", Route(proxy, [0, 1, 2, 3]));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_does_not_come_is_waited_for_as_long_as_the_delay(Product product)
    {
        Stopwatch watch = Stopwatch.StartNew();
        RawClient silent = Connect(
            Routed(
                product,
                "tcp-request inspect-delay 400ms\n    tcp-request content accept if { req.len ge 3 }\n    tcp-request content reject"
            )
        );
        silent.Send("ab");
        silent.ExpectEnd();
        Assert.InRange(watch.ElapsedMilliseconds, 300, 40_000);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_client_that_ends_its_side_is_not_waited_for(Product product)
    {
        ProxyProcess proxy = Routed(
            product,
            "tcp-request inspect-delay 60s\n    tcp-request content accept if { req.len gt 100 }\n    use_backend one if { req.payload(0,2) -m str ab }"
        );
        Stopwatch watch = Stopwatch.StartNew();
        RawClient client = Connect(proxy);
        client.Send("ab");
        client.ShutdownSend();
        Assert.Equal("one\n", client.ReadUntil("\n"));
        Assert.InRange(watch.ElapsedMilliseconds, 0, 40_000);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_answer_is_held_until_its_rules_have_spoken(Product product)
    {
        OriginConnection? server = null;
        var connected = new ManualResetEventSlim();
        OriginServer origin = Origin(c =>
        {
            server = c;
            connected.Set();
            c.ReadToEnd();
        });
        ProxyProcess proxy = Start(
            product,
            Head
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    default_backend be
                backend be
                    tcp-response inspect-delay 3s
                    tcp-response content reject if { res.payload(0,3) -m str BAD }
                    tcp-response content accept if { res.len ge 3 }
                    server s 127.0.0.1:{{origin.Port}}
                """
        );
        RawClient good = Connect(proxy);
        Assert.True(connected.Wait(Patience.Ms));
        server!.Send("go");
        good.ExpectSilence(150);
        server.Send("od");
        Assert.Equal("good", Encoding.ASCII.GetString(good.ReadBytes(4)));
        connected.Reset();
        RawClient bad = Connect(proxy);
        Assert.True(connected.Wait(Patience.Ms));
        server.Send("BAD news");
        bad.ExpectEnd();
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_backend_may_inspect_with_its_own_delay(Product product)
    {
        ProxyProcess proxy = Start(
            product,
            Head
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    default_backend be
                backend be
                    tcp-request inspect-delay 2s
                    tcp-request content reject if { req.payload(0,3) -m str bad }
                    {{Named("one")}}
                """
        );
        RawClient bad = Connect(proxy);
        bad.Send("b");
        Thread.Sleep(50);
        bad.Send("ad");
        bad.ExpectEnd();
        Assert.Equal("one", Route(proxy, "good"u8.ToArray()));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_name_kept_in_a_variable_is_logged(Product product)
    {
        LogCollector log = Keep(new LogCollector());
        ProxyProcess proxy = Routed(
            product,
            $"log 127.0.0.1:{log.Port} local0\n    log-format \"sni=%[var(sess.sni)] len=%[var(txn.len)]\"\n    tcp-request inspect-delay 2s\n    tcp-request content set-var(sess.sni) req.ssl_sni\n    tcp-request content accept if {{ req.ssl_hello_type 1 }}\n    use_backend one if {{ var(sess.sni) -m str one.test }}"
        );
        byte[] greeting = Greeting("one.test");
        Assert.Equal("one", RouteOnce(proxy, greeting[..20], greeting[20..]));
        Assert.Contains("sni=one.test len=-", log.NextTraffic());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_captured_name_is_logged_and_routed_by(Product product)
    {
        LogCollector log = Keep(new LogCollector());
        ProxyProcess proxy = Routed(
            product,
            $"log 127.0.0.1:{log.Port} local0\n    log-format \"%hr %[capture.req.hdr(0)] %[capture.req.hdr(1)]\"\n    tcp-request inspect-delay 2s\n    tcp-request content capture req.ssl_sni len 6\n    tcp-request content capture dst_port len 5 if {{ req.ssl_sni -m end none }}\n    tcp-request content accept if {{ req.ssl_hello_type 1 }}\n    use_backend one if {{ capture.req.hdr(0) -m str one.te }}"
        );
        byte[] greeting = Greeting("one.test");
        Assert.Equal("one", RouteOnce(proxy, greeting[..20], greeting[20..]));
        Assert.Contains("{one.te|} one.te -", log.NextTraffic());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_HTTP_frontend_keeps_what_content_rules_capture(Product product)
    {
        LogCollector log = Keep(new LogCollector());
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    log 127.0.0.1:{{log.Port}} local0
                    log-format "%hr"
                    tcp-request inspect-delay 1s
                    tcp-request content capture dst len 20
                    http-request capture req.hdr(host) len 9
                    http-request return status 200 hdr x %[capture.req.hdr(0)]
                """
        );
        Assert.Equal("127.0.0.1", Connect(proxy).Ask("GET / HTTP/1.1\r\nHost: example.test\r\n\r\n")["x"]);
        Assert.Contains("{127.0.0.1|example.t}", log.NextTraffic());
    }
}
