// show errors: malformed messages as they came. Where haproxy refuses the same bytes the whole answer is the same but for the
// flags of its internal structures and the sizes of its buffers.
using System;
using System.Linq;
using System.Text.RegularExpressions;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Cli;

public sealed partial class ErrorCommandTests : CliScenario
{
    private ProxyProcess StartServers(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            string head = c.ReadHead();
            c.Send(
                head.StartsWith("GET /name", StringComparison.Ordinal) ? "HTTP/1.1 200 OK\r\nBad@(Header): x\r\nContent-Length: 0\r\n\r\n"
                : head.StartsWith("GET /chunk", StringComparison.Ordinal)
                    ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n"
                : head.StartsWith("GET /junk", StringComparison.Ordinal) ? "GARBAGE\r\n\r\n"
                : "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
            );
            c.ReadToEnd();
        });
        return Start(
            product,
            Global
                + HttpDefaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    default_backend be
                frontend lax
                    bind 127.0.0.1:${p2}
                    option accept-invalid-http-request
                    default_backend laxbe
                listen li
                    bind 127.0.0.1:${p3}
                    server s1 127.0.0.1:{{origin.Port}}
                backend be
                    server s1 127.0.0.1:{{origin.Port}}
                backend laxbe
                    option accept-invalid-http-response
                    server s2 127.0.0.1:{{origin.Port}}
                """
        );
    }

    /// <summary>What is not the programs' own: times, ports, buffer sizes, flags.</summary>
    private static string Clean(string answer)
    {
        answer = Time().Replace(answer, "[TIME]");
        answer = Flags().Replace(answer, "flags");
        return Sizes().Replace(answer, m => m.Groups[1].Success ? "src CLIENT" : "SIZE");
    }

    [GeneratedRegex(@"\[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d\.\d{3}\]")]
    private static partial Regex Time();

    [GeneratedRegex("flags 0x[0-9a-f]{8}")]
    private static partial Regex Flags();

    [GeneratedRegex(@"(src 127\.0\.0\.1:\d+)|\d+ free|wraps at \d+")]
    private static partial Regex Sizes();

    private static int Send(ProxyProcess proxy, int port, string bytes)
    {
        using RawClient client = RawClient.Tcp(proxy.Port($"p{port}"));
        client.Send(bytes);
        string answer = client.ReadUntil("\r\n");
        return int.Parse(answer.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string Record(
        string direction,
        string proxy,
        int id,
        string between,
        int length,
        int position,
        string state,
        string lines
    ) =>
        $" \n[TIME] {direction} {proxy} (#{id}): invalid {(direction == "frontend" ? "request" : "response")}\n  {between}, src CLIENT\n  buffer starts at 0 (including 0 out), SIZE,\n  len {length}, SIZE, error at position {position}\n"
        + $"  H1 connection flags, H1 stream flags\n  H1 msg state {state}, H1 msg flags\n  H1 chunk len 0 bytes, H1 body len 0 bytes :\n  \n{lines}";

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Requests_and_responses_are_kept_as_they_came(Product product)
    {
        ProxyProcess proxy = StartServers(product);
        Assert.Equal("Total events captured on [TIME] : 0\n\n", Clean(Ask("show errors")));
        Assert.Equal(400, Send(proxy, 1, "G@T / HTTP/1.1\r\n\r\n"));
        Assert.Equal(400, Send(proxy, 1, "GET / HTTP/1.1\r\nHost: a\r\nBad Header: \\\t\x80\r\n\r\nrest"));
        string request = Record(
            "frontend",
            "fe",
            2,
            "backend <NONE> (#-1), server <NONE> (#-1), event #1",
            48,
            28,
            "MSG_HDR_NAME(17)",
            "  00000  GET / HTTP/1.1\\r\\n\n  00016  Host: a\\r\\n\n  00025  Bad Header: \\\\\\t\\x80\\r\\n\n  00042  \\r\\n\n  00044  rest\n"
        );
        Assert.Equal("Total events captured on [TIME] : 2\n" + request + "\n", Clean(Ask("show errors")));
        Assert.Equal(502, Send(proxy, 1, "GET /junk HTTP/1.1\r\nHost: a\r\n\r\n"));
        string response = Record(
            "backend",
            "be",
            5,
            "frontend fe (#2), server s1 (#1), event #2",
            11,
            7,
            "MSG_RPVER(10)",
            "  00000  GARBAGE\\r\\n\n  00009  \\r\\n\n"
        );
        string total = "Total events captured on [TIME] : 3\n";
        foreach (
            (string filter, string expected) in new[]
            {
                ("", request + response),
                ("-1", request + response),
                ("fe", request + response),
                ("be", response),
                ("2", request + response),
                ("5", response),
                ("li", ""),
                ("99", ""),
                ("-1 request", request),
                ("-1 response", response),
                ("be request", ""),
                ("fe request", request),
                ("fe response", response),
            }
        )
            Assert.Equal($"{filter}: {total}{expected}\n", $"{filter}: {Clean(Ask("show errors " + filter))}");
        Assert.Equal("No such proxy.\n\n", Ask("show errors nope"));
        Assert.StartsWith("Total", Ask("show errors", "operator"));
        Assert.Equal("Permission denied\n\n", Ask("show errors", "user"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Both_sides_of_a_listen_keep_their_own(Product product)
    {
        ProxyProcess proxy = StartServers(product);
        Assert.Equal(400, Send(proxy, 3, "BAD\r\n\r\n"));
        Assert.Equal(502, Send(proxy, 3, "GET /junk HTTP/1.1\r\nHost: a\r\n\r\n"));
        Assert.Equal(
            "Total events captured on [TIME] : 2\n"
                + Record(
                    "frontend",
                    "li",
                    4,
                    "backend <NONE> (#-1), server <NONE> (#-1), event #0",
                    7,
                    3,
                    "MSG_DATA(27)",
                    "  00000  BAD\\r\\n\n  00005  \\r\\n\n"
                )
                + Record(
                    "backend",
                    "li",
                    4,
                    "frontend li (#4), server s1 (#1), event #1",
                    11,
                    7,
                    "MSG_RPVER(10)",
                    "  00000  GARBAGE\\r\\n\n  00009  \\r\\n\n"
                )
                + "\n",
            Clean(Ask("show errors li"))
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Broken_chunks_are_kept(Product product)
    {
        ProxyProcess proxy = StartServers(product);
        Assert.Equal(400, Send(proxy, 1, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"));
        Assert.Contains(
            Record(
                "frontend",
                "fe",
                2,
                "backend <NONE> (#-1), server <NONE> (#-1), event #0",
                60,
                56,
                "MSG_CHUNK_SIZE(26)",
                "  00000  POST / HTTP/1.1\\r\\n\n  00017  Host: a\\r\\n\n  00026  Transfer-Encoding: chunked\\r\\n\n  00054  \\r\\n\n  00056  zz\\r\\n\n"
            ),
            Clean(Ask("show errors fe"))
        );
        using (RawClient client = RawClient.Tcp(proxy.Port("p1")))
        {
            client.Send("GET /chunk HTTP/1.1\r\nHost: a\r\n\r\n");
            Eventually(() => Ask("show errors be").Contains("invalid response"), "a broken chunk of a response is not kept");
        }
        Assert.Contains("error at position 47\n", Ask("show errors be"));
        Assert.Contains("  00047  zz\\r\\n\n", Ask("show errors be"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_an_option_lets_through_is_kept_too(Product product)
    {
        ProxyProcess proxy = StartServers(product);
        Assert.Equal(200, Send(proxy, 2, "GET /fine HTTP/1.1\r\nHost: a\r\n\r\n"));
        Assert.Equal("Total events captured on [TIME] : 0\n\n", Clean(Ask("show errors")));
        Assert.Equal(200, Send(proxy, 2, "GET /fine HTTP/1.1\r\nHost: a\r\nX@(y): b\r\n\r\n"));
        Assert.Equal(
            "Total events captured on [TIME] : 1\n"
                + Record(
                    "frontend",
                    "lax",
                    3,
                    "backend <NONE> (#-1), server <NONE> (#-1), event #0",
                    41,
                    30,
                    "MSG_DONE(30)",
                    "  00000  GET /fine HTTP/1.1\\r\\n\n  00020  Host: a\\r\\n\n  00029  X@(y): b\\r\\n\n  00039  \\r\\n\n"
                )
                + "\n",
            Clean(Ask("show errors"))
        );
        Assert.Equal(200, Send(proxy, 2, "GET /name HTTP/1.1\r\nHost: a\r\n\r\n"));
        string answer = Clean(Ask("show errors laxbe"));
        Assert.Contains("backend laxbe (#6): invalid response\n  frontend lax (#3), server s2 (#1), event #1, src CLIENT\n", answer);
        Assert.Contains("error at position 20\n", answer);
        Assert.Equal(502, Send(proxy, 1, "GET /name HTTP/1.1\r\nHost: a\r\n\r\n"));
    }

    [Fact]
    public void A_head_that_is_too_large_is_kept_as_far_as_it_came()
    {
        ProxyProcess proxy = StartServers(Product.Baton);
        Assert.Equal(431, Send(proxy, 1, "GET / HTTP/1.1\r\nA: " + new string('x', 20000)));
        string answer = Ask("show errors fe");
        Assert.Matches(@"\n  len (\d+), wraps at 16384, error at position \1\n", answer);
        Assert.Contains(
            "  00000  GET / HTTP/1.1\\r\\n\n  00016  A: " + new string('x', 67) + "\n  00086+ " + new string('x', 70) + "\n",
            answer
        );
        // the last one stays, whatever comes after it is in order
        Assert.Equal(200, Send(proxy, 1, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        Assert.Equal(answer.Split('\n').Skip(1), Ask("show errors fe").Split('\n').Skip(1));
    }
}
