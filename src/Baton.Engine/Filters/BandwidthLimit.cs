// filter bwlim-in, bwlim-out: bytes that may pass in a period of time, for one stream in one direction. Nothing is limited until a rule
// says "set-bandwidth-limit".
using System;
using Baton.Configuration.Model;
using Baton.Core.Frames;
using Baton.Engine.Loop;
using Baton.Engine.Samples;
using Baton.Engine.StickTables;
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

    /// <summary>Where the bytes of all streams with its key are counted.</summary>
    private StickEntry _shared;
    private Worker _worker = null!;

    public override bool Wants(ChannelSide side) => _isOn && side == config.Side;

    public override void Begin(ProxyStream stream)
    {
        _isOn = false;
        _rate = default;
        _worker = stream.Worker;
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

    /// <summary>From here on, together with all streams whose key is the same. Without a key nothing is limited.</summary>
    internal void TurnOnShared(ProxyStream stream)
    {
        if (_shared.IsSet || StickTracking.TableOf(stream, config.Table) is not { } table)
            return;
        SampleValue value = default;
        Span<byte> samples = stream.Worker.Scratch.SampleSpan,
            room = stream.Worker.Scratch.OutputSpan;
        if (!StickTracking.TryKey(stream, config.Key!, table, samples, room, ref value, out ReadOnlySpan<byte> key))
            return;
        _shared = table.FindOrAdd(key, stream.Worker.NowMs);
        if (_shared.IsSet)
            TurnOn(config.Limit, table.PeriodOf(Counted));
    }

    private StickDataType Counted => config.Side == ChannelSide.Request ? StickDataType.BytesInRate : StickDataType.BytesOutRate;

    public override void End(ProxyStream stream)
    {
        _shared.Table?.Release(_shared);
        _shared = default;
    }

    public override string? HeldBy() => _shared.IsSet ? "an entry of a stick table" : null;

    /// <summary>What all streams of the key have had counts. PERF: each is woken a few times in a period and takes its share.</summary>
    private int PassShared(StickTableState table, ReadOnlySpan<byte> payload, long now, ref long wakeMs)
    {
        const int wakesInPeriod = 100;
        table.TryRead(_shared, Counted, 0, now, out long had);
        long factor = table.Config.BytesRateFactor,
            left = _limit - had * factor,
            least = Math.Min(Math.Max(1, Math.Min(config.MinSize, _limit)), payload.Length);
        if (left < least)
        {
            wakeMs = Math.Min(wakeMs, now + Math.Max(StepMs, _periodMs / wakesInPeriod));
            return 0;
        }
        int passed = (int)Math.Min(left, payload.Length);
        // less than one block is one: many small pieces are not for nothing
        table.TryAdd(_shared, Counted, Counted, 0, (passed + factor - 1) / factor, now, out _);
        return passed;
    }

    public override int Pass(ProxyStream stream, ChannelSide side, ReadOnlySpan<byte> payload, int offset, ref long wakeMs)
    {
        if (_shared.Table is { } table)
            return PassShared(table, payload, stream.Worker.NowMs, ref wakeMs);
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
        w.Flag(_shared.IsSet);
        if (_shared.IsSet)
            StickTrackers.WriteEntry(_shared, w);
    }

    public override void ReadFrom(ref FrameReader r)
    {
        if (!r.Flag())
            return;
        TurnOn(r.Int64(), r.Int64());
        _rate.ReadFrom(ref r);
        if (config.Table is null || r.AtEnd || !r.Flag())
            return;
        StickEntry entry = StickTrackers.ReadEntry(ref r, _worker.Engine, _worker.NowMs);
        if (entry.Table is { } table && table.Config == config.Table.Table)
            (_shared, _periodMs, _limit) = (entry, table.PeriodOf(Counted), config.Limit);
        else
            entry.Table?.Release(entry);
    }
}
