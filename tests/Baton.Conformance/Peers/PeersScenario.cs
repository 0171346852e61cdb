// Base of the scenarios about peers: processes that share tables, each with a runtime API, and a stranger that speaks the protocol itself.
using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Peers;

public abstract partial class PeersScenario : Scenario
{
    /// <summary>What every process of a test has in its section besides peers.</summary>
    protected const string Tables = """
            table numbers type integer size 10k expire 10m store gpc0,conn_cur
            table paths type string len 20 size 10k expire 10m store server_id,gpc0,http_req_rate(10m)
            table addresses type ip size 10k expire 5m store bytes_in_cnt,gpt(2),gpc(3),gpc_rate(2,10m)
        """;

    /// <summary>A process of that name, with these peers ("NAME ADDRESS") besides itself.</summary>
    protected ProxyProcess Node(Product product, string name, int port, params string[] others) =>
        Start(product, Configuration(name, port, others));

    /// <summary>The same for one that the test ends itself.</summary>
    protected ProxyProcess Mortal(Product product, string name, int port, params string[] others) =>
        Start(product, Configuration(name, port, others), new ProxyOptions { EndsItself = true });

    protected static string Configuration(string name, int port, string[] others) =>
        $$"""
            global
                nbthread 1
                localpeer {{name}}
                stats socket ${dir}/{{name}}.sock mode 600 level admin expose-fd listeners
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            peers p
            {{Tables}}
                peer {{name}} 127.0.0.1:{{port}}
                {{string.Join("\n    ", Array.ConvertAll(others, o => "peer " + o))}}
            frontend f
                bind 127.0.0.1:${p1}
                http-request return status 200

            """;

    protected string Ask(string name, string line) => MasterUnderTest.AskAt(Path.Combine(Directory, name + ".sock"), line);

    /// <summary>The entries of a table without what is a process's own: where they lie, and how long they have to live.</summary>
    protected string Entries(string name, string table)
    {
        var entries = new StringBuilder();
        foreach (string line in Ask(name, $"show table p/{table}").Split('\n'))
            if (line.IndexOf("key=", StringComparison.Ordinal) is >= 0 and var key)
            {
                int from = line.IndexOf(" use=", StringComparison.Ordinal),
                    to = line.IndexOf(' ', line.IndexOf(" exp=", StringComparison.Ordinal) + 1);
                entries.Append(line, key, from - key).Append(line, to, line.Length - to).Append('\n');
            }
        return entries.ToString();
    }

    protected void AwaitEntries(string name, string table, string expected)
    {
        string seen = "";
        bool isThere = SpinWait.SpinUntil(() => (seen = Entries(name, table)) == expected, Patience.Ms);
        Assert.True(isThere, $"{name} has\n{seen}\nof {table}, not\n{expected}");
    }

    /// <summary>Some entries with something of every shape. Asked of an haproxy.</summary>
    protected void Fill(string name)
    {
        foreach (
            string line in (string[])
                [
                    "set table p/numbers key 7 data.gpc0 5",
                    "set table p/numbers key 70000 data.gpc0 300000",
                    "set table p/paths key /one data.gpc0 1 data.server_id 3 data.http_req_rate 40",
                    "set table p/paths key /two data.gpc0 2",
                    "set table p/addresses key 192.0.2.1 data.bytes_in_cnt 123456789012",
                ]
        )
            Assert.DoesNotContain("nknown", Ask(name, line));
    }

    protected const string FilledNumbers = "key=7 gpc0=5 conn_cur=0\nkey=70000 gpc0=300000 conn_cur=0\n";
    protected const string FilledPaths =
        "key=/one server_id=3 gpc0=1 http_req_rate(600000)=40\nkey=/two server_id=0 gpc0=2 http_req_rate(600000)=0\n";
    protected const string FilledAddresses =
        "key=192.0.2.1 bytes_in_cnt=123456789012 gpt0=0 gpt1=0 gpc0=0 gpc1=0 gpc2=0 gpc0_rate(600000)=0 gpc1_rate(600000)=0\n";

    protected void AwaitFilled(string name)
    {
        AwaitEntries(name, "numbers", FilledNumbers);
        AwaitEntries(name, "paths", FilledPaths);
        AwaitEntries(name, "addresses", FilledAddresses);
    }

    /// <summary>Waits until one process has heard of all that has changed in another.</summary>
    protected void AwaitCaughtUp(string teller, string hearer)
    {
        string told = "",
            heard = "";
        bool HasHeard()
        {
            (told, heard) = (Ask(teller, "show peers"), Ask(hearer, "show peers"));
            int from = heard.IndexOf($"id={teller}(", StringComparison.Ordinal);
            if (from < 0)
                return false;
            int to = heard.IndexOf("last_status=", heard.IndexOf('\n', from), StringComparison.Ordinal);
            string[] far =
            [
                .. Heard().Matches(to < 0 ? heard[from..] : heard[from..to]).Select(m => $"{m.Groups[2]} {m.Groups[1]}").Order(),
            ];
            string[] all = [.. Changed().Matches(told).Select(m => $"{m.Groups[1]} {m.Groups[2]}").Distinct().Order()];
            return all.Length > 0 && all.SequenceEqual(far);
        }
        Assert.True(SpinWait.SpinUntil(HasHeard, Patience.Ms), $"{hearer} has not heard all:\n{told}\n{heard}");
    }

    [GeneratedRegex(@"id=(p/\w+) update=\d+ localupdate=(\d+)")]
    private static partial Regex Changed();

    [GeneratedRegex(@"last_get=(\d+) [^\n]*\n[^\n]* id=(p/\w+) ")]
    private static partial Regex Heard();

    /// <summary>Somebody who connects and says hello as a peer of that name.</summary>
    protected RawClient Stranger(int port, string from, string to)
    {
        RawClient client = Keep(RawClient.Tcp(port));
        client.Send($"HAProxyS 2.1\n{to}\n{from} 1 1\n");
        Assert.Equal("200\n", Encoding.ASCII.GetString(client.ReadBytes(4)));
        return client;
    }
}
