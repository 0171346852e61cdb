// Commands that show and change what is running: servers, frontends, limits, streams. Answers and effects are haproxy 2.6's.
using System.Linq;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Cli;

public sealed class StateCommandTests : CliScenario
{
    private void Expect(params (string Line, string Answer)[] exchanges)
    {
        foreach ((string line, string answer) in exchanges)
            Assert.Equal($"{line} -> {answer}", $"{line} -> {Ask(line).Trim()}");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Weights_states_and_addresses(Product product)
    {
        StartProxies(product);
        Expect(
            ("get weight be/b", "30 (initial 30)"),
            ("set weight be/b 50%", ""),
            ("get weight be/b", "15 (initial 30)"),
            ("set weight be/b 300", "Absolute weight can only be between 0 and 256 inclusive."),
            ("set weight be/b 256", ""),
            ("get weight be/b", "256 (initial 30)"),
            ("get weight be/none", "No such server."),
            ("get weight none/b", "No such backend."),
            ("get weight be", "Require 'backend/server'."),
            ("set server be/a weight 77", ""),
            ("get weight be/a", "77 (initial 1)"),
            ("set maxconn server be/a 5", ""),
            ("set maxconn server none/a 5", "No such backend."),
            ("set server be/a addr 127.0.0.2", "IP changed from '127.0.0.1' to '127.0.0.2' by 'stats socket command'"),
            ("set server be/a addr 127.0.0.2", "no need to change the addr by 'stats socket command'")
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_server_state_shows_everywhere(Product product)
    {
        StartProxies(product);
        foreach (
            (string command, string status, string operational, string administrative) in new[]
            {
                ("set server be/a state maint", "MAINT", "0", "1"),
                ("set server be/a state ready", "no check", "2", "0"),
                ("set server be/a state drain", "DRAIN", "2", "8"),
                ("set server be/a state ready", "no check", "2", "0"),
                ("disable server be/a", "MAINT", "0", "1"),
                ("enable server be/a", "no check", "2", "0"),
            }
        )
        {
            Assert.Equal("", Ask(command).Trim());
            string[] row = Ask("show servers state be").Split('\n').Single(l => l.Contains(" be 1 a ")).Split(' ');
            string shown = StatisticsTable.Parse(Ask("show stat"))["be", "a"]["status"];
            Assert.Equal($"{command}: {status} {operational} {administrative}", $"{command}: {shown} {row[5]} {row[6]}");
        }
        Expect(
            ("set server be/a state foo", "'set server <srv> state' expects 'ready', 'drain' and 'maint'."),
            ("disable server be/none", "No such server."),
            ("disable server", "Require 'backend/server'.")
        );
        Assert.Equal("Permission denied", Ask("disable server be/a", "operator").Trim());
        Assert.Equal("Can't find backend.", Ask("show servers state none").Trim());
        Assert.Equal("Can't find backend.", Ask("show servers conn none").Trim());
        Assert.StartsWith(
            "# bkname/svname bkid/svid addr port - purge_delay used_cur used_max need_est unsafe_nb safe_nb idle_lim idle_cur idle_per_thr[1]\nbe/a ",
            Ask("show servers conn be")
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Frontends_pause_go_on_and_stop(Product product)
    {
        ProxyProcess proxy = StartProxies(product);
        string Status() => StatisticsTable.Parse(Ask("show stat"))["fe", "FRONTEND"]["status"];
        Assert.Equal(200, Connect(proxy).Get().Status);
        Expect(("disable frontend fe", ""));
        // when it answers nobody is listening any more
        Assert.Throws<SocketException>(() => Connect(proxy));
        Assert.Equal("PAUSED", Status());
        Expect(("enable frontend fe", ""));
        Assert.Equal("OPEN", Status());
        Assert.Equal(200, Connect(proxy).Get().Status);
        Expect(
            ("enable frontend fe", "All sockets are already enabled."),
            ("disable frontend none", "No such frontend."),
            ("set maxconn frontend fe 10", ""),
            ("set maxconn frontend none 10", "No such frontend.")
        );
        Assert.Equal("10", StatisticsTable.Parse(Ask("show stat"))["fe", "FRONTEND"]["slim"]);
        Expect(("shutdown frontend fe", ""));
        Assert.Throws<SocketException>(() => Connect(proxy));
        Assert.Equal("STOP", Status());
        Expect(("enable frontend fe", "Frontend was previously shut down, cannot enable."));
        Assert.Equal("Permission denied", Ask("shutdown frontend relay", "operator").Trim());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_paused_process_says_so(Product product)
    {
        const int pause = 22,
            goOn = 21;
        ProxyProcess proxy = StartProxies(product);
        string Status() => StatisticsTable.Parse(Ask("show stat"))["fe", "FRONTEND"]["status"];
        proxy.Signal(pause);
        Eventually(() => Status() == "PAUSED", "SIGTTOU is not shown");
        proxy.Signal(goOn);
        Eventually(() => Status() == "OPEN", "SIGTTIN is not shown");
        Assert.Equal(200, Connect(proxy).Get().Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Limits_of_the_process(Product product)
    {
        StartProxies(product);
        Expect(("set rate-limit connections global 100", ""), ("set rate-limit sessions global 50", ""), ("set maxconn global 60", ""));
        string info = Ask("show info");
        Assert.Contains("\nConnRateLimit: 100\n", info);
        Assert.Contains("\nSessRateLimit: 50\n", info);
        Assert.Contains("\nMaxconn: 60\n", info);
        Assert.Equal("Permission denied", Ask("set rate-limit connections global 0", "operator").Trim());
        string typed = Ask("show info typed");
        Assert.Matches(new Regex(@"^\d+\.ConnRateLimit\.1:CLP:u32:100$", RegexOptions.Multiline), typed);
        using System.Text.Json.JsonDocument json = System.Text.Json.JsonDocument.Parse(Ask("show info json"));
        Assert.Contains(json.RootElement.EnumerateArray(), f =>
            f.GetProperty("field").GetProperty("name").GetString() == "SessRateLimit"
            && f.GetProperty("value").GetProperty("value").GetInt32() == 50
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Streams_are_shown_and_ended(Product product)
    {
        ProxyProcess proxy = StartProxies(product);
        RawClient one = Connect(proxy, 2),
            two = Connect(proxy, 2);
        string Row(RawClient c) =>
            Ask("show sess").Split('\n').SingleOrDefault(l => l.Contains($"src=127.0.0.1:{c.LocalPort} ") && l.Contains("fe=relay")) ?? "";
        Eventually(() => Row(one).Contains("srv=s ") && Row(two).Contains("srv=s "), "the sessions are not shown");
        Assert.Contains("proto=tcpv4", Row(one));
        Assert.Contains("be=relay", Row(one));
        string id = Row(one)[..Row(one).IndexOf(':')];
        Assert.StartsWith(id, Ask("show sess " + id));
        Assert.Contains($"127.0.0.1:{one.LocalPort}", Ask("show sess " + id));
        Assert.Equal("Permission denied", Ask("shutdown session " + id, "operator").Trim());
        Assert.Equal("", Ask("shutdown session " + id).Trim());
        one.ExpectEnd();
        Assert.Equal("", Ask("shutdown sessions server relay/s").Trim());
        two.ExpectEnd();
        Eventually(() => Row(one) + Row(two) == "", "ended sessions are still shown");
        Expect(
            ("shutdown session", "Session pointer expected (use 'show sess')."),
            ("shutdown session nope", "Session pointer expected (use 'show sess')."),
            ("shutdown sessions server be/none", "No such server.")
        );
    }
}
