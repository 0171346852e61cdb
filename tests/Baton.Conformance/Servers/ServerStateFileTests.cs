// load-server-state-from-file: what an earlier process's states come to under the configuration of now, the same on both.
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Servers;

public sealed class ServerStateFileTests : Scenario
{
    private const string Header =
        "1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port\n";

    private static string Line(
        string server,
        int operation = 2,
        int admin = 0,
        int weight = 10,
        int configured = 10,
        string backend = "be",
        string address = "127.0.0.9",
        int id = 2,
        string name = "-",
        string port = "2002"
    ) => $"{id} {backend} 1 {server} {address} {operation} {admin} {weight} {configured} 500 1 0 0 0 0 0 0 {name} {port} - 0 0 - - 0\n";

    private string Config(string servers, string more = "") =>
        $$"""
            global
                nbthread 1
                stats socket ${dir}/cli level admin
                server-state-base ${dir}
                server-state-file state
            defaults
                mode tcp
                timeout client 60s
                timeout connect 5s
                timeout server 60s
                load-server-state-from-file global
            backend be
                {{servers.ReplaceLineEndings("\n    ")}}
            {{more}}
            """;

    private string ShowState(string command = "show servers state")
    {
        RawClient cli = Keep(RawClient.Unix(Path.Combine(Directory, "cli")));
        cli.Send(command + "\n");
        return cli.ReadTextToEnd();
    }

