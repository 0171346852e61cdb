// Log lines byte for byte (what differs between two runs masked), for the same traffic on both.
using System;
using System.IO;
using System.Linq;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Logs;

public sealed class LogLineTests : Scenario
{
    private (ProxyProcess Proxy, LogCollector Log) Proxy(
        Product product,
        string frontend,
        string backend,
        string target = "format raw local0",
        string global = "",
        string defaults = ""
    )
    {
        LogCollector log = Keep(new LogCollector());
        ProxyProcess proxy = Start(
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
                {{defaults}}
            frontend fe
                bind 127.0.0.1:${p1}
                log 127.0.0.1:{{log.Port}} {{target}}
                {{frontend}}
                default_backend be
            backend be
                {{backend}}
            """
        );
        return (proxy, log);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Httplog_of_a_plain_request(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(product, "option httplog", $"server s 127.0.0.1:{HttpOrigin().Port}");
        RawClient client = Connect(proxy);
        client.Get("/a?b=c");
        Assert.Equal("127.0.0.1:PORT [ACCEPT] fe be/s T/T/T/T/T 200 54 - - ---- 1/1/0/0/0 0/0 \"GET /a?b=c HTTP/1.1\"", log.NextTraffic());
        client.Ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
        Assert.Equal("127.0.0.1:PORT [ACCEPT] fe be/s T/T/T/T/T 200 54 - - ---- 1/1/0/0/0 0/0 \"POST / HTTP/1.1\"", log.NextTraffic());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Bytes_are_counted_as_haproxy_counts_them(Product product)
    {
        string[] answers =
        [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: x\r\nX-Long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n\r\nhello",
            "HTTP/1.1 204 No Content\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n",
            "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nno",
        ];
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            "log-format \"%ST %B %U\"",
            $"server s 127.0.0.1:{HttpOrigin(head => answers[head.Split(' ')[1][1] - '0']).Port}"
        );
        RawClient client = Connect(proxy);
        var seen = new string[answers.Length];
        for (int i = 0; i < answers.Length; i++)
        {
            client.Get($"/{i}");
            seen[i] = log.NextTraffic();
        }
        Assert.Equal("200 97 50|204 42 50|200 64 50|304 51 50|404 58 50", string.Join("|", seen));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Quotes_are_for_texts(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            "capture request header Host len 5\n    capture cookie A len 4\n    unique-id-format U\n    log-format \"%{+Q}o %ci %f %ft %b %s %si %ST %B %U %CC %CS %ts %tsc %ac %fc %bc %sc %rc %sq %bq %hr %hrl %HM %HU %HQ %r %Th %Td %TR %ID\"",
            $"server s 127.0.0.1:{HttpOrigin("ok").Port}"
        );
        RawClient client = Connect(proxy);
        client.Get();
        Assert.Equal(
            "\"127.0.0.1\" \"fe\" \"fe\" \"be\" \"s\" \"127.0.0.1\" 200 51 49 \"\" \"\" -- ---- 1 1 0 0 0 0 0 \"{examp}\" \"examp\" \"GET\" \"/\" \"\" \"GET / HTTP/1.1\" 0 0 0 \"U\"",
            log.NextTraffic()
        );
        client.Send("BAD\r\n\r\n");
        client.ReadToEnd();
        Assert.Equal(
            "\"127.0.0.1\" \"fe\" \"fe\" \"fe\" \"<NOSRV>\" \"\" 400 0 0 \"\" \"\" PR PR-- 1 1 0 0 0 0 0 \"<BADREQ>\" \"<BADREQ>\" \"<BADREQ>\" \"<BADREQ>\" 0 -1 -1 \"\"",
            log.NextTraffic().Replace("   ", " ", StringComparison.Ordinal).Replace("  ", " ", StringComparison.Ordinal)
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Clf_lines(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            "option httplog clf\n    capture request header Host len 5",
            $"server s 127.0.0.1:{HttpOrigin("ok").Port}"
        );
        RawClient client = Connect(proxy);
        client.Get();
        Assert.Matches(
            "^127\\.0\\.0\\.1 - - \\[[^\"\\]]+ \\+0000\\] \"GET / HTTP/1\\.1\" 200 51 \"\" \"\" \\d+ \\d{3} \"fe\" \"be\" \"s\" \\d+ \\d+ \\d+ \\d+ \\d+ ---- 1 1 0 0 0 0 0 \"\" \"\" \"examp\"\\s*$",
            log.Next()
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Error_log_format_is_for_what_never_became_a_request(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            "error-log-format \"ERR %ci %ft %ST %ts %[src] %r\"\n    log-format \"NORM %ST %ts\"\n    http-request return status 500",
            ""
        );
        Connect(proxy).Ask("BAD REQUEST\r\n\r\n");
        Assert.Equal("ERR 127.0.0.1 fe 400 PR 127.0.0.1 <BADREQ>", log.NextTraffic());
        Connect(proxy).Get();
        Assert.Equal("NORM 500 LR", log.NextTraffic());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Httplog_of_failures(Product product)
    {
        OriginServer dying = Origin(c => c.ReadHead());
        (ProxyProcess proxy, LogCollector log) = Proxy(product, "option httplog", $"server s 127.0.0.1:{dying.Port}");
        Connect(proxy).Get();
        Assert.Equal("127.0.0.1:PORT [ACCEPT] fe be/s T/T/T/-1/T 502 209 - - SH-- 1/1/0/0/0 0/0 \"GET / HTTP/1.1\"", log.NextTraffic());
        (proxy, log) = Proxy(product, "option httplog", "retries 0\n    server s 127.0.0.1:${d1}");
        Connect(proxy).Get();
        Assert.Equal("127.0.0.1:PORT [ACCEPT] fe be/s T/T/-1/-1/T 503 217 - - SC-- 1/1/0/0/0 0/0 \"GET / HTTP/1.1\"", log.NextTraffic());
        (proxy, log) = Proxy(product, "option httplog", "");
        using (RawClient client = RawClient.Tcp(proxy.Port()))
            client.Get();
        Assert.Equal(
            "127.0.0.1:PORT [ACCEPT] fe be/<NOSRV> T/-1/-1/-1/T 503 217 - - SC-- 1/1/0/0/0 0/0 \"GET / HTTP/1.1\"",
            log.NextTraffic()
        );
        // the line counts connections: that of the request before may not be gone yet
        (proxy, log) = Proxy(product, "option httplog", "");
        Connect(proxy).Ask("BAD REQUEST\r\n\r\n");
        Assert.Equal("127.0.0.1:PORT [ACCEPT] fe fe/<NOSRV> -1/-1/-1/-1/T 400 0 - - PR-- 1/1/0/0/0 0/0 \"<BADREQ>\"", log.NextTraffic());
        (proxy, log) = Proxy(product, "option httplog\n    http-request deny", "");
        Connect(proxy).Get();
        Assert.Equal(
            "127.0.0.1:PORT [ACCEPT] fe fe/<NOSRV> T/-1/-1/-1/T 403 192 - - PR-- 1/1/0/0/0 0/0 \"GET / HTTP/1.1\"",
            log.NextTraffic()
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Client_aborts(Product product)
    {
        OriginServer slow = Origin(c =>
        {
            c.ReadHead();
            c.ReadToEnd();
        });
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            "option httplog",
            $"server s 127.0.0.1:{slow.Port}",
            defaults: "option abortonclose"
        );
        RawClient client = Connect(proxy);
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Eventually(() => slow.Heads.Count == 1, "no request");
        client.Dispose();
        Assert.Equal("127.0.0.1:PORT [ACCEPT] fe be/s T/T/T/-1/T 400 206 - - CH-- 1/1/0/0/0 0/0 \"GET / HTTP/1.1\"", log.NextTraffic());
        RawClient torn = Connect(proxy);
        torn.Send("GET / HT");
        Thread.Sleep(50);
        torn.Dispose();
        Assert.Equal("127.0.0.1:PORT [ACCEPT] fe fe/<NOSRV> -1/-1/-1/-1/T 400 0 - - CR-- 1/1/0/0/0 0/0 \"<BADREQ>\"", log.NextTraffic());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_was_no_request_has_no_cookies(Product product)
    {
        LogCollector log = Keep(new LogCollector());
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                listen l
                    bind 127.0.0.1:${p1}
                    log 127.0.0.1:{{log.Port}} local0
                    log-format "%ST %tsc %r"
                    cookie SRV insert
                    http-request deny
                    server s 127.0.0.1:1 cookie a
                """
        );
        Connect(proxy).Ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.EndsWith("403 PRNN GET / HTTP/1.1", log.NextTraffic());
        Connect(proxy).Ask("GET / HTTP/1.1\r\nbad line\r\n\r\n");
        Assert.EndsWith("400 PR-- <BADREQ>", log.NextTraffic());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Null_connections(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(product, "option httplog\n    timeout http-request 200ms", "");
        Connect(proxy).Dispose();
        Assert.Equal("127.0.0.1:PORT [ACCEPT] fe fe/<NOSRV> -1/-1/-1/-1/T 400 0 - - CR-- 1/1/0/0/0 0/0 \"<BADREQ>\"", log.NextTraffic());
        Connect(proxy).ReadToEnd();
        Assert.Equal("127.0.0.1:PORT [ACCEPT] fe fe/<NOSRV> -1/-1/-1/-1/T 408 0 - - cR-- 1/1/0/0/0 0/0 \"<BADREQ>\"", log.NextTraffic());
        (proxy, log) = Proxy(product, "option httplog\n    option dontlognull\n    timeout http-request 200ms", "");
        Connect(proxy).Dispose();
        Connect(proxy).ReadToEnd();
        log.ExpectNone();
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Dontlog_normal_and_separate_errors(Product product)
    {
        OriginServer origin = HttpOrigin(head =>
            head.Contains("/5", StringComparison.Ordinal)
                ? "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n"
                : "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        );
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            "option dontlog-normal\n    option log-separate-errors\n    log-format %ST",
            $"server s 127.0.0.1:{origin.Port}",
            "format short local0"
        );
        RawClient client = Connect(proxy);
        client.Get("/1");
        client.Get("/5");
        Assert.Equal("<3>500", log.NextTraffic());
        log.ExpectNone();
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Logasap_writes_at_the_head(Product product)
    {
        var go = new ManualResetEventSlim();
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
            go.Wait(Patience.Ms);
            c.Send("hello");
            c.ReadToEnd();
        });
        (ProxyProcess proxy, LogCollector log) = Proxy(product, "option httplog\n    option logasap", $"server s 127.0.0.1:{origin.Port}");
        RawClient client = Connect(proxy);
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("127.0.0.1:PORT [ACCEPT] fe be/s T/T/T/T/+T 200 +49 - - ---- 1/1/1/1/0 0/0 \"GET / HTTP/1.1\"", log.NextTraffic());
        go.Set();
        client.ReadResponse();
        log.ExpectNone();
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Tcplog(Product product)
    {
        OriginServer echo = Origin(c =>
        {
            while (c.ReadSome() is { Length: > 0 } data)
                c.Send(data);
        });
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            "mode tcp\n    option tcplog",
            $"mode tcp\n    server s 127.0.0.1:{echo.Port}"
        );
        RawClient client = Connect(proxy);
        client.Send("hello");
        client.ReadBytes(5);
        client.ShutdownSend();
        client.ExpectEnd();
        Assert.Equal("127.0.0.1:PORT [ACCEPT] fe be/s T/T/T 5 -- 1/1/0/0/0 0/0", log.NextTraffic());
        (proxy, log) = Proxy(product, "mode tcp\n    option tcplog", "mode tcp\n    retries 0\n    server s 127.0.0.1:${d1}");
        Connect(proxy).ExpectEnd();
        Assert.Equal("127.0.0.1:PORT [ACCEPT] fe be/s T/-1/T 0 SC 1/1/0/0/0 0/0", log.NextTraffic());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Default_line_and_headers_of_the_formats(Product product)
    {
        string host = System.Net.Dns.GetHostName();
        (string Target, string Global, string Expected)[] cases =
        [
            ("local3", "log-tag t", "<158>DATE t[PID]: Connect from"),
            ("local3 ", "log-tag t\n    log-send-hostname box", "<158>DATE box t[PID]: Connect from"),
            ("format rfc3164 local3", "log-tag t", "<158>DATE localhost t[PID]: Connect from"),
            ("format rfc5424 local3", "log-tag t", "<158>1 DATE - t # - - Connect from"),
            ("format priority local3", "", "<158>Connect from"),
            ("format short local3", "", "<6>Connect from"),
            ("format timed local3", "", "<6>DATE Connect from"),
        ];
        foreach ((string target, string global, string expected) in cases)
        {
            (ProxyProcess proxy, LogCollector log) = Proxy(product, "", $"server s 127.0.0.1:{HttpOrigin().Port}", target, global);
            Connect(proxy).Get();
            string line = log.NextTraffic().Replace($" {proxy.Pid} ", " # ");
            Assert.Equal($"{expected} 127.0.0.1:PORT to 127.0.0.1:PORT (fe/HTTP)", line);
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Length_sampling_and_levels(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            "log-format 0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789",
            "",
            "len 80 format raw sample 2:2 local0"
        );
        RawClient client = Connect(proxy);
        for (int i = 0; i < 4; i++)
            client.Get();
        for (int i = 0; i < 2; i++)
            Assert.Equal(80, log.Next().Length);
        log.ExpectNone();
        (proxy, log) = Proxy(product, "log-format x", "", "format raw local0 notice");
        Connect(proxy).Get();
        log.ExpectNone();
        (proxy, log) = Proxy(product, "log-format x\n    option log-separate-errors", "", "format short local0 info notice");
        Connect(proxy).Get();
        Assert.Equal("<5>x", log.NextTraffic());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Standard_output_and_a_unix_socket(Product product)
    {
        using var unix = new LogCollector(Path.Combine(Directory, "log.sock"));
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            "log stdout format raw local0\n    log ${dir}/log.sock format raw local0\n    log-format \"%HM %HU\"",
            $"server s 127.0.0.1:{HttpOrigin().Port}"
        );
        Connect(proxy).Get("/x");
        Assert.Equal("GET /x", log.NextTraffic());
        Assert.Equal("GET /x", unix.NextTraffic());
        Eventually(() => proxy.OutputLines.Length > 0, "nothing on standard output");
        Assert.Equal("GET /x", proxy.OutputLines[0]);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Monitor_requests_are_not_logged(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(product, "option httplog\n    monitor-uri /m", "");
        Connect(proxy).Get("/m");
        log.ExpectNone();
    }

    /// <summary>A client chooses the length of its URI, so it chooses where the line is cut: no place may hurt.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_line_is_cut_anywhere(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            "log-format \"%HU %ts %rc %CC %ST %B %r\"\n    http-request return status 200",
            "",
            "len 80 format raw local0"
        );
        RawClient client = Connect(proxy);
        for (int length = 40; length < 100; length++)
        {
            string uri = "/" + new string('a', length);
            client.Get(uri);
            string line = log.NextTraffic();
            Assert.Equal(uri[..Math.Min(uri.Length, 70)], line[..Math.Min(uri.Length, 70)]);
            Assert.True(line.Length <= 80, line);
        }
        Assert.False(proxy.HasExited);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Quotes_of_a_client_stay_inside_their_field(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            "log-format \"%{+Q}HU|%{+Q}HP|%{+Q}HQ|%{+Q}HM|%{+Q}HV|%{+Q}r\"\n    http-request return status 200",
            ""
        );
        RawClient client = Connect(proxy);
        client.Get("/a\"b?c=\"d");
        Assert.Equal("\"/a#22b?c=#22d\"|\"/a#22b\"|\"?c=#22d\"|\"GET\"|\"HTTP/1.1\"|\"GET /a#22b?c=#22d HTTP/1.1\"", log.NextTraffic());
        Connect(proxy).Ask("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(string.Join('|', Enumerable.Repeat("\"<BADREQ>\"", 6)), log.NextTraffic());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Flags_quote_escape_and_say_hexadecimal(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            """
            http-request set-var-fmt(txn.a) 'a"]\z'
                http-request capture req.hdr(x) len 20
                log-format "%{+E}[var(txn.a)] %{+E}HU %{+E}HM %{+E}hr %{+E}hrl %{+E,+Q}[var(txn.a)] %{+E,+Q}HU %{+Q}o%b%{-Q}o%{+E}r %{+E}ci %{+X}ci %{+X}[int(255)]"
            """,
            $"http-response set-header a \"x%{{+E}}[var(txn.a)]\"\n    server s 127.0.0.1:{HttpOrigin().Port}"
        );
        Assert.Equal("xa\\\"\\]\\\\z", Connect(proxy).Get("/a]b\"c", "x: q\"]\\z{\r\n")["a"]);
        Assert.Equal(
            """a\"\]\\z /a\]b#22c GET {q#22\]\\z#7B} q#22\]\\z#7B "a\"\]\\z" "/a\]b#22c" "be"GET /a\]b#22c HTTP/1.1 127.0.0.1 7F000001 255""",
            log.NextTraffic()
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_servers_connection_and_the_count_of_lines(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            "http-request return status 200 if { path /here }\n    log-format \"%lc %{+X}lc %bi %bp %sslc %sslv %Tl %trl\"",
            $"http-response set-header x-port %[bc_src_port]\n    server s 127.0.0.1:{HttpOrigin().Port}"
        );
        string port = Connect(proxy).Get()["x-port"]!;
        string[] fields = log.Next().TrimEnd().Split(' ');
        Assert.Equal(["0", "0000", "127.0.0.1", port, "-", "-"], fields[..6]);
        string offset = DateTimeOffset
            .Now.ToString("zzz", System.Globalization.CultureInfo.InvariantCulture)
            .Replace(":", "", StringComparison.Ordinal);
        foreach (int at in (int[])[6, 8])
        {
            Assert.True(
                DateTime.TryParseExact(
                    fields[at],
                    "dd/MMM/yyyy:HH:mm:ss",
                    System.Globalization.CultureInfo.InvariantCulture,
                    default,
                    out DateTime date
                )
            );
            Assert.InRange((DateTime.Now - date).TotalSeconds, -1, 60);
            Assert.Equal(offset, fields[at + 1]);
        }
        // no connection to a server
        Connect(proxy).Get("/here");
        Assert.Equal(["1", "0001", "-", "-", "-", "-"], log.Next().TrimEnd().Split(' ')[..6]);
    }

    [Theory]
    [InlineData(Product.Baton, "tune.http.logurilen 20", 20)]
    [InlineData(Product.Haproxy, "tune.http.logurilen 20", 20)]
    [InlineData(Product.Baton, "tune.http.logurilen 4096", 2014)]
    [InlineData(Product.Haproxy, "tune.http.logurilen 4096", 2014)]
    [InlineData(Product.Baton, "", 1023)]
    [InlineData(Product.Haproxy, "", 1023)]
    public void So_much_of_the_request_line_is_logged(Product product, string global, int length)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            "log-format %r",
            $"server s 127.0.0.1:{HttpOrigin().Port}",
            "len 8000 format raw local0",
            global
        );
        string target = "/" + new string('"', 1999),
            line = $"GET {target} HTTP/1.1";
        Connect(proxy).Get(target);
        Assert.Equal(line[..Math.Min(length, line.Length)].Replace("\"", "#22", StringComparison.Ordinal), log.Next().TrimEnd());
    }

    [Theory]
    [InlineData(Product.Baton, "tune.http.cookielen 10", 10)]
    [InlineData(Product.Haproxy, "tune.http.cookielen 10", 10)]
    [InlineData(Product.Baton, "tune.http.cookielen 100", 90)]
    [InlineData(Product.Haproxy, "tune.http.cookielen 100", 90)]
    [InlineData(Product.Baton, "", 63)]
    [InlineData(Product.Haproxy, "", 63)]
    public void So_much_of_a_cookie_is_captured(Product product, string global, int length)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            "capture cookie c= len 90\n    log-format %CC",
            $"server s 127.0.0.1:{HttpOrigin().Port}",
            global: global
        );
        string cookie = "c=" + new string('v', 200);
        Connect(proxy).Get(headers: $"Cookie: {cookie}\r\n");
        Assert.Equal(cookie[..length], log.Next().TrimEnd());
    }

    /// <summary>The line of a proxy without a format tells of a request when it comes, and of nothing else.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("option dontlognull")]
    [InlineData("option dontlog-normal")]
    [InlineData("http-request set-log-level silent")]
    [InlineData("log-format-sd \"[x y=z]\"")]
    public void The_plain_line_comes_with_the_request(string option)
    {
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
        {
            using var answer = new ManualResetEventSlim();
            OriginServer origin = Origin(c =>
            {
                while (c.TryReadHead(out _))
                {
                    answer.Wait();
                    c.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                }
            });
            (ProxyProcess proxy, LogCollector log) = Proxy(product, option, $"server s 127.0.0.1:{origin.Port}", "format rfc5424 local0");
            Connect(proxy).Dispose();
            Connect(proxy).Ask("BAD\r\n\r\n");
            RawClient client = Connect(proxy);
            client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.EndsWith(
                $" - - Connect from 127.0.0.1:{client.LocalPort} to 127.0.0.1:{proxy.Port()} (fe/HTTP)",
                log.Next().TrimEnd(),
                StringComparison.Ordinal
            );
            answer.Set();
            client.ReadResponse();
            client.Get();
            Assert.EndsWith(
                $"Connect from 127.0.0.1:{client.LocalPort} to 127.0.0.1:{proxy.Port()} (fe/HTTP)",
                log.Next().TrimEnd(),
                StringComparison.Ordinal
            );
            client.Dispose();
            log.ExpectNone();
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_plain_line_comes_with_the_connection_of_a_TCP_proxy(Product product)
    {
        (ProxyProcess proxy, LogCollector log) = Proxy(
            product,
            "option dontlognull",
            $"server s 127.0.0.1:{Origin(c => c.ReadToEnd()).Port}",
            defaults: "mode tcp"
        );
        RawClient client = Connect(proxy);
        Assert.EndsWith(
            $"Connect from 127.0.0.1:{client.LocalPort} to 127.0.0.1:{proxy.Port()} (fe/TCP)",
            log.Next().TrimEnd(),
            StringComparison.Ordinal
        );
        client.Dispose();
        log.ExpectNone();
    }
}
