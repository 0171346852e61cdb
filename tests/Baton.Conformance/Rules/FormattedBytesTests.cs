// Every byte a sample may have, in every place that a formatted text may go to; the same on haproxy but for the zero byte, at which
// haproxy 2.6 ends the sample.
using System;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Rules;

public sealed class FormattedBytesTests : Scenario
{
    private static readonly byte[] s_all = [.. Enumerable.Range(1, 255).Select(i => (byte)i)];

    private ProxyProcess Proxy(Product product, OriginServer origin, string log = "", string format = "") =>
        Start(
            product,
            $$"""
            global
                nbthread 1
                {{log}}
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            frontend fe
                bind 127.0.0.1:${p1}
                {{format}}
                http-request set-var(txn.b) req.hdr(b),b64dec
                http-request set-var-fmt(txn.f) <%[var(txn.b)]>
                http-request set-header x-fmt "<%[var(txn.b)]>"
                http-request set-header x-quote "<%{+Q}[var(txn.b)]>"
                http-request set-header x-escape "<%{+E}[var(txn.b)]>"
                http-request set-header x-hex "%[var(txn.f),hex]"
                http-request redirect location "/%[var(txn.b)]" if { path /redirect }
                http-request return status 200 content-type text/plain lf-string "<%[var(txn.b)]>" hdr x-back "<%[var(txn.b)]>" if { path /return }
                default_backend be
            backend be
                server s 127.0.0.1:{{origin.Port}}
            """
        );

    /// <summary>Control bytes as %XX, for they could end a line; a tab cannot.</summary>
    private static string Encoded(byte[] bytes) =>
        string.Concat(bytes.Select(b => b is < 0x20 and not (byte)'\t' or 0x7F ? $"%{b:X2}" : ((char)b).ToString()));

    private static string Escaped(string text) => string.Concat(text.Select(c => c is '"' or '\\' or ']' ? "\\" + c : c.ToString()));

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Bytes_in_HTTP_rules(Product product)
    {
        OriginServer origin = HttpOrigin();
        ProxyProcess proxy = Proxy(product, origin);
        Check(proxy, origin, s_all);
        if (product == Product.Baton)
            Check(proxy, origin, [.. "a\0b\0\0"u8, .. s_all, 0]);
    }

    private void Check(ProxyProcess proxy, OriginServer origin, byte[] bytes)
    {
        string value = Encoded(bytes),
            field = $"b: {Convert.ToBase64String(bytes)}\r\n";
        RawClient client = Connect(proxy);
        Assert.Equal(200, client.Get("/", field).Status);
        string head = origin.Heads.Last();
        Assert.Equal($"<{value}>", HttpText.Header(head, "x-fmt"));
        Assert.Equal($"<{value}>", HttpText.Header(head, "x-quote"));
        Assert.Equal($"<{Escaped(value)}>", HttpText.Header(head, "x-escape"));
        Assert.Equal($"3C{Convert.ToHexString(bytes)}3E", HttpText.Header(head, "x-hex"));
        Response response = client.Get("/return", field);
        Assert.Equal($"<{value}>", response["x-back"]);
        // in a body a zero byte harms nobody
        Assert.Equal($"<{value.Replace("%00", "\0", StringComparison.Ordinal)}>", response.Body);
        Assert.Equal("/" + value, client.Get("/redirect", field)["location"]);
    }

    /// <summary>A tab would end the target: there it is written like any other control byte. haproxy 2.6 sends it.</summary>
    [Theory]
    [InlineData("set-path /%[var(txn.b)]", "/a%09b")]
    [InlineData("set-query q=%[var(txn.b)]", "/?q=a%09b")]
    [InlineData("set-uri /u%[var(txn.b)]", "/ua%09b")]
    [InlineData("replace-path (.*) \\1%[var(txn.b)]", "/a%09b")]
    public void A_tab_in_a_target(string rule, string target)
    {
        OriginServer origin = HttpOrigin();
        RawClient client = Connect(
            Start(
                Product.Baton,
                Defaults
                    + $$"""
                    listen l
                        bind 127.0.0.1:${p1}
                        http-request set-var(txn.b) str(YQli),b64dec
                        http-request {{rule}}
                        server s 127.0.0.1:{{origin.Port}}
                    """
            )
        );
        Assert.Equal(200, client.Get().Status);
        Assert.StartsWith($"GET {target} HTTP/1.1\r\n", origin.Heads.Last(), StringComparison.Ordinal);
    }

    /// <summary>A log line has samples as they are.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Bytes_in_log_lines(Product product)
    {
        LogCollector log = Keep(new LogCollector());
        ProxyProcess proxy = Proxy(
            product,
            HttpOrigin(),
            $"log 127.0.0.1:{log.Port} local0",
            "log global\n    log-format \"<%[var(txn.b)]|%{+Q}[var(txn.b)]|%{+E}[var(txn.b)]> end\""
        );
        byte[] bytes = [.. s_all.Where(b => b != '\n')];
        string value = Encoding.Latin1.GetString(bytes);
        Connect(proxy).Get("/", $"b: {Convert.ToBase64String(bytes)}\r\n");
        Assert.EndsWith($"<{value}|\"{value}\"|{Escaped(value)}> end\n", log.Next(), StringComparison.Ordinal);
        if (product == Product.Haproxy)
            return;
        Connect(proxy).Get("/", $"b: {Convert.ToBase64String("a\0b"u8)}\r\n");
        Assert.EndsWith("<a\0b|\"a\0b\"|a\0b> end\n", log.Next(), StringComparison.Ordinal);
    }

