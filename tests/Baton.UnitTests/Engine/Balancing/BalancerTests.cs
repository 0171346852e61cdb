// The algorithms without traffic: slots are taken and given back as a backend would, and what is chosen is compared with what the
// manual's words come to when they are done slowly.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Baton.Engine.Balancing;
using Baton.Engine.Servers;
using Baton.Engine.Streams;
using Baton.Microbench.Bodies;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Engine.Balancing;

public sealed class BalancerTests
{
    /// <summary>A backend whose servers s1, s2, … have these options.</summary>
    private sealed class Bench
    {
        public Bench(string balance, params string[] servers)
        {
            var text = new StringBuilder(
                """
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

                """
            );
            foreach (string line in balance.Split('\n'))
                text.Append("    ").Append(line).Append('\n');
            for (int i = 0; i < servers.Length; i++)
                text.Append($"    server s{i + 1} 127.0.0.{i + 1}:80 {servers[i]}\n");
            var lab = new Laboratory(text.ToString());
            (Balancer, Stream, Servers) = (lab.Backend.Balancer, lab.Stream, [.. lab.Backend.Servers]);
            Balancer.Refresh();
        }

        public Balancer Balancer { get; }
        public HttpStream Stream { get; }
        public ServerState[] Servers { get; }

        /// <summary>Chooses and takes the slot; 0 when all are full.</summary>
        public int Take(int avoid = 0)
        {
            ServerState? chosen = Balancer.Pick(Stream, avoid == 0 ? null : Servers[avoid - 1]);
            if (chosen is null)
                return 0;
            chosen.Served++;
            return chosen.Index + 1;
        }

        public void GiveBack(int server)
        {
            Servers[server - 1].Served--;
            Balancer.Released(Servers[server - 1]);
        }

        public void SetDown(int server, bool down)
        {
            Servers[server - 1].Operation = down
                ? Baton.Engine.Servers.ServerOperation.Stopped
                : Baton.Engine.Servers.ServerOperation.Running;
            Balancer.Refresh();
        }

        public int PickFor(uint hash)
        {
            (Stream.HasBalanceHash, Stream.BalanceHash) = (true, hash);
            return Balancer.Pick(Stream, null)!.Index + 1;
        }
    }

    private static readonly Gen<int[]> Weights = Gen.Int[1, 12].Array[1, 6];

    private static Bench WithWeights(string balance, int[] weights) => new(balance, [.. weights.Select(w => $"weight {w}")]);

    public static TheoryData<string> All =>
        ["roundrobin", "static-rr", "leastconn", "first", "random", "source", "source\nhash-type consistent"];

    /// <summary>A full server is not chosen where another has room, nor is the one to avoid, nor one that is down.</summary>
    [Theory, MemberData(nameof(All))]
    public void Room_is_found_where_there_is_any(string balance)
    {
        Gen.Select(Gen.Int[1, 3].Array[2, 5], Gen.Int[0, 3].Array[1, 40], Gen.Int[0, 100])
            .Sample(
                (rooms, steps, seed) =>
                {
                    var bench = new Bench("balance " + balance, [.. rooms.Select(r => $"maxconn {r}")]);
                    var taken = new List<int>();
                    int down = seed % rooms.Length + 1;
                    bench.SetDown(down, true);
                    bool hasKey = balance.StartsWith("source", StringComparison.Ordinal) && seed % 2 == 0;
                    (bench.Stream.HasBalanceHash, bench.Stream.BalanceHash) = (hasKey, (uint)seed * 7919);
                    foreach (int step in steps)
                    {
                        if (step == 0 && taken.Count > 0)
                        {
                            bench.GiveBack(taken[0]);
                            taken.RemoveAt(0);
                            continue;
                        }
                        int[] free =
                        [
                            .. Enumerable.Range(1, rooms.Length).Where(s => s != down && bench.Servers[s - 1].Served < rooms[s - 1]),
                        ];
                        int avoid = step == 1 ? free.FirstOrDefault() : 0;
                        ServerState? chosen = bench.Balancer.Pick(bench.Stream, avoid == 0 ? null : bench.Servers[avoid - 1]);
                        // a key waits for its server
                        if (hasKey && chosen is not null && !free.Contains(chosen.Index + 1))
                        {
                            Assert.NotEqual(down, chosen.Index + 1);
                            continue;
                        }
                        if (chosen is null)
                        {
                            Assert.True(free.Length == 0 || avoid > 0 && free.Length == 1);
                            continue;
                        }
                        Assert.Contains(chosen.Index + 1, free);
                        if (free.Length > 1)
                            Assert.NotEqual(avoid, chosen.Index + 1);
                        chosen.Served++;
                        taken.Add(chosen.Index + 1);
                    }
                },
                iter: 20
            );
    }

