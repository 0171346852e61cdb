using System.Collections.Generic;
using System.Threading;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Xunit;

namespace Baton.UnitTests.Engine.Loop;

public sealed class PerWorkerTests
{
    [Fact]
    public void An_entry_comes_into_being_when_it_is_touched()
    {
        var counters = new PerWorker<TrafficCounters>(64);
        Assert.Empty(All(counters));
        Assert.Null(counters.Find(3));
        counters[3].Sessions++;
        counters[3].Sessions++;
        Assert.Equal(2, Assert.Single(All(counters)).Sessions);
        Assert.Same(counters[3], counters.Find(3));
        counters[63].Sessions++;
        Assert.Equal(2, All(counters).Count);
        Assert.Equal(64, counters.Length);
    }

    [Fact]
    public void Two_threads_that_touch_it_at_once_get_the_same()
    {
        for (int round = 0; round < 200; round++)
        {
            var counters = new PerWorker<TrafficCounters>(1);
            var seen = new TrafficCounters[2];
            using var start = new Barrier(2);
            var threads = new Thread[2];
            for (int i = 0; i < 2; i++)
            {
                int at = i;
                (
                    threads[i] = new Thread(() =>
                    {
                        start.SignalAndWait();
                        seen[at] = counters[0];
                    })
                ).Start();
            }
            foreach (Thread thread in threads)
                thread.Join();
            Assert.Same(seen[0], seen[1]);
        }
    }

    private static List<TrafficCounters> All(PerWorker<TrafficCounters> counters)
    {
        var all = new List<TrafficCounters>();
        foreach (TrafficCounters one in counters)
            all.Add(one);
        return all;
    }
}
