// What is known of servers when the process is replaced: it is known afterwards, and nobody asks the servers again because of it.
using System;
using System.Linq;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Checks;

public sealed class CheckReloadTests : CheckScenario
{
    private const string Columns = "status chkfail chkdown check_status check_health last_chk";

    private static string Show(Reloadable proxy, string server, string columns = Columns)
    {
        string[] lines = proxy.Ask("show stat").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] names = lines[0][2..].Split(','),
            row = lines.Select(l => l.Split(',')).First(f => f[1] == server);
        return string.Join(' ', columns.Split(' ').Select(c => row[Array.IndexOf(names, c)])).TrimEnd();
    }

    private static void Await(Reloadable proxy, string server, string expected)
    {
        string seen = "";
        long end = Environment.TickCount64 + Patience.Ms;
        while ((seen = Show(proxy, server)) != expected && Environment.TickCount64 < end)
            System.Threading.Thread.Sleep(5);
        Assert.Equal(expected, seen);
    }

    [Fact]
    public void The_next_process_knows_what_this_one_has_found_out()
    {
        OriginServer up = Keep(OriginServer.Http(_ => "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nup"));
        SwitchedServer rising = Switched("rising");
        using var proxy = new Reloadable(
            $$"""
            listen l
                mode http
                bind 127.0.0.1:${port}
                default-server check inter 1h fastinter 1h
                server up 127.0.0.1:{{up.Port}}
                server down 127.0.0.1:{{Ports.Free()}}
                server rising 127.0.0.1:{{rising.Port}} downinter 20
                server off 127.0.0.1:{{up.Port}} backup
            """,
            0,
            "max-spread-checks 1"
        );
        proxy.Reload();
        Await(proxy, "up", "UP 0 0 L4OK 4");
        Await(proxy, "down", "DOWN 1 1 L4CON 0 Connection refused");
        rising.On();
        Await(proxy, "rising", "DOWN 1/2 1 1 L4OK 1");
        proxy.Ask("disable health l/off");
        string known = Show(proxy, "off", "status check_status");
        for (int i = 0; i < 2; i++)
        {
            int connections = up.Connections;
            Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
            Assert.Equal("UP 0 0 L4OK 4", Show(proxy, "up"));
            Assert.Equal("DOWN 1 1 L4CON 0 Connection refused", Show(proxy, "down"));
            Assert.Equal("DOWN 1/2 1 1 L4OK 1", Show(proxy, "rising"));
            Assert.Equal(known, Show(proxy, "off", "status check_status"));
            for (int request = 0; request < 6; request++)
            {
                using RawClient client = RawClient.Tcp(proxy.Port);
                Assert.Equal("up", client.Get().Body);
            }
            // requests alone: no check came before its hour
            Assert.InRange(up.Connections - connections, 0, 6);
        }
    }

    [Fact]
    public void Checks_go_on_in_the_next_process()
    {
        SwitchedServer a = Switched(on: true);
        using var proxy = new Reloadable(
            $$"""
            listen l
                mode http
                bind 127.0.0.1:${port}
                server a 127.0.0.1:{{a.Port}} check inter 50
                server b 127.0.0.1:{{Ports.Free()}} check inter 50
            """
        );
        proxy.Reload();
        Await(proxy, "a", "UP 0 0 L4OK 4");
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        Assert.Equal("DOWN 1 1 L4CON 0 Connection refused", Show(proxy, "b"));
        a.Off();
        Await(proxy, "a", "DOWN 3 1 L4CON 0 Connection refused");
        proxy.Edit($":{a.Port} check", $":{a.Port}");
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        // what nobody checks any more is not down for ever
        Assert.Equal("no check", Show(proxy, "a", "status"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_state_file_says_who_is_down(Product product)
    {
        const string rest = "0 0 1 1 500 8 2 0 6 0 0 0 - 1 - 0 0 - - 0\n";
        System.IO.File.WriteAllText(
            System.IO.Path.Combine(Directory, "state"),
            "1\n# comment\n"
                + $"2 be 1 down 127.0.0.1 {rest}"
                + "2 be 2 up 127.0.0.1 2 0 1 1 500 6 3 3 6 0 0 0 - 1 - 0 0 - - 0\n"
                + "2 be 3 leaves 127.0.0.1 3 0 1 1 500 16 4 4 2 0 0 0 - 1 - 0 0 - - 0\n"
        );
        string config = Config(
                """
                backend be
                    load-server-state-from-file global
                    default-server check inter 1h
                    server first 127.0.0.1:1
                    server down 127.0.0.1:1
                    server up 127.0.0.1:1
                    server leaves 127.0.0.1:1
                """
            )
            .Replace("nbthread 1\n", "nbthread 1\n    server-state-file ${dir}/state\n", StringComparison.Ordinal);
        Start(product, config);
        Assert.Equal("DOWN 1 L4CON 0", Show("be", "down", "status chkdown check_status check_health"));
        Assert.Equal("UP 0 L4OK 4", Show("be", "up", "status chkdown check_status check_health"));
        Assert.Equal("NOLB", Show("be", "leaves", "status check_status"));
        Assert.True(int.Parse(Row("be", "down")["lastchg"], System.Globalization.CultureInfo.InvariantCulture) >= 490);
    }
}
