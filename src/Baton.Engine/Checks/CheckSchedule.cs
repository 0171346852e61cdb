// When a server is checked: the time between two checks by how it stands, how the first ones are spread, how later ones vary.
using System;
using Baton.Configuration.Model;

namespace Baton.Engine.Checks;

public static class CheckSchedule
{
    /// <summary>Milliseconds from the end of a check to the next one: fast while the state is changing, slow where it is down.</summary>
    public static int Interval(CheckConfig config, CheckHealth health, bool isDown)
    {
        int special =
            health.Points == health.Best ? 0
            : isDown && health.Points == 0 ? config.DownInterMs
            : config.FastInterMs;
        return special > 0 ? special : config.InterMs;
    }

    /// <summary>COMPAT: the checks of a process start one after the other within the time that each has between two of its own.</summary>
    public static int FirstDelay(int intervalMs, int position, int count, int maxSpreadMs)
    {
        if (maxSpreadMs > 0)
            intervalMs = Math.Min(intervalMs, maxSpreadMs);
        return (int)((long)intervalMs * position / Math.Max(1, count));
    }

    /// <summary>An interval that varies by so many percent either way; <paramref name="chance"/> is from 0 to 1.</summary>
    public static int Vary(int intervalMs, int percent, double chance)
    {
        if (percent == 0)
            return intervalMs;
        long room = (long)intervalMs * percent / 100;
        return (int)Math.Clamp(intervalMs + room - (long)(2 * room * chance), 1, int.MaxValue);
    }

    /// <summary>
    /// How long a connection may take (ms). COMPAT: "timeout check" makes "timeout connect" count, and begins when it is there; without
    /// it the interval is the time for everything.
    /// </summary>
    public static int ConnectTimeout(int intervalMs, in TimeoutsConfig timeouts) =>
        timeouts is { Check: > 0, Connect: > 0 } ? Math.Min(intervalMs, timeouts.Connect) : intervalMs;
}
