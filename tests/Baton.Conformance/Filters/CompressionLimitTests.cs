// What compression has beyond Debian's haproxy 2.6, which knows neither the later words nor zlib's memory: on Baton alone, by the manual of
// the releases that have them.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using System.Threading;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Filters;

public sealed class CompressionLimitTests : Scenario
{
    private const string Gzip = "Accept-Encoding: gzip\r\n";
    private static readonly string s_body = string.Concat(Enumerable.Range(0, 60_000).Select(i => $"{i * 7919 % 100_003:x} "));

    private ProxyProcess Proxy(string lines, OriginServer origin, string global = "") =>
        Start(
            Product.Baton,
            Defaults.Replace(
                "global\n",
                $"global\n    stats socket {Path.Combine(Directory, "s")} level admin\n{global}",
                StringComparison.Ordinal
            )
                + $$"""
                listen l
                    bind 127.0.0.1:${p1}
                {{lines}}
                    server s 127.0.0.1:{{origin.Port}}
                """
        );

    private string Info(string name)
    {
        using RawClient cli = RawClient.Unix(Path.Combine(Directory, "s"));
        cli.Send("show info\n");
        return cli.ReadTextToEnd().Split('\n').First(l => l.StartsWith(name + ":", StringComparison.Ordinal))[(name.Length + 2)..];
    }

