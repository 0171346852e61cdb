// Choosing one of a hundred servers, by each algorithm.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Engine.Balancing;

namespace Baton.Microbench.Bodies;

internal static class BalancerBodies
{
    private const int Servers = 100;

    internal static void Add(SortedDictionary<string, Action> all)
    {
        all["balance-roundrobin"] = Pick("balance roundrobin", "");
        all["balance-roundrobin-weights"] = Pick("balance roundrobin", " weight 3");
        all["balance-leastconn"] = Pick("balance leastconn", "");
        all["balance-random"] = Pick("balance random", "");
        all["balance-first"] = Pick("balance first", "");
        all["balance-hash"] = Pick("balance source", "");
        all["balance-hash-consistent"] = Pick("balance source\n    hash-type consistent", "");
    }

    private static Action Pick(string balance, string everyOther)
    {
        var text = new StringBuilder(
            "global\n    maxconn 100\ndefaults\n    mode http\n    timeout connect 1s\n    timeout client 1s\n    timeout server 1s\n"
        );
        text.Append("frontend fe\n    bind 127.0.0.1:1\n    default_backend be\nbackend be\n    ").Append(balance).Append('\n');
        for (int i = 0; i < Servers; i++)
            text.Append("    server s").Append(i).Append(" 127.0.0.1:2").Append(i % 2 == 1 ? everyOther : "").Append('\n');
        var lab = new Laboratory(text.ToString());
        Balancer balancer = lab.Backend.Balancer;
        balancer.Refresh();
        (lab.Stream.HasBalanceHash, uint hash) = (true, 1);
        return () =>
        {
            lab.Stream.BalanceHash = hash = hash * 1664525 + 1013904223;
            AllBodies.Must(balancer.Pick(lab.Stream, null) is not null);
        };
    }
}
