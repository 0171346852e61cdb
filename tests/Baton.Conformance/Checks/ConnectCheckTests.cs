// Checks that connect and nothing more: states, counts, words in the log, and what of the traffic follows.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Checks;

public sealed class ConnectCheckTests : CheckScenario
{
    /// <summary>Words of newer versions than the haproxy beside.</summary>
    [Fact]
    public void A_server_begins_as_its_line_says()
    {
        SwitchedServer a = Switched(on: true);
        Start(
            Product.Baton,
            Config(
                    $$"""
                    backend be
                        default-server check inter 1h fall 3 rise 2
                        server usual 127.0.0.1:{{a.Port}}
                        server high 127.0.0.1:{{a.Port}} init-state fully-up
                        server low 127.0.0.1:{{a.Port}} init-state down
                        server deep 127.0.0.1:{{a.Port}} init-state fully-down
                        server rises 127.0.0.1:{{a.Port}} init-state down inter 50
                        server climbs 127.0.0.1:{{a.Port}} init-state fully-down inter 1h disabled
                    """
                )
                .Replace("nbthread 1\n", "nbthread 1\n    max-spread-checks 20ms\n    spread-checks 0\n", StringComparison.Ordinal)
        );
        // the first check comes at once
        Await("UP 4", "be", "usual", "status check_health");
        Await("UP 4", "be", "high", "status check_health");
        Await("UP 4", "be", "low", "status check_health");
        Await("DOWN 1/2 1", "be", "deep", "status check_health");
        Await("UP L4OK", "be", "rises", "status check_status");
        Command("enable server be/climbs");
        Assert.Equal("DOWN", Show("be", "climbs", "status"));
        Command("disable server be/low");
        Command("enable server be/low");
        Assert.Equal("DOWN 1/2 1", Show("be", "low", "status check_health"));
        Command("disable server be/high");
        Command("enable server be/high");
        Assert.Equal("UP 4", Show("be", "high", "status check_health"));
    }

