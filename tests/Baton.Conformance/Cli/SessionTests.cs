// How a session of the runtime API goes: lines and ';', prompt, payload, levels, modes, unknown words.
using System;
using System.Text;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Cli;

public sealed class SessionTests : CliScenario
{
    private static readonly string[] s_lines =
    [
        "show cli level",
        "show cli level;show cli level",
        "show cli level\nshow cli level",
        "   show\tcli  level  ",
        "show cli level\r",
        "show cli level # more words",
        ";",
        ";;show cli level",
        "show cli level;",
        "",
        "\n\n",
        "foo",
        "show",
        "show cli\\ level",
        "set server be/a\\;x weight 3",
        "operator; show cli level; user; show cli level; operator; show cli level; show sess; clear counters",
        "user; set server be/a weight 4",
        "user;foo",
        "quit",
        "quit;show cli level",
        "show cli level;quit;show cli level",
        "expert-mode",
        "expert-mode on",
        "expert-mode on;expert-mode;expert-mode off;expert-mode",
        "experimental-mode on; experimental-mode",
        "set timeout cli 10s",
        "set timeout cli",
        "set timeout cli 0",
        "set timeout cli foo",
        "set timeout foo",
        "set timeout",
        "set severity-output number; set server be/x weight 1; foo",
        "set severity-output string; set server be/x weight 1",
        "set severity-output foo",
        "prompt;show cli level;quit",
        "show cli level;prompt;show cli level;prompt",
        "prompt\nshow cli level <<\nabc\n\nquit",
        "show cli level <<\nabc\n\nshow cli level",
        "help",
        "help show cli",
        "\0",
    ];

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Answers_are_haproxys(Product product)
    {
        StartProxies(product);
        foreach (string line in s_lines)
            Assert.Equal($"{line} -> {Expected(line)}", $"{line} -> {HideLists(Ask(line))}");
    }

