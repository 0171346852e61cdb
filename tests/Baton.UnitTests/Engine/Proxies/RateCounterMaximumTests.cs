// The highest rate of all workers, with what processes before have seen: neither lost nor added up again.
using Baton.Engine.Proxies;
using Xunit;

namespace Baton.UnitTests.Engine.Proxies;

public sealed class RateCounterMaximumTests
{
    private static RateCounter[] Workers(params int[] events)
    {
        var all = new RateCounter[events.Length];
        for (int i = 0; i < events.Length; i++)
        {
            all[i] = new RateCounter();
            for (int n = 0; n < events[i]; n++)
                all[i].Add(1000);
        }
        return all;
    }

    [Fact]
    public void It_passes_through_processes_as_it_is()
    {
        RateCounter[] first = Workers(5, 7, 2);
        Assert.Equal(14, RateCounter.MaxOf(first));
        for (int process = 0; process < 3; process++)
        {
            RateCounter[] next = Workers(3, 4, 0);
            next[0].RaiseMaxBefore(RateCounter.MaxOf(first));
            next[0].RaiseMaxBefore(1);
            Assert.Equal(14, RateCounter.MaxOf(next));
            first = next;
        }
        first[1].Add(1000, 20);
        Assert.Equal(27, RateCounter.MaxOf(first));
        foreach (RateCounter worker in first)
            worker.ClearMax();
        Assert.Equal(0, RateCounter.MaxOf(first));
    }

    [Fact]
    public void Nonsense_from_another_process_does_no_harm()
    {
        RateCounter[] workers = Workers(1, 1);
        workers[0].RaiseMaxBefore(-5);
        Assert.Equal(2, RateCounter.MaxOf(workers));
        workers[0].RaiseMaxBefore(long.MaxValue);
        Assert.Equal(int.MaxValue, RateCounter.MaxOf(workers));
    }
}
