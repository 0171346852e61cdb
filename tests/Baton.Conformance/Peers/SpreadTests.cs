// What of a table goes where: "shards" and "shard", "recv-only", "write-to". haproxy 2.6 has none of them; it hears what they let through.
using System;
using System.Linq;
using System.Text.RegularExpressions;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Peers;

public sealed class SpreadTests : PeersScenario
{
    private readonly int _a = Ports.Free(),
        _b = Ports.Free(),
        _c = Ports.Free();

    private ProxyProcess Sender(string section, string tables = Tables) =>
        Start(
            Product.Baton,
            $$"""
            global
                nbthread 1
                localpeer a
                stats socket ${dir}/a.sock mode 600 level admin
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            peers p
                {{section}}
                peer a 127.0.0.1:{{_a}}
            {{tables}}
            frontend f
                bind 127.0.0.1:${p1}
                http-request return status 200

            """
        );

    private int[] Keys(string name) =>
        [
            .. Entries(name, "numbers")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(static l => int.Parse(l.Split(' ')[0]["key=".Length..], System.Globalization.CultureInfo.InvariantCulture))
                .Order(),
        ];

    /// <summary>Each key comes to one of two peers, whether it is pushed or taught.</summary>
    [Fact]
    public void Keys_are_spread_over_peers()
    {
        const int keys = 60;
        Node(Product.Haproxy, "b", _b, $"a 127.0.0.1:{_a}");
        Sender($"shards 2\n    peer b 127.0.0.1:{_b} shard 1\n    peer c 127.0.0.1:{_c} shard 2");
        for (int i = 1; i <= keys; i++)
            Ask("a", $"set table p/numbers key {i} data.gpc0 {i}");
        Node(Product.Haproxy, "c", _c, $"a 127.0.0.1:{_a}");
        Eventually(() => Keys("b").Concat(Keys("c")).Distinct().Count() == keys, "some came nowhere");
        int[] b = Keys("b"),
            c = Keys("c");
        Assert.Empty(b.Intersect(c));
        Assert.True(b.Length > 5 && c.Length > 5, $"{b.Length} and {c.Length}");
    }

    [Fact]
    public void A_table_that_only_receives_tells_of_nothing()
    {
        Node(Product.Haproxy, "b", _b, $"a 127.0.0.1:{_a}");
        Sender($"peer b 127.0.0.1:{_b}", Tables.Replace("10m store gpc0,conn_cur", "10m recv-only store gpc0,conn_cur"));
        Eventually(() => Ask("a", "show peers").Contains("id=b(remote,active)", StringComparison.Ordinal), "no session");
        // what it asked for at its beginning was told before the first heartbeat
        Eventually(() => Regex.IsMatch(Ask("b", "show peers"), "rx_hbt=[1-9]"), "no heartbeat");
        Ask("a", "set table p/numbers key 1 data.gpc0 1");
        Ask("a", "set table p/paths key /later data.gpc0 2");
        Eventually(() => Entries("b", "paths").Contains("key=/later ", StringComparison.Ordinal), "nothing is told");
        Assert.Equal("", Entries("b", "numbers"));
        // it hears of others' as ever
        Ask("b", "set table p/numbers key 3 data.gpc0 3");
        Eventually(() => Keys("a").SequenceEqual([1, 3]), "nothing is heard");
    }

    [Fact]
    public void What_is_heard_of_one_table_is_written_to_another()
    {
        Node(Product.Haproxy, "b", _b, $"a 127.0.0.1:{_a}");
        Start(
            Product.Baton,
            $$"""
            global
                nbthread 1
                localpeer a
                stats socket ${dir}/a.sock mode 600 level admin
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            peers p
                peer a 127.0.0.1:{{_a}}
                peer b 127.0.0.1:{{_b}}
                table paths type string len 20 size 10k expire 10m store server_id,gpc0,http_req_rate(10m) write-to own
                table addresses type ip size 10k expire 5m write-to gone store bytes_in_cnt,gpt(2),gpc(3),gpc_rate(2,10m)
            backend own
                stick-table type string len 20 size 10k expire 1h store server_id,gpc0
            backend gone
                stick-table type ip size 10k expire 1h store gpt(5),bytes_in_cnt
            frontend f
                bind 127.0.0.1:${p1}
                http-request return status 200

            """
        );
        Ask("a", "set table own key /one data.gpc0 9 data.server_id 1");
        Fill("b");
        Eventually(() => Entries("a", "paths") is var s && s.Contains("key=/one ") && s.Contains("key=/two "), "paths are not heard");
        AwaitEntries("a", "addresses", FilledAddresses);
        // what is set is taken over, what is counted is not
        Assert.Contains(" server_id=3 gpc0=9", Ask("a", "show table own key /one"), StringComparison.Ordinal);
        Assert.Contains(" server_id=0 gpc0=0", Ask("a", "show table own key /two"), StringComparison.Ordinal);
        Assert.Matches(" bytes_in_cnt=0 gpt0=0 .*gpt4=0\n", Ask("a", "show table gone key 192.0.2.1"));
    }
}
