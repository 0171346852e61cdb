// Events of a period, as HAProxy counts them: those of the period that runs, and of the one before it the share that is still within
// reach. Twelve bytes in an entry.
using System.Runtime.InteropServices;

namespace Baton.Engine.StickTables;

/// <summary>COMPAT: times are the lower 32 bits of milliseconds.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public struct StickRate
{
    /// <summary>When the period that runs began.</summary>
    public uint Began;

    /// <summary>Events in it, and in the one before.</summary>
    public uint Current,
        Previous;

    /// <summary>Clocks of workers differ by a turn of their loops: so much before its beginning is still in the period. More is an entry
    /// that slept for so long that the clock came round.</summary>
    private const int Skew = -60_000;

    private readonly long ElapsedMs(long nowMs)
    {
        int elapsed = (int)((uint)nowMs - Began);
        return elapsed >= 0 ? elapsed
            : elapsed >= Skew ? 0
            : uint.MaxValue;
    }

    /// <summary>Events have happened.</summary>
    public void Add(uint events, long nowMs, int periodMs)
    {
        long elapsed = ElapsedMs(nowMs);
        if ((Current | Previous) == 0)
            Began = (uint)nowMs;
        else if (elapsed >= periodMs)
        {
            Previous = Current;
            Current = 0;
            Began += (uint)periodMs;
            if (elapsed - periodMs >= periodMs)
            {
                Previous = 0;
                Began = (uint)nowMs;
            }
        }
        Current += events;
    }

    /// <summary>Events a period, now. COMPAT: a single event stays one until it is two periods old; the rest is rounded down.</summary>
    public readonly uint Read(long nowMs, int periodMs)
    {
        uint current = Current,
            past = Previous;
        long left = periodMs - ElapsedMs(nowMs);
        if (left <= 0)
        {
            past = current;
            current = 0;
            left += periodMs;
            if (left <= 0)
                return 0;
        }
        if (past <= 1 && current == 0)
            return past;
        return (uint)((past * (ulong)left + current * (ulong)periodMs) / (ulong)periodMs);
    }

    /// <summary>What was counted here since it was <paramref name="before"/>, as far as it is still within reach.</summary>
    public readonly uint Since(in StickRate before, int periodMs)
    {
        if (Began == before.Began)
            return Current - before.Current;
        uint apart = Began - before.Began;
        // the period before is the one that ran then
        return apart == (uint)periodMs ? Previous - before.Current + Current : Previous + Current;
    }
}
