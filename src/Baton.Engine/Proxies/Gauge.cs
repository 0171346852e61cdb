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

    /// <summary>Counts one more, unless there are <paramref name="limit"/> already. Never above it, not even for a moment.</summary>
    public static bool TryIncrement(ref int current, int limit)
    {
        int now = Volatile.Read(ref current);
        while (now < limit)
        {
            int was = Interlocked.CompareExchange(ref current, now + 1, now);
            if (was == now)
                return true;
            now = was;
        }
        return false;
    }

    /// <summary>Keeps the highest value seen.</summary>
    public static void Raise(ref int max, int now)
    {
        int seen = Volatile.Read(ref max);
        while (now > seen)
        {
            int was = Interlocked.CompareExchange(ref max, now, seen);
            if (was == seen)
                break;
            seen = was;
        }
    }
}
