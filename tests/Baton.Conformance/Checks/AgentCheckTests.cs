// Agents: every word they may say, what operators say in their name, and what the next process knows of it.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Checks;

public sealed class AgentCheckTests : CheckScenario
{
    /// <summary>What an agent says, and status, weight, slim, agent_status, agent_health and last_agt that come of it.</summary>
    private static readonly (string Says, string Expected)[] s_words =
    [
        ("up\n", "no check|10||L7OK|1|via agent : up"),
        ("down\n", "DOWN (agent)|10||L7STS|0|via agent : down"),
        ("fail\r\nup\n", "DOWN (agent)|10||L7STS|0|via agent : fail"),
        ("Stopped # planned work\n", "DOWN (agent)|10||L7STS|0|via agent : Stopped (planned work)"),
        ("up down\n", "DOWN (agent)|10||L7STS|0|via agent : down"),
        ("down #\n", "DOWN (agent)|10||L7STS|0|via agent : down"),
        ("down a # b\n", "DOWN (agent)|10||L7STS|0|via agent : down (b)"),
        ("garbage down\n", "DOWN (agent)|10||L7STS|0|via agent : down (garbage)"),
        ("up garbage\n", "no check|10||L7OK|1|via agent : up (garbage)"),
        ("up maxconn:x\n", "no check|10||L7OK|1|via agent : up (maxconn string empty or preceded by garbage)"),
        ("ready\n", "no check|10||CHECKED|1|"),
        ("DRAIN\n", "DRAIN (agent)|10||CHECKED|1|"),
        ("maint\n", "MAINT|10||CHECKED|1|"),
        ("ready maint\n", "MAINT|10||CHECKED|1|"),
        ("drain ready\n", "no check|10||CHECKED|1|"),
        ("50%\n", "no check|5||CHECKED|1|"),
        ("\t up,50% ,maxconn:7\n", "no check|5|7|L7OK|1|via agent : up"),
        ("300%\n", "no check|30||CHECKED|1|"),
        ("99999%\n", "no check|256||CHECKED|1|"),
        ("0%\n", "no check|0||CHECKED|1|"),
        ("50%x\n", "no check|10||CHECKED|1|agent warns : Trailing garbage in weight string"),
        ("-5%\n", "no check|10||CHECKED|1|agent reports an error : -5%"),
        ("maxconn:30\n", "no check|10|30|CHECKED|1|"),
        ("maxconn:0\n", "no check|10||CHECKED|1|"),
        ("maxconn:5,maxconn:x\n", "no check|10||CHECKED|1|agent warns : maxconn string empty or preceded by garbage"),
        ("g1 g2\n", "no check|10||CHECKED|1|agent reports an error : g1"),
        ("down#x\n", "no check|10||CHECKED|1|agent reports an error : down#x"),
        ("# only\n", "no check|10||CHECKED|1|"),
        ("\n", "no check|10||CHECKED|1|"),
        ("up", "no check|10||L7TOUT|1|Ignoring incomplete line from agent"),
        ("", "no check|10||L7RSP|1|TCPCHK got an empty response at step 2"),
    ];

    private const string Columns = "status weight slim agent_status agent_health last_agt";

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Every_word(Product product)
    {
        var text = new StringBuilder();
        for (int i = 0; i < s_words.Length; i++)
        {
            string says = s_words[i].Says;
            text.Append(
                CultureInfo.InvariantCulture,
                $"backend b{i}\n    server s 127.0.0.1:1 weight 10 agent-check agent-inter 2s agent-port {Origin(c => c.Send(says)).Port}\n"
            );
        }
        Start(product, Config(text.ToString()));
        string[] expected = [.. s_words.Select(w => w.Expected)],
            seen = [];
        long end = Environment.TickCount64 + Patience.Ms;
        do seen = Outcomes();
        while (!seen.SequenceEqual(expected) && Environment.TickCount64 < end);
        Assert.Equal(expected, seen);
    }

