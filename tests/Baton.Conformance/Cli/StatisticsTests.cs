// show stat under traffic of every kind: the same traffic on both programs has to leave the same counters. Columns that
// depend on the clock (rates, times, lastchg) are checked for being filled, not for their value.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Cli;

public sealed class StatisticsTests : CliScenario
{
    private string Configuration(int origin) =>
        Global
        + $$"""
            defaults
                mode http
                timeout connect 300ms
                timeout client 1s
                timeout server 500ms
                timeout queue 200ms
                retries 2
                option socket-stats
            frontend fe
                bind 127.0.0.1:${p1} name one
                maxconn 100
                http-request deny if { path /deny }
                http-request return status 200 if { path /return }
                http-request redirect location /x if { path /redirect }
                http-response deny if { res.hdr(x-deny) 1 }
                tcp-request content reject if { path /reject }
                use_backend dead if { path /dead }
                use_backend moved if { path /moved }
                use_backend empty if { path /empty }
                default_backend be
            frontend refused
                bind 127.0.0.1:${p2}
                tcp-request connection reject
            frontend dismissed
                bind 127.0.0.1:${p3}
                tcp-request session reject
            listen relay
                mode tcp
                bind 127.0.0.1:${p4}
                server t 127.0.0.1:{{origin}}
            backend be
                balance leastconn
                server a 127.0.0.1:{{origin}} maxconn 50 maxqueue 9 cookie ck
                server b 127.0.0.1:{{origin}} weight 30 backup
                server c 127.0.0.1:{{origin}} disabled
            backend dead
                server x 127.0.0.1:{{Ports.Free()}}
            backend moved
                balance first
                option redispatch 1
                server x 127.0.0.1:{{Ports.Free()}}
                server y 127.0.0.1:{{origin}}
            backend empty

            """;

    /// <summary>Row, then what its columns have to hold.</summary>
    private static readonly (string Proxy, string Name, string Expected)[] s_rows =
    [
        (
            "fe",
            "FRONTEND",
            "scur=0 smax=1 slim=100 stot=21 dreq=2 dresp=1 ereq=5 econ= status=OPEN type=0 rate_lim=0 hrsp_1xx=0 hrsp_2xx=7 hrsp_3xx=2 hrsp_4xx=7 hrsp_5xx=7 hrsp_other=1 req_tot=23 conn_tot=21 intercepted=2 dcon=0 dses=0 mode=http"
        ),
        ("fe", "one", "smax=1 slim=0 stot=21 dreq=2 dresp=1 ereq=5 status=OPEN type=3"),
        ("refused", "FRONTEND", "stot=0 conn_tot=1 dcon=1 dses=0 req_tot=0 ereq=0"),
        ("dismissed", "FRONTEND", "stot=0 conn_tot=1 dcon=0 dses=1 req_tot=0 ereq=0"),
        ("relay", "FRONTEND", "stot=1 conn_tot=1 hrsp_2xx= req_tot=0 mode=tcp"),
        ("relay", "t", "stot=1 lbtot=1 hrsp_2xx= eresp=0 status=no@check type=2"),
        ("relay", "BACKEND", "stot=1 lbtot=1 status=UP act=1 bck=0 type=1"),
        (
            "be",
            "a",
            "qcur=0 qmax=0 scur=0 smax=1 slim=50 stot=12 dresp=1 econ=0 eresp=4 wretr=0 wredis=0 status=no@check weight=1 act=1 bck=0 qlimit=9 sid=1 lbtot=12 hrsp_2xx=6 hrsp_3xx=1 hrsp_4xx=1 hrsp_5xx=1 hrsp_other=0 req_tot=9 cli_abrt=0 srv_abrt=1 cookie=ck mode=http connect=9"
        ),
        ("be", "b", "stot=0 weight=30 act=0 bck=1 lastsess=-1 req_tot=0"),
        ("be", "c", "status=MAINT stot=0 lastsess=-1"),
        (
            "be",
            "BACKEND",
            "slim=10 stot=12 dresp=1 econ=0 eresp=4 status=UP weight=1 act=1 bck=1 hrsp_2xx=5 hrsp_3xx=1 hrsp_4xx=1 hrsp_5xx=5 req_tot=12 srv_abrt=1 algo=leastconn lbtot=12"
        ),
        ("dead", "x", "stot=3 econ=1 wretr=2 wredis=0 lbtot=1 req_tot=0 hrsp_5xx=0"),
        ("dead", "BACKEND", "stot=1 econ=1 wretr=2 req_tot=1 hrsp_5xx=1"),
        ("moved", "x", "stot=1 econ=0 wredis=1 wretr=0"),
        ("moved", "y", "stot=1 econ=0 wredis=0 req_tot=1 hrsp_2xx=1"),
        ("moved", "BACKEND", "stot=1 econ=0 wredis=1 wretr=0 req_tot=1 hrsp_2xx=1"),
        ("empty", "BACKEND", "stot=1 econ=1 status=UP act=0 lastsess=-1 hrsp_5xx=1 req_tot=1"),
    ];

