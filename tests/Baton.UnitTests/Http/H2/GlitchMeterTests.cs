// Floods: what a client that means well does goes on for ever, a burst is taken once, and time empties the buckets.
using System;
using Baton.Http.H2;
using Xunit;

namespace Baton.UnitTests.Http.H2;

public sealed class GlitchMeterTests
{
    public static TheoryData<FloodKind> Kinds => [.. Enum.GetValues<FloodKind>()];

    private static int Burst(ref GlitchMeter meter, FloodKind kind, int now)
    {
        int count = 0;
        while (count < 100_000 && meter.Note(kind, now))
            count++;
        return count;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_burst_once_and_then_a_rate(FloodKind kind)
    {
        GlitchMeter meter = default;
        int start = int.MaxValue - 1000,
            burst = Burst(ref meter, kind, start);
        Assert.InRange(burst, 50, 20_000);
        // the other kinds know nothing of it
        foreach (FloodKind other in Enum.GetValues<FloodKind>())
            Assert.Equal(other != kind, meter.Note(other, start));
        // the clock wraps meanwhile
        Assert.False(meter.Note(kind, start));
        Assert.InRange(Burst(ref meter, kind, start + 2000), 1, burst);
        meter = default;
        Assert.True(meter.Note(kind, 0));
        Assert.InRange(Burst(ref meter, kind, 100_000_000), burst, burst);
    }

    /// <summary>For an hour, each kind at a rate that there are clients for.</summary>
    [Theory]
    [InlineData(FloodKind.Reset, 20)]
    [InlineData(FloodKind.Settings, 1)]
    [InlineData(FloodKind.Ping, 10)]
    [InlineData(FloodKind.Priority, 100)]
    [InlineData(FloodKind.WindowUpdate, 500)]
    [InlineData(FloodKind.EmptyFrame, 10)]
    [InlineData(FloodKind.SmallData, 500)]
    public void A_rate_for_ever(FloodKind kind, int perSecond)
    {
        GlitchMeter meter = default;
        for (int i = 0; i < 3600 * perSecond; i++)
            Assert.True(meter.Note(kind, (int)(i * 1000L / perSecond)));
    }

    [Fact]
    public void Glitches_add_up()
    {
        GlitchMeter meter = default;
        Assert.True(meter.AddGlitches(9, threshold: 10));
        Assert.False(meter.AddGlitches(1, threshold: 10));
        Assert.True(meter.AddGlitches(1, threshold: 0));
        Assert.Equal(11, meter.Glitches);
        Assert.True(meter.AddGlitches(int.MaxValue, threshold: 0));
        Assert.Equal(int.MaxValue, meter.Glitches);
    }
}
