// "baton top", on a terminal and as text, looking at Baton and at HAProxy.
using System;
using System.Collections.Generic;
using System.Globalization;
using Baton.Conformance.Cli;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Commands;

public sealed class TopCommandTests : CliScenario
{
    private const string OtherScreen = "\x1b[?1049h",
        Back = "\x1b[?25h\x1b[?1049l";

    private string Socket(string level = "admin") => System.IO.Path.Combine(Directory, level + ".sock");

    private TerminalUnderTest Open(int rows, int columns, params string[] arguments) =>
        Keep(new TerminalUnderTest(rows, columns, [], [Products.BatonPath, "top", .. arguments]));

    private static void Shows(TerminalUnderTest terminal, string text) =>
        Eventually(() => terminal.Screen.Contains(text, StringComparison.Ordinal), $"no '{text}' on the screen:\n{terminal.Screen}");

    private static string Once(params string[] arguments)
    {
        (int status, string output, string errors) = CommandRuns.In("/", ["top", .. arguments, "--once"]);
        Assert.Equal((0, ""), (status, errors));
        Assert.DoesNotContain('\x1b', output);
        return output;
    }

    [Theory]
    [InlineData(Product.Baton)]
    [InlineData(Product.Haproxy)]
    public void A_view_is_printed_as_text(Product product)
    {
        ProxyProcess proxy = StartProxies(product);
        string servers = Once(Socket());
        Assert.Matches(@"(?m)^server +status +weight +check ", servers);
        Assert.Matches(@"(?m)^be/a +no check +1 ", servers);
        Assert.Matches(@"(?m)^be/c +MAINT +1 ", servers);
        Assert.Matches($@"(?m)^\w+ \S+  pid {proxy.Pid} ", servers);
        Assert.Matches(@"(?m)^fe +OPEN +0 ", Once(Socket(), "--view", "frontends"));
        string backends = Once(Socket(), "--view", "backends", "--filter", "empt");
        Assert.Matches(@"(?m)^empty +(DOWN|UP) +0 +0 ", backends);
        Assert.DoesNotContain("\nbe ", backends);
        using RawClient client = Connect(proxy, 2);
        client.Send("GET / HT");
        Eventually(
            () => Once(Socket(), "--view", "streams") is var text && text.Contains(" relay ", StringComparison.Ordinal),
            "the stream is not shown"
        );
        Assert.Matches($@"(?m)^ *{proxy.Pid}  process ", Once(Socket(), "--view", "processes"));
        string order = Once(Socket(), "--sort", "weight");
        Assert.True(order.IndexOf("be/b", StringComparison.Ordinal) < order.IndexOf("be/a", StringComparison.Ordinal), order);
        order = Once(Socket(), "--sort", "weight", "--reverse");
        Assert.True(order.IndexOf("be/b", StringComparison.Ordinal) > order.IndexOf("be/a", StringComparison.Ordinal), order);
    }

    [Theory]
    [InlineData(Product.Baton)]
    [InlineData(Product.Haproxy)]
    public void A_server_is_found_drained_and_made_ready(Product product)
    {
        StartProxies(product);
        TerminalUnderTest terminal = Open(24, 100, Socket(), "--interval", "0.2");
        Shows(terminal, ">relay/s");
        terminal.Type("/be/b\r");
        Shows(terminal, ">be/b ");
        Assert.DoesNotContain("be/a", terminal.Screen);
        terminal.Type("d");
        Shows(terminal, "drain be/b: no new sessions but persistent ones - y/n?");
        terminal.Type("n");
        Shows(terminal, "nothing was changed");
        Assert.DoesNotContain("DRAIN", terminal.Screen);
        terminal.Type("dy");
        Shows(terminal, "done: set server be/b state drain");
        Eventually(() => Ask("show stat").Contains("be,b,", StringComparison.Ordinal), "no such server");
        Shows(terminal, "DRAIN");
        terminal.Type("my");
        Shows(terminal, "MAINT");
        terminal.Type("ry");
        Shows(terminal, "no check");
        terminal.Type("\x1b");
        Shows(terminal, " be/a ");
        terminal.Type("2");
        Shows(terminal, "[2 frontends]");
        Shows(terminal, "origin ");
        terminal.Type("\t\t\t");
        Shows(terminal, "[5 streams]");
        terminal.Type("?");
        Shows(terminal, "Ctrl-L");
        terminal.Type("xq");
        Assert.Equal(0, terminal.WaitForExit());
    }

    [Fact]
    public void A_stream_is_ended()
    {
        ProxyProcess proxy = StartProxies(Product.Baton);
        using RawClient client = Connect(proxy, 2);
        client.Send("GET / HT");
        TerminalUnderTest terminal = Open(24, 100, Socket(), "--view", "streams", "--interval", "0.2");
        Shows(terminal, " relay ");
        // what the arrows choose among what is filtered is what is meant
        terminal.Type("/relay\r");
        Eventually(() => terminal.Screen.Contains(">0x", StringComparison.Ordinal), terminal.Screen);
        terminal.Type("xy");
        Shows(terminal, "done: shutdown session 0x");
        Assert.Equal("", client.ReadTextToEnd());
    }