    private static void Answer(OriginConnection c)
    {
        while (c.TryReadHead(out string head))
        {
            string path = head.Split(' ')[1];
            switch (path)
            {
                case "/hang":
                    Thread.Sleep(900);
                    return;
                case "/broken":
                    c.Send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
                    Thread.Sleep(30);
                    return;
                case "/close":
                    return;
                case "/junk":
                    c.Send("JUNK\r\n\r\n");
                    return;
            }
            string status = path switch
            {
                "/404" => "404 Not Found",
                "/302" => "302 Found",
                "/500" => "500 Oops",
                _ => "200 OK",
            };
            c.Send($"HTTP/1.1 {status}\r\n{(path == "/xdeny" ? "X-Deny: 1\r\n" : "")}Content-Length: 5\r\n\r\nhello");
        }
    }

    /// <summary>One request on a connection of its own, to the end of the connection or the response.</summary>
    private void Request(ProxyProcess proxy, string path)
    {
        using (RawClient client = RawClient.Tcp(proxy.Port("p1")))
        {
            client.Send($"GET {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            client.ReadToEnd();
        }
        AwaitNobody();
    }

    /// <summary>The next client is the only one again: how many there were at most is counted.</summary>
    private void AwaitNobody() =>
        Eventually(() => StatisticsTable.Parse(Ask("show stat"))["fe", "FRONTEND"]["scur"] == "0", "a client stays");

    private void Raw(ProxyProcess proxy, string port, string text, bool wait)
    {
        using (RawClient client = RawClient.Tcp(proxy.Port(port)))
        {
            if (text.Length > 0)
                client.Send(text);
            try
            {
                if (wait)
                    client.ReadToEnd();
            }
            catch (System.Net.Sockets.SocketException) { }
            catch (System.IO.IOException) { }
        }
        AwaitNobody();
    }

    private void Traffic(ProxyProcess proxy)
    {
        using (RawClient kept = RawClient.Tcp(proxy.Port("p1")))
            for (int i = 0; i < 4; i++)
                kept.Get("/ok");
        AwaitNobody();
        foreach (
            string path in new[]
            {
                "/deny",
                "/return",
                "/redirect",
                "/404",
                "/302",
                "/500",
                "/xdeny",
                "/junk",
                "/close",
                "/hang",
                "/dead",
                "/moved",
            }
        )
            Request(proxy, path);
        Raw(proxy, "p1", "GET /broken HTTP/1.1\r\nHost: h\r\n\r\n", true);
        Raw(proxy, "p1", "GARBAGE\r\n\r\n", true);
        Raw(proxy, "p1", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", true);
        Raw(proxy, "p1", "GET / HT", false);
        Raw(proxy, "p1", "", false);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Counters_after_traffic(Product product)
    {
        ProxyProcess proxy = Start(product, Configuration(Origin(Answer).Port));
        Traffic(proxy);
        Raw(proxy, "p1", "GET / HT", true);
        Raw(proxy, "p2", "", true);
        Raw(proxy, "p3", "", true);
        using (RawClient relayed = RawClient.Tcp(proxy.Port("p4")))
            relayed.Get("/");
        Request(proxy, "/empty");
        Request(proxy, "/reject");
        var wrong = new List<string>();
        long end = Environment.TickCount64 + 10_000;
        do
        {
            Thread.Sleep(100);
            wrong.Clear();
            foreach ((string name, string column, string wanted, string got) in Differences(StatisticsTable.Parse(Ask("show stat"))))
                wrong.Add($"{name} {column}: {got} instead of {wanted}");
        } while (wrong.Count > 0 && Environment.TickCount64 < end);
        Assert.Equal("", string.Join("\n", wrong));
    }

    private static IEnumerable<(string, string, string, string)> Differences(StatisticsTable table)
    {
        foreach ((string proxy, string name, string expected) in s_rows)
        foreach (string pair in expected.Split(' '))
        {
            string column = pair[..pair.IndexOf('=')],
                wanted = pair[(pair.IndexOf('=') + 1)..].Replace('@', ' '),
                got = table[proxy, name][column];
            if (got != wanted)
                yield return ($"{proxy}/{name}", column, wanted, got);
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Header_rows_and_filters(Product product)
    {
        Start(product, Configuration(1));
        StatisticsTable all = StatisticsTable.Parse(Ask("show stat"));
        Assert.StartsWith(
            "pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,wredis,status,weight,act,bck,",
            string.Join(',', all.Columns)
        );
        Assert.Contains("-", all.Columns);
        Assert.Equal(
            [
                "fe/FRONTEND",
                "fe/one",
                "refused/FRONTEND",
                "refused/sock-1",
                "dismissed/FRONTEND",
                "dismissed/sock-1",
                "relay/FRONTEND",
                "relay/sock-1",
                "relay/t",
                "relay/BACKEND",
                "be/a",
                "be/b",
                "be/c",
                "be/BACKEND",
                "dead/x",
                "dead/BACKEND",
                "moved/x",
                "moved/y",
                "moved/BACKEND",
                "empty/BACKEND",
            ],
            all.Names
        );
        string iid = all["be", "a"]["iid"];
        foreach (
            (string filter, string names) in new[]
            {
                ($"{iid} -1 -1", "be/a be/b be/c be/BACKEND"),
                ("be 4 -1", "be/a be/b be/c"),
                ("be 2 -1", "be/BACKEND"),
                ("be 4 2", "be/b"),
                ("be 6 -1", "be/a be/b be/c be/BACKEND"),
                ("be -1 -1 up", "be/a be/b be/BACKEND"),
                ("be -1 -1 no-maint", "be/a be/b be/BACKEND"),
                ("fe 8 -1", "fe/one"),
                ("fe 1 -1", "fe/FRONTEND"),
                ("9999 -1 -1", ""),
            }
        )
            Assert.Equal($"{filter}: {names}", $"{filter}: {string.Join(' ', StatisticsTable.Parse(Ask("show stat " + filter)).Names)}");
        Assert.Equal("No such proxy.", Ask("show stat nope 1 1").Trim());
        Assert.Equal("UP (2/3)", StatisticsTable.Parse(Ask("show stat be 2 -1 up"))["be", "BACKEND"]["status"]);
        // a user below "operator" sees no addresses
        Assert.Equal("", StatisticsTable.Parse(Ask("show stat", "user"))["be", "a"]["addr"]);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Json_and_typed_say_the_same(Product product)
    {
        Start(product, Configuration(1));
        StatisticsTable table = StatisticsTable.Parse(Ask("show stat be 4 1"));
        Dictionary<string, string> csv = table["be", "a"];
        using JsonDocument json = JsonDocument.Parse(Ask("show stat be 4 1 json"));
        JsonElement fields = json.RootElement[0];
        Dictionary<string, string> fromJson = fields
            .EnumerateArray()
            .ToDictionary(
                f => f.GetProperty("field").GetProperty("name").GetString()!,
                f => f.GetProperty("value").GetProperty("value").ToString()
            );
        Dictionary<string, string> typed = Ask("show stat be 4 1 typed")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ToDictionary(l => l.Split('.')[4], l => string.Join(':', l.Split(':')[3..]));
        foreach (
            string column in new[]
            {
                "pxname",
                "svname",
                "scur",
                "slim",
                "stot",
                "status",
                "weight",
                "act",
                "qlimit",
                "iid",
                "sid",
                "type",
                "addr",
                "cookie",
                "mode",
                "lastsess",
                "req_tot",
            }
        )
        {
            Assert.Equal($"{column}={csv[column]}", $"{column}={fromJson[column]}");
            Assert.Equal($"{column}={csv[column]}", $"{column}={typed[column]}");
        }
        Assert.Contains("S.6.1.4.scur.1:MGP:u32:0".Replace("S.6", $"S.{csv["iid"]}"), Ask("show stat be 4 1 typed"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Counters_are_cleared(Product product)
    {
        ProxyProcess proxy = Start(product, Configuration(Origin(Answer).Port));
        Request(proxy, "/404");
        Ask("clear counters");
        Dictionary<string, string> row = StatisticsTable.Parse(Ask("show stat"))["fe", "FRONTEND"];
        Assert.Equal("0 1 1", $"{row["smax"]} {row["stot"]} {row["hrsp_4xx"]}");
        Assert.Equal("Permission denied", Ask("clear counters all", "operator").Trim());
        Ask("clear counters all");
        row = StatisticsTable.Parse(Ask("show stat"))["fe", "FRONTEND"];
        Assert.Equal("0 0 0", $"{row["smax"]} {row["stot"]} {row["hrsp_4xx"]}");
    }
}
