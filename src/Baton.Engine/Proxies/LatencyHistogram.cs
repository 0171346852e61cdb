// How long requests took, counted by powers of two: what an average hides.
using System;
using System.Numerics;

namespace Baton.Engine.Proxies;

/// <summary>OWNER: as the counters that it is a part of.</summary>
public sealed class LatencyHistogram
{
    /// <summary>Upper ends: 1, 2, 4 … 8192 ms; behind them one without an end.</summary>
    public const int Bounds = 14;

    /// <summary>Samples in each, not added up.</summary>
    public readonly long[] Counts = new long[Bounds + 1];

    /// <summary>Of all samples.</summary>
    public long SumMs;

    /// <summary>The upper end of a place in ms.</summary>
    public static int Bound(int at) => 1 << at;

    /// <summary>One more; below 0 for what did not happen.</summary>
    public void Note(long ms)
    {
        if (ms < 0)
            return;
        int at = ms <= 1 ? 0 : 64 - BitOperations.LeadingZeroCount((ulong)(ms - 1));
        Counts[Math.Min(at, Bounds)]++;
        SumMs += ms;
    }

    /// <summary>Counts and, behind them, the sum: as they are told.</summary>
    public void AddTo(Span<long> values)
    {
        for (int i = 0; i < Counts.Length; i++)
            values[i] += Counts[i];
        values[Counts.Length] += SumMs;
    }

    public void Absorb(ReadOnlySpan<long> values)
    {
        for (int i = 0; i < Counts.Length; i++)
            Counts[i] += values[i];
        SumMs += values[Counts.Length];
    }

    public void Clear()
    {
        Array.Clear(Counts);
        SumMs = 0;
    }
}