    /// <summary>Name, address and port, operational and administrative state, both weights of each server.</summary>
    private List<string> States() =>
        [
            .. ShowState()
                .Split('\n')
                .Skip(2)
                .Where(l => l.Length > 0 && l[0] != '#')
                .Select(l => l.Split(' '))
                .Select(f => $"{f[3]} {f[4]}:{f[18]} {f[5]} {f[6]} {f[7]}/{f[8]}"),
        ];

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_an_operator_changed_comes_back_where_the_file_agrees(Product product)
    {
        File.WriteAllText(
            Path.Combine(Directory, "state"),
            Header
                + Line("weighed", weight: 33)
                + Line("maint", 0, 1)
                + Line("drain", 2, 8)
                + Line("stays", 0, 5)
                + Line("enabled", 2, 4)
                + Line("down", 0)
                + Line("zero", 2, 8, 0, 0)
                + Line("other", 2, 0, 44, 11)
                + Line("woken", 2, 8, 0, 0)
                + Line("named", name: "localhost", address: "127.0.0.8")
                + Line("gone")
                + Line("x", backend: "elsewhere")
        );
        Start(
            product,
            Config(
                """
                server weighed 127.0.0.1:1001 weight 10
                server maint 127.0.0.1:1001 weight 10
                server drain 127.0.0.1:1001 weight 10
                server stays 127.0.0.1:1001 weight 10 disabled
                server enabled 127.0.0.1:1001 weight 10 disabled
                server down 127.0.0.1:1001 weight 10
                server zero 127.0.0.1:1001 weight 0
                server other 127.0.0.1:1001 weight 10
                server woken 127.0.0.1:1001 weight 10
                server named localhost:1001 weight 10
                server new 127.0.0.1:1001 weight 10
                """
            )
        );
        // haproxy 2.6 takes the port of the file too, though the configuration says another one
        string port = product == Product.Baton ? "1001" : "2002";
        Assert.Equal(
            (string[])
                [
                    .. new string[]
                    {
                        "weighed 127.0.0.1:2002 2 0 33/10",
                        "maint 127.0.0.1:2002 0 1 10/10",
                        "drain 127.0.0.1:2002 2 8 10/10",
                        "stays 127.0.0.1:2002 0 5 10/10",
                        "enabled 127.0.0.1:2002 2 4 10/10",
                        "down 127.0.0.1:2002 0 0 10/10",
                        "zero 127.0.0.1:2002 2 8 0/0",
                        "other 127.0.0.1:2002 2 0 10/10",
                        "woken 127.0.0.1:2002 2 0 10/10",
                        "named 127.0.0.8:2002 2 0 10/10",
                        "new 127.0.0.1:1001 2 0 10/10",
                    }.Select(s => s.Replace("2002", port)),
                ],
            States()
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Each_backend_says_which_file(Product product)
    {
        File.WriteAllText(
            Path.Combine(Directory, "state"),
            Header
                + Line("a", weight: 7, configured: 1)
                + Line("b", weight: 8, configured: 1, backend: "none")
                + Line("c", weight: 9, configured: 1, backend: "own")
        );
        File.WriteAllText(Path.Combine(Directory, "own"), Header + Line("c", weight: 20, configured: 1, backend: "own", id: 4));
        File.WriteAllText(Path.Combine(Directory, "file"), Header + Line("d", weight: 30, configured: 1, backend: "named", id: 5));
        Start(
            product,
            Config(
                "server a 127.0.0.1:1001",
                """
                backend none
                    load-server-state-from-file none
                    server b 127.0.0.1:1001
                backend own
                    load-server-state-from-file local
                    server c 127.0.0.1:1001
                backend named
                    load-server-state-from-file local
                    server-state-file-name file
                    server d 127.0.0.1:1001
                """
            )
        );
        string port = product == Product.Baton ? "1001" : "2002";
        Assert.Equal(
            [$"a 127.0.0.1:{port} 2 0 7/1", "b 127.0.0.1:1001 2 0 1/1", $"c 127.0.0.1:{port} 2 0 20/1", $"d 127.0.0.1:{port} 2 0 30/1"],
            States()
        );
    }

    [Theory]
    [InlineData(Product.Baton, null, "config: Can't open global server state file '{0}/state': No such file or directory.")]
    [InlineData(Product.Baton, "2\n", "config: Can't get version of the global server state file '{0}/state'.")]
    [InlineData(Product.Haproxy, "2\n", "config: Can't get version of the global server state file '{0}/state'.")]
    [InlineData(Product.Baton, "1\n2 be 1 a 127.0.0.1\n", "config: corrupted global server state file '{0}/state' at line 2.")]
    // which does not count the line of the version
    [InlineData(Product.Haproxy, "1\n2 be 1 a 127.0.0.1\n", "config: corrupted global server state file '{0}/state' at line 1.")]
    public void A_file_that_is_not_right_changes_nothing(Product product, string? text, string warning)
    {
        if (text is not null)
            File.WriteAllText(Path.Combine(Directory, "state"), text + Line("a", weight: 7, configured: 1));
        ProxyProcess proxy = Start(product, Config("server a 127.0.0.1:1001"));
        Assert.Equal(["a 127.0.0.1:1001 2 0 1/1"], States());
        string expected = string.Format(System.Globalization.CultureInfo.InvariantCulture, warning, Directory);
        Eventually(() => proxy.ErrorText.Contains(expected, System.StringComparison.Ordinal), $"no warning '{expected}'");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_one_process_writes_the_next_one_reads(Product product)
    {
        string config = Config(
            "server a 127.0.0.1:1001 weight 10\nserver b 127.0.0.1:1001 disabled\nserver c 127.0.0.1:1001\nserver d 127.0.0.1:1001 disabled"
        );
        File.WriteAllText(Path.Combine(Directory, "state"), Header);
        ProxyProcess first = Start(product, config, new ProxyOptions { EndsItself = true });
        foreach (string command in (string[])["set weight be/a 3", "enable server be/b", "set server be/c state drain"])
            ShowState(command);
        string state = ShowState();
        List<string> before = States();
        Assert.Equal(
            ["a 127.0.0.1:1001 2 0 3/10", "b 127.0.0.1:1001 2 4 1/1", "c 127.0.0.1:1001 2 8 1/1", "d 127.0.0.1:1001 0 5 1/1"],
            before
        );
        first.Signal(15);
        first.WaitForExit();
        File.WriteAllText(Path.Combine(Directory, "state"), state);
        Start(product, config);
        Assert.Equal(before, States());
    }

    /// <summary>Through a restart, as the manual recommends it: the state is asked for, written down, and read by the next
    /// process.</summary>
    private void Restart(ProxyProcess running)
    {
        string state = ShowState();
        running.Signal(15);
        running.WaitForExit();
        File.WriteAllText(Path.Combine(Directory, "state"), state);
    }

    [Fact]
    public void A_port_an_operator_changed_comes_back_unless_the_configuration_has_another()
    {
        File.WriteAllText(Path.Combine(Directory, "state"), Header);
        var ends = new ProxyOptions { EndsItself = true };
        ProxyProcess first = Start(Product.Baton, Config("server a 127.0.0.1:1001\nserver b 127.0.0.1:1001"), ends);
        Assert.Contains("port changed from '1001' to '1005'", ShowState("set server be/a addr 127.0.0.1 port 1005"));
        Restart(first);
        ProxyProcess second = Start(Product.Baton, Config("server a 127.0.0.1:1001\nserver b 127.0.0.1:1002"), ends);
        Assert.Equal(["a 127.0.0.1:1005 2 0 1/1", "b 127.0.0.1:1002 2 0 1/1"], States());
        Restart(second);
        Start(Product.Baton, Config("server a 127.0.0.1:1003\nserver b 127.0.0.1:1002"));
        Assert.Equal(["a 127.0.0.1:1003 2 0 1/1", "b 127.0.0.1:1002 2 0 1/1"], States());
    }

    /// <summary>HAProxy 2.6 shows the same, and puts the server into service without an address when it refuses to give it one.</summary>
    [Fact]
    public void A_server_without_an_address_keeps_its_port_and_serves_once_it_has_one()
    {
        OriginServer origin = HttpOrigin("found");
        ProxyProcess proxy = Start(
            Product.Baton,
            Config(
                $"server a no-such.invalid:{origin.Port} init-addr none\nserver b no-such.invalid:+5 init-addr none\nserver c localhost:81 init-addr none,libc\nserver d no-such.invalid:82 init-addr libc,127.0.0.7",
                """
                frontend fe
                    bind 127.0.0.1:${p1}
                    default_backend be
                """
            )
        );
        Assert.Equal([$"a -:{origin.Port} 0 32 1/1", "b -:5 0 32 1/1", "c -:81 0 32 1/1", "d 127.0.0.7:82 2 0 1/1"], States());
        ShowState("disable server be/d");
        Assert.Contains("IP changed from '' to '127.0.0.1'", ShowState("set server be/a addr 127.0.0.1"));
        Assert.Equal($"a 127.0.0.1:{origin.Port} 2 0 1/1", States()[0]);
        Assert.Equal("found", Connect(proxy).Get().Body);
    }
}
