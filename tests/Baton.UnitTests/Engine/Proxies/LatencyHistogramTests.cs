// Places of times in a histogram, and what reloads have come to.
using System;
using System.Linq;
using Baton.Core.Frames;
using Baton.Engine.Handover;
using Baton.Engine.Proxies;
using Xunit;

namespace Baton.UnitTests.Engine.Proxies;

public sealed class LatencyHistogramTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 2)]
    [InlineData(5, 3)]
    [InlineData(8192, 13)]
    [InlineData(8193, 14)]
    [InlineData(long.MaxValue, 14)]
    public void A_time_is_counted_under_the_first_bound_that_it_does_not_pass(long ms, int place)
    {
        var histogram = new LatencyHistogram();
        histogram.Note(ms);
        Assert.Equal(place, Array.IndexOf(histogram.Counts, 1));
        Assert.True(place == LatencyHistogram.Bounds || ms <= LatencyHistogram.Bound(place));
        Assert.True(place == 0 || ms > LatencyHistogram.Bound(place - 1));
    }

    [Fact]
    public void What_did_not_happen_is_not_counted_and_what_is_told_adds_up()
    {
        LatencyHistogram one = new(),
            two = new();
        one.Note(-1);
        Assert.All(one.Counts, static c => Assert.Equal(0, c));
        one.Note(3);
        one.Note(10_000);
        long[] told = new long[LatencyHistogram.Bounds + 2];
        one.AddTo(told);
        two.Note(3);
        two.Absorb(told);
        Assert.Equal(3, two.Counts.Sum());
        Assert.Equal(10_006, two.SumMs);
        two.Clear();
        Assert.Equal(0, two.Counts.Sum() + two.SumMs);
    }

    [Fact]
    public void Totals_pass_on_and_do_not_add_up_twice()
    {
        var before = new HandoverTotals();
        before.Note(MovedKind.Client, null);
        before.Note(MovedKind.Client, null);
        before.Note(MovedKind.Tunnel, "no such frontend here");
        var frame = new FrameWriter();
        before.WriteTo(frame);
        var after = new HandoverTotals();
        for (int i = 0; i < 2; i++)
        {
            var reader = new FrameReader(frame.Written);
            after.ReadFrom(ref reader);
        }
        after.Note(MovedKind.Client, null);
        Assert.Equal(3, after.Moved(MovedKind.Client));
        Assert.Equal(("no such frontend here", 1), after.Refused().Select(static r => (r.Key, (int)r.Value)).Single());
        var torn = new FrameReader(frame.Written[..^3]);
        after.ReadFrom(ref torn);
        Assert.Equal(3, after.Moved(MovedKind.Client));
    }
}