    private static string Expected(string line)
    {
        const string unknown = "Unknown command, but maybe one of the following ones is a better match:\nLIST\n\n";
        const string nothing = "Unknown command. Please enter one of the following commands only:\nLIST\n\n";
        return line switch
        {
            "show cli level"
            or "   show\tcli  level  "
            or "show cli level\r"
            or "show cli level # more words"
            or "show cli level;quit;show cli level" => "admin\n\n",
            "show cli level;show cli level" or "show cli level\nshow cli level" or "show cli level <<\nabc\n\nshow cli level" =>
                "admin\n\nadmin\n\n",
            "" or "\0" => nothing,
            ";" => nothing + nothing,
            "\n\n" => nothing + nothing + nothing,
            ";;show cli level" => nothing + nothing + "admin\n\n",
            "show cli level;" => "admin\n\n" + nothing,
            "foo" or "show" or "show cli\\ level" => unknown,
            "user;foo" => "\n" + unknown,
            "set server be/a\\;x weight 3" => "No such server.\n\n",
            "operator; show cli level; user; show cli level; operator; show cli level; show sess; clear counters" =>
                "\noperator\n\n\nuser\n\nPermission denied\n\nuser\n\nPermission denied\n\nPermission denied\n\n",
            "user; set server be/a weight 4" => "\nPermission denied\n\n",
            "quit" or "quit;show cli level" => "",
            "expert-mode" => "expert-mode is OFF\n\n",
            "expert-mode on" or "set timeout cli 10s" => "\n",
            "expert-mode on;expert-mode;expert-mode off;expert-mode" => "\nexpert-mode is ON\n\n\nexpert-mode is OFF\n\n",
            "experimental-mode on; experimental-mode" => "\nexperimental-mode is ON\n\n",
            "set timeout cli" => "Expects an integer value.\n\n",
            "set timeout cli 0" or "set timeout cli foo" => "Invalid timeout value.\n\n",
            "set timeout foo" or "set timeout" => "'set timeout' only supports 'cli'.\n\n",
            "set severity-output number; set server be/x weight 1; foo" => "\n[3]: No such server.\n\n[6]: " + unknown,
            "set severity-output string; set server be/x weight 1" => "\n[err]: No such server.\n\n",
            "set severity-output foo" => "one of 'none', 'number', 'string' is a required argument\n\n",
            "prompt;show cli level;quit" => "\n> admin\n\n> ",
            "show cli level;prompt;show cli level;prompt" => "admin\n\n\n> admin\n\n> \n",
            "prompt\nshow cli level <<\nabc\n\nquit" => "\n> + + admin\n\n> ",
            "help" or "help show cli" => "The following commands are valid at this level:\nLIST\n\n",
            _ => throw new ArgumentException(line),
        };
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_command_without_its_line_feed_is_not_run(Product product)
    {
        StartProxies(product);
        using RawClient client = Open();
        client.Send("show cli level");
        client.ShutdownSend();
        Assert.Equal("", client.ReadTextToEnd());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_interactive_session_lasts(Product product)
    {
        StartProxies(product);
        using RawClient client = Open("operator");
        client.Send("prompt\n");
        Assert.Equal("\n> ", client.ReadUntil("> "));
        client.Send("show cli");
        client.ExpectSilence(100);
        client.Send(" level\n");
        Assert.Equal("operator\n\n> ", client.ReadUntil("> "));
        client.Send("user\n");
        Assert.Equal("\n> ", client.ReadUntil("> "));
        client.Send("show cli level <<\n");
        Assert.Equal("+ ", client.ReadUntil("+ "));
        client.Send("\n");
        Assert.Equal("user\n\n> ", client.ReadUntil("> "));
        client.Send("quit\n");
        client.ExpectEnd();
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Idle_sessions_time_out(Product product)
    {
        StartProxies(product);
        using RawClient client = Open();
        client.Send("prompt\nset timeout cli 1s\n");
        client.ReadUntil("> ");
        client.ReadUntil("> ");
        client.ExpectSilence(500);
        client.ExpectEnd();
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Levels_of_the_sockets(Product product)
    {
        StartProxies(product);
        Assert.Equal("operator\n\n", Ask("show cli level", "operator"));
        Assert.Equal("user\n\n", Ask("show cli level", "user"));
        Assert.Equal("Permission denied\n\n", Ask("disable server be/a", "operator"));
        Assert.Equal("Permission denied\n\n", Ask("show sess", "user"));
        string sockets = Ask("show cli sockets");
        Assert.Equal(
            $"# socket lvl processes\nunix@{Directory}/admin.sock admin all\nunix@{Directory}/operator.sock operator all\nunix@{Directory}/user.sock user all\n\n",
            sockets
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Stats_maxconn_counts_all_sockets(Product product)
    {
        Start(product, Global + "    stats maxconn 2\n" + Proxies);
        using RawClient one = Open(),
            two = Open("user");
        one.Send("prompt\n");
        one.ReadUntil("> ");
        two.Send("prompt\n");
        two.ReadUntil("> ");
        using RawClient three = Open("operator");
        three.Send("show cli level\n");
        three.ExpectSilence(200);
        one.Send("quit\n");
        Assert.Equal("operator\n\n", three.ReadTextToEnd());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Garbage_harms_nobody(Product product)
    {
        ProxyProcess proxy = StartProxies(product);
        var random = new Random(7);
        byte[] bytes = new byte[3000];
        for (int i = 0; i < 60; i++)
        {
            random.NextBytes(bytes);
            byte[] text = random.Next(2) == 0 ? bytes[..random.Next(bytes.Length)] : Encoding.Latin1.GetBytes(Words(random));
            // nothing that really ends something
            using RawClient client = Open("user");
            try
            {
                client.Send(text);
                client.Send("\n");
                client.ShutdownSend();
            }
            catch (System.Net.Sockets.SocketException)
            {
                continue;
            }
            client.ReadToEnd();
        }
        Assert.Equal("admin\n\n", Ask("show cli level"));
        Assert.Equal(200, Connect(proxy).Get().Status);
    }

    private static string Words(Random random)
    {
        string[] some =
        [
            "show",
            "info",
            "stat",
            "sess",
            "set",
            "server",
            "be/a",
            "be/",
            "/",
            "weight",
            "-1",
            "99999999999999999999",
            "%",
            "<<",
            ";",
            "\\",
            "\n",
            "prompt",
            "help",
            "json",
            "typed",
            "get",
            "all",
            "0x",
            "#",
            "errors",
            "servers",
            "state",
            "fe",
            "\0",
        ];
        var text = new StringBuilder();
        for (int i = random.Next(30); i >= 0; i--)
            text.Append(some[random.Next(some.Length)]).Append(' ');
        return text.ToString();
    }

    [Theory]
    [InlineData("prompt i;show cli level;quit", "\nadmin\n\n")]
    [InlineData("prompt p;prompt n;show cli level", "\n> \nadmin\n\n")]
    [InlineData("prompt foo", "'prompt' only supports 'n', 'i', 'p' and 'timed'.\n\n")]
    [InlineData("show cli level <<END\nabc\n\nEND\nshow cli level", "admin\n\nadmin\n\n")]
    [InlineData("set anon on", "'set anon' is a known HAProxy command, not supported by Baton yet.\n\n")]
    public void Forms_newer_than_haproxy_2_6(string line, string expected)
    {
        StartProxies(Product.Baton);
        Assert.Equal(expected, Ask(line));
    }

    [Fact]
    public void A_timed_prompt_shows_the_uptime()
    {
        StartProxies(Product.Baton);
        Assert.Matches(@"^\n\[0:00:00:[0-9][0-9]\]> $", Ask("prompt timed;quit"));
    }

    /// <summary>Severity from the socket's own line; errors that end without a line feed of their own.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Severity_and_endings(Product product)
    {
        Start(
            product,
            Global.Replace("mode 600 level admin", "mode 600 level admin severity-output number", StringComparison.Ordinal) + Proxies
        );
        foreach (
            (string line, string answer) in new[]
            {
                ("show cli level", "[6]: admin\n\n"),
                ("expert-mode", "[6]: expert-mode is OFF\n\n"),
                ("set weight be/none 1", "[3]: No such server.\n\n"),
                ("set weight be/a 5x", "[3]: Trailing garbage in weight string\n"),
                ("set weight be/a x", "[3]: Empty weight string empty or preceded by garbage\n"),
                ("set maxconn server be/a x", "[3]: maxconn string empty or preceded by garbage\n"),
                ("set maxconn server be/a 5x", "[3]: Trailing garbage in maxconn string\n"),
                ("set server be/a check-port 5", "[4]: health checks are not enabled on this server\n"),
                ("set server be/a agent-addr x", "[4]: agent checks are not enabled on this server\n"),
                ("set server be/a agent up", "[3]: agent checks are not enabled on this server.\n\n"),
                ("set server be/a addr 127.0.0.2", "[4]: IP changed from '127.0.0.1' to '127.0.0.2' by 'stats socket command'\n\n"),
                ("set server be/a addr x", "[4]: Invalid addr 'x' by 'stats socket command'\n\n"),
                ("get weight be/a", "1 (initial 1)\n\n"),
                ("set severity-output none; show cli level", "\nadmin\n\n"),
                ("show stat 0 1 -1", "[3]: No such proxy.\n\n"),
            }
        )
            Assert.Equal($"{line} -> {answer}", $"{line} -> {Ask(line)}");
        Assert.Equal("admin\n\n", Ask("set severity-output none; show cli level")[1..]);
        Assert.Equal("user\n\n", Ask("show cli level", "user"));
        Assert.Equal(3, Ask("show cli sockets", "user").Split('\n')[1..^2].Length);
        Assert.Equal("Permission denied\n\n", Ask("show startup-logs", "user"));
        Assert.Equal("Permission denied\n\n", Ask("show profiling", "operator"));
    }

    /// <summary>The address changes although the port is none; an offset needs a check that has a port of its own.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Addresses_and_ports(Product product)
    {
        StartProxies(product);
        const string by = " by 'stats socket command'\n\n";
        const string map =
            ", can't change <port> to port map because it is incompatible with current health check port configuration (use 'port' statement from the 'server' directive.";
        string State() =>
            string.Join(
                ' ',
                Array.Find(Ask("show servers state be").Split('\n'), l => l.Contains(" be 1 a ", StringComparison.Ordinal))!.Split(' ')[
                    4..7
                ]
            );
        Assert.Equal(
            "IP changed from '127.0.0.1' to '127.0.0.5', problem converting port 'x' to an int" + by,
            Ask("set server be/a addr 127.0.0.5 port x")
        );
        Assert.Equal("127.0.0.5 2 0", State());
        Assert.Equal(
            "IP changed from '127.0.0.5' to '127.0.0.6', problem converting port '' to an int" + by,
            Ask("set server be/a addr 127.0.0.6 port")
        );
        Assert.Equal("IP changed from '127.0.0.6' to '127.0.0.7'" + map + by, Ask("set server be/a addr 127.0.0.7 port +5"));
        Assert.Equal("no need to change the addr" + map + by, Ask("set server be/a addr 127.0.0.7 port -5"));
        Assert.Equal("127.0.0.7 2 0", State());
        Ask("set server be/a state drain");
        Assert.Equal("127.0.0.7 2 8", State());
        // maintenance takes the place of draining
        Ask("set server be/a state maint");
        Assert.Equal("127.0.0.7 0 1", State());
    }

    /// <summary>Whoever asks counts neither as a connection nor against the limit.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Operators_are_outside_the_limits(Product product)
    {
        ProxyProcess proxy = Start(product, Global.Replace("nbthread 1", "nbthread 1\n    maxconn 2", StringComparison.Ordinal) + Proxies);
        Assert.Contains("\nCurrConns: 0\n", Ask("show info"));
        Assert.Contains("\nConnRate: 0\n", Ask("show info"));
        using RawClient first = Open(),
            second = Open();
        first.Send("prompt\n");
        first.ReadUntil("> ");
        Assert.Contains("\nCurrConns: 0\n", Ask("show info"));
        Assert.Equal(200, Connect(proxy).Get().Status);
    }
}