    private const string Left = " 0 sessions active, 0 requeued, 0 remaining in queue.",
        Online = " 0 sessions requeued, 0 total in queue.",
        Refused = "reason: Layer4 connection problem, info: \"Connection refused\", check duration: Nms",
        Passed = "reason: Layer4 check passed, check duration: Nms";

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_server_goes_down_and_comes_back(Product product)
    {
        SwitchedServer a = Switched(on: true);
        Start(product, Config($"backend be\n    server a 127.0.0.1:{a.Port} check rise 2 fall 3"));
        Await("UP L4OK", "be", "a");
        a.Off();
        Await("DOWN L4CON Connection refused", "be", "a");
        Assert.Equal(
            "3 1 Layer4 connection problem 2 3 0",
            Show("be", "a", "chkfail chkdown check_desc check_rise check_fall check_health")
        );
        Assert.Equal("DOWN 1", Show("be", "BACKEND", "status chkdown"));
        Assert.Contains(" be 1 a 127.0.0.1 0 0 1 1 ", Command("show servers state"));
        Assert.Contains(" 8 2 0 6 0 0 0 - ", Command("show servers state"));
        a.On();
        Await("UP L4OK", "be", "a");
        Assert.Equal("3 1 Layer4 check passed 2 3 4", Show("be", "a", "chkfail chkdown check_desc check_rise check_fall check_health"));
        Assert.Equal($"<129>Server be/a is DOWN, {Refused}. 0 active and 0 backup servers left.{Left}", NextNotice());
        Assert.Equal("<128>backend be has no server available!", NextNotice());
        Assert.Equal($"<133>Server be/a is UP, {Passed}. 1 active and 0 backup servers online.{Online}", NextNotice());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Each_step_is_told_with_log_health_checks(Product product)
    {
        SwitchedServer a = Switched(on: true);
        Start(
            product,
            Config($"backend be\n    option log-health-checks\n    server a 127.0.0.1:{a.Port} check backup\n    server b 127.0.0.1:1")
        );
        const string who = "Health check for backup server be/a";
        Assert.Equal($"<133>{who} succeeded, {Passed}, status: 3/3 UP.", NextNotice());
        a.Off();
        Assert.Equal($"<133>{who} failed, {Refused}, status: 2/3 UP.", NextNotice());
        Assert.Equal($"<133>{who} failed, {Refused}, status: 1/3 UP.", NextNotice());
        Assert.Equal($"<133>{who} failed, {Refused}, status: 0/2 DOWN.", NextNotice());
        Assert.Equal($"<129>Backup Server be/a is DOWN. 1 active and 0 backup servers left.{Left}", NextNotice());
        a.On();
        Assert.Equal($"<133>{who} succeeded, {Passed}, status: 1/2 DOWN.", NextNotice());
        Assert.Equal($"<133>{who} succeeded, {Passed}, status: 3/3 UP.", NextNotice());
        Assert.Equal($"<133>Backup Server be/a is UP. 1 active and 1 backup servers online.{Online}", NextNotice());
    }

    /// <summary>Without "timeout check" the interval is the time a check has.</summary>
    [Theory]
    [InlineData(Product.Baton, "")]
    [InlineData(Product.Haproxy, "")]
    [InlineData(Product.Baton, "timeout check 60s\n    timeout connect 50ms")]
    [InlineData(Product.Haproxy, "timeout check 60s\n    timeout connect 50ms")]
    public void A_server_that_does_not_answer_is_down(Product product, string timeouts)
    {
        FullListener full = Keep(new FullListener());
        string inter = timeouts.Length > 0 ? "" : " inter 50";
        Start(product, Config($"backend be\n    {timeouts}\n    server a 127.0.0.1:{full.Port} check{inter}"));
        Assert.StartsWith("<129>Server be/a is DOWN, reason: Layer4 timeout, check duration: Nms. 0 active", NextNotice());
        Assert.Equal("L4TOUT Layer4 timeout", Show("be", "a", "check_status check_desc").TrimStart('*', ' '));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Traffic_goes_where_servers_are_up(Product product)
    {
        SwitchedServer a = Switched("first", on: true),
            b = Switched("backup", on: true);
        ProxyProcess proxy = Start(
            product,
            Config(
                $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    monitor-uri /alive
                    monitor fail if { nbsrv(be) lt 1 }
                    http-request return status 200 content-type text/plain lf-string "%[srv_is_up(be/a)]%[srv_is_up(be/b)] %[nbsrv(be)]" if { path /up }
                    default_backend be
                backend be
                    server a 127.0.0.1:{{a.Port}} check
                    server b 127.0.0.1:{{b.Port}} check backup
                """
            )
        );
        Await("UP L4OK", "be", "a");
        Await("UP L4OK", "be", "b");
        Assert.Equal("first", Connect(proxy).Get().Body);
        Assert.Equal("11 1", Connect(proxy).Get("/up").Body);
        a.Off();
        Await("DOWN L4CON Connection refused", "be", "a");
        Assert.Equal("backup", Connect(proxy).Get().Body);
        Assert.Equal("01 1", Connect(proxy).Get("/up").Body);
        Assert.Equal(200, Connect(proxy).Get("/alive").Status);
        b.Off();
        Await("DOWN L4CON Connection refused", "be", "b");
        Assert.Equal(503, Connect(proxy).Get().Status);
        Assert.Equal("00 0", Connect(proxy).Get("/up").Body);
        Assert.Equal(503, Connect(proxy).Get("/alive").Status);
        a.On();
        Await("UP L4OK", "be", "a");
        Assert.Equal("first", Connect(proxy).Get().Body);
    }

    /// <summary>Checks go to a port of their own: the traffic's is another one.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Sessions_end_and_waiting_requests_go_elsewhere_when_their_server_is_down(Product product)
    {
        SwitchedServer check = Switched(on: true),
            other = Switched("other", on: true);
        OriginServer slow = Origin(c =>
        {
            c.ReadHead();
            c.ReadToEnd();
        });
        ProxyProcess proxy = Start(
            product,
            Config(
                $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    default_backend be
                backend be
                    option redispatch
                    use-server a if { hdr(x) a }
                    server a 127.0.0.1:{{slow.Port}} maxconn 1 check port {{check.Port}} on-marked-down shutdown-sessions
                    server b 127.0.0.1:{{other.Port}}
                """
            )
        );
        Await("UP L4OK", "be", "a");
        RawClient busy = Connect(proxy),
            waiting = Connect(proxy);
        busy.Send("GET / HTTP/1.1\r\nhost: h\r\nx: a\r\n\r\n");
        Await("1", "be", "a", "scur");
        waiting.Send("GET / HTTP/1.1\r\nhost: h\r\nx: a\r\n\r\n");
        Await("1", "be", "a", "qcur");
        check.Off();
        Assert.Equal(
            $"<129>Server be/a is DOWN, {Refused}. 1 active and 0 backup servers left. 1 sessions active, 1 requeued, 0 remaining in queue.",
            NextNotice()
        );
        Assert.Equal("other", waiting.ReadResponse().Body);
        Assert.Equal(502, busy.ReadResponse().Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Sessions_on_backups_end_when_the_server_is_back(Product product)
    {
        SwitchedServer a = Switched("first");
        OriginServer backup = Origin(c =>
        {
            c.ReadHead();
            c.ReadToEnd();
        });
        ProxyProcess proxy = Start(
            product,
            Config(
                $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    default_backend be
                backend be
                    server a 127.0.0.1:{{a.Port}} check on-marked-up shutdown-backup-sessions
                    server b 127.0.0.1:{{backup.Port}} backup
                """
            )
        );
        Await("DOWN L4CON Connection refused", "be", "a");
        RawClient client = Connect(proxy);
        client.Send("GET / HTTP/1.1\r\nhost: h\r\n\r\n");
        Await("1", "be", "b", "scur");
        a.On();
        Assert.Equal(502, client.ReadResponse().Status);
        Assert.Equal("first", Connect(proxy).Get().Body);
    }

    [Theory]
    [InlineData(Product.Baton, "send-proxy", "PROXY TCP4 127.0.0.1 127.0.0.1 ")]
    [InlineData(Product.Haproxy, "send-proxy", "PROXY TCP4 127.0.0.1 127.0.0.1 ")]
    [InlineData(Product.Baton, "check-send-proxy", "PROXY TCP4 127.0.0.1 127.0.0.1 ")]
    [InlineData(Product.Haproxy, "check-send-proxy", "PROXY TCP4 127.0.0.1 127.0.0.1 ")]
    [InlineData(Product.Baton, "send-proxy-v2", "\r\n\r\n\0\r\nQUIT\n \0\0\0")]
    [InlineData(Product.Haproxy, "send-proxy-v2", "\r\n\r\n\0\r\nQUIT\n \0\0\0")]
    [InlineData(Product.Baton, "send-proxy-v2 check-send-proxy addr 127.0.0.1", "\r\n\r\n\0\r\nQUIT\n \0\0\0")]
    [InlineData(Product.Haproxy, "send-proxy-v2 check-send-proxy addr 127.0.0.1", "\r\n\r\n\0\r\nQUIT\n \0\0\0")]
    [InlineData(Product.Baton, "send-proxy addr 127.0.0.1", "")]
    [InlineData(Product.Haproxy, "send-proxy addr 127.0.0.1", "")]
    public void A_check_may_begin_with_a_PROXY_header(Product product, string options, string begin)
    {
        string? seen = null;
        OriginServer origin = Origin(c =>
        {
            var all = new List<byte>();
            try
            {
                while (c.ReadSome() is { Length: > 0 } more)
                    all.AddRange(more);
            }
            catch (Exception e) when (e is System.Net.Sockets.SocketException or System.IO.IOException) { }
            seen = Encoding.Latin1.GetString([.. all]);
        });
        Start(product, Config($"backend be\n    server a 127.0.0.1:{origin.Port} check {options}"));
        Await("UP L4OK", "be", "a");
        // a connection that brought nothing and is reset at once need not be seen
        if (begin.Length == 0)
        {
            Assert.Equal("", seen ?? "");
            return;
        }
        Eventually(() => seen is not null, "nothing came");
        Assert.StartsWith(begin, seen);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_operator_switches_checks_off_and_on(Product product)
    {
        SwitchedServer a = Switched(on: true);
        Start(product, Config($"backend be\n    server a 127.0.0.1:{a.Port} check\n    server b 127.0.0.1:{a.Port}"));
        Await("UP L4OK", "be", "a");
        Assert.Equal("\n", Command("disable health be/a"));
        Assert.Equal("no check", Show("be", "a"));
        a.Off();
        Assert.Equal("\n", Command("set server be/a health down"));
        Assert.Equal("DOWN", Show("be", "a"));
        a.On();
        Assert.Equal("\n", Command("enable health be/a"));
        Await("UP L4OK", "be", "a");
        Assert.Equal("\n", Command("disable server be/a"));
        Assert.Equal("MAINT", Show("be", "a"));
        Assert.Contains(" 6 3 0 14 0 ", Command("show servers state"));
        a.Off();
        Assert.Equal("\n", Command("enable server be/a"));
        // one bad check is enough then
        Await("DOWN L4CON Connection refused", "be", "a");
        Assert.Equal("Health check was not configured on this server, cannot enable.\n\n", Command("enable health be/b"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_server_added_at_run_time_is_checked_once_that_is_switched_on(Product product)
    {
        SwitchedServer a = Switched(on: true);
        Start(product, Config("backend be\n    balance roundrobin\n    server x 127.0.0.1:1"));
        Assert.Contains("New server registered", Command($"add server be/a 127.0.0.1:{a.Port} check inter 100"));
        Command("enable server be/a");
        Assert.Equal("no check", Show("be", "a"));
        Command("enable health be/a");
        Await("UP L4OK", "be", "a");
        a.Off();
        Await("DOWN L4CON Connection refused", "be", "a");
        Command("disable server be/a");
        Eventually(() => Command("del server be/a").Contains("deleted", StringComparison.Ordinal), "not deleted");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_operator_moves_checks_elsewhere(Product product)
    {
        SwitchedServer a = Switched(on: true);
        Start(product, Config("backend be\n    server a 127.0.0.9:1 check\n    server b 127.0.0.1:1"));
        Await("DOWN L4CON Connection refused", "be", "a");
        Assert.Equal("\n", Command($"set server be/a check-addr 127.0.0.1 port {a.Port}"));
        Await("UP L4OK", "be", "a");
        Assert.Contains($" - 1 - 0 {a.Port} 127.0.0.1 ", Command("show servers state"));
        Assert.Equal("\n", Command("set server be/a check-port 2"));
        Await("DOWN L4CON Connection refused", "be", "a");
        foreach (
            (string command, string answer) in ((string, string)[])
                [
                    ("be/a check-port x", "provided port is not an integer\n"),
                    ("be/a check-port 70000", "provided port is invalid\n"),
                    ("be/a check-addr foo", "invalid addr 'foo'\n"),
                    ("be/a check-addr 127.0.0.1 port x", "provided port is not an integer\n"),
                    ("be/b check-port 5", "health checks are not enabled on this server\n"),
                ]
        )
            Assert.Equal((command, answer), (command, Command("set server " + command)));
    }
}
