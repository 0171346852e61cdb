// Rates, beside an oracle that remembers every event: HAProxy's counting is the events of the period that runs, and of those of the period
// before the share that is still within reach.
using System;
using System.Collections.Generic;
using Baton.Engine.StickTables;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Engine.StickTables;

public sealed class StickRateTests
{
    /// <summary>Slow and obvious: every event with its time, and where the periods began.</summary>
    private sealed class Oracle(int period)
    {
        private readonly List<long> _events = [];
        private long _began = long.MinValue / 2;

        private long PeriodAt(long now)
        {
            if (now - _began >= 2L * period)
                return now;
            return now - _began >= period ? _began + period : _began;
        }

        public void Add(long now)
        {
            _began = PeriodAt(now);
            _events.Add(now);
        }

        public long Read(long now)
        {
            // the last event may have begun a period that is over by now
            long began = now - _began >= period ? _began + period : _began,
                passed = now - began;
            if (passed >= period)
                return 0;
            long current = _events.FindAll(e => e >= began).Count,
                before = _events.FindAll(e => e >= began - period && e < began).Count;
            if (before <= 1 && current == 0)
                return before;
            return current + before * (period - passed) / period;
        }
    }

    [Fact]
    public void They_are_those_of_an_oracle_that_remembers_every_event() =>
        Gen.Select(Gen.Int[1, 5000], Gen.Int[0, 3000].List[1, 60])
            .Sample(
                (period, gaps) =>
                {
                    var oracle = new Oracle(period);
                    var rate = new StickRate();
                    // 32 bits of the clock come round in here
                    long now = uint.MaxValue - 20_000L;
                    foreach (int gap in gaps)
                    {
                        now += gap;
                        Assert.Equal(oracle.Read(now), rate.Read(now, period));
                        rate.Add(1, now, period);
                        oracle.Add(now);
                        Assert.Equal(oracle.Read(now), rate.Read(now, period));
                        long later = now + gap / 2;
                        Assert.Equal(oracle.Read(later), rate.Read(later, period));
                    }
                },
                iter: 2000
            );

    [Fact]
    public void What_was_counted_meanwhile_is_what_came()
    {
        var rate = new StickRate();
        rate.Add(5, 100_000, 1000);
        StickRate before = rate;
        rate.Add(3, 100_500, 1000);
        Assert.Equal(3u, rate.Since(before, 1000));
        rate.Add(2, 101_200, 1000);
        Assert.Equal(5u, rate.Since(before, 1000));
    }

    [Fact]
    public void A_clock_that_is_a_little_behind_counts_in_the_same_period()
    {
        var rate = new StickRate();
        rate.Add(1, 100_000, 1000);
        rate.Add(1, 99_990, 1000);
        Assert.Equal(2u, rate.Read(99_995, 1000));
        Assert.Equal(2u, rate.Read(100_010, 1000));
    }
}
