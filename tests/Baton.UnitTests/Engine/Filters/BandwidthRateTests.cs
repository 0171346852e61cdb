// The rate behind a bandwidth limit: the whole of it at once to begin with, then evenly, and never more than a period's worth by its own
// count.
using System;
using Baton.Core.Frames;
using Baton.Engine.Filters;
using Xunit;

namespace Baton.UnitTests.Engine.Filters;

public sealed class BandwidthRateTests
{
    [Fact]
    public void A_period_begins_with_all_of_it()
    {
        BandwidthRate rate = default;
        Assert.Equal(1000, rate.Left(50_000, 1000, 100));
        rate.Add(1000);
        Assert.Equal(0, rate.Left(50_000, 1000, 100));
        Assert.Equal(0, rate.Left(50_099, 1000, 100));
        Assert.Equal(100, rate.WaitFor(1, 50_000, 100));
        // then it comes back as time goes by
        Assert.Equal(0, rate.Left(50_100, 1000, 100));
        Assert.Equal(250, rate.Left(50_125, 1000, 100));
        Assert.Equal(25, rate.WaitFor(250, 50_125, 100));
        Assert.Equal(1, rate.WaitFor(1, 50_125, 100));
        Assert.Equal(1000, rate.Left(51_000, 1000, 100));
    }

    [Fact]
    public void Over_a_long_time_no_more_than_the_limit_passes_and_no_less()
    {
        const long limit = 3_000_000_000,
            period = 10_000;
        BandwidthRate rate = default;
        long passed = 0,
            begin = 7,
            now = begin;
        while (now < begin + 100 * period)
        {
            long left = rate.Left(now, limit, period);
            Assert.True(left <= limit);
            if (left > 0)
            {
                rate.Add(left);
                passed += left;
            }
            now += rate.WaitFor(limit / 100, now, period);
        }
        Assert.InRange(passed, 98 * limit, 101 * limit);
    }

    [Fact]
    public void Numbers_as_large_as_they_may_be_do_not_overflow()
    {
        BandwidthRate rate = default;
        rate.Left(0, long.MaxValue / 2, int.MaxValue);
        rate.Add(long.MaxValue / 4);
        Assert.InRange(rate.Left(int.MaxValue + 10L, long.MaxValue / 2, int.MaxValue), 1, long.MaxValue / 2);
        Assert.InRange(rate.WaitFor(long.MaxValue / 2, int.MaxValue + 10L, int.MaxValue), 1, int.MaxValue);
    }

    [Fact]
    public void It_goes_on_where_another_process_has_stopped()
    {
        BandwidthRate rate = default,
            moved = default;
        rate.Left(1000, 100, 1000);
        rate.Add(70);
        var w = new FrameWriter();
        rate.WriteTo(w);
        var r = new FrameReader(w.Written);
        moved.ReadFrom(ref r);
        Assert.Equal(30, moved.Left(1500, 100, 1000));
        Assert.Equal(65, moved.Left(2500, 100, 1000));
    }
}