    [Theory, MemberData(nameof(All))]
    public void Nobody_is_chosen_where_nobody_is_up(string balance)
    {
        var bench = new Bench("balance " + balance, "", "");
        foreach (bool hasKey in (bool[])[false, true])
        {
            (bench.Stream.HasBalanceHash, bench.Stream.BalanceHash) = (hasKey, 7919);
            bench.SetDown(1, true);
            bench.SetDown(2, true);
            Assert.Equal(0, bench.Take());
            Assert.Equal(0, bench.Take(avoid: 1));
            bench.SetDown(2, false);
            Assert.Equal(2, bench.Take());
        }
    }

    /// <summary>The table is gone through entry by entry: in each round everybody has as many turns as weight.</summary>
    [Fact]
    public void A_static_round_gives_each_its_weight()
    {
        Weights.Sample(
            weights =>
            {
                Bench bench = WithWeights("balance static-rr", weights);
                int divisor = weights.Aggregate(Divisor),
                    length = weights.Sum() / divisor;
                for (int round = 0; round < 3; round++)
                {
                    int[] turns = new int[weights.Length];
                    for (int i = 0; i < length; i++)
                        turns[bench.Take() - 1]++;
                    Assert.Equal(weights.Select(w => w / divisor), turns);
                }
            },
            iter: 40
        );
    }

    /// <summary>At no moment is anybody more than three turns from its share. A round has sixteen turns for each unit of weight.</summary>
    [Fact]
    public void Round_robin_keeps_to_the_weights_at_every_moment()
    {
        Weights.Sample(
            weights =>
            {
                Bench bench = WithWeights("balance roundrobin", weights);
                int sum = weights.Sum();
                int[] turns = new int[weights.Length];
                for (int n = 1; n <= 2 * 16 * sum; n++)
                {
                    turns[bench.Take() - 1]++;
                    for (int i = 0; i < turns.Length; i++)
                        Assert.InRange(turns[i] * sum, n * weights[i] - 3 * sum, n * weights[i] + 3 * sum);
                }
            },
            iter: 40
        );
    }

    private static int Divisor(int a, int b) => b == 0 ? a : Divisor(b, a % b);

    /// <summary>Against the rule done by hand: the fewest streams for its weight, and of those the one left alone for longest.</summary>
    [Fact]
    public void The_least_loaded_is_chosen()
    {
        Gen.Select(Weights, Gen.Int[0, 9].Array[1, 60])
            .Sample(
                (weights, steps) =>
                {
                    Bench bench = WithWeights("balance leastconn", weights);
                    var touched = Enumerable.Range(1, weights.Length).ToDictionary(s => s, s => s - weights.Length - 1);
                    var taken = new List<int>();
                    for (int i = 0; i < steps.Length; i++)
                    {
                        if (steps[i] < 4 && taken.Count > 0)
                        {
                            int server = taken[steps[i] % taken.Count];
                            taken.Remove(server);
                            bench.GiveBack(server);
                            touched[server] = i;
                            continue;
                        }
                        int expected = touched
                            .Keys.OrderBy(s => Load(taken.Count(t => t == s), weights[s - 1]))
                            .ThenBy(s => touched[s])
                            .First();
                        Assert.Equal(expected, bench.Take());
                        touched[expected] = i;
                        taken.Add(expected);
                    }
                },
                iter: 60
            );
    }

