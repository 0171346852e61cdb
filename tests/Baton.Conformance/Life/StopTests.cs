// What becomes of proxies and their streams at signals and commands: what is said of it, and to whom.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Life;

public sealed partial class StopTests : Scenario
{
    private const int SIGHUP = 1,
        SIGQUIT = 3,
        SIGUSR1 = 10,
        SIGUSR2 = 12,
        SIGTTIN = 21,
        SIGTTOU = 22;

    private string Config(LogCollector log, OriginServer origin, string global = "") =>
        $$"""
            global
                nbthread 1
                stats socket ${dir}/admin.sock level admin
                log 127.0.0.1:{{log.Port}} local0
                {{global}}
            defaults
                mode http
                log global
                option httplog
                timeout connect 5s
                timeout client 60s
                timeout server 60s
            frontend fe
                bind 127.0.0.1:${p1}
                default_backend be
            backend be
                server s 127.0.0.1:{{origin.Port}}
            listen li
                mode tcp
                no log
                bind 127.0.0.1:${p2}
                server s 127.0.0.1:{{origin.Port}}
            frontend off
                disabled
                bind 127.0.0.1:${p1}
            backend unused
                server t 127.0.0.1:{{origin.Port}} disabled
            """;

    private string Command(string text)
    {
        using RawClient cli = RawClient.Unix(Path.Combine(Directory, "admin.sock"));
        cli.Send(text + "\n");
        return cli.ReadTextToEnd().Trim();
    }

    /// <summary>What stands on stderr behind "[WARNING] (pid) :", without what was said of the configuration and of haproxy's own inner
    /// proxies.</summary>
    private static string[] Warnings(ProxyProcess proxy) =>
        proxy
            .ErrorText.Split('\n')
            .Where(l => l.StartsWith("[WARNING]", StringComparison.Ordinal) && !Inner().IsMatch(l))
            .Select(l => l[(l.IndexOf(':', StringComparison.Ordinal) + 2)..])
            .ToArray();

    private static void ExpectWarnings(ProxyProcess proxy, params string[] lines)
    {
        Eventually(() => Warnings(proxy).Length >= lines.Length, $"nothing is said: {proxy.ErrorText}");
        Assert.Equal(lines, Warnings(proxy));
    }

    /// <summary>The next line of the log that is not of haproxy's inner proxies: its priority and its message.</summary>
    private static string Logged(LogCollector log)
    {
        while (true)
        {
            string line = log.Next().TrimEnd('\n');
            if (!Inner().IsMatch(line))
                return line[..(line.IndexOf('>', StringComparison.Ordinal) + 1)]
                    + line[(line.IndexOf("]: ", StringComparison.Ordinal) + 3)..];
        }
    }

