// The wheel against a list of deadlines: what is due fires once, at its time and in order, however it was armed, moved and cancelled.
using System;
using System.Collections.Generic;
using System.Linq;
using Baton.Core.Timers;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Core.Timers;

public sealed class TimerWheelTests
{
    private sealed class Node : TimerNode
    {
        public Action<Node, long>? Fired;

        public override void OnTimer(long nowMs) => Fired?.Invoke(this, nowMs);
    }

    /// <summary>Around every border of the wheel's levels, and anywhere below them.</summary>
    private static readonly Gen<long> Distance = Gen.OneOf(
        Gen.Long[-5, 300],
        Gen.Long[250, 260],
        Gen.Long[16_380, 16_390],
        Gen.Long[0, 70_000],
        Gen.Long[1_048_570, 1_048_580],
        Gen.Long[0, 1_100_000]
    );

    private static readonly Gen<(int Kind, int Node, long Distance)> Step = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 7], Distance);

    [Fact]
    public void Behaves_like_a_list_of_deadlines()
    {
        Gen.Select(Gen.Long[1, 3_000_000], Step.Array[1, 40])
            .Sample(
                (start, steps) =>
                {
                    long now = start;
                    var wheel = new TimerWheel(now);
                    var fired = new List<(int Node, long Due)>();
                    var due = new SortedDictionary<int, long>();
                    var nodes = new Node[8];
                    for (int i = 0; i < nodes.Length; i++)
                    {
                        int index = i;
                        nodes[i] = new Node { Fired = (_, at) => fired.Add((index, due[index])) };
                    }
                    foreach ((int kind, int node, long distance) in steps)
                    {
                        switch (kind)
                        {
                            case 0:
                                wheel.Cancel(nodes[node]);
                                due.Remove(node);
                                break;
                            case 1:
                                wheel.Arm(nodes[node], long.MaxValue);
                                due.Remove(node);
                                break;
                            // what is due already fires with the next tick
                            case 2 or 3:
                                wheel.Arm(nodes[node], now + distance);
                                due[node] = Math.Max(now + distance, now + 1);
                                break;
                            default:
                                now += Math.Max(0, distance);
                                wheel.Advance(now);
                                var expected = due.Where(d => d.Value <= now).Select(d => (d.Key, d.Value)).ToList();
                                Assert.Equal(expected.Order(), fired.Order());
                                Assert.Equal(fired.Select(f => f.Due).Order(), fired.Select(f => f.Due));
                                foreach ((int key, _) in expected)
                                {
                                    due.Remove(key);
                                    Assert.Equal(long.MaxValue, nodes[key].DeadlineMs);
                                }
                                fired.Clear();
                                break;
                        }
                        foreach (int i in Enumerable.Range(0, nodes.Length))
                            Assert.Equal(due.ContainsKey(i), nodes[i].DeadlineMs != long.MaxValue);
                        int wait = wheel.NextDelayMs(now, 60_000);
                        if (due.Count > 0)
                            Assert.InRange(wait, 0, (int)Math.Min(60_000, Math.Max(0, due.Values.Min() - now)));
                    }
                    foreach (Node node in nodes)
                        wheel.Cancel(node);
                    Assert.Equal(0, wheel.Count);
                    Assert.Equal(-1, wheel.NextDelayMs(now, 60_000));
                },
                iter: 200
            );
    }

    /// <summary>As the loop does it: sleep for as long as the wheel says, advance, look.</summary>
    [Fact]
    public void A_loop_that_sleeps_as_it_is_told_is_never_late()
    {
        Gen.Long[0, 400_000]
            .Array[1, 10]
            .Sample(
                distances =>
                {
                    long now = 123_456;
                    var wheel = new TimerWheel(now);
                    var late = new List<long>();
                    foreach (long distance in distances)
                    {
                        long deadline = now + 1 + distance;
                        wheel.Arm(new Node { Fired = (_, at) => late.Add(at - deadline) }, deadline);
                    }
                    for (int turns = 0; wheel.Count > 0; turns++)
                    {
                        Assert.True(turns < 5_000, "too many turns");
                        now += Math.Max(1, wheel.NextDelayMs(now, 60_000));
                        wheel.Advance(now);
                    }
                    Assert.Equal(distances.Length, late.Count);
                    Assert.All(late, l => Assert.Equal(0, l));
                },
                iter: 100
            );
    }

    [Fact]
    public void What_lies_beyond_the_last_level_waits_there()
    {
        const long day = 24 * 3600 * 1000;
        long firedAt = 0;
        var wheel = new TimerWheel(1_000);
        wheel.Arm(new Node { Fired = (_, at) => firedAt = at }, 1_000 + day);
        wheel.Advance(1_000 + day - 1);
        Assert.Equal((0, 1), (firedAt, wheel.Count));
        wheel.Advance(1_000 + day);
        Assert.Equal((1_000 + day, 0), (firedAt, wheel.Count));
    }

    [Fact]
    public void A_node_may_arm_itself_and_cancel_its_neighbours_while_it_fires()
    {
        var wheel = new TimerWheel(0);
        var fired = new List<string>();
        var victim = new Node { Fired = (_, _) => fired.Add("victim") };
        // of one slot the last to come is the first to go
        var first = new Node
        {
            Fired = (_, _) =>
            {
                fired.Add("first");
                wheel.Cancel(victim);
            },
        };
        wheel.Arm(victim, 10);
        wheel.Arm(first, 10);
        int rounds = 0;
        wheel.Arm(
            new Node
            {
                Fired = (self, at) =>
                {
                    fired.Add("again");
                    if (++rounds < 3)
                        wheel.Arm(self, at + 5);
                },
            },
            10
        );
        wheel.Advance(10);
        wheel.Advance(15);
        wheel.Advance(100);
        Assert.Equal(["again", "first", "again", "again"], fired);
        Assert.Equal(0, wheel.Count);
    }

    [Fact]
    public void A_deadline_put_off_again_and_again_costs_no_slot()
    {
        var wheel = new TimerWheel(0);
        int fired = 0;
        var node = new Node { Fired = (_, _) => fired++ };
        for (int now = 0; now < 10_000; now++)
        {
            wheel.Advance(now);
            wheel.Arm(node, now + 1_000);
            Assert.Equal(1, wheel.Count);
        }
        Assert.Equal(0, fired);
        wheel.Advance(10_998);
        Assert.Equal(0, fired);
        wheel.Advance(10_999);
        Assert.Equal(1, fired);
    }
}
