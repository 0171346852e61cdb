// The order of servers when a weight or a state changes in the middle of a round: the round goes on.
using System;
using System.IO;
using System.Text;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Servers;

public sealed class WeightChangeTests : Scenario
{
    private ProxyProcess Proxy(Product product, string backend) =>
        Start(
            product,
            $$"""
            global
                nbthread 1
                stats socket ${dir}/admin.sock level admin
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            frontend fe
                bind 127.0.0.1:${p1}
                default_backend be
            frontend origin
                bind 127.0.0.1:${p2}
                http-request return status 200
            backend be
                http-response set-header x-server %s
                {{backend}}
            """
        );

    /// <summary>Numbers are requests, anything else is a command; the names of the servers that answered, with the same bars.</summary>
    private string Play(ProxyProcess proxy, string steps)
    {
        RawClient client = Connect(proxy);
        var order = new StringBuilder();
        foreach (string step in steps.Split('|'))
        {
            if (!int.TryParse(step, out int requests))
            {
                Assert.Equal("\n", Command(step));
                continue;
            }
            if (order.Length > 0)
                order.Append('|');
            for (int i = 0; i < requests; i++)
                order.Append(client.Get()["x-server"]);
        }
        return order.ToString();
    }

    private string Command(string text)
    {
        using RawClient cli = RawClient.Unix(Path.Combine(Directory, "admin.sock"));
        cli.Send(text + "\n");
        return cli.ReadTextToEnd();
    }

    public static TheoryData<Product, string, string, string, string> Changes
    {
        get
        {
            var rows = new TheoryData<Product, string, string, string, string>();
            foreach (Product product in new[] { Product.Baton, Product.Haproxy })
            {
                rows.Add(product, "roundrobin", "1 2 5", "3|set weight be/a 4|16", "ccb|cacbacacbcacacba");
                rows.Add(product, "roundrobin", "5 2 1", "3|set weight be/a 1|12", "aab|cbacbbacbbac");
                rows.Add(
                    product,
                    "roundrobin",
                    "1 1 1",
                    "2|set weight be/b 3|60",
                    "ab|cbabbcbabbcbabbcbabbcbabbcbabbcbabbcbabbcbabbcbbabcbbabcbbab"
                );
                rows.Add(product, "roundrobin", "3 3 1", "2|set weight be/b 0|7|set weight be/b 3|14", "ab|aacaaac|abacbababacbab");
                rows.Add(product, "roundrobin", "1 1 1", "2|disable server be/a|5|enable server be/a|8", "ab|cbcbc|bcabcabc");
                rows.Add(
                    product,
                    "roundrobin",
                    "1 2 5",
                    "3|set server be/b state drain|7|set server be/b state ready|16",
                    "ccb|ccccacc|ccbcaccbccbcaccb"
                );
                rows.Add(
                    product,
                    "roundrobin",
                    "1 1 1",
                    "45|set weight be/b 6|12",
                    "abcabcabcabcabcabcabcabcabcabcabcabcabcabcabc|abbcbbbabbbc"
                );
                rows.Add(
                    product,
                    "roundrobin",
                    "1 1 4",
                    "27|disable server be/c|12|enable server be/c|60",
                    "ccaccbccaccbccaccbccaccbcca|bbababababab|acbcccacbcccacbcccacbccccaccbccaccbccaccbccaccbccaccbccaccbc"
                );
                rows.Add(product, "roundrobin", "1 1 1", "2|set weight be/b 1|4", "ab|cabc");
                rows.Add(product, "static-rr", "1 2 5", "3|disable server be/b|7|enable server be/b|10", "acb|cccaccc|cbccacbccb");
                rows.Add(product, "leastconn", "1 1 1", "4|set weight be/b 3|5", "abca|cabca");
                rows.Add(product, "leastconn", "1 2 5", "4|disable server be/a|4|enable server be/a|6", "abca|bcbc|bcabca");
                rows.Add(product, "leastconn", "1 2 5", "4|set server be/a state ready|4", "abca|bcab");
                rows.Add(product, "first", "1 2 5", "2|disable server be/a|2|enable server be/a|2", "aa|bb|aa");
                rows.Add(
                    product,
                    "roundrobin",
                    "1 1 1",
                    "1|set server be/b health down|3|disable server be/b|1|enable server be/b|6",
                    "a|cac|a|cabcab"
                );
            }
            return rows;
        }
    }

    [Theory, MemberData(nameof(Changes))]
    public void A_change_does_not_begin_the_round_anew(Product product, string algorithm, string weights, string steps, string order)
    {
        string[] w = weights.Split(' ');
        ProxyProcess proxy = Proxy(
            product,
            $"""
            balance {algorithm}
                server a 127.0.0.1:$[p2] weight {w[0]}
                server b 127.0.0.1:$[p2] weight {w[1]}
                server c 127.0.0.1:$[p2] weight {w[2]}
            """.Replace("$[p2]", "${p2}", StringComparison.Ordinal)
        );
        Assert.Equal(order, Play(proxy, steps));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Backups_that_stand_in_together_have_their_own_round(Product product)
    {
        ProxyProcess proxy = Proxy(
            product,
            """
            option allbackups
                server a 127.0.0.1:${p2} weight 3
                server b 127.0.0.1:${p2} weight 1 backup
                server c 127.0.0.1:${p2} weight 2 backup
            """
        );
        Assert.Equal("aa|ccbccb|a|ccbccb", Play(proxy, "2|disable server be/a|6|enable server be/a|1|set server be/a state drain|6"));
    }
}
