// Every benchmark's body by its name: what BenchmarkDotNet times and what the allocation budget counts, so that they cannot drift
// apart. A body is one operation in a warm state; making it ready may allocate, running it should not.
using System;
using System.Collections.Generic;

namespace Baton.Microbench.Bodies;

public static class AllBodies
{
    /// <summary>Fresh bodies, each with a state of its own. To be run by one thread.</summary>
    public static SortedDictionary<string, Action> Create()
    {
        var all = new SortedDictionary<string, Action>(StringComparer.Ordinal);
        HeadBodies.Add(all);
        FramingBodies.Add(all);
        TimerBodies.Add(all);
        StreamBodies.Add(all);
        BalancerBodies.Add(all);
        H2Bodies.Add(all);
        return all;
    }

    /// <summary>A body that did not do its work measures nothing.</summary>
    internal static void Must(bool done)
    {
        if (!done)
            throw new InvalidOperationException("the benchmark's body failed");
    }
}