    /// <summary>COMPAT: in 256ths; idle ones are equal whatever their weights.</summary>
    private static long Load(int streams, int weight) => streams == 0 ? 0 : (streams + 1) * 256L / weight;

    [Fact]
    public void The_first_with_room_is_filled_before_the_next()
    {
        var bench = new Bench("balance first", "maxconn 2 id 30", "maxconn 1 id 10", "maxconn 2 id 20");
        Assert.Equal([2, 3, 3, 1, 1, 0], Enumerable.Range(0, 6).Select(_ => bench.Take()));
        bench.GiveBack(3);
        bench.GiveBack(2);
        Assert.Equal([2, 3, 0], Enumerable.Range(0, 3).Select(_ => bench.Take()));
    }

    /// <summary>What a ring is for: when a server goes, only its keys move; when it comes back, they are its own again.</summary>
    [Fact]
    public void On_a_ring_only_the_keys_of_a_lost_server_move()
    {
        Gen.Select(Gen.Int[1, 8].Array[2, 5], Gen.UInt.Array[50], Gen.Int[0, 100])
            .Sample(
                (weights, keys, seed) =>
                {
                    Bench bench = WithWeights("balance source\nhash-type consistent", weights);
                    int[] before = [.. keys.Select(bench.PickFor)];
                    int lost = seed % weights.Length + 1;
                    bench.SetDown(lost, true);
                    for (int i = 0; i < keys.Length; i++)
                    {
                        int now = bench.PickFor(keys[i]);
                        if (before[i] == lost)
                            Assert.NotEqual(lost, now);
                        else
                            Assert.Equal(before[i], now);
                    }
                    bench.SetDown(lost, false);
                    Assert.Equal(before, keys.Select(bench.PickFor));
                },
                iter: 40
            );
    }

    [Fact]
    public void In_a_map_each_has_its_share_of_the_places()
    {
        Weights.Sample(
            weights =>
            {
                Bench bench = WithWeights("balance source\nhash-type map-based sdbm", weights);
                int length = weights.Sum() / weights.Aggregate(Divisor);
                var places = Enumerable.Range(0, length).GroupBy(h => bench.PickFor((uint)h)).ToDictionary(g => g.Key, g => g.Count());
                Assert.Equal(weights.Select(w => w * length / weights.Sum()), Enumerable.Range(1, weights.Length).Select(s => places[s]));
            },
            iter: 40
        );
    }

    /// <summary>The keys' functions, by values that are published for them.</summary>
    [Theory]
    [InlineData("123456789", 0xCBF43926u)]
    [InlineData("", 0u)]
    public void The_checksum_is_that_of_Ethernet(string text, uint expected) =>
        Assert.Equal(expected, HashFunctions.Crc32(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void An_avalanche_is_one_to_one()
    {
        // a permutation: different numbers stay different
        Assert.Equal(100_000, Enumerable.Range(0, 100_000).Select(i => HashFunctions.Avalanche((uint)i * 42_949u)).Distinct().Count());
    }

    [Fact]
    public void Backups_stand_in_when_all_others_are_gone()
    {
        var bench = new Bench("balance roundrobin", "", "", "backup", "backup");
        Assert.Equal([1, 2, 1, 2], Enumerable.Range(0, 4).Select(_ => bench.Take()));
        bench.SetDown(1, true);
        Assert.Equal([2, 2], Enumerable.Range(0, 2).Select(_ => bench.Take()));
        bench.SetDown(2, true);
        Assert.Equal([3, 3], Enumerable.Range(0, 2).Select(_ => bench.Take()));
        bench.SetDown(3, true);
        Assert.Equal([4, 4], Enumerable.Range(0, 2).Select(_ => bench.Take()));
        bench.SetDown(2, false);
        Assert.Equal([2, 2], Enumerable.Range(0, 2).Select(_ => bench.Take()));
        var all = new Bench("balance roundrobin\noption allbackups", "", "backup", "backup");
        all.SetDown(1, true);
        Assert.Equal([2, 3, 2, 3], Enumerable.Range(0, 4).Select(_ => all.Take()));
    }
}
