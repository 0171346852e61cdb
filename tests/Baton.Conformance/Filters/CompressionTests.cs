// compression: which answers are compressed and how their heads say it, on both programs; and that what comes out is what went in.
using System;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Filters;

public sealed class CompressionTests : Scenario
{
    private static readonly string s_body = string.Concat(Enumerable.Range(0, 400).Select(i => $"line {i}, which is like the others\n"));

    /// <summary>The bytes of a body, without what its name says was done to them.</summary>
    internal static string Plain(string encoding, string body)
    {
        using var from = new MemoryStream(Encoding.Latin1.GetBytes(body));
        using Stream plain = encoding switch
        {
            "gzip" => new GZipStream(from, CompressionMode.Decompress),
            "deflate" => new ZLibStream(from, CompressionMode.Decompress),
            "raw-deflate" => new DeflateStream(from, CompressionMode.Decompress),
            _ => from,
        };
        using var to = new MemoryStream();
        plain.CopyTo(to);
        return Encoding.Latin1.GetString(to.ToArray());
    }

    internal static string Chunked(string body, int size) =>
        string.Concat(body.Chunk(size).Select(piece => $"{piece.Length:x}\r\n{new string(piece)}\r\n")) + "0\r\n";

    /// <summary>Answers with the status and the fields that the request asks for in "x-answer", lines separated by bars.</summary>
    private OriginServer Bodies(string body) =>
        Origin(c =>
        {
            while (c.TryReadHead(out string head))
            {
                string answer = HttpText.Header(head, "x-answer")!.Replace("|", "\r\n", StringComparison.Ordinal);
                if (answer.Contains("chunked", StringComparison.Ordinal))
                    c.Send($"{answer}\r\n\r\n{Chunked(body, 1000)}x-end: 1\r\n\r\n");
                else if (answer.Contains("-", StringComparison.Ordinal) && answer.Contains("no-length", StringComparison.Ordinal))
                {
                    c.Send($"{answer}\r\n\r\n{body}");
                    return;
                }
                else if (answer.Contains(" 204", StringComparison.Ordinal) || answer.Contains(" 304", StringComparison.Ordinal))
                    c.Send($"{answer}\r\n\r\n");
                else if (head.StartsWith("HEAD", StringComparison.Ordinal))
                    c.Send($"{answer}\r\nContent-Length: {body.Length}\r\n\r\n");
                else
                    c.Send($"{answer}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
            }
        });

    private ProxyProcess Proxy(Product product, string front, string back = "", string? body = null) =>
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
                    server s 127.0.0.1:{{Bodies(body ?? s_body).Port}}
                """
        );

    private static Response Ask(RawClient client, string answer, string fields, string method = "GET", string version = "1.1")
    {
        client.Send($"{method} / HTTP/{version}\r\nHost: h\r\nX-Answer: {answer}\r\n{fields}\r\n");
        return client.ReadResponse(isHead: method == "HEAD");
    }

    private const string Gzip = "Accept-Encoding: gzip\r\n",
        Text = "HTTP/1.1 200 OK|Content-Type: text/plain",
        Typed = "    compression algo gzip\n    compression type text/ application/json";

    private static readonly (string, string)[] s_compressed =
    [
        (Text, Gzip),
        ("HTTP/1.1 201 OK|Content-Type: TEXT/html; charset=x", Gzip),
        ("HTTP/1.1 202 OK|Content-Type: application/json", Gzip),
        ("HTTP/1.1 203 OK|Content-Type: text/plain", Gzip),
        (Text + "|Transfer-Encoding: chunked", Gzip),
        (Text + "|Cache-Control: no-transform=x", Gzip),
        (Text, "Accept-Encoding: GZIP;q=0.001\r\n"),
        (Text, "Accept-Encoding: br, *\r\n"),
        (Text, "Accept-Encoding: br\r\nAccept-Encoding: x, gzip ; q=0.5\r\n"),
        (Text, Gzip + "User-Agent: Mozilla/4.0 (compatible; MSIE 7.0; Windows)\r\n"),
        (Text, Gzip + "User-Agent: Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1)\r\n"),
        (Text, Gzip + "User-Agent: Mozilla/5.0\r\n"),
    ];

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_is_compressed(Product product)
    {
        RawClient client = Connect(Proxy(product, Typed));
        foreach ((string answer, string fields) in s_compressed)
            AssertCompressed(client, answer, fields);
    }

    private static void AssertCompressed(RawClient client, string answer, string fields)
    {
        Response got = Ask(client, answer, fields);
        Assert.Equal((answer, fields, "gzip"), (answer, fields, got["content-encoding"]));
        Assert.Equal("Accept-Encoding", got["vary"]);
        Assert.Equal("chunked", got["transfer-encoding"]);
        Assert.Null(got["content-length"]);
        Assert.Equal(s_body, Plain("gzip", got.Body));
        Assert.InRange(got.Body.Length, 1, s_body.Length / 4);
        Assert.Equal(answer.Contains("chunked", StringComparison.Ordinal) ? "x-end: 1\r\n" : "", got.Trailers.ToLowerInvariant());
    }

    private static readonly (string, string)[] s_untouched =
    [
        (Text, ""),
        (Text, "Accept-Encoding: br\r\n"),
        (Text, "Accept-Encoding: gzip;q=0\r\n"),
        (Text, "Accept-Encoding: gzipped\r\n"),
        (Text, "Accept-Encoding: *;q=0\r\n"),
        (Text, Gzip + "User-Agent: Mozilla/4.7\r\n"),
        (Text, Gzip + "User-Agent: Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)\r\n"),
        ("HTTP/1.1 200 OK", Gzip),
        ("HTTP/1.1 200 OK|Content-Type: image/png", Gzip),
        ("HTTP/1.1 200 OK|Content-Type: multipart/x", Gzip),
        ("HTTP/1.1 206 OK|Content-Type: text/plain", Gzip),
        ("HTTP/1.1 404 OK|Content-Type: text/plain", Gzip),
        ("HTTP/1.1 500 OK|Content-Type: text/plain", Gzip),
        ("HTTP/1.0 200 OK|Content-Type: text/plain", Gzip),
        (Text + "|Content-Encoding: br", Gzip),
        (Text + "|Cache-Control: private, No-Transform", Gzip),
        (Text + "|ETag: abc", Gzip),
        (Text + "|ETag: \"a\"|ETag: \"b\"", Gzip),
        (Text + "|X-Body: no-length", Gzip),
        ("HTTP/1.1 204 OK|Content-Type: text/plain", Gzip),
        ("HTTP/1.1 304 OK|Content-Type: text/plain|ETag: \"a\"", Gzip),
    ];

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_is_not(Product product)
    {
        ProxyProcess proxy = Proxy(product, Typed);
        foreach ((string answer, string fields) in s_untouched)
            AssertUntouched(Ask(Connect(proxy), answer, fields), answer, fields);
    }

    private static void AssertUntouched(Response got, string answer, string fields)
    {
        Assert.Equal((answer, fields, null), (answer, fields, got["vary"]));
        Assert.Equal(answer.Contains("Encoding: br", StringComparison.Ordinal) ? "br" : null, got["content-encoding"]);
        if (answer.Contains("ETag: \"a\"", StringComparison.Ordinal))
            Assert.Equal("\"a\"", got["etag"]);
        if (got.Status is not (204 or 304))
            Assert.Equal(s_body, got.Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Neither_for_HEAD_nor_for_1_0(Product product)
    {
        ProxyProcess proxy = Proxy(product, Typed);
        Response head = Ask(Connect(proxy), Text + "|ETag: \"a\"", Gzip, method: "HEAD");
        Assert.Equal(s_body.Length.ToString(CultureInfo.InvariantCulture), head["content-length"]);
        Assert.Equal("\"a\"", head["etag"]);
        Assert.Null(head["content-encoding"]);
        Response old = Ask(Connect(proxy), Text, Gzip, version: "1.0");
        Assert.Null(old["content-encoding"]);
        Assert.Equal(s_body, old.Body);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Tags_become_weak_and_Vary_is_added(Product product)
    {
        RawClient client = Connect(Proxy(product, Typed));
        Assert.Equal("W/\"abc\"", Ask(client, Text + "|ETag: \"abc\"", Gzip)["etag"]);
        Response weak = Ask(client, Text + "|ETag: W/\"abc\"|Vary: x", Gzip);
        Assert.Equal("W/\"abc\"", weak["etag"]);
        Assert.Contains("vary: x\r\n", weak.Head.ToLowerInvariant(), StringComparison.Ordinal);
        Assert.Contains("vary: accept-encoding\r\n", weak.Head.ToLowerInvariant(), StringComparison.Ordinal);
    }

    private static readonly (string, string)[] s_choices =
    [
        ("deflate gzip", "gzip, deflate|gzip"),
        ("gzip deflate", "*|deflate"),
        ("deflate gzip", "gzip;q=0.5, deflate;q=0.6|deflate"),
        ("deflate gzip", "gzip;x=1;q=0.1, deflate;q=0.2|deflate"),
        ("deflate", "deflate|deflate"),
        ("raw-deflate", "deflate|raw-deflate"),
        ("identity", "|"),
        ("raw-deflate identity", "br|"),
        ("raw-deflate identity", "identity;q=0.5, deflate;q=0.2|"),
    ];

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void How_it_is_compressed(Product product)
    {
        string frontends = string.Concat(
            s_choices.Select(
                (row, i) =>
                    $"frontend fe{i}\n    bind 127.0.0.1:${{p{i + 1}}}\n    compression algo {row.Item1}\n"
                    + "    http-response set-header x-seen \"%[res.comp] %[res.comp_algo]\"\n    default_backend be\n"
            )
        );
        ProxyProcess proxy = Start(product, $"{Defaults}{frontends}backend be\n    server s 127.0.0.1:{Bodies(s_body).Port}");
        for (int i = 0; i < s_choices.Length; i++)
        {
            string[] parts = s_choices[i].Item2.Split('|');
            string accept = parts[0].Length > 0 ? $"Accept-Encoding: {parts[0]}\r\n" : "";
            RawClient client = Connect(proxy, i + 1);
            foreach (string framing in (string[])["", "|Transfer-Encoding: chunked"])
                AssertChosen(Ask(client, Text + "|ETag: \"a\"" + framing, accept), parts[1]);
        }
    }

    private static void AssertChosen(Response got, string algorithm)
    {
        Assert.Equal(algorithm.Length == 0 ? null : algorithm.Replace("raw-", "", StringComparison.Ordinal), got["content-encoding"]);
        Assert.Equal($"1 {(algorithm.Length == 0 ? "identity" : algorithm)}", got["x-seen"]);
        Assert.Equal(("chunked", "W/\"a\""), (got["transfer-encoding"], got["etag"]));
        Assert.Equal(s_body, Plain(algorithm, got.Body));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_backend_s_lines_come_first(Product product)
    {
        RawClient client = Connect(Proxy(product, Typed, "    compression algo deflate\n    compression type image/"));
        Assert.Null(Ask(client, "HTTP/1.1 200 OK|Content-Type: image/x", Gzip)["content-encoding"]);
        Assert.Null(Ask(client, Text, "Accept-Encoding: gzip, deflate\r\n")["content-encoding"]);
        Response got = Ask(client, "HTTP/1.1 200 OK|Content-Type: image/x", "Accept-Encoding: gzip, deflate\r\n");
        Assert.Equal("deflate", got["content-encoding"]);
        Assert.Equal(s_body, Plain("deflate", got.Body));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Rules_come_after_the_judgement(Product product)
    {
        RawClient client = Connect(
            Proxy(
                product,
                Typed
                    + "\n    http-request set-header accept-encoding gzip if { req.hdr(x-ask) 1 }"
                    + "\n    http-response del-header content-type if { res.hdr(x-type) gone }"
                    + "\n    http-response set-header content-type text/x if { res.hdr(x-type) set }"
                    + "\n    http-response set-header x-seen \"%[res.comp] %[res.hdr(content-encoding)]\""
            )
        );
        Response gone = Ask(client, Text + "|X-Type: gone", "X-Ask: 1\r\n");
        Assert.Equal(("gzip", "1", null), (gone["content-encoding"], gone["x-seen"]?.Trim(), gone["content-type"]));
        Response set = Ask(client, "HTTP/1.1 200 OK|X-Type: set", Gzip);
        Assert.Equal((null, "0", "text/x"), (set["content-encoding"], set["x-seen"]?.Trim(), set["content-type"]));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Offload_keeps_the_server_from_it(Product product)
    {
        OriginServer origin = HttpOrigin(s_body);
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                listen l
                    bind 127.0.0.1:${p1}
                    compression algo gzip
                    compression offload
                    server s 127.0.0.1:{{origin.Port}}
                """
        );
        RawClient client = Connect(proxy);
        Assert.Equal(s_body, Plain("gzip", client.Get("/", Gzip).Body));
        Assert.Equal(s_body, client.Get("/", "Accept-Encoding: br\r\n").Body);
        string[] heads = [.. origin.Heads];
        Assert.Null(HttpText.Header(heads[0], "accept-encoding"));
        Assert.Equal("br", HttpText.Header(heads[1], "accept-encoding"));
    }

    /// <summary>A server that dies in the middle is no end that a client could take for one.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_broken_answer_stays_broken(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.Send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nfirst");
        });
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                listen l
                    bind 127.0.0.1:${p1}
                    compression algo gzip
                    server s 127.0.0.1:{{origin.Port}}
                """
        );
        RawClient client = Connect(proxy);
        client.Send($"GET / HTTP/1.1\r\nHost: h\r\n{Gzip}\r\n");
        client.ReadHead();
        Assert.DoesNotContain("\r\n0\r\n", client.ReadTextToEnd(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void It_is_counted(Product product)
    {
        string socket = Path.Combine(Directory, "s");
        ProxyProcess proxy = Start(
            product,
            $"global\n    stats socket {socket} level admin\n"
                + Defaults.Replace("global\n", "", StringComparison.Ordinal)
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    compression algo gzip
                    default_backend be
                frontend other
                    bind 127.0.0.1:${p2}
                    compression algo identity
                    default_backend be
                backend be
                    server s 127.0.0.1:{{Bodies(s_body).Port}}
                """
        );
        int made = Ask(Connect(proxy), Text, Gzip).Body.Length;
        Ask(Connect(proxy), Text, "");
        Ask(Connect(proxy, 2), Text, "");
        string Row(string who)
        {
            using RawClient cli = RawClient.Unix(socket);
            cli.Send("show stat\n");
            string[] lines = cli.ReadTextToEnd().Split('\n');
            int at = Array.IndexOf(lines[0].TrimStart('#', ' ').Split(','), "comp_in");
            return string.Join(' ', lines.First(l => l.StartsWith(who, StringComparison.Ordinal)).Split(',')[at..(at + 4)]);
        }
        Eventually(() => Row("other,FRONTEND") == $"0 0 {s_body.Length} 1", "identity is not counted as bypassed");
        Assert.Equal($"{s_body.Length} {made} 0 1", Row("fe,FRONTEND"));
        Assert.Equal($"{s_body.Length} {made} {s_body.Length} 2", Row("be,BACKEND"));
    }

    /// <summary>An answer is more than may be compressed in a second, by far: the next one has to wait for that to pass.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_rate_that_is_exceeded_keeps_others_from_it(Product product)
    {
        string socket = Path.Combine(Directory, "s");
        ProxyProcess proxy = Start(
            product,
            $"global\n    stats socket {socket} level admin\n    maxcomprate 1\n"
                + Defaults.Replace("global\n", "", StringComparison.Ordinal)
                + $$"""
                listen l
                    bind 127.0.0.1:${p1}
                    compression algo gzip
                    server s 127.0.0.1:{{Bodies(new string('x', 30_000)).Port}}
                """
        );
        RawClient client = Connect(proxy);
        Assert.Equal(30_000, Plain("gzip", Ask(client, Text, Gzip).Body).Length);
        // a second may pass between two of them, but not always
        Eventually(() => Ask(client, Text, Gzip)["content-encoding"] is null, "all are compressed");
        using (RawClient cli = RawClient.Unix(socket))
        {
            cli.Send("set rate-limit http-compression global 0; show info\n");
            Assert.Contains("CompressBpsRateLim: 0\n", cli.ReadTextToEnd(), StringComparison.Ordinal);
        }
        Assert.Equal("gzip", Ask(client, Text, Gzip)["content-encoding"]);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void It_stands_where_its_filter_line_stands(Product product)
    {
        ProxyProcess proxy = Proxy(
            product,
            "    filter trace name A\n    filter compression\n    filter trace name B\n    compression algo identity"
        );
        Assert.Equal(s_body, Ask(Connect(proxy), Text, "").Body);
        Eventually(() => proxy.ErrorText.Contains("[B/fe", StringComparison.Ordinal), "the filter behind it has seen nothing");
    }

    /// <summary>An answer that is made here by a service is one; a page of our own is none.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Services_are_compressed_and_pages_are_not(Product product)
    {
        ProxyProcess proxy = Proxy(
            product,
            "    compression algo gzip\n    http-request use-service prometheus-exporter if { path /metrics }\n"
                + "    http-request return status 200 content-type text/plain string \"page page page page\" if { path /page }"
        );
        RawClient client = Connect(proxy);
        Response metrics = client.Get("/metrics", Gzip);
        Assert.Equal("gzip", metrics["content-encoding"]);
        Assert.Contains("haproxy_process_nbthread", Plain("gzip", metrics.Body), StringComparison.Ordinal);
        Response page = client.Get("/page", Gzip);
        Assert.Equal((null, "page page page page"), (page["content-encoding"], page.Body));
    }
}
