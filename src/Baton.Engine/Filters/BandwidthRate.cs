// How many bytes have passed of late: those of the period that runs, and those of the one before as far as it is still within reach.
using System;
using Baton.Core.Frames;

namespace Baton.Engine.Filters;

/// <summary>COMPAT: what is left of the period before counts in proportion, as HAProxy's rates are kept.</summary>
internal struct BandwidthRate
{
    private long _sinceMs,
        _now,
        _before;

    /// <summary>Bytes that may pass now; negative when more have than may.</summary>
    public long Left(long nowMs, long limit, long periodMs)
    {
        long elapsed = nowMs - _sinceMs;
        if (elapsed >= 2 * periodMs || elapsed < 0)
        {
            _sinceMs = nowMs;
            _now = _before = 0;
        }
        else if (elapsed >= periodMs)
        {
            _sinceMs += periodMs;
            _before = _now;
            _now = 0;
        }
        return limit - _now - Share(_before, periodMs - (nowMs - _sinceMs), periodMs);
    }

    /// <summary>So many bytes pass, in the period that <see cref="Left"/> was asked about.</summary>
    public void Add(long bytes) => _now += bytes;

    /// <summary>Milliseconds from then on until so many more bytes are left, or until it is to be looked at again before that.</summary>
    public readonly long WaitFor(long more, long nowMs, long periodMs)
    {
        long toEnd = Math.Max(1, _sinceMs + periodMs - nowMs);
        if (_before <= 0)
            return toEnd;
        return Math.Clamp(Share(more, periodMs, _before), 1, toEnd);
    }

    /// <summary>A product by a quotient, rounded up; longer than 64 bits in between.</summary>
    private static long Share(long amount, long part, long whole) =>
        (long)(((Int128)amount * part + whole - 1) / whole) is var share && share < 0 ? 0 : share;

    public readonly void WriteTo(FrameWriter w)
    {
        w.Int64(_sinceMs);
        w.Int64(_now);
        w.Int64(_before);
    }

    public void ReadFrom(ref FrameReader r)
    {
        _sinceMs = r.Int64();
        _now = Math.Max(0, r.Int64());
        _before = Math.Max(0, r.Int64());
    }
}
