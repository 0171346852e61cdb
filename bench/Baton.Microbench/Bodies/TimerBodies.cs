// The timer wheel: a deadline pushed back, as every request does, and a thousand that come due.
using System;
using System.Collections.Generic;
using Baton.Core.Timers;

namespace Baton.Microbench.Bodies;

internal static class TimerBodies
{
    private const int Nodes = 1000;

    private sealed class Node : TimerNode
    {
        public static int Fired;

        public override void OnTimer(long nowMs) => Fired++;
    }

    internal static void Add(SortedDictionary<string, Action> all)
    {
        all["timer-rearm"] = Rearm();
        all["timer-1000-due"] = Due();
    }

    /// <summary>One of a thousand armed timers is moved, a millisecond further each time.</summary>
    private static Action Rearm()
    {
        long now = 1_000_000;
        var wheel = new TimerWheel(now);
        Node[] nodes = Filled(wheel, now + 50_000);
        int at = 0;
        return () =>
        {
            wheel.Arm(nodes[at], now + 60_000 + at);
            at = (at + 1) % Nodes;
            AllBodies.Must(wheel.Count == Nodes);
        };
    }

    private static Action Due()
    {
        long now = 1_000_000;
        var wheel = new TimerWheel(now);
        Node[] nodes = Filled(wheel, now);
        wheel.Advance(now + Nodes);
        return () =>
        {
            now += 10_000;
            wheel.Advance(now);
            for (int i = 0; i < Nodes; i++)
                wheel.Arm(nodes[i], now + 1 + i);
            Node.Fired = 0;
            wheel.Advance(now + Nodes + 1);
            AllBodies.Must(Node.Fired == Nodes);
        };
    }

    private static Node[] Filled(TimerWheel wheel, long from)
    {
        var nodes = new Node[Nodes];
        for (int i = 0; i < Nodes; i++)
            wheel.Arm(nodes[i] = new Node(), from + i);
        return nodes;
    }
}
