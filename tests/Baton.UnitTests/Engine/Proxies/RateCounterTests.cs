// Events per second against a list of all events.
using System.Collections.Generic;
using System.Linq;
using Baton.Engine.Proxies;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Engine.Proxies;

public sealed class RateCounterTests
{
    /// <summary>This second's events, and of those of the second before the share that is still inside the window.</summary>
    private static int Expected(List<long> events, long nowMs)
    {
        long second = nowMs / 1000;
        int current = events.Count(e => e / 1000 == second),
            previous = events.Count(e => e / 1000 == second - 1);
        return current + (int)(previous * (1000 - nowMs % 1000) / 1000);
    }

    [Fact]
    public void Counts_over_a_sliding_second()
    {
        Gen.Select(Gen.Int[0, 2], Gen.OneOf(Gen.Int[0, 5], Gen.Int[0, 400], Gen.Int[900, 2500]))
            .Array[1, 60]
            .Sample(
                steps =>
                {
                    long now = 5_000_500;
                    var counter = new RateCounter();
                    var events = new List<long>();
                    int highest = 0;
                    foreach ((int kind, int later) in steps)
                    {
                        now += later;
                        if (kind > 0)
                        {
                            events.Add(now);
                            Assert.Equal(Expected(events, now), counter.Add(now));
                            highest = int.Max(highest, Expected(events, now));
                        }
                        // reading changes nothing
                        for (int i = 0; i < 2; i++)
                            Assert.Equal(Expected(events, now), counter.Read(now));
                        Assert.Equal(highest, counter.Max);
                    }
                },
                iter: 300
            );
    }

    [Theory]
    [InlineData(5, 0, 0)]
    [InlineData(9, 10, 0)]
    [InlineData(10, 10, 100)]
    [InlineData(500, 10, 100)]
    [InlineData(1, 1, 1000)]
    [InlineData(5000, 5000, 1)]
    public void Who_is_over_the_limit_waits_for_one_events_time(int rate, int limit, int ms) =>
        Assert.Equal(ms, RateCounter.DelayAt(rate, limit));
}
