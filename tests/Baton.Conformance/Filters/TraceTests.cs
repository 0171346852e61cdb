// filter trace: what it prints, in what order, and that bodies of every kind pass through filters that tear them unchanged.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Filters;

public sealed partial class TraceTests : Scenario
{
    [GeneratedRegex(@"^\d+\.\d{6} \[(\S+) *\] \[strm 0x[0-9a-f]+\([0-9a-f]+\) 0x[0-9a-f]{8} 0x[0-9a-f]{8}\] (.*)$")]
    private static partial Regex Line();

    /// <summary>Lines of the filter called <paramref name="who"/> without what is only said of HAProxy's own steps, and what of it depends
    /// on when bytes arrive.</summary>
    private static List<string> Trace(ProxyProcess proxy, string who) =>
        [
            .. proxy
                .ErrorText.Split('\n')
                .Select(l => Line().Match(l))
                .Where(m => m.Success && m.Groups[1].Value == who)
                .Select(m => Regex.Replace(m.Groups[2].Value, "offset=[0-9]+", "offset=N"))
                .Where(l => !l.StartsWith("trace_chn_analyze", StringComparison.Ordinal))
                .Where(l =>
                    !l.Contains(" len=0 ", StringComparison.Ordinal) && !l.Contains("trace_chn_start_analyze", StringComparison.Ordinal)
                ),
        ];

