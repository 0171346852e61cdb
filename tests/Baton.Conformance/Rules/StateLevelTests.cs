// Everything rules can set has a level (docs/levels.md): what is a request's is gone with the next request on the connection,
// what is a session's or a process's stays. Each is set by the first of two requests; the same on haproxy.
using System.Linq;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Rules;

public sealed class StateLevelTests : Scenario
{
    /// <summary>
    /// Rules of a frontend, a format that shows what they set, and what it shows in two requests of which the first has "x-set: 1".
    /// </summary>
    private static readonly (string Rules, string Format, string First, string Second)[] s_shown =
    [
        ("http-request set-src ipv4(192.0.2.9) if SET", "%[src]", "192.0.2.9", "127.0.0.1"),
        ("http-request set-src-port int(7) if SET", "%[src_port,sub(7),bool]", "0", "1"),
        ("http-request set-dst ipv4(192.0.2.8) if SET", "%[dst]", "192.0.2.8", "127.0.0.1"),
        ("http-request set-dst-port int(8) if SET", "%[dst_port,sub(8),bool]", "0", "1"),
        ("tcp-request content set-src ipv4(192.0.2.9) if SET", "%[src]", "192.0.2.9", "127.0.0.1"),
        (
            "tcp-request connection set-src src,ipmask(24)\n    http-request set-src ipv4(192.0.2.9) if SET",
            "%[src]",
            "192.0.2.9",
            "127.0.0.0"
        ),
        ("tcp-request session set-src src,ipmask(24)", "%[src]", "127.0.0.0", "127.0.0.0"),
        ("tcp-request connection set-dst-port int(9)", "%[dst_port]", "9", "9"),
        ("http-request set-var(req.a) int(1) if SET", "%[var(req.a)]", "1", ""),
        ("http-request set-var(txn.a) int(1) if SET", "%[var(txn.a)]", "1", ""),
        ("http-request set-var(sess.a) int(1) if SET", "%[var(sess.a)]", "1", "1"),
        ("http-request set-var(proc.a) int(1) if SET", "%[var(proc.a)]", "1", "1"),
        ("http-request set-path /b if SET", "%[path]", "/b", "/"),
        ("http-request set-query q if SET", "%[query]", "q", ""),
        ("http-request set-header x-a b if SET", "%[req.hdr(x-a)]", "b", ""),
        ("declare capture request len 8\n    http-request capture hdr(x-set) id 0 if SET", "%[capture.req.hdr(0)]", "1", ""),
        ("capture request header x-set len 8", "%[capture.req.hdr(0)]", "1", ""),
        ("unique-id-format %[req.hdr(x-set)]", "%[unique-id]", "1", ""),
    ];

    public static TheoryData<Product, int> Shown
    {
        get
        {
            var data = new TheoryData<Product, int>();
            for (int i = 0; i < s_shown.Length; i++)
            {
                data.Add(Product.Baton, i);
                data.Add(Product.Haproxy, i);
            }
            return data;
        }
    }

    [Theory, MemberData(nameof(Shown))]
    public void A_next_request_sees_what_is_not_only_the_first_ones(Product product, int index)
    {
        (string rules, string format, string first, string second) = s_shown[index];
        RawClient client = Connect(
            Start(
                product,
                Defaults
                    + $$"""
                    frontend fe
                        bind 127.0.0.1:${p1}
                        {{rules.Replace("SET", "{ req.hdr(x-set) -m found }", System.StringComparison.Ordinal)}}
                        http-request return status 200 content-type text/plain lf-string "{{format}}."
                    """
            )
        );
        string[] seen = [client.Get("/", "X-Set: 1\r\n").Body, client.Get().Body];
        Assert.Equal([first + ".", second + "."], seen);
    }

    /// <summary>Two requests and their log lines.</summary>
    private string[] Logged(Product product, string globalRules, string format, string backend, int expected = 2)
    {
        var log = Keep(new LogCollector());
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    log 127.0.0.1:{{log.Port}} local0
                    log-format "line {{format}}"
                    {{globalRules.Replace("SET", "{ req.hdr(x-set) -m found }", System.StringComparison.Ordinal)}}
                    use_backend first if { req.hdr(x-set) -m found }
                    default_backend be
                backend first
                    {{backend}}
                backend be
                    server s 127.0.0.1:{{HttpOrigin().Port}}
                """
        );
        RawClient client = Connect(proxy);
        client.Get("/", "X-Set: 1\r\n");
        client.Get();
        return [.. Enumerable.Range(0, expected).Select(_ => log.NextTraffic())];
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Log_levels_are_of_one_request(Product product)
    {
        string works = $"server s 127.0.0.1:{HttpOrigin().Port}";
        string[] lines = Logged(product, "http-request set-log-level err if SET", "%rt %ST", works);
        Assert.StartsWith("<131>", lines[0], System.StringComparison.Ordinal);
        Assert.StartsWith("<134>", lines[1], System.StringComparison.Ordinal);
        Assert.StartsWith(
            "<134>",
            Logged(product, "http-request set-log-level silent if SET", "%rt %ST", works, expected: 1)[0],
            System.StringComparison.Ordinal
        );
    }

    /// <summary>Retries and a redispatch of one request are not the next one's.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Retries_and_redispatches_are_of_one_request(Product product)
    {
        int good = HttpOrigin().Port;
        string[] lines = Logged(
            product,
            "",
            "rc %rc",
            $$"""
            balance roundrobin
                retries 1
                option redispatch 1
                server dead 127.0.0.1:${d1}
                server good 127.0.0.1:{{good}} backup
                server also 127.0.0.1:{{good}}
            """
        );
        Assert.EndsWith("rc +1", lines[0], System.StringComparison.Ordinal);
        Assert.EndsWith("rc 0", lines[1], System.StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Time_outs_are_of_one_request(Product product)
    {
        OriginServer origin = HttpOrigin(_ =>
        {
            Thread.Sleep(400);
            return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        });
        RawClient client = Connect(
            Start(
                product,
                Defaults
                    + $$"""
                    frontend fe
                        bind 127.0.0.1:${p1}
                        default_backend be
                    backend be
                        http-request set-timeout server 100ms if { req.hdr(x-set) -m found }
                        server s 127.0.0.1:{{origin.Port}}
                    """
            )
        );
        Assert.Equal(504, client.Get("/", "X-Set: 1\r\n").Status);
        Assert.Equal(200, client.Get().Status);
    }
}
