// filter bwlim-in, bwlim-out and set-bandwidth-limit: bytes of a stream take their time. Debian's haproxy 2.6 has neither yet, so that
// these scenarios run on Baton alone, by the manual of the releases that have them.
using System;
using System.Diagnostics;
using System.Linq;
using System.Text;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Filters;

public sealed class BandwidthLimitTests : Scenario
{
    private static readonly string s_body = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i:d5}"));

    /// <summary>All of the body but the first period's share takes a period for each share: 100,000 bytes, 40,000 each 400 ms.</summary>
    private const string Line = "default-limit 40000 default-period 400ms";
    private const int AtLeastMs = 900;

    /// <summary>SIGSTOP and SIGCONT.</summary>
    private const int Stop = 19,
        Continue = 18;

    private static string Chunked(string body) =>
        string.Concat(body.Chunk(7000).Select(piece => $"{piece.Length:x}\r\n{new string(piece)}\r\n")) + "0\r\n\r\n";

    /// <summary>Answers with the body, framed as the target says, after it has read the request's.</summary>
    private OriginServer Bodies() =>
        Origin(c =>
        {
            while (c.TryReadHead(out string head))
            {
                if (head.Contains("encoding: chunked", StringComparison.OrdinalIgnoreCase))
                    c.ReadUntil("0\r\n\r\n");
                else
                    c.ReadBytes(Math.Max(0, HttpText.ContentLength(head)));
                switch (head.Split(' ')[1])
                {
                    case "/length":
                        c.Send($"HTTP/1.1 200 OK\r\nContent-Length: {s_body.Length}\r\n\r\n{s_body}");
                        break;
                    case "/chunked":
                        c.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunked(s_body));
                        break;
                    case "/close":
                        c.Send("HTTP/1.1 200 OK\r\n\r\n" + s_body);
                        return;
                    default:
                        c.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                        break;
                }
            }
        });

    private ProxyProcess Proxy(string front, string back = "", OriginServer? origin = null, string mode = "http") =>
        Start(
            Product.Baton,
            Defaults
                + $$"""
                defaults
                    mode {{mode}}
                    timeout connect 20s
                    timeout client 300ms
                    timeout server 300ms
                    timeout http-request 20s
                frontend fe
                    bind 127.0.0.1:${p1}
                {{front}}
                    default_backend be
                backend be
                {{back}}
                    server s 127.0.0.1:{{(origin ?? Bodies()).Port}}
                """
        );

    private static long Time(Action action)
    {
        var watch = Stopwatch.StartNew();
        action();
        return watch.ElapsedMilliseconds;
    }

    /// <summary>The time-outs of both sides are shorter than what the limit makes them wait: it is nobody's fault.</summary>
    [Theory]
    [InlineData("/length")]
    [InlineData("/chunked")]
    [InlineData("/close")]
    public void A_download_is_limited(string target)
    {
        ProxyProcess proxy = Proxy($"    filter bwlim-out down {Line}\n    http-response set-bandwidth-limit down");
        RawClient client = Connect(proxy);
        long ms = Time(() => Assert.Equal(s_body, client.Get(target).Body));
        Assert.InRange(ms, AtLeastMs, Patience.Ms);
    }

    [Fact]
    public void The_first_share_passes_at_once()
    {
        ProxyProcess proxy = Proxy(
            "    filter bwlim-out down default-limit 60000 default-period 1h\n    http-request set-bandwidth-limit down"
        );
        RawClient client = Connect(proxy);
        client.Send("GET /length HTTP/1.1\r\nHost: h\r\n\r\n");
        client.ReadHead();
        Assert.Equal(s_body[..60_000], Encoding.Latin1.GetString(client.ReadBytes(60_000)));
        client.ExpectSilence(500);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_upload_is_limited(bool chunked)
    {
        ProxyProcess proxy = Proxy($"    filter bwlim-in up {Line}\n    http-request set-bandwidth-limit up");
        RawClient client = Connect(proxy);
        string framing = chunked ? "Transfer-Encoding: chunked" : $"Content-Length: {s_body.Length}";
        long ms = Time(() =>
            Assert.Equal("ok", client.Ask($"POST / HTTP/1.1\r\nHost: h\r\n{framing}\r\n\r\n{(chunked ? Chunked(s_body) : s_body)}").Body)
        );
        Assert.InRange(ms, AtLeastMs, Patience.Ms);
        // what follows is another message, with a share of its own
        Assert.Equal("ok", client.Get("/").Body);
    }

    [Theory]
    [InlineData("tcp-request content set-bandwidth-limit down")]
    [InlineData("tcp-response content set-bandwidth-limit down")]
    public void A_tcp_session_is_limited(string rule)
    {
        OriginServer origin = Origin(c => c.Send(s_body));
        string lines = $"    filter bwlim-out down {Line}\n    {rule}";
        ProxyProcess proxy = rule.StartsWith("tcp-request", StringComparison.Ordinal)
            ? Proxy(lines, "", origin, "tcp")
            : Proxy("", lines, origin, "tcp");
        RawClient client = Connect(proxy);
        long ms = Time(() => Assert.Equal(s_body, client.ReadTextToEnd()));
        Assert.InRange(ms, AtLeastMs, Patience.Ms);
    }

    [Fact]
    public void Nothing_is_limited_before_a_rule_says_so()
    {
        ProxyProcess proxy = Proxy(
            """
                filter bwlim-out down default-limit 1 default-period 1h
                filter bwlim-in up default-limit 1 default-period 1h
                http-request set-bandwidth-limit down if { path /slow }
            """
        );
        RawClient client = Connect(proxy);
        Assert.Equal(s_body, client.Get("/length").Body);
        Assert.Equal("ok", client.Ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc").Body);
        client.Send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
        client.ReadHead();
        Assert.Equal("o", Encoding.Latin1.GetString(client.ReadBytes(1)));
        client.ExpectSilence(500);
    }

    /// <summary>Of several rules the last counts, and what an expression without a value would have said is as the line has it.</summary>
    [Fact]
    public void Rules_change_limit_and_period()
    {
        ProxyProcess proxy = Proxy(
            """
                filter bwlim-out down default-limit 1 default-period 1h
                http-request set-bandwidth-limit down limit 1k period 1h
                http-request set-bandwidth-limit down limit req.hdr(x-limit),mul(1000) period req.hdr(x-period)
            """
        );
        RawClient client = Connect(proxy);
        long ms = Time(() => Assert.Equal(s_body, client.Get("/length", "X-Limit: 40\r\nX-Period: 400\r\n").Body));
        Assert.InRange(ms, AtLeastMs, Patience.Ms);
        client.Send("GET /length HTTP/1.1\r\nHost: h\r\n\r\n");
        client.ReadHead();
        Assert.Equal("0", Encoding.Latin1.GetString(client.ReadBytes(1)));
        client.ExpectSilence(300);
    }

    /// <summary>Filters see the payload in their order, so that the later one sees what the earlier one lets pass.</summary>
    [Fact]
    public void No_less_than_min_size_passes_at_a_time()
    {
        ProxyProcess proxy = Proxy(
            $"    filter bwlim-out down {Line} min-size 8000\n    filter trace name T\n    http-request set-bandwidth-limit down"
        );
        Assert.Equal(s_body, Connect(proxy).Get("/length").Body);
        Eventually(() => proxy.ErrorText.Contains("trace_detach", StringComparison.Ordinal), "the stream's end is missing");
        int[] sizes =
        [
            .. proxy
                .ErrorText.Split('\n')
                .Where(l => l.Contains("trace_http_payload", StringComparison.Ordinal) && l.Contains("RESPONSE", StringComparison.Ordinal))
                .Select(l => int.Parse(l[(l.LastIndexOf('=') + 1)..], System.Globalization.CultureInfo.InvariantCulture)),
        ];
        Assert.Equal(s_body.Length, sizes.Sum());
        // once the first share is gone what has come is always more than that: only the buffer's end and the last piece are smaller
        int[] late = [.. sizes.SkipWhile((_, i) => sizes.Take(i + 1).Sum() <= 40_000).SkipLast(1)];
        Assert.True(late.Count(n => n >= 8000) >= late.Length / 2, string.Join(' ', sizes));
    }

    [Fact]
    public void The_backends_filters_come_behind_the_frontends()
    {
        ProxyProcess proxy = Proxy(
            "    filter bwlim-out down default-limit 1g default-period 1s\n    http-request set-bandwidth-limit down",
            $"    filter bwlim-out down {Line}\n    http-response set-bandwidth-limit down"
        );
        RawClient client = Connect(proxy);
        long ms = Time(() => Assert.Equal(s_body, client.Get("/chunked").Body));
        Assert.InRange(ms, AtLeastMs, Patience.Ms);
    }

    /// <summary>The answer is there before the request is: what is still to come of that is limited from then on.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_upload_may_be_limited_in_its_middle(bool chunked)
    {
        using var done = new ManualResetEventSlim();
        long ms = 0;
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            ms = Time(() => c.ReadUntil("END"));
            done.Set();
        });
        ProxyProcess proxy = Proxy($"    filter bwlim-in up {Line}\n    http-response set-bandwidth-limit up", origin: origin);
        RawClient client = Connect(proxy);
        string rest = s_body + "END";
        client.Send(
            "POST / HTTP/1.1\r\nHost: h\r\n"
                + (
                    chunked
                        ? $"Transfer-Encoding: chunked\r\n\r\n{rest.Length:x}\r\n{rest[..10]}"
                        : $"Content-Length: {rest.Length}\r\n\r\n{rest[..10]}"
                )
        );
        Assert.Equal("ok", client.ReadResponse().Body);
        client.Send(rest[10..] + (chunked ? "\r\n0\r\n\r\n" : ""));
        Assert.True(done.Wait(Patience.Ms));
        Assert.InRange(ms, AtLeastMs, Patience.Ms);
    }

    [Fact]
    public void An_upgraded_connection_is_limited()
    {
        OriginServer origin = Origin(c =>
        {
            c.ReadHead();
            c.Send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
            c.ReadUntil("go");
            c.Send(s_body);
        });
        ProxyProcess proxy = Proxy($"    filter bwlim-out down {Line}\n    http-request set-bandwidth-limit down", origin: origin);
        RawClient client = Connect(proxy);
        client.Send("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
        client.ReadHead();
        client.Send("go");
        long ms = Time(() => Assert.Equal(s_body, client.ReadTextToEnd()));
        Assert.InRange(ms, AtLeastMs, Patience.Ms);
    }

    [Fact]
    public void What_a_service_says_is_limited()
    {
        ProxyProcess proxy = Proxy(
            """
                filter bwlim-out down default-limit 1g default-period 1s
                http-request set-bandwidth-limit down limit req.hdr(x-limit) period 500ms
                http-request use-service prometheus-exporter
            """
        );
        RawClient client = Connect(proxy);
        int all = client.Get().Body.Length;
        long ms = Time(() => Assert.InRange(client.Get("/", $"X-Limit: {all / 2}\r\n").Body.Length, all / 2, all * 2));
        Assert.InRange(ms, 450, Patience.Ms);
    }

    /// <summary>No time-out runs while an answer is held back, so that a connection that is gone has to be seen by itself; also one that
    /// was never waited for, because its request was there with it.</summary>
    [Fact]
    public void Who_leaves_in_between_is_noticed()
    {
        ProxyProcess proxy = Proxy(
            """
                filter bwlim-out down default-limit 1000 default-period 1h
                filter trace
                http-request set-bandwidth-limit down
            """
        );
        proxy.Signal(Stop);
        RawClient client = Connect(proxy);
        client.Send("GET /length HTTP/1.1\r\nHost: h\r\n\r\n");
        proxy.Signal(Continue);
        client.ReadHead();
        client.ReadBytes(1000);
        Assert.DoesNotContain("trace_detach", proxy.ErrorText, StringComparison.Ordinal);
        client.Reset();
        Eventually(() => proxy.ErrorText.Contains("trace_detach", StringComparison.Ordinal), "the stream lives on without a client");
    }
}
