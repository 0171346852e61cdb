using System.Threading;

namespace Baton.Engine.Proxies;

/// <summary>A shared current value and its maximum.</summary>
public static class Gauge
{
    public static int Increment(ref int current, ref int max)
    {
        int now = Interlocked.Increment(ref current);
        Raise(ref max, now);
        return now;
    }

    /// <summary>Keeps the highest value seen.</summary>
    public static void Raise(ref int max, int now)
    {
        int seen = Volatile.Read(ref max);
        while (now > seen)
        {
            int was = Interlocked.CompareExchange(ref max, now, seen);
            if (was == seen) break;
            seen = was;
        }
    }
}