    private static bool Refuses(ProxyProcess proxy, int port = 1)
    {
        try
        {
            using RawClient c = RawClient.Tcp(proxy.Port($"p{port}"));
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    [GeneratedRegex("config :|GLOBAL|<HTTPCLIENT>")]
    private static partial Regex Inner();

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Every_proxy_says_that_it_stops(Product product)
    {
        LogCollector log = Keep(new LogCollector());
        ProxyProcess proxy = Start(product, Config(log, HttpOrigin()), new ProxyOptions { EndsItself = true });
        Assert.Equal(200, Connect(proxy).Get(headers: "Connection: close\r\n").Status);
        Assert.StartsWith("<134>127.0.0.1:", Logged(log));
        proxy.Signal(SIGUSR1);
        Assert.Equal(0, proxy.WaitForExit());
        ExpectWarnings(
            proxy,
            "Proxy fe stopped (cumulated conns: FE: 1, BE: 0).",
            "Proxy li stopped (cumulated conns: FE: 0, BE: 0).",
            "Proxy be stopped (cumulated conns: FE: 0, BE: 1).",
            "Proxy unused stopped (cumulated conns: FE: 0, BE: 0)."
        );
        // li has no log
        Assert.Equal("<132>Proxy fe stopped (cumulated conns: FE: 1, BE: 0).", Logged(log));
        Assert.Equal("<132>Proxy be stopped (cumulated conns: FE: 0, BE: 1).", Logged(log));
        Assert.Equal("<132>Proxy unused stopped (cumulated conns: FE: 0, BE: 0).", Logged(log));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_paused_frontend_refuses_and_says_so(Product product)
    {
        LogCollector log = Keep(new LogCollector());
        ProxyProcess proxy = Start(product, Config(log, HttpOrigin()));
        Assert.Equal("", Command("disable frontend fe"));
        Eventually(() => Refuses(proxy), "still listening");
        ExpectWarnings(proxy, "Paused frontend fe.");
        Assert.Equal("<132>Paused frontend fe.", Logged(log));
        // what an operator has paused no signal resumes by itself
        Assert.Equal("", Command("enable frontend fe"));
        Eventually(() => !Refuses(proxy), "not listening");
        Assert.Equal("<132>Resumed frontend fe.", Logged(log));
        Assert.Equal("Frontend was previously shut down, cannot enable.", Command("enable frontend off"));
        Assert.Equal("Frontend was already shut down.", Command("shutdown frontend off"));
        Assert.Equal("", Command("disable frontend li"));
        Assert.Equal("", Command("shutdown frontend li"));
        ExpectWarnings(
            proxy,
            "Paused frontend fe.",
            "Resumed frontend fe.",
            "Paused proxy li.",
            "Proxy li stopped (cumulated conns: FE: 0, BE: 0)."
        );
        Assert.Equal(200, Connect(proxy).Get().Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void SIGTTOU_and_SIGTTIN_say_what_they_did_once(Product product)
    {
        LogCollector log = Keep(new LogCollector());
        ProxyProcess proxy = Start(product, Config(log, HttpOrigin()));
        proxy.Signal(SIGTTOU);
        Eventually(() => Refuses(proxy), "still listening");
        proxy.Signal(SIGTTOU);
        // of two signals that wait the kernel gives the lower first
        Thread.Sleep(500);
        proxy.Signal(SIGTTIN);
        Eventually(() => !Refuses(proxy), "not listening");
        proxy.Signal(SIGTTIN);
        Thread.Sleep(50);
        ExpectWarnings(proxy, "Paused frontend fe.", "Paused proxy li.", "Resumed frontend fe.", "Resumed proxy li.");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void SIGHUP_tells_how_the_servers_stand(Product product)
    {
        LogCollector log = Keep(new LogCollector());
        ProxyProcess proxy = Start(product, Config(log, HttpOrigin()));
        Assert.Equal(200, Connect(proxy).Get(headers: "Connection: close\r\n").Status);
        Logged(log);
        proxy.Signal(SIGHUP);
        string[] lines =
        [
            "SIGHUP: Proxy fe has no servers. Conn: act(FE+BE): 0+0, 0 pend (0 unass), tot(FE+BE): 1+0.",
            "SIGHUP: Server be/s is UP. Conn: 0 act, 0 pend, 1 tot.",
            "SIGHUP: Proxy be has 1 active servers and 0 backup servers available. Conn: act(FE+BE): 0+0, 0 pend (0 unass), tot(FE+BE): 0+1.",
            "SIGHUP: Server li/s is UP. Conn: 0 act, 0 pend, 0 tot.",
            "SIGHUP: Proxy li has 1 active servers and 0 backup servers available. Conn: act(FE+BE): 0+0, 0 pend (0 unass), tot(FE+BE): 0+0.",
            "SIGHUP: Proxy off has no servers. Conn: act(FE+BE): 0+0, 0 pend (0 unass), tot(FE+BE): 0+0.",
            "SIGHUP: Server unused/t is DOWN. Conn: 0 act, 0 pend, 0 tot.",
            "SIGHUP: Proxy unused has no server available ! Conn: act(FE+BE): 0+0, 0 pend (0 unass), tot(FE+BE): 0+0.",
        ];
        ExpectWarnings(proxy, ["SIGHUP received, dumping servers states.", .. lines]);
        Assert.Equal("<133>SIGHUP received, dumping servers states for proxy fe.", Logged(log));
        Assert.Equal("<133>" + lines[0], Logged(log));
        proxy.Signal(SIGQUIT);
        Eventually(() => proxy.ErrorText.Contains("Dumping pools usage.", StringComparison.Ordinal), "the pools are not shown");
        proxy.Signal(SIGUSR2);
        Assert.Equal(200, Connect(proxy).Get().Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_hard_stop_answers_who_waits_for_a_server(Product product)
    {
        LogCollector log = Keep(new LogCollector());
        OriginServer origin = Origin(c =>
        {
            string head = c.ReadHead();
            if (head.StartsWith("GET /body", StringComparison.Ordinal))
                c.Send("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nok");
            c.ReadToEnd();
        });
        ProxyProcess proxy = Start(product, Config(log, origin, "hard-stop-after 300ms"), new ProxyOptions { EndsItself = true });
        RawClient waiting = Connect(proxy),
            body = Connect(proxy),
            upload = Connect(proxy),
            tunnel = Connect(proxy, 2),
            silent = Connect(proxy);
        waiting.Send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
        body.Send("GET /body HTTP/1.1\r\nHost: a\r\n\r\n");
        upload.Send("POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc");
        tunnel.Send("GET / HTTP/1.1\r\n\r\n");
        Eventually(() => origin.Heads.Count == 4, "not all arrive");
        proxy.Signal(SIGUSR1);
        Response answer = waiting.ReadResponse();
        Assert.Equal((502, "close"), (answer.Status, answer["connection"]));
        upload.ExpectEnd();
        tunnel.ExpectEnd();
        silent.ExpectEnd();
        Assert.Equal(0, proxy.WaitForExit());
        Eventually(
            () => Warnings(proxy).Any(static l => l.StartsWith("Proxy li hard-stopped", StringComparison.Ordinal)),
            "nothing is said of it"
        );
        string said = string.Join('\n', Warnings(proxy));
        Assert.Contains("soft-stop running for too long, performing a hard-stop.", said);
        Assert.Contains(
            "Proxy fe hard-stopped (4 remaining conns will be closed).\nProxy li hard-stopped (1 remaining conns will be closed).",
            said
        );
        var ends = new List<string>();
        while (ends.Count < 3)
            if (End().Match(Logged(log)) is { Success: true } m)
                ends.Add($"{m.Groups["path"]} {m.Groups["status"]} {m.Groups["flags"]}");
        ends.Sort(StringComparer.Ordinal);
        Assert.Equal(["/body 200 KD--", "/up -1 K---", "/wait 502 KH--"], ends);
    }

    [GeneratedRegex("/-?\\d+ (?<status>-?\\d+) \\d+ - - (?<flags>\\S{4}) .*\"\\S+ (?<path>/\\S*) ")]
    private static partial Regex End();
}
