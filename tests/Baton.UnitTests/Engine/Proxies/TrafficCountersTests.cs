// Averages and their samples, and what survives being handed over.
using Baton.Engine.Proxies;
using Xunit;

namespace Baton.UnitTests.Engine.Proxies;

public sealed class TrafficCountersTests
{
    private static TrafficCounters After(int requests, int ms)
    {
        var c = new TrafficCounters();
        for (int i = 0; i < requests; i++)
        {
            c.Requests++;
            c.LoadBalanced++;
            c.NoteTimes(ms, ms, ms, ms, http: true);
        }
        return c;
    }

    [Theory, InlineData(1), InlineData(3), InlineData(511), InlineData(512), InlineData(5000)]
    public void The_average_of_equal_times_is_that_time(int requests)
    {
        TrafficCounters c = After(requests, 100);
        Assert.Equal(System.Math.Min(requests, 512), c.Samples(http: true));
        Assert.InRange((c.TotalTimeSum + c.Samples(true) - 1) / c.Samples(true), 99, 100);
    }

    [Fact]
    public void Times_that_did_not_happen_are_left_out()
    {
        var c = new TrafficCounters();
        c.NoteTimes(-1, 5, -1, 7, http: true);
        Assert.Equal((0, 5, 0, 7), (c.QueueTimeSum, c.ConnectTimeSum, c.ResponseTimeSum, c.TotalTimeSum));
        Assert.Equal((0, 5, 0, 7), (c.QueueTimeMax, c.ConnectTimeMax, c.ResponseTimeMax, c.TotalTimeMax));
    }

    [Fact]
    public void Requests_of_another_process_are_no_samples_here()
    {
        TrafficCounters c = After(10, 50);
        var sums = new long[TrafficCounters.SumCount];
        After(400, 1).AddSumsTo(sums);
        c.Absorb(sums, new long[TrafficCounters.MaximumCount]);
        Assert.Equal(410, c.Requests);
        Assert.Equal((10, 10), (c.Samples(http: true), c.Samples(http: false)));
        c.Clear(all: true);
        Assert.Equal((0, 0), (c.Requests, c.Samples(http: true)));
    }
}
