// use-service prometheus-exporter: what HAProxy's says, and answers of any length from an end that nobody is behind.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Services;

public sealed class PrometheusTests : Scenario
{
    private ProxyProcess Proxy(Product product, string rules = "", int servers = 2, string log = "") =>
        Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} name web
                    option socket-stats
                    {{log}}
                    http-request use-service prometheus-exporter if { path /metrics }
                    {{rules}}
                    default_backend be
                backend be
                {{string.Concat(
                    Enumerable.Range(1, servers).Select(i => $"    server s{i} 127.0.0.1:${{d1}}{(i == 2 ? " disabled" : "")}\n")
                )}}
                listen relay
                    mode tcp
                    bind 127.0.0.1:${p2}
                    server s 127.0.0.1:${d1}
                """
        );

    /// <summary>Lines without their values; what has none is left out.</summary>
    private static List<string> Names(string body) =>
        [
            .. body.Split('\n')
                .Where(l => !l.StartsWith("# HELP", StringComparison.Ordinal) && !l.EndsWith(" NaN", StringComparison.Ordinal))
                .Where(l => !l.Contains("baton_", StringComparison.Ordinal))
                .Where(l => !l.Contains("build_info", StringComparison.Ordinal) && !l.Contains("zlib", StringComparison.Ordinal))
                .Select(l => l.StartsWith('#') ? l : l[..Math.Max(0, l.LastIndexOf(' '))]),
        ];

    [Fact]
    public void It_says_what_haproxy_says()
    {
        List<string> ours = Names(Connect(Proxy(Product.Baton)).Get("/metrics").Body),
            theirs = Names(Connect(Proxy(Product.Haproxy)).Get("/metrics").Body);
        // a kind without samples is of no use to anybody
        theirs = [.. theirs.Where((line, i) => !line.StartsWith('#') || i + 1 < theirs.Count && !theirs[i + 1].StartsWith('#'))];
        Assert.Equal([], theirs.Except(ours).Where(l => l.Length > 0));
        Assert.Equal([], ours.Except(theirs).Where(l => l.Length > 0));
    }

    /// <summary>Servers that are checked have more to say, and so has their backend.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Checks_are_told_of(Product product)
    {
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    http-request use-service prometheus-exporter
                backend be
                    option httpchk
                    server up 127.0.0.1:{{HttpOrigin().Port}} check inter 100ms
                    server down 127.0.0.1:${d1} check inter 100ms fall 1
                    server other 127.0.0.1:${d1}
                """
        );
        RawClient client = Connect(proxy);
        string[] lines =
        [
            "haproxy_server_check_status{proxy=\"be\",server=\"up\",state=\"L7OK\"} 1",
            "haproxy_server_check_status{proxy=\"be\",server=\"up\",state=\"L4OK\"} 0",
            "haproxy_server_check_code{proxy=\"be\",server=\"up\"} 200",
            "haproxy_server_check_status{proxy=\"be\",server=\"down\",state=\"L4CON\"} 1",
            "haproxy_server_check_code{proxy=\"be\",server=\"down\"} 0",
            "haproxy_backend_agg_check_status{proxy=\"be\",state=\"L7OK\"} 1",
            "haproxy_backend_agg_check_status{proxy=\"be\",state=\"L4CON\"} 1",
        ];
        string body = "";
        Eventually(
            () => Array.TrueForAll(lines, (body = client.Get("/").Body).Split('\n').Contains),
            "checks are missing: " + string.Join("; ", lines.Where(l => !body.Contains(l, StringComparison.Ordinal)))
        );
        Assert.Contains("haproxy_server_check_duration_seconds{proxy=\"be\",server=\"up\"} 0.", body, StringComparison.Ordinal);
        Assert.DoesNotContain("haproxy_server_check_status{proxy=\"be\",server=\"other\"", body, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Listeners_are_a_part(Product product)
    {
        string body = Connect(Proxy(product)).Get("/metrics?scope=listener").Body;
        Assert.Contains("\nhaproxy_listener_status{proxy=\"fe\",listener=\"web\",state=\"OPEN\"} 1\n", body, StringComparison.Ordinal);
        Assert.Contains("\nhaproxy_listener_sessions_total{proxy=\"fe\",listener=\"web\"} ", body, StringComparison.Ordinal);
        Assert.DoesNotContain("haproxy_frontend", body, StringComparison.Ordinal);
    }

    /// <summary>By the manual of later releases; 2.6 does not look at it.</summary>
    [Fact]
    public void Metrics_may_be_named()
    {
        RawClient client = Connect(Proxy(Product.Baton));
        static string[] Samples(Response got) =>
            [.. got.Body.Split('\n').Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split('{', ' ')[0]).Distinct()];
        Assert.Equal(
            ["haproxy_process_nbthread", "haproxy_frontend_status"],
            Samples(client.Get("/metrics?metrics=haproxy_frontend_status,haproxy_process_nbthread"))
        );
        string[] all = Samples(client.Get("/metrics")),
            rest = Samples(client.Get("/metrics?metrics=-haproxy_frontend_status"));
        Assert.Equal(["haproxy_frontend_status"], all.Except(rest));
        Assert.Empty(Samples(client.Get("/metrics?metrics=haproxy_frontend_status&scope=server")));
    }

    /// <summary>What HAProxy has no metrics for; it goes on in the next process.</summary>
    [Fact]
    public void Reloads_workers_and_latencies_are_told_of()
    {
        OriginServer origin = HttpOrigin();
        string config = $$"""
            global
                nbthread 1
                stats socket ${dir}/s mode 600 level admin expose-fd listeners
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            frontend fe
                bind 127.0.0.1:${p1}
                http-request use-service prometheus-exporter if { path /metrics }
                default_backend be
            backend be
                server s 127.0.0.1:{{origin.Port}}
            """;
        ProxyProcess old = Start(Product.Baton, config, new ProxyOptions { EndsItself = true });
        RawClient idle = Connect(old);
        idle.Get("/");
        string body = Connect(old).Get("/metrics").Body;
        foreach (
            string line in (string[])
                [
                    "# TYPE baton_reloads_total counter",
                    "baton_reloads_total{result=\"done\"} 0",
                    "baton_connections_moved_total{kind=\"client\"} 0",
                    "# TYPE baton_worker_idle_percent gauge",
                    "# TYPE baton_backend_response_time_seconds histogram",
                    "baton_backend_response_time_seconds_bucket{proxy=\"be\",le=\"+Inf\"} 1",
                    "baton_backend_total_time_seconds_count{proxy=\"be\"} 1",
                ]
        )
            Assert.Contains("\n" + line + "\n", body, StringComparison.Ordinal);
        Assert.Matches("\nbaton_worker_idle_percent{worker=\"1\"} [0-9]+\n", body);
        Assert.DoesNotContain("baton_reload_duration_seconds", body, StringComparison.Ordinal);
        string socket = System.IO.Path.Combine(Directory, "s");
        ProxyProcess next = Keep(
            new ProxyProcess(Product.Baton, old.Config, Directory, new ProxyOptions { Arguments = ["-x", socket, "-sf", $"{old.Pid}"] })
        );
        Eventually(
            () =>
            {
                using RawClient client = RawClient.Tcp(old.Port());
                body = client.Get("/metrics").Body;
                // the one that asked before has moved too, and who asks here may be met by the old process and move after it
                return Regex.IsMatch(body, "\nbaton_connections_moved_total{kind=\"client\"} ([2-9]|[0-9]{2,})\n")
                    && body.Contains("step=\"left\"", StringComparison.Ordinal);
            },
            "no connection has moved"
        );
        Assert.Contains("\nbaton_reloads_total{result=\"done\"} 1\n", body, StringComparison.Ordinal);
        Assert.Matches("\nbaton_reload_duration_seconds{step=\"prepared\"} [0-9]+\\.[0-9]{3}\n", body);
        Assert.Contains("\nbaton_backend_response_time_seconds_count{proxy=\"be\"} 1\n", body, StringComparison.Ordinal);
        Assert.Equal(200, idle.Get("/").Status);
        Assert.Equal(0, old.WaitForExit());
        Assert.False(next.HasExited);
    }

    /// <summary>By the manual of later releases.</summary>
    [Fact]
    public void Counters_of_modules_come_when_they_are_asked_for()
    {
        RawClient client = Connect(Proxy(Product.Baton));
        const string one = "\nhaproxy_frontend_h1_total_connections{proxy=\"fe\",mod=\"h1\"} ";
        Assert.DoesNotContain(",mod=\"", client.Get("/metrics").Body, StringComparison.Ordinal);
        Assert.Contains(one, client.Get("/metrics?extra-counters").Body, StringComparison.Ordinal);
        Assert.DoesNotContain(one, client.Get("/metrics?extra-counters&scope=server").Body, StringComparison.Ordinal);
    }

    /// <summary>Prometheus' own judge.</summary>
    [Fact]
    public void Promtool_finds_nothing_wrong()
    {
        string file = System.IO.Path.Combine(Directory, "metrics");
        System.IO.File.WriteAllText(file, Connect(Proxy(Product.Baton)).Get("/metrics?extra-counters").Body);
        (_, string output) = Run("/bin/sh", "-c", $"promtool check metrics < {file} 2>&1");
        // COMPAT: names that HAProxy gave them, all by the same habit
        Assert.All(output.Trim().Split('\n'), line =>
            Assert.Matches("^haproxy_[a-z0-9_]+ counter metrics should have \"_total\" suffix$", line)
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Values_move_with_traffic(Product product)
    {
        RawClient client = Connect(Proxy(product, "http-request deny deny_status 404 if { path /no }"));
        client.Get("/no");
        client.Get("/no");
        string body = client.Get("/metrics").Body;
        Assert.Contains("\nhaproxy_frontend_http_responses_total{proxy=\"fe\",code=\"4xx\"} 2\n", body, StringComparison.Ordinal);
        Assert.Contains("\nhaproxy_frontend_requests_denied_total{proxy=\"fe\"} 2\n", body, StringComparison.Ordinal);
        Assert.Contains("\nhaproxy_server_status{proxy=\"be\",server=\"s2\",state=\"MAINT\"} 1\n", body, StringComparison.Ordinal);
        Assert.Contains("\nhaproxy_backend_agg_server_status{proxy=\"be\",state=\"MAINT\"} 1\n", body, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_part_may_be_asked_for(Product product)
    {
        RawClient client = Connect(Proxy(product));
        string servers = client.Get("/metrics?scope=server&no-maint").Body;
        Assert.Contains("server=\"s1\"", servers, StringComparison.Ordinal);
        Assert.DoesNotContain("server=\"s2\"", servers, StringComparison.Ordinal);
        Assert.DoesNotContain("haproxy_process", servers, StringComparison.Ordinal);
        Response both = client.Get("/metrics?scope=global&scope=frontend");
        Assert.Contains("haproxy_process_nbthread 1\n", both.Body, StringComparison.Ordinal);
        Assert.Contains("haproxy_frontend_status", both.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("haproxy_backend", both.Body, StringComparison.Ordinal);
        Response refused = client.Get("/metrics?scope=nothing");
        Assert.Equal(400, refused.Status);
        Assert.Contains("400 Bad request", refused.Body, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void It_stands_in_the_log_where_a_server_would(Product product)
    {
        using LogCollector log = new();
        ProxyProcess proxy = Proxy(
            product,
            log: $"log 127.0.0.1:{log.Port} local0\n    log-format \"%b/%s %TR/%Tw/%Tc/%Tr %ST %ts %[var(txn.x)]\""
        );
        Connect(proxy).Get("/metrics");
        Assert.EndsWith("]: fe/<PROMEX> 0/0/0/0 200 LR -", log.NextTraffic(), StringComparison.Ordinal);
    }

    /// <summary>Some megabytes, and the next request on the connection.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_answer_is_as_long_as_it_has_to_be(Product product)
    {
        const int servers = 2000;
        RawClient client = Connect(Proxy(product, servers: servers));
        Response answer = client.Get("/metrics");
        Assert.Equal("chunked", answer["transfer-encoding"]);
        Assert.InRange(answer.Body.Length, 5_000_000, 50_000_000);
        Assert.Contains(
            $"haproxy_server_status{{proxy=\"be\",server=\"s{servers}\",state=\"UP\"}} 1",
            answer.Body,
            StringComparison.Ordinal
        );
        Assert.Contains("haproxy_server_uweight{", client.Get("/metrics?scope=server").Body, StringComparison.Ordinal);
    }

    [Fact]
    public void A_slow_reader_gets_all_of_it_and_holds_nobody_up()
    {
        ProxyProcess proxy = Proxy(Product.Baton, servers: 1000);
        RawClient slow = Keep(RawClient.Tcp(proxy.Port(), receiveBuffer: 4096));
        slow.Send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
        for (int i = 0; i < 20; i++)
            Assert.Equal(200, Connect(proxy).Get("/metrics?scope=global").Status);
        Response answer = slow.ReadResponse();
        Assert.Contains("haproxy_server_uweight{proxy=\"be\",server=\"s1000\"}", answer.Body, StringComparison.Ordinal);
        Assert.Equal(200, slow.Get("/metrics?scope=global").Status);
        Assert.InRange(proxy.ResidentBytes(), 1, 100_000_000);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void HEAD_gets_the_head_and_1_0_reads_to_the_end(Product product)
    {
        ProxyProcess proxy = Proxy(product);
        RawClient client = Connect(proxy);
        Assert.Equal(200, client.Ask("HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n").Status);
        Assert.Equal(200, client.Get("/metrics?scope=global").Status);
        RawClient old = Connect(proxy);
        old.Send("GET /metrics HTTP/1.0\r\n\r\n");
        Assert.Contains("haproxy_server_uweight{proxy=\"relay\",server=\"s\"} 1\n", old.ReadTextToEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void Clients_that_leave_in_the_middle_leave_nothing_behind()
    {
        ProxyProcess proxy = Proxy(Product.Baton, servers: 300);
        for (int i = 0; i < 50; i++)
        {
            RawClient client = RawClient.Tcp(proxy.Port(), receiveBuffer: 4096);
            client.Send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
            client.ReadHead();
            if (i % 2 == 0)
                client.Reset();
            else
                client.Dispose();
        }
        RawClient last = Connect(proxy);
        Eventually(
            () => last.Get("/metrics?scope=frontend").Body.Contains("current_sessions{proxy=\"fe\"} 1\n", StringComparison.Ordinal),
            "sessions are left"
        );
    }

    [Fact]
    public void Rules_for_every_answer_see_it()
    {
        RawClient client = Connect(Proxy(Product.Baton, "http-after-response set-header x-by rules"));
        Response answer = client.Get("/metrics?scope=global");
        Assert.Equal("rules", answer["x-by"]);
        Assert.Contains("haproxy_process_uptime_seconds", answer.Body, StringComparison.Ordinal);
    }
}