    [Theory]
    [InlineData("gzip", "", 1)]
    [InlineData("gzip", "    tune.comp.maxlevel 9\n    tune.zlib.memlevel 1\n    tune.zlib.windowsize 9\n", 100)]
    [InlineData("deflate", "    tune.comp.maxlevel 6\n", 4000)]
    [InlineData("raw-deflate", "    tune.zlib.windowsize 8\n", 70_000)]
    public void What_comes_out_is_what_went_in(string algorithm, string global, int chunk)
    {
        string body = chunk == 1 ? s_body[..3000] : s_body;
        OriginServer origin = Origin(c =>
        {
            while (c.TryReadHead(out string head))
                if (head.Contains("/length", StringComparison.Ordinal))
                    c.Send($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");
                else
                    c.Send($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{CompressionTests.Chunked(body, chunk)}\r\n");
        });
        ProxyProcess proxy = Proxy($"    compression algo {algorithm}", origin, global);
        RawClient client = Connect(proxy);
        for (int i = 0; i < 2; i++)
            foreach (string target in (string[])["/length", "/chunks"])
                Assert.Equal(body, CompressionTests.Plain(algorithm, client.Get(target, "Accept-Encoding: gzip, deflate\r\n").Body));
    }

    /// <summary>What has come goes on at once, however little it is.</summary>
    [Fact]
    public void A_slow_answer_is_not_waited_for()
    {
        using var said = new SemaphoreSlim(0);
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
            said.Wait(Patience.Ms);
            c.Send("6\r\nsecond\r\n0\r\n\r\n");
        });
        ProxyProcess proxy = Proxy("    compression algo raw-deflate", origin);
        RawClient client = Connect(proxy);
        client.Send("GET / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: deflate\r\n\r\n");
        client.ReadHead();
        var body = new MemoryStream();
        string got = "";
        while (got != "first")
        {
            string line = client.ReadUntil("\r\n");
            body.Write(client.ReadBytes(int.Parse(line.Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
            client.ReadBytes(2);
            byte[] room = new byte[100];
            using var plain = new DeflateStream(new MemoryStream(body.ToArray()), CompressionMode.Decompress);
            try
            {
                got = Encoding.ASCII.GetString(room, 0, plain.ReadAtLeast(room, 5, throwOnEndOfStream: false));
            }
            catch (InvalidDataException)
            {
                // it ends in the middle
            }
        }
        said.Release();
        string rest = client.ReadUntil("\r\n0\r\n\r\n");
        Assert.NotEmpty(rest);
    }

    [Fact]
    public void Behind_it_a_limit_counts_what_is_left()
    {
        OriginServer origin = HttpOrigin(new string('x', 1_000_000));
        ProxyProcess proxy = Proxy(
            "    filter compression\n    filter bwlim-out down default-limit 400 default-period 400ms\n"
                + "    compression algo gzip\n    http-response set-bandwidth-limit down",
            origin
        );
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Response got = Connect(proxy).Get("/", Gzip);
        Assert.Equal(1_000_000, CompressionTests.Plain("gzip", got.Body).Length);
        // a thousandth of it in pieces of 400 bytes and 400 ms; all of it would take a quarter of an hour
        Assert.InRange(watch.ElapsedMilliseconds, 800, Patience.Ms);
    }

    [Fact]
    public void In_front_of_it_a_limit_counts_what_is_compressed()
    {
        OriginServer origin = HttpOrigin(new string('x', 100_000));
        ProxyProcess proxy = Proxy(
            "    filter bwlim-out down default-limit 40000 default-period 400ms\n    filter comp-res\n"
                + "    compression algo gzip\n    http-response set-bandwidth-limit down",
            origin
        );
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal(100_000, CompressionTests.Plain("gzip", Connect(proxy).Get("/", Gzip).Body).Length);
        Assert.InRange(watch.ElapsedMilliseconds, 500, Patience.Ms);
    }

    [Fact]
    public void Short_ones_stay_as_they_are()
    {
        OriginServer origin = Origin(c =>
        {
            while (c.TryReadHead(out string head))
            {
                string length = head.Split(' ')[1][1..];
                c.Send(
                    $"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{new string('x', int.Parse(length, CultureInfo.InvariantCulture))}"
                );
            }
        });
        RawClient client = Connect(Proxy("    compression algo gzip\n    compression minsize-res 1000", origin));
        Assert.Null(client.Get("/999", Gzip)["content-encoding"]);
        Assert.Equal("gzip", client.Get("/1000", Gzip)["content-encoding"]);
    }

    /// <summary>A megabyte is enough for two or three; the next answer is not compressed, and the one after those is again.</summary>
    [Fact]
    public void Memory_is_bounded()
    {
        using var go = new SemaphoreSlim(0);
        OriginServer origin = Origin(c =>
        {
            while (c.TryReadHead(out string head))
            {
                c.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
                if (head.Contains("/wait", StringComparison.Ordinal))
                    go.Wait(Patience.Ms);
                c.Send("0\r\n\r\n");
            }
        });
        ProxyProcess proxy = Proxy("    compression algo gzip", origin, "    maxzlibmem 1\n");
        Assert.Equal("1048576", Info("MaxZlibMemUsage"));
        var waiting = new List<RawClient>();
        bool isCompressed;
        do
        {
            RawClient one = Connect(proxy);
            one.Send($"GET /wait HTTP/1.1\r\nHost: h\r\n{Gzip}\r\n");
            isCompressed = one.ReadHead().Contains("gzip", StringComparison.Ordinal);
            waiting.Add(one);
        } while (isCompressed && waiting.Count < 10);
        Assert.InRange(waiting.Count, 3, 5);
        Assert.InRange(int.Parse(Info("ZlibMemUsage"), CultureInfo.InvariantCulture), 500_000, 1_048_576);
        Response plain = Connect(proxy).Get("/", Gzip);
        Assert.Equal((null, "hello"), (plain["content-encoding"], plain.Body));
        go.Release(waiting.Count);
        foreach (RawClient one in waiting)
            one.ReadUntil("0\r\n\r\n");
        Assert.Equal("gzip", Connect(proxy).Get("/", Gzip)["content-encoding"]);
    }

    [Theory]
    [InlineData("gzip", "Content-Length: 3000", "gzip")]
    [InlineData("deflate", "Transfer-Encoding: chunked", "deflate")]
    [InlineData("gzip", "Content-Length: 3000\r\nContent-Encoding: br", "br")]
    [InlineData("gzip", "Content-Length: 3000\r\nContent-Type: image/png", null)]
    public void Requests_are_compressed_where_it_is_asked_for(string algorithm, string fields, string? encoding)
    {
        string body = s_body[..3000],
            got = "",
            gotHead = "";
        OriginServer origin = Origin(c =>
        {
            while (c.TryReadHead(out string head))
            {
                gotHead = head;
                got = head.Contains("chunked", StringComparison.OrdinalIgnoreCase)
                    ? Unchunked(c)
                    : Encoding.Latin1.GetString(c.ReadBytes(HttpText.ContentLength(head)));
                // the first is not answered: it is sent again
                if (c.Number == 1)
                    return;
                c.Send($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");
            }
        });
        RawClient client = Connect(
            Proxy(
                $"    compression algo-req {algorithm}\n    compression type-req text/\n    compression direction request\n"
                    + "    compression algo gzip\n    retry-on empty-response\n    retries 2",
                origin
            )
        );
        string type = fields.Contains("Type", StringComparison.Ordinal) ? "" : "Content-Type: text/plain\r\n",
            sent = fields.Contains("chunked", StringComparison.Ordinal) ? CompressionTests.Chunked(body, 700) + "\r\n" : body;
        Response answer = client.Ask($"POST / HTTP/1.1\r\nHost: h\r\n{Gzip}{type}{fields}\r\n\r\n{sent}");
        // responses are not meant
        Assert.Equal((null, body), (answer["content-encoding"], answer.Body));
        Assert.Equal(2, origin.Connections);
        Assert.Equal(encoding, HttpText.Header(gotHead, "content-encoding"));
        Assert.Null(HttpText.Header(gotHead, "vary"));
        Assert.Equal(body, CompressionTests.Plain(encoding ?? "", got));
    }

    private static string Unchunked(OriginConnection c)
    {
        var body = new StringBuilder();
        while (true)
        {
            int size = Convert.ToInt32(c.ReadUntil("\r\n").Trim(), 16);
            if (size == 0)
                break;
            body.Append(Encoding.Latin1.GetString(c.ReadBytes(size)));
            c.ReadBytes(2);
        }
        c.ReadBytes(2);
        return body.ToString();
    }

    /// <summary>What is in the middle ends in the old process; connections, counters and what an operator has set go on.</summary>
    [Fact]
    public void A_reload_in_the_middle_of_an_answer()
    {
        using var go = new SemaphoreSlim(0);
        using var origin = new OriginServer(c =>
        {
            while (c.TryReadHead(out string head))
            {
                c.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n");
                if (head.Contains("/wait", StringComparison.Ordinal))
                    go.Wait(Patience.Ms);
                c.Send("5\r\nworld\r\n0\r\n\r\n");
            }
        });
        using var proxy = new Reloadable(
            """
            listen l
                mode http
                bind 127.0.0.1:${port}
                compression algo gzip
                server s 127.0.0.1:${origin}
            """,
            origin.Port
        );
        proxy.Reload();
        using RawClient idle = RawClient.Tcp(proxy.Port),
            busy = RawClient.Tcp(proxy.Port);
        Assert.Equal("hello world", CompressionTests.Plain("gzip", idle.Get("/", Gzip).Body));
        busy.Send($"GET /wait HTTP/1.1\r\nHost: h\r\n{Gzip}\r\n");
        string head = busy.ReadHead();
        Assert.Contains("gzip", head, StringComparison.Ordinal);
        proxy.Ask("set rate-limit http-compression global 1000");
        int old = proxy.Reload();
        Assert.Equal("hello world", CompressionTests.Plain("gzip", idle.Get("/", Gzip).Body));
        go.Release();
        Assert.NotEmpty(busy.ReadUntil("\r\n0\r\n\r\n"));
        Reloadable.WaitGone(old, Patience.Ms);
        Assert.Equal("hello world", CompressionTests.Plain("gzip", busy.Get("/", Gzip).Body));
        Assert.Equal(1_024_000, proxy.Info("CompressBpsRateLim"));
        Eventually(() => proxy.Stat("l", "FRONTEND", "comp_rsp") == "4", "responses of the old process are missing");
    }
}
