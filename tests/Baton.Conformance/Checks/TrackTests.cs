// "track": a server whose state is that of another one, in its own backend or elsewhere, at the end of a chain or in its middle.
using System;
using System.Collections.Generic;
using System.Linq;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Checks;

public sealed class TrackTests : CheckScenario
{
    /// <summary>be/a is checked; b2/b follows it, and b2/c follows that one.</summary>
    private (ProxyProcess Proxy, SwitchedServer Server) Serve(Product product)
    {
        SwitchedServer a = Switched(on: true);
        ProxyProcess proxy = Start(
            product,
            Config(
                $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    stats uri /st
                    stats admin if TRUE
                    default_backend b2
                backend be
                    server a 127.0.0.1:{{a.Port}} check inter 50 rise 1 fall 1
                backend b2
                    server b 127.0.0.1:{{Switched("b", on: true).Port}} track be/a
                    server c 127.0.0.1:{{Switched("c", on: true).Port}} track b backup
                """
            )
        );
        Await("UP L4OK", "be", "a");
        return (proxy, a);
    }

    private const string Columns = "status tracked check_status chkfail";

    private void Expect(params string[] notices)
    {
        foreach (string notice in notices)
            Assert.Equal(notice, NextNotice());
    }

    private const string Left = "0 sessions active, 0 requeued, 0 remaining in queue.",
        Online = "0 sessions requeued, 0 total in queue.";

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Health_is_that_of_the_one_at_the_end_of_the_chain(Product product)
    {
        (ProxyProcess proxy, SwitchedServer a) = Serve(product);
        Assert.Equal("UP be/a", Show("b2", "b", Columns));
        Assert.Equal("UP b2/b", Show("b2", "c", Columns));
        Assert.Equal("b", Connect(proxy).Get().Body);
        a.Off();
        Await("DOWN b2/b", "b2", "c", Columns);
        Assert.Equal("DOWN be/a", Show("b2", "b", Columns));
        Assert.Equal(503, Connect(proxy).Get().Status);
        Assert.StartsWith("<129>Server be/a is DOWN, reason: Layer4", NextNotice());
        Expect(
            "<128>backend be has no server available!",
            $"<129>Server b2/b is DOWN via be/a. 0 active and 1 backup servers left. Running on backup. {Left}",
            $"<129>Backup Server b2/c is DOWN via b2/b. 0 active and 0 backup servers left. {Left}",
            "<128>backend b2 has no server available!"
        );
        a.On();
        Await("UP b2/b", "b2", "c", Columns);
        Assert.Equal("b", Connect(proxy).Get().Body);
        Assert.StartsWith("<133>Server be/a is UP, reason: Layer4", NextNotice());
        Expect(
            $"<133>Server b2/b is UP via be/a. 1 active and 0 backup servers online. {Online}",
            $"<133>Backup Server b2/c is UP via b2/b. 1 active and 1 backup servers online. {Online}"
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_an_operator_does_is_followed_too(Product product)
    {
        (ProxyProcess proxy, _) = Serve(product);
        Command("disable server be/a");
        Assert.Equal("MAINT (via be/a) be/a", Show("b2", "b", Columns));
        Assert.Equal("MAINT (via b2/b) b2/b", Show("b2", "c", Columns));
        Command("set server b2/b state maint");
        Command("enable server be/a");
        Assert.Equal("MAINT be/a", Show("b2", "b", Columns));
        Command("disable server be/a");
        Command("enable server b2/b");
        Assert.Equal("MAINT (via be/a) be/a", Show("b2", "b", Columns));
        Command("enable server be/a");
        Command("set server be/a state drain");
        Assert.Equal("DRAIN b2/b", Show("b2", "c", Columns));
        Command("set server b2/b state drain");
        Command("set server be/a state ready");
        Assert.Equal("DRAIN be/a", Show("b2", "b", Columns));
        Command("set server b2/b state ready");
        Assert.Equal("UP be/a", Show("b2", "b", Columns));
        Assert.Equal("cannot change health on a tracking server.", Command("set server b2/b health down").Trim());
        const string form = "b=b2&action=hdown&s=b";
        string? page = Connect(proxy).Ask($"POST /st HTTP/1.1\r\nHost: h\r\nContent-Length: {form.Length}\r\n\r\n{form}")["location"];
        Assert.Equal("/st;st=NONE", page);
        Assert.Equal("Health check was not configured on this server, cannot enable.", Command("enable health b2/b").Trim());
        List<string> heard = [];
        for (string last = ""; !last.EndsWith("b2/c is UP (leaving forced drain).", StringComparison.Ordinal); )
            if ((last = NextNotice()).Contains("Server b2/b ", StringComparison.Ordinal))
                heard.Add(last);
        Assert.Equal(
            [
                $"<129>Server b2/b is going DOWN for maintenance via be/a. 0 active and 1 backup servers left. Running on backup. {Left}",
                "<133>Server b2/b remains in forced maintenance.",
                "<133>Server b2/b is leaving forced maintenance but remains in maintenance via be/a.",
                "<133>Server b2/b is UP/READY (leaving maintenance).",
                $"<133>Server b2/b enters drain state via be/a. 0 active and 1 backup servers online. Running on backup. {Online}",
                "<133>Server b2/b remains in forced drain mode.",
                "<133>Server b2/b remains in forced drain mode.",
                "<133>Server b2/b is UP (leaving forced drain).",
            ],
            heard
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_server_that_comes_at_run_time_may_follow_one_of_the_file(Product product)
    {
        (ProxyProcess _, SwitchedServer a) = Serve(product);
        string Do(string command) => Command("experimental-mode on; " + command).Trim();
        Assert.Equal("unable to find required server 'x' for tracking.", Do("add server b2/n 127.0.0.1:1 track x"));
        Assert.Equal("unable to find required proxy 'x' for tracking.", Do("add server b2/n 127.0.0.1:1 track x/a"));
        Assert.Equal("unable to enable checks and tracking at the same time!", Do("add server b2/n 127.0.0.1:1 check track b"));
        Assert.Equal("New server registered.", Do("add server b2/n 127.0.0.1:1 track b"));
        Assert.Equal("unable to use b2/n for tracking as it is a dynamic server.", Do("add server b2/m 127.0.0.1:1 track n"));
        Command("enable server b2/n");
        a.Off();
        Await("DOWN b2/b", "b2", "n", Columns);
        Command("disable server b2/b");
        Assert.Equal("This server cannot be removed at runtime due to other configuration elements pointing to it.", Do("del server b2/b"));
        Command("disable server b2/n");
        Assert.Equal("Server deleted.", Do("del server b2/n"));
    }

    [Fact]
    public void The_next_process_knows_it_before_anybody_has_checked()
    {
        SwitchedServer a = Switched(on: true);
        using var proxy = new Reloadable(
            $$"""
            listen l
                mode http
                bind 127.0.0.1:${port}
                server a 127.0.0.1:{{a.Port}} check inter 30 rise 1 fall 1
                server b 127.0.0.1:{{Switched("b", on: true).Port}} track a
                server c 127.0.0.1:{{Switched("c", on: true).Port}} track b
            """
        );
        string Status() =>
            string.Join(
                ' ',
                proxy
                    .Ask("show stat")
                    .Split('\n')
                    .Select(l => l.Split(','))
                    .Where(f => f.Length > 17 && f[1].Length == 1)
                    .Select(f => f[17])
            );
        void Wait(string expected)
        {
            long end = Environment.TickCount64 + Patience.Ms;
            while (Status() != expected && Environment.TickCount64 < end)
                System.Threading.Thread.Sleep(5);
            Assert.Equal(expected, Status());
        }
        proxy.Reload();
        a.Off();
        Wait("DOWN DOWN DOWN");
        proxy.Edit("inter 30", "inter 1h");
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        Assert.Equal("DOWN DOWN DOWN", Status());
        proxy.Ask("set server l/a health up");
        Assert.Equal("UP UP UP", Status());
        proxy.Ask("disable server l/b");
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        Assert.Equal("UP MAINT MAINT (via l/b)", Status());
        proxy.Ask("set server l/a health down");
        proxy.Ask("enable server l/b");
        Assert.Equal("DOWN DOWN DOWN", Status());
        // what follows nobody any more is not down for ever
        proxy.Edit(" track b", "");
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        Assert.Equal("DOWN DOWN no check", Status());
    }
}
