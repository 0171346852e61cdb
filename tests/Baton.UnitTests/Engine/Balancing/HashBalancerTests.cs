// Balancing by a hash while servers come and go: the ring that knows all servers chooses as one made of those that are up would, and a
// table that is made meanwhile sends nobody to a server that has gone.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using Baton.Engine.Balancing;
using Baton.Engine.Servers;
using Baton.Engine.Streams;
using Baton.Microbench.Bodies;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Engine.Balancing;

public sealed class HashBalancerTests
{
    private static (Balancer, HttpStream, ServerState[]) Backend(string method, IEnumerable<string> servers)
    {
        var text = new StringBuilder(
            $"""
            global
                maxconn 100
            defaults
                mode http
                timeout connect 1s
                timeout client 1s
                timeout server 1s
            frontend fe
                bind 127.0.0.1:1
                default_backend be
            backend be
                balance source
                hash-type {method}

            """
        );
        int i = 0;
        foreach (string options in servers)
            text.Append($"    server s{++i} 127.0.0.{i}:80 {options}\n");
        var lab = new Laboratory(text.ToString());
        lab.Backend.Balancer.Refresh();
        return (lab.Backend.Balancer, lab.Stream, [.. lab.Backend.Servers]);
    }

    private static ServerState? Pick(Balancer balancer, HttpStream stream, uint hash)
    {
        (stream.HasBalanceHash, stream.BalanceHash) = (true, hash);
        return balancer.Pick(stream, null);
    }

    /// <summary>The slow way: a ring of the servers that are up, and the nearest point in it.</summary>
    private static ServerState? Nearest(ServerState[] servers, uint hash)
    {
        List<(uint Place, ServerState Owner)> ring =
        [
            .. servers
                .Where(s => s.IsUsable)
                .SelectMany(s =>
                    Enumerable.Range(0, s.EffectiveWeight * 16).Select(i => (HashFunctions.Avalanche((uint)(s.Id * 4096 + i)), s))
                )
                .OrderBy(p => p.Item1),
        ];
        if (ring.Count == 0)
            return null;
        int next = ring.FindIndex(p => p.Place >= hash);
        next = next < 0 ? 0 : next;
        int previous = (next + ring.Count - 1) % ring.Count;
        if (ring[next].Place == hash)
            return ring[next].Owner;
        return hash - ring[previous].Place <= ring[next].Place - hash ? ring[previous].Owner : ring[next].Owner;
    }

    [Fact]
    public void The_ring_of_all_servers_is_the_ring_of_those_that_are_up() =>
        Gen.Select(Gen.Int[1, 4].Array[2, 5], Gen.Select(Gen.Int[0, 4], Gen.Int[0, 8]).Array[1, 20], Gen.UInt.Array[4])
            .Sample(
                (weights, changes, hashes) =>
                {
                    (Balancer balancer, HttpStream stream, ServerState[] servers) = Backend(
                        "consistent",
                        weights.Select(w => $"weight {w}")
                    );
                    foreach ((int which, int weight) in changes)
                    {
                        ServerState changed = servers[which % servers.Length];
                        if (weight < 5)
                            changed.Operation = changed.IsDown ? ServerOperation.Running : ServerOperation.Stopped;
                        else
                            changed.Weight = weight;
                        lock (changed.Backend.StateLock)
                            balancer.Change(changed);
                        foreach (uint hash in hashes)
                            Assert.Equal(Nearest(servers, HashFunctions.Avalanche(hash))?.Name, Pick(balancer, stream, hash)?.Name);
                    }
                },
                iter: 60
            );

    [Fact]
    public void A_large_table_sends_nobody_to_a_server_that_has_gone_and_is_made_anew()
    {
        (Balancer balancer, HttpStream stream, ServerState[] servers) = Backend(
            "map-based",
            Enumerable.Range(0, 40).Select(i => $"weight {256 - i % 2}")
        );
        for (int round = 0; round < 5; round++)
        {
            ServerState gone = servers[round];
            gone.Operation = ServerOperation.Stopped;
            lock (gone.Backend.StateLock)
                balancer.Change(gone);
            for (uint hash = 0; hash < 20_000; hash += 7)
                Assert.NotSame(gone, Pick(balancer, stream, hash));
        }
        ServerState[] up = [.. servers.Where(s => s.IsUsable)];
        ServerState[] table = WeightedTable.Create(up, [.. up.Select(s => s.EffectiveWeight)], 1);
        long end = Environment.TickCount64 + 60_000;
        while (!IsTable(balancer, stream, table) && Environment.TickCount64 < end)
            Thread.Sleep(5);
        Assert.True(IsTable(balancer, stream, table));
    }

    private static bool IsTable(Balancer balancer, HttpStream stream, ServerState[] table)
    {
        for (int i = 0; i < table.Length; i += 3)
            if (Pick(balancer, stream, (uint)i) != table[i])
                return false;
        return true;
    }
}