    private string[] Outcomes()
    {
        System.Threading.Thread.Sleep(20);
        string[] lines = Command("show stat").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] names = lines[0][2..].Split(',');
        Dictionary<string, string[]> rows = lines.Skip(1).Select(l => l.Split(',')).Where(f => f[1] == "s").ToDictionary(f => f[0]);
        string Row(string[] row) => string.Join('|', Columns.Split(' ').Select(c => row[Array.IndexOf(names, c)])).Replace("* ", "");
        return [.. Enumerable.Range(0, s_words.Length).Select(i => Row(rows[$"b{i}"]))];
    }

    private volatile string _says = "up";
    private volatile string _heard = "";

    /// <summary>An agent that says what the test wants at the moment.</summary>
    private OriginServer Agent(bool listens = false) =>
        Origin(c =>
        {
            if (listens)
                _heard = Encoding.Latin1.GetString(c.ReadSome());
            c.Send(_says + "\n");
        });

    private const string Left = "1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
        Online = "2 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.";

    private void Expect(params string[] notices)
    {
        foreach (string notice in notices)
            Assert.Equal(notice, NextNotice());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Checks_and_agents_both_have_to_agree(Product product)
    {
        SwitchedServer a = Switched(on: true);
        Start(
            product,
            Config(
                $$"""
                backend be
                    timeout check 20s
                    option log-health-checks
                    server a 127.0.0.1:{{a.Port}} check inter 50 rise 1 fall 1 agent-check agent-inter 50 agent-port {{Agent().Port}}
                    server b 127.0.0.1:1
                """
            )
        );
        Await("UP L4OK L7OK", "be", "a", "status check_status agent_status");
        _says = "down # gone";
        Await("DOWN (agent) L4OK L7STS", "be", "a", "status check_status agent_status");
        Assert.StartsWith("<133>Health check for server be/a succeeded, reason: Layer4", NextNotice());
        const string why = "reason: Layer7 wrong status, code: 0, info: \"via agent : down (gone)\", check duration: Nms";
        Expect(
            "<133>Agent check for server be/a succeeded, reason: Layer7 check passed, code: 0, info: \"via agent : up\", check duration: Nms, status: 1/1 UP.",
            $"<133>Agent check for server be/a failed, {why}, status: 0/1 DOWN.",
            $"<129>Server be/a is DOWN. {Left}"
        );
        a.Off();
        Await("DOWN (agent) 0", "be", "a", "status check_health");
        _says = "up";
        Await("DOWN L4CON L7OK", "be", "a", "status check_status agent_status");
        _says = "drain";
        a.On();
        Await("DRAIN (agent) L4OK CHECKED", "be", "a", "status check_status agent_status");
        _says = "ready up";
        Await("UP L4OK L7OK", "be", "a", "status check_status agent_status");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Operators_speak_for_an_agent(Product product)
    {
        ProxyProcess proxy = Start(
            product,
            Config(
                $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    stats uri /st
                    stats admin if TRUE
                backend be
                    timeout check 20s
                    server a 127.0.0.1:1 agent-check agent-inter 50 agent-send hello\n agent-port {{Agent(listens: true).Port}}
                    server b 127.0.0.1:1
                """
            )
        );
        string Page(string action)
        {
            string form = $"b=be&action={action}&s=a";
            return Connect(proxy).Ask($"POST /st HTTP/1.1\r\nHost: h\r\nContent-Length: {form.Length}\r\n\r\n{form}")["location"]!;
        }
        _says = "";
        Await("no check CHECKED", "be", "a", "status agent_status");
        Assert.Equal("hello\n", _heard);
        Command("set server be/a agent down");
        Assert.Equal("DOWN (agent)", Show("be", "a", "status"));
        Command("set server be/a agent up");
        Assert.Equal("no check", Show("be", "a", "status"));
        Expect($"<129>Server be/a is DOWN, changed from CLI. {Left}", $"<133>Server be/a is UP, changed from CLI. {Online}");
        Assert.Equal("/st;st=DONE", Page("adown"));
        Assert.Equal("DOWN (agent)", Show("be", "a", "status"));
        Assert.Equal("/st;st=DONE", Page("dagent"));
        Assert.Equal("DOWN", Show("be", "a", "status agent_status agent_health"));
        Assert.Equal("/st;st=DONE", Page("eagent"));
        Assert.Equal("/st;st=DONE", Page("arunn"));
        Command("set server be/a agent-send bye");
        Eventually(() => _heard == "bye", "the agent is told something else");
        Assert.Equal("", Command("disable agent be/b").Trim());
        Assert.Equal("Agent was not configured on this server, cannot enable.", Command("enable agent be/b").Trim());
        Assert.Equal("agent checks are not enabled on this server.", Command("set server be/b agent up").Trim());
        Assert.Equal("'set server <srv> agent' expects 'up' or 'down'.", Command("set server be/a agent x").Trim());
        Assert.Equal("invalid addr 'x'", Command("set server be/a agent-addr x").Trim());
        Assert.Equal("provided port is invalid", Command("set server be/a agent-port 70000").Trim());
        Assert.Equal("set server <b>/<s> agent-port requires a port.", Command("set server be/a agent-port").Trim());
        Command("set server be/a agent-addr 127.0.0.2 port 1");
        // who cannot be asked says nothing against the server
        Await("no check L4CON 1 Connection refused", "be", "a", "status agent_status agent_health last_agt");
        string state = Command("show servers state be").Split('\n').First(l => l.Contains(" a ", StringComparison.Ordinal));
        Assert.EndsWith(" 127.0.0.2 1", state, StringComparison.Ordinal);
    }

    [Fact]
    public void The_next_process_goes_by_what_agents_have_said()
    {
        OriginServer down = Origin(c => c.Send("down # gone\n")),
            drained = Origin(c => c.Send("drain 50% maxconn:7\n"));
        using var proxy = new Reloadable(
            $$"""
            listen l
                mode http
                bind 127.0.0.1:${port}
                default-server agent-check agent-inter 1h
                server down 127.0.0.1:1 agent-port {{down.Port}}
                server drained 127.0.0.1:1 weight 10 agent-port {{drained.Port}}
            """,
            0,
            "max-spread-checks 1"
        );
        string Show(string server)
        {
            string[] lines = proxy.Ask("show stat").Split('\n', StringSplitOptions.RemoveEmptyEntries);
            string[] names = lines[0][2..].Split(','),
                row = lines.Select(l => l.Split(',')).First(f => f[1] == server);
            return string.Join('|', Columns.Split(' ').Select(c => row[Array.IndexOf(names, c)]));
        }
        const string isDown = "DOWN (agent)|1||L7STS|0|via agent : down (gone)",
            isDrained = "DRAIN (agent)|5|7|CHECKED|1|";
        proxy.Reload();
        Eventually(() => Show("down") == isDown && Show("drained") == isDrained, "both agents have been asked");
        proxy.Ask("set server l/drained agent-send x");
        for (int i = 0; i < 2; i++)
        {
            Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
            Assert.Equal(isDown, Show("down"));
            Assert.Equal(isDrained, Show("drained"));
        }
        Assert.Equal((1, 1), (down.Connections, drained.Connections));
        proxy.Edit("default-server agent-check", "default-server");
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        // what no agent says any more is not down for ever
        Assert.StartsWith("no check|", Show("down"));
    }
}