    /// <summary>What has no content stands between its blanks all the same; a list of captures takes one along.</summary>
    [Theory]
    [InlineData("a %HQ b", "a  b")]
    [InlineData("%HQ b", " b")]
    [InlineData("a  %HQ   b", "a  b")]
    [InlineData("a %HQ %HQ b", "a   b")]
    [InlineData("a %{-M}CC b", "a  b")]
    [InlineData("a %{-M}[var(txn.none)] b", "a  b")]
    [InlineData("a %[var(txn.none)] b", "a - b")]
    [InlineData("a %hr b", "a b")]
    [InlineData("a %hs %HQ b", "a  b")]
    public void Blanks_around_nothing(string format, string line)
    {
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
        {
            LogCollector log = Keep(new LogCollector());
            ProxyProcess proxy = Proxy(
                product,
                HttpOrigin(),
                $"log 127.0.0.1:{log.Port} local0",
                $"log global\n    log-format \"{format}\""
            );
            Connect(proxy).Get();
            Assert.EndsWith($"]: {line}\n", log.Next(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("GET http://example.test/x?y", "/x?y")]
    [InlineData("GET http://example.test", "")]
    [InlineData("GET /x?y", "/x?y")]
    [InlineData("GET //x/http://y", "//x/http://y")]
    [InlineData("OPTIONS *", "")]
    [InlineData("GET https://example.test/", "/")]
    public void The_captured_URI_begins_with_its_path(string start, string uri)
    {
        foreach (Product product in (Product[])[Product.Baton, Product.Haproxy])
        {
            RawClient client = Connect(
                Start(
                    product,
                    Defaults
                        + $$"""
                        frontend fe
                            bind 127.0.0.1:${p1}
                            log 127.0.0.1:${u1} local0
                            http-response set-header x-uri "%[capture.req.uri]"
                            http-response set-header x-there yes if { capture.req.uri -m found }
                            default_backend be
                        backend be
                            server s 127.0.0.1:{{HttpOrigin().Port}}
                        """
                )
            );
            Response response = client.Ask($"{start} HTTP/1.1\r\nHost: example.test\r\n\r\n");
            Assert.Equal(uri, response["x-uri"]);
            Assert.Equal(uri.Length > 0, response["x-there"] is not null);
        }
    }

    /// <summary>haproxy 2.6 has no formats there.</summary>
    [Fact]
    public void Fields_of_a_PROXY_header_go_on_byte_for_byte()
    {
        byte[] seen = [],
            value = [.. "a\0b"u8, .. Enumerable.Range(0, 256).Select(i => (byte)i)];
        OriginServer origin = Origin(c =>
        {
            seen = Encoding.Latin1.GetBytes(c.ReadUntil("payload"));
            c.Send("done");
        });
        ProxyProcess proxy = Start(
            Product.Baton,
            Defaults
                + $$"""
                listen l
                    mode tcp
                    bind 127.0.0.1:${p1} accept-proxy
                    tcp-request session set-var(sess.a) fc_pp_tlv(0xE1)
                    tcp-request session set-var-fmt(sess.f) %[fc_pp_tlv(0xE1)]
                    server s 127.0.0.1:{{origin.Port}} send-proxy-v2 set-proxy-v2-tlv-fmt(0xE1) %[fc_pp_tlv(0xE1)] set-proxy-v2-tlv-fmt(0xE2) x%[var(sess.a)]y set-proxy-v2-tlv-fmt(0xE3) %[var(sess.f)]
                """
        );
        RawClient client = Connect(proxy);
        int length = 12 + 3 + value.Length;
        client.Send([
            .. "\r\n\r\n\0\r\nQUIT\n"u8,
            0x21,
            0x11,
            (byte)(length >> 8),
            (byte)length,
            127,
            0,
            0,
            1,
            127,
            0,
            0,
            1,
            0,
            1,
            0,
            2,
            0xE1,
            (byte)(value.Length >> 8),
            (byte)value.Length,
            .. value,
        ]);
        client.Send("payload");
        Assert.Equal("done", Encoding.ASCII.GetString(client.ReadBytes(4)));
        client.Socket.Shutdown(SocketShutdown.Send);
        int at = 28;
        foreach ((int type, byte[] expected) in ((int, byte[])[])[(0xE1, value), (0xE2, [(byte)'x', .. value, (byte)'y']), (0xE3, value)])
        {
            Assert.Equal(type, seen[at]);
            int n = seen[at + 1] << 8 | seen[at + 2];
            Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(seen.AsSpan(at + 3, n)));
            at += 3 + n;
        }
    }
}