    private ProxyProcess Http(Product product, string front, string back, OriginServer origin) =>
        Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                {{front}}
                    default_backend be
                backend be
                {{back}}
                    http-response set-header x-by be
                    server s 127.0.0.1:{{origin.Port}}
                """
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_request_and_its_answer(Product product)
    {
        ProxyProcess proxy = Http(product, "    filter trace name F", "    filter trace name B\n    filter trace quiet", HttpOrigin());
        RawClient client = Connect(proxy);
        Assert.Equal("hello", client.Ask("POST /a HTTP/1.1\r\nHost: h\r\nX-One: 1\r\nContent-Length: 3\r\n\r\nabc").Body);
        string[] ends = ["trace_stream_stop        ", "trace_detach             : filter-type=frontend"];
        Eventually(() => ends.All(Trace(proxy, "F/fe").Contains), "the stream's end is missing");
        string[] both =
        [
            "trace_stream_set_backend : backend=be",
            "trace_http_headers       : channel=REQUEST    - mode=HTTP  (backend)\tPOST /a HTTP/1.1",
            "\thost: h",
            "\tx-one: 1",
            "\tcontent-length: 3",
            "trace_http_payload       : channel=REQUEST    - mode=HTTP  (backend) - offset=N - len=3 - forward=3",
            "trace_http_end           : channel=REQUEST    - mode=HTTP  (backend)",
            "trace_http_headers       : channel=RESPONSE   - mode=HTTP  (backend)\tHTTP/1.1 200 OK",
            "\tcontent-length: 5",
            "\tx-by: be",
            "trace_http_payload       : channel=RESPONSE   - mode=HTTP  (backend) - offset=N - len=5 - forward=5",
            "trace_http_end           : channel=RESPONSE   - mode=HTTP  (backend)",
            "trace_chn_end_analyze    : channel=REQUEST    - mode=HTTP  (backend)",
            "trace_chn_end_analyze    : channel=RESPONSE   - mode=HTTP  (backend)",
        ];
        Assert.Equal(
            ["trace_attach             : filter-type=frontend", "trace_stream_start       ", .. both, .. ends],
            Trace(proxy, "F/fe")
        );
        Assert.Equal(
            ["trace_attach             : filter-type=backend", .. both, "trace_detach             : filter-type=backend"],
            Trace(proxy, "B/be")
        );
        Assert.DoesNotContain("TRACE/be", proxy.ErrorText, StringComparison.Ordinal);
        // one proxy's lines begin where the other's end, both ways
        string all = proxy.ErrorText;
        foreach (string side in (string[])["REQUEST", "RESPONSE"])
        {
            string what = $"trace_http_headers       : channel={side}";
            string[] order = [.. all.Split('\n').Where(l => l.Contains(what, StringComparison.Ordinal))];
            Assert.Equal(2, order.Length);
            Assert.Contains("[F/fe ", order[0], StringComparison.Ordinal);
            Assert.Contains("[B/be ", order[1], StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_tcp_session(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadUntil("ping");
            c.Send("pong");
        });
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                listen l
                    mode tcp
                    bind 127.0.0.1:${p1}
                    filter trace hexdump
                    server s 127.0.0.1:{{origin.Port}}
                """
        );
        RawClient client = Connect(proxy);
        client.Send("ping");
        Assert.Equal("pong", client.ReadTextToEnd());
        client.Dispose();
        Eventually(() => proxy.ErrorText.Contains("trace_detach", StringComparison.Ordinal), "the session's end is missing");
        List<string> lines = Trace(proxy, "TRACE/l");
        Assert.Contains("trace_tcp_payload        : channel=REQUEST    - mode=TCP   (backend) - offset=N - len=4 - forward=4", lines);
        Assert.Contains("trace_tcp_payload        : channel=RESPONSE   - mode=TCP   (backend) - offset=N - len=4 - forward=4", lines);
        Assert.Contains(
            "\t0x000000: 70 69 6e 67                                         |ping|\n",
            proxy.ErrorText,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "[TRACE/l             ] filter initialized [quiet=false - fwd random=false - hexdump=true]\n",
            proxy.ErrorText,
            StringComparison.Ordinal
        );
    }

    /// <summary>Framings of a body of 100,000 bytes: what a sender writes.</summary>
    private static string Framed(string how, string body)
    {
        if (how == "length")
            return $"Content-Length: {body.Length}\r\n\r\n{body}";
        if (how == "close")
            return "\r\n" + body;
        var text = new StringBuilder("Transfer-Encoding: chunked\r\n\r\n");
        for (int at = 0, size = 1; at < body.Length; at += size, size = Math.Min(size * 3 % 20_011 + 1, body.Length))
        {
            string piece = body.Substring(at, Math.Min(size, body.Length - at));
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{piece.Length:x};e=f\r\n{piece}\r\n");
        }
        return text.Append("0\r\nx-trailer: t\r\n\r\n").ToString();
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Bodies_that_filters_tear_arrive_whole(Product product)
    {
        string body = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i:d5}"));
        OriginServer origin = Origin(c =>
        {
            while (c.TryReadHead(out string head))
            {
                string got = head.Contains("encoding: chunked", StringComparison.OrdinalIgnoreCase)
                    ? Unchunk(c.ReadUntil("0\r\nx-trailer: t\r\n\r\n"))
                    : Encoding.Latin1.GetString(c.ReadBytes(HttpText.ContentLength(head)));
                if (got != body)
                    throw new InvalidOperationException("the request's body is another one");
                string how = head.Split(' ')[1][1..];
                c.Send($"HTTP/1.1 200 OK\r\n{Framed(how, body)}");
                if (how == "close")
                    return;
            }
        });
        ProxyProcess proxy = Http(
            product,
            "    filter trace name A random-forwarding quiet\n    filter trace name B quiet",
            "    filter trace name C random-forwarding quiet",
            origin
        );
        foreach (string up in (string[])["length", "chunked"])
        foreach (string down in (string[])["length", "chunked", "close"])
        {
            Assert.Equal(
                body,
                Answer(proxy, $"POST /{down} HTTP/1.1\r\nHost: h\r\n{Framed(up, body)}", product == Product.Haproxy ? 3 : 1)
            );
        }
    }

    /// <summary>The body of the answer. haproxy 2.6 ends a connection whose filters tear without an answer once in some hundred.</summary>
    private string Answer(ProxyProcess proxy, string request, int tries)
    {
        while (true)
        {
            RawClient client = Connect(proxy);
            client.Send(request);
            try
            {
                return client.ReadResponse().Body;
            }
            catch (IOException) when (--tries > 0)
            {
                // once more
            }
        }
    }

    private static string Unchunk(string text)
    {
        var body = new StringBuilder();
        for (int at = 0; ; )
        {
            int end = text.IndexOf("\r\n", at, StringComparison.Ordinal),
                size = Convert.ToInt32(text[at..end].Split(';')[0], 16);
            if (size == 0)
                return body.ToString();
            body.Append(text, end + 2, size);
            at = end + 2 + size + 2;
        }
    }

    /// <summary>The head is still changed when its body waits for the filters already, and both are sent once more.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_request_that_is_sent_again_is_whole_again(Product product)
    {
        var got = new System.Collections.Concurrent.ConcurrentQueue<string>();
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            got.Enqueue(c.ReadUntil("0\r\n\r\n"));
            c.Send(c.Number == 1 ? "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n" : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
        ProxyProcess proxy = Http(
            product,
            "    filter trace quiet\n    option http-buffer-request",
            $"    http-send-name-header x-name\n    retry-on 503\n    retries 3\n    option redispatch 1\n    server another 127.0.0.1:{origin.Port}",
            origin
        );
        RawClient client = Connect(proxy);
        client.Send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n1\r\n!\r\n0\r\n\r\n");
        Assert.Equal("ok", client.ReadResponse().Body);
        Assert.Equal(["hello!", "hello!"], got.Select(Unchunk));
        Assert.All(origin.Heads, head => Assert.Contains("x-name: ", head, StringComparison.Ordinal));
    }

    /// <summary>A word of newer releases.</summary>
    [Fact]
    public void No_more_than_max_fwd_passes_at_a_time()
    {
        ProxyProcess proxy = Http(Product.Baton, "    filter trace name M max-fwd 2", "", HttpOrigin());
        Assert.Equal("hello", Connect(proxy).Get().Body);
        Eventually(() => proxy.ErrorText.Contains("trace_detach", StringComparison.Ordinal), "the stream's end is missing");
        Assert.Equal(
            ["len=5 - forward=2", "len=3 - forward=2", "len=1 - forward=1"],
            Trace(proxy, "M/fe")
                .Where(l => l.Contains("RESPONSE", StringComparison.Ordinal) && l.Contains("len=", StringComparison.Ordinal))
                .Select(l => l[l.IndexOf("len=", StringComparison.Ordinal)..])
        );
    }
}
