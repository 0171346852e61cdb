// filter bwlim-in, bwlim-out: bytes that may pass in a period of time, for one stream in one direction. Nothing is limited until a rule
// says "set-bandwidth-limit".
using System;
using Baton.Core.Frames;
using Baton.Engine.Streams;

namespace Baton.Engine.Filters;

internal sealed class BandwidthLimit(BandwidthLimitConfig config) : StreamFilter
{
    /// <summary>PERF: a stream is woken for no less than passes in this time, so that many slow ones cost little.</summary>
    private const int StepMs = 10;

    private BandwidthRate _rate;
    private long _limit,
        _periodMs;
    private bool _isOn;

    public override bool Wants(ChannelSide side) => _isOn && side == config.Side;

    public override void Begin(ProxyStream stream)
    {
        _isOn = false;
        _rate = default;
    }

    /// <summary>From here on. COMPAT: what a rule does not say, and what it says in vain, is as the line has it, whatever another rule said
    /// before.</summary>
    /// <param name="limit">Bytes; 0 for the line's.</param>
    /// <param name="periodMs">0 for the line's.</param>
    internal void TurnOn(long limit, long periodMs)
    {
        _limit = limit > 0 ? limit : config.Limit;
        _periodMs = periodMs > 0 ? Math.Min(periodMs, int.MaxValue) : config.PeriodMs;
        _isOn = true;
    }

    public override int Pass(ProxyStream stream, ChannelSide side, ReadOnlySpan<byte> payload, int offset, ref long wakeMs)
    {
        long now = stream.Worker.NowMs,
            left = _rate.Left(now, _limit, _periodMs),
            step = Math.Max(config.MinSize, (long)((Int128)_limit * StepMs / _periodMs)),
            // never more than can be left at all
            least = Math.Min(Math.Max(1, Math.Min(step, _limit)), payload.Length);
        if (left < least)
        {
            wakeMs = Math.Min(wakeMs, now + _rate.WaitFor(least - left, now, _periodMs));
            return 0;
        }
        int passed = (int)Math.Min(left, payload.Length);
        _rate.Add(passed);
        return passed;
    }

    public override void WriteTo(FrameWriter w)
    {
        w.Flag(_isOn);
        w.Int64(_limit);
        w.Int64(_periodMs);
        _rate.WriteTo(w);
    }

    public override void ReadFrom(ref FrameReader r)
    {
        if (!r.Flag())
            return;
        TurnOn(r.Int64(), r.Int64());
        _rate.ReadFrom(ref r);
    }
}
