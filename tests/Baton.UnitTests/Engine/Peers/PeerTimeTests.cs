// Machines that tell each other of entries have clocks of their own: one has run for weeks, another one has just begun. What is told is
// how long ago and how much longer, never when.
using System;
using Baton.Configuration.Model;
using Baton.Engine.Peers;
using Baton.Engine.Peers.Wire;
using Baton.Engine.StickTables;
using Xunit;

namespace Baton.UnitTests.Engine.Peers;

public sealed class PeerTimeTests
{
    private const int PeriodMs = 10_000,
        ExpireMs = 60_000;
    private const long Day = 86_400_000;

    private static StickTableState Table()
    {
        var config = new StickTableConfig
        {
            Name = "t",
            Position = default,
            Type = StickKeyType.Integer,
            KeyLength = 4,
            Size = 100,
            ExpireMs = ExpireMs,
            Peers = "p",
        };
        config.Store(new StickDataConfig(StickDataType.HttpReqRate, PeriodMs: PeriodMs));
        return new StickTableState(config);
    }

    private static readonly byte[] s_key = [1, 2, 3, 4];

    private static long? Rate(StickTableState table, long now)
    {
        table.TryRead(s_key, StickDataType.HttpReqRate, 0, now, out bool found, out long value);
        return found ? value : null;
    }

    /// <summary>What one says of the entry at that time of its own is what the other one has from a time of its own on.</summary>
    private static void Tell(StickTableState from, long fromMs, StickTableState to, long toMs, bool isTaught)
    {
        TableForm there = new(from, 1, 0),
            here = new(to, 1, 0);
        var entry = new StickEntryCopy(from);
        Assert.True(from.TryCopy(s_key, entry, fromMs));
        var values = new ulong[there.Definition.Numbers];
        EntryUpdate update = there.ToWire(entry, values, new byte[4], fromMs);
        if (isTaught)
            update.ExpireMs = (int)entry.ExpiresInMs;
        var heard = new StickEntryCopy(to);
        TableForm.FromWire(update, there.Definition, here.CountsOf(there.Definition), heard, toMs);
        Assert.True(to.Learn(heard, fromPeer: true, toMs));
    }

    /// <summary>Up for a second, a day or two months (the lower half of the clock has come round) on either side.</summary>
    [Theory]
    [InlineData(1000, 61 * Day)]
    [InlineData(61 * Day, 1000)]
    [InlineData(4_294_960_000, 2000)]
    [InlineData(2000, 4_294_960_000)]
    [InlineData(Day, 2 * Day)]
    public void Rates_and_expiry_are_the_same_on_both_sides(long fromMs, long toMs)
    {
        using StickTableState from = Table(),
            to = Table();
        StickEntry held = from.FindOrAdd(s_key, fromMs);
        for (int i = 0; i < 40; i++)
            from.Count(held, StickDataType.HttpReqCnt, StickDataType.HttpReqRate, 1, fromMs + i * 100);
        from.Release(held);
        const int later = 7000;
        Tell(from, fromMs + later, to, toMs, isTaught: true);
        for (int ms = 0; ms < 30_000; ms += 500)
            Assert.Equal(Rate(from, fromMs + later + ms), Rate(to, toMs + ms));
        // used last 3.9 s after its beginning
        long left = ExpireMs - (later - 3900);
        Assert.NotNull(Rate(to, toMs + left - 1));
        Assert.Null(Rate(to, toMs + left));
        Assert.Null(Rate(from, fromMs + later + left));
    }

    /// <summary>A machine that slept has rates of yesterday: they are none, and what is told of them is none.</summary>
    [Theory, InlineData(Day), InlineData(30 * Day)]
    public void A_node_that_is_behind_tells_of_no_old_rates(long behind)
    {
        using StickTableState from = Table(),
            to = Table();
        StickEntry held = from.FindOrAdd(s_key, 5000);
        from.Count(held, StickDataType.HttpReqCnt, StickDataType.HttpReqRate, 1000, 5000);
        Assert.Equal(0, Rate(from, 5000 + behind));
        Tell(from, 5000 + behind, to, 9000, isTaught: false);
        Assert.Equal(0, Rate(to, 9000));
        // what counts from now on counts from nothing
        StickEntry there = to.FindOrAdd(s_key, 9000);
        to.Count(there, StickDataType.HttpReqCnt, StickDataType.HttpReqRate, 3, 9000);
        Assert.Equal(3, Rate(to, 9000));
        from.Release(held);
        Assert.Null(Rate(from, 5000 + behind));
        to.Release(there);
    }
}
