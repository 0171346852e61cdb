// Stick tables over a reload: what they know is in the next process before it accepts, what is tracked stays tracked.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed partial class MovedTableTests
{
    /// <summary>Small tables are told entry by entry, large ones go over with their memory.</summary>
    public static TheoryData<string> Sizes => ["1k", "20k"];

    private static string Value(Reloadable proxy, string table, string key, string data) =>
        Regex.Match(proxy.Ask($"show table {table} key {key}"), $@" {Regex.Escape(data)}=(\S+)").Groups[1].Value;

    private static void Eventually(Func<string> have, string expected)
    {
        long end = Environment.TickCount64 + Patience.Ms;
        while (have() != expected && Environment.TickCount64 < end)
            Thread.Sleep(20);
        Assert.Equal(expected, have());
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Entries_of_every_kind_are_in_the_next_process(string size)
    {
        using var proxy = new Reloadable(
            """
            backend ips
                stick-table type ip size 1k expire 1h store gpc0,gpc0_rate(1h),gpt0,conn_cnt,bytes_in_cnt,http_req_rate(1h)
            backend arrays
                stick-table type ipv6 size 1k expire 1h store gpc(3),gpt(2),gpc_rate(2,1h)
            backend texts
                stick-table type string len 40 size 1k store server_id,server_key
            backend numbers
                stick-table type integer size 1k expire 1h store gpc0
            listen l
                mode http
                bind 127.0.0.1:${port}
                http-request return status 200
            """.Replace("size 1k", $"size {size}", StringComparison.Ordinal)
        );
        proxy.Reload();
        proxy.Ask(
            "set table ips key 1.2.3.4 data.gpc0 5 data.gpc0_rate 6 data.gpt0 7 data.conn_cnt 8 data.bytes_in_cnt 99999999999 data.http_req_rate 9"
        );
        proxy.Ask("set table arrays key ::5 data.gpc2 5 data.gpt1 6 data.gpc1_rate 7");
        proxy.Ask("set table texts key some\\ text data.server_id 3 data.server_key abc");
        for (int i = 0; i < 300; i++)
            proxy.Ask($"set table numbers key {i} data.gpc0 {i + 1}");
        string[] tables = ["ips", "arrays", "texts", "numbers"];
        string[] before = tables.Select(t => Sorted(proxy, t)).ToArray();
        for (int i = 0; i < 3; i++)
        {
            Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
            for (int t = 0; t < tables.Length; t++)
                Assert.Equal(before[t], Sorted(proxy, tables[t]));
        }
        // what is removed does not come back, what is changed is as it was changed
        proxy.Ask("clear table ips key 1.2.3.4");
        proxy.Ask("set table numbers key 7 data.gpc0 1000");
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        Assert.Equal("", Sorted(proxy, "ips"));
        Assert.Equal("1000", Value(proxy, "numbers", "7", "gpc0"));
    }

    private static string Sorted(Reloadable proxy, string table) =>
        string.Join(
            '\n',
            proxy
                .Ask($"show table {table}")
                .Split('\n')
                .Where(static l => l.StartsWith("0x", StringComparison.Ordinal))
                .Select(static l => Changing().Replace(l, ""))
                .Order(StringComparer.Ordinal)
        );

    [GeneratedRegex(@"^0x[0-9a-f]+: key=|exp=\d+ ?")]
    private static partial Regex Changing();

    [Theory, MemberData(nameof(Sizes))]
    public void Who_is_blocked_stays_blocked_over_reloads_one_after_the_other(string size)
    {
        using var proxy = new Reloadable(
            """
            listen l
                mode http
                bind 127.0.0.1:${port}
                stick-table type ip size 1k expire 1h store http_req_rate(1h)
                http-request track-sc0 src
                http-request deny deny_status 429 if { sc_http_req_rate(0) gt 5 }
                http-request return status 200
            """.Replace("size 1k", $"size {size}", StringComparison.Ordinal)
        );
        proxy.Reload();
        int sent = 0;
        void Ask(int expected)
        {
            using RawClient client = RawClient.Tcp(proxy.Port);
            Assert.Equal(expected, client.Get().Status);
            sent++;
        }
        for (int i = 0; i < 5; i++)
            Ask(200);
        var old = new List<int>();
        for (int i = 0; i < 6; i++)
        {
            Ask(429);
            old.Add(proxy.Reload());
            Ask(429);
        }
        old.ForEach(pid => Reloadable.WaitGone(pid, Patience.Ms));
        Assert.Equal(sent, int.Parse(Value(proxy, "l", "127.0.0.1", "http_req_rate(3600000)"), CultureInfo.InvariantCulture));
    }

    /// <summary>Idle connections and tunnels move with what they track; a request in progress ends in the old process, and what it counts
    /// there comes after.</summary>
    [Theory, MemberData(nameof(Sizes))]
    public void What_is_tracked_stays_tracked_and_is_given_back_once(string size)
    {
        using var release = new ManualResetEventSlim();
        using var origin = new OriginServer(c =>
        {
            while (c.TryReadHead(out string? head))
            {
                if (head.Contains("/tunnel", StringComparison.Ordinal))
                {
                    c.Send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
                    for (byte[] some; (some = c.ReadSome()).Length > 0; )
                        c.Send(some);
                    return;
                }
                if (head.Contains("/slow", StringComparison.Ordinal))
                    release.Wait(Patience.Ms);
                c.Send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
            }
        });
        using var proxy = new Reloadable(
            """
            backend streams
                stick-table type string len 10 size 1k expire 1h store conn_cur,conn_cnt,http_err_cnt
            listen l
                mode http
                bind 127.0.0.1:${port}
                stick-table type ip size 1k expire 1h store conn_cur,conn_cnt,http_req_cnt,http_err_cnt
                tcp-request connection track-sc0 src
                http-request track-sc1 path table streams
                server s 127.0.0.1:${origin}
            """.Replace("size 1k", $"size {size}", StringComparison.Ordinal),
            origin.Port
        );
        proxy.Reload();
        using RawClient idle = RawClient.Tcp(proxy.Port);
        Assert.Equal(404, idle.Get("/idle").Status);
        using RawClient tunnel = RawClient.Tcp(proxy.Port);
        tunnel.Send("GET /tunnel HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
        tunnel.ReadHead();
        using RawClient slow = RawClient.Tcp(proxy.Port);
        slow.Send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
        Eventually(() => Value(proxy, "l", "127.0.0.1", "http_req_cnt"), "3");
        int old = proxy.Reload();
        Eventually(() => Value(proxy, "l", "127.0.0.1", "conn_cur"), "3");
        Assert.Equal("1", Value(proxy, "streams", "/tunnel", "conn_cur"));
        Assert.Equal("1", Value(proxy, "streams", "/slow", "conn_cur"));
        Assert.Equal(404, idle.Get("/again").Status);
        release.Set();
        Assert.Equal(404, slow.ReadResponse().Status);
        slow.Dispose();
        Reloadable.WaitGone(old, Patience.Ms);
        Eventually(() => Value(proxy, "l", "127.0.0.1", "conn_cur"), "2");
        Eventually(() => Value(proxy, "streams", "/slow", "http_err_cnt"), "1");
        Assert.Equal("0", Value(proxy, "streams", "/slow", "conn_cur"));
        Assert.Equal(("3", "4", "3"), (Total("conn_cnt"), Total("http_req_cnt"), Total("http_err_cnt")));
        tunnel.Send("ping");
        tunnel.ReadUntil("ping");
        tunnel.Dispose();
        Eventually(() => Value(proxy, "streams", "/tunnel", "conn_cur"), "0");
        Eventually(() => Value(proxy, "l", "127.0.0.1", "conn_cur"), "1");
        idle.Dispose();
        Eventually(() => Value(proxy, "l", "127.0.0.1", "conn_cur"), "0");
        Assert.Contains(" use=0 ", proxy.Ask("show table l"), StringComparison.Ordinal);

        string Total(string data) => Value(proxy, "l", "127.0.0.1", data);
    }

    [Theory, MemberData(nameof(Sizes))]
    public void What_a_process_had_open_that_was_killed_is_given_back(string size)
    {
        using var release = new ManualResetEventSlim();
        using var origin = new OriginServer(c =>
        {
            c.ReadHead();
            release.Wait(Patience.Ms);
        });
        using var proxy = new Reloadable(
            """
            listen l
                mode http
                bind 127.0.0.1:${port}
                stick-table type ip size 1k expire 1h store conn_cur,conn_cnt
                tcp-request connection track-sc0 src
                server s 127.0.0.1:${origin}
            """.Replace("size 1k", $"size {size}", StringComparison.Ordinal),
            origin.Port
        );
        proxy.Reload();
        using RawClient slow = RawClient.Tcp(proxy.Port);
        slow.Send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
        Eventually(() => Value(proxy, "l", "127.0.0.1", "conn_cur"), "1");
        int old = proxy.Reload();
        using RawClient mine = RawClient.Tcp(proxy.Port);
        Eventually(() => Value(proxy, "l", "127.0.0.1", "conn_cur"), "2");
        using (var process = System.Diagnostics.Process.GetProcessById(old))
            process.Kill();
        Eventually(() => Value(proxy, "l", "127.0.0.1", "conn_cur"), "1");
        Assert.Equal("2", Value(proxy, "l", "127.0.0.1", "conn_cnt"));
        release.Set();
    }

    /// <summary>What both had in common is the old process's alone again, and goes on from there.</summary>
    [Theory, MemberData(nameof(Sizes))]
    public void A_next_process_that_is_killed_takes_nothing_with_it(string size)
    {
        using var proxy = new Reloadable(
            $$"""
            backend t
                stick-table type integer size {{size}} expire 1h store gpc0
            listen l
                mode http
                bind 127.0.0.1:${port}
                http-request return status 200
            """,
            global: "handover-probation 30s"
        );
        proxy.Reload();
        for (int i = 0; i < 20; i++)
            proxy.Ask($"set table t key {i} data.gpc0 {i}");
        for (int round = 1; round <= 2; round++)
        {
            int old = proxy.Reload();
            proxy.Ask($"set table t key 7 data.gpc0 {1000 * round}");
            using (var process = System.Diagnostics.Process.GetProcessById(proxy.Pid))
                process.Kill();
            // the one before serves again, with what it had
            Eventually(() => proxy.Ask("show info").Contains($"\nPid: {old}\n", StringComparison.Ordinal) ? "serves" : "", "serves");
            Assert.Equal(round == 1 ? "7" : "77", Value(proxy, "t", "7", "gpc0"));
            proxy.Ask("set table t key 7 data.gpc0 77");
            proxy.Ask($"set table t key 100{round} data.gpc0 5");
            proxy.PidIs(old);
        }
        proxy.Reload();
        Assert.Equal("77", Value(proxy, "t", "7", "gpc0"));
        Assert.Equal("19", Value(proxy, "t", "19", "gpc0"));
        Assert.Contains("used:22", proxy.Ask("show table"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_that_changes_keeps_what_still_fits()
    {
        using var proxy = new Reloadable(
            """
            backend t
                stick-table type ip size 100 expire 1h store gpc0,http_req_rate(1h)
            listen l
                mode http
                bind 127.0.0.1:${port}
                http-request return status 200
            """
        );
        proxy.Reload();
        for (int i = 0; i < 50; i++)
            proxy.Ask($"set table t key 1.1.1.{i} data.gpc0 {i} data.http_req_rate 7");
        // another period, one more thing to store, and room for fewer
        proxy.Edit("size 100 expire 1h store gpc0,http_req_rate(1h)", "size 20 expire 1h store gpc0,http_req_rate(2h),gpt0");
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        Assert.Contains("size:20, used:20", proxy.Ask("show table"), StringComparison.Ordinal);
        Assert.Matches(@"gpt0=0 gpc0=49 http_req_rate\(7200000\)=0", proxy.Ask("show table t key 1.1.1.49"));
        proxy.Edit("type ip size 20", "type string size 20");
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        Assert.Contains("type: string, size:20, used:0", proxy.Ask("show table"), StringComparison.Ordinal);
    }
}