    [Fact]
    public void It_draws_what_fits_and_anew_when_the_size_changes()
    {
        StartProxies(Product.Baton);
        TerminalUnderTest terminal = Open(24, 200, Socket());
        Shows(terminal, "address");
        terminal.Resize(8, 40);
        Eventually(() => !terminal.Screen.Contains("address", StringComparison.Ordinal), "the old frame is still there");
        string[] lines = terminal.Screen.Split('\n');
        Assert.Equal(8, lines.Length);
        Assert.All(lines, line => Assert.True(line.Length <= 40, line));
        // the selection is followed
        terminal.Type("\x1b[F");
        Shows(terminal, ">be/c");
        terminal.Resize(3, 5);
        Eventually(() => terminal.Screen.Length < 40, "not drawn");
        terminal.Resize(24, 200);
        Shows(terminal, "address");
    }

    [Theory]
    [InlineData("q")]
    [InlineData("\x03")]
    [InlineData("signal")]
    [InlineData("gone")]
    public void It_leaves_the_terminal_as_it_was(string how)
    {
        ProxyProcess proxy = Start(Product.Baton, Global + Proxies, new ProxyOptions { EndsItself = true });
        TerminalUnderTest terminal = Open(24, 100, Socket(), "--interval", "0.2");
        Shows(terminal, "q quit");
        Assert.Contains(OtherScreen, terminal.Written);
        Assert.False(terminal.Echoes);
        int expected = 0;
        if (how == "signal")
        {
            terminal.Signal(15);
            expected = 143;
        }
        else if (how == "gone")
        {
            proxy.Signal(15);
            expected = 1;
        }
        else
            terminal.Type(how);
        Assert.Equal(expected, terminal.WaitForExit());
        Eventually(() => terminal.Written.Contains(Back, StringComparison.Ordinal), "it stays on the other screen");
        Assert.True(terminal.Echoes);
        if (how == "gone")
            Eventually(
                () =>
                    terminal
                        .Written[terminal.Written.IndexOf(Back, StringComparison.Ordinal)..]
                        .Contains("baton top: ", StringComparison.Ordinal),
                terminal.Written
            );
        proxy.Signal(15);
        proxy.WaitForExit();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Colours_are_left_out_where_nobody_wants_them(bool wanted)
    {
        StartProxies(Product.Baton);
        TerminalUnderTest terminal = Keep(
            new TerminalUnderTest(
                24,
                100,
                wanted ? [] : new Dictionary<string, string> { ["NO_COLOR"] = "1" },
                Products.BatonPath,
                "top",
                Socket(),
                "--view",
                "frontends"
            )
        );
        Shows(terminal, "OPEN");
        Assert.Equal(wanted, terminal.Written.Contains("\x1b[32m", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Product.Baton)]
    [InlineData(Product.Haproxy)]
    public void It_asks_a_worker_through_its_master(Product product)
    {
        MasterUnderTest master = Keep(new MasterUnderTest(product));
        string worker = master.Workers()[0].ToString(CultureInfo.InvariantCulture);
        foreach (
            string[] where in (string[][])
                [
                    ["-S", master.CliPath],
                    [master.CliPath],
                    ["-p", master.PidFile],
                ]
        )
        {
            string processes = Once([.. where, "--view", "processes"]);
            Assert.Matches($@"(?m)^ *{master.Pid}  master +0 ", processes);
            Assert.Matches($@"(?m)^ *{worker}  worker +0 ", processes);
            Assert.Matches($@"(?m)  pid {worker} ", processes);
        }
        Assert.Matches(@"(?m)^\S+ +OPEN ", Once("-S", master.CliPath, "--process", "@!" + worker, "--view", "frontends"));
    }

    [Fact]
    public void It_asks_over_TCP_and_says_what_its_level_does_not_permit()
    {
        ProxyProcess proxy = Start(Product.Baton, Global.TrimEnd() + "\n    stats socket ipv4@127.0.0.1:${p9} level user\n" + Proxies);
        string address = $"127.0.0.1:{proxy.Port("p9")}";
        Assert.Matches(@"(?m)^be/a +no check +1 ", Once(address));
        TerminalUnderTest terminal = Open(24, 100, address);
        Shows(terminal, ">relay/s");
        terminal.Type("dy");
        Shows(terminal, "Permission denied");
    }

    [Fact]
    public void Reloads_are_told()
    {
        ProxyProcess old = Start(
            Product.Baton,
            "global\n    nbthread 1\n    stats socket ${dir}/admin.sock mode 600 level admin expose-fd listeners\n" + Proxies,
            new ProxyOptions { EndsItself = true }
        );
        Assert.Contains("no reload yet", Once(Socket(), "--view", "reloads"));
        ProxyProcess next = Keep(
            new ProxyProcess(Product.Baton, old.Config, Directory, new ProxyOptions { Arguments = ["-x", Socket(), "-sf", $"{old.Pid}"] })
        );
        Eventually(
            () => Once(Socket(), "--view", "reloads").Contains($" {old.Pid}  {next.Pid} ", StringComparison.Ordinal),
            "the reload is not shown"
        );
        Assert.Contains($",{old.Pid},{next.Pid},", Ask("show reloads"));
        Assert.Equal(0, old.WaitForExit());
    }

    [Theory]
    [InlineData("top", "whom to look at?")]
    [InlineData("top --veiw x", "did you mean '--view'?")]
    [InlineData("top x --view server", "takes one of processes")]
    [InlineData("top x --interval 0", "takes seconds")]
    [InlineData("top /nowhere/s", "cannot connect to '/nowhere/s'")]
    [InlineData("top -p /nowhere/s", "names no process")]
    public void What_is_wrong_is_said(string arguments, string expected)
    {
        (int status, string output, string errors) = CommandRuns.In("/", arguments.Split(' '));
        Assert.Equal((1, ""), (status, output));
        Assert.Contains(expected, errors);
    }
}
