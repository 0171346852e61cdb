namespace Baton.Engine.Proxies;

/// <summary>
/// Events per second over a sliding second: this second's count plus the share of the last second that is still inside
/// the window. OWNER: one worker.
/// </summary>
public sealed class RateCounter
{
    private long _second;
    private int _current,
        _previous;

    /// <summary>The highest rate so far.</summary>
    public int Max { get; set; }

    /// <summary>Counts one event, or several, and returns the rate after it.</summary>
    public int Add(long nowMs, int events = 1)
    {
        Roll(nowMs);
        _current += events;
        int rate = Read(nowMs);
        if (rate > Max)
            Max = rate;
        return rate;
    }

    /// <summary>Changes nothing: other workers read here too.</summary>
    public int Read(long nowMs)
    {
        long age = nowMs / 1000 - _second;
        if (age > 1)
            return 0;
        int share = (int)(1000 - nowMs % 1000);
        return age == 1 ? (int)((long)_current * share / 1000) : _current + (int)((long)_previous * share / 1000);
    }

    /// <summary>Milliseconds to wait at this rate for the next event under a limit (0: none); 0 when there is room.</summary>
    public static int DelayAt(int rate, int limit) => limit > 0 && rate >= limit ? System.Math.Max(1, 1000 / limit) : 0;

    private void Roll(long nowMs)
    {
        long second = nowMs / 1000;
        if (second == _second)
            return;
        _previous = second == _second + 1 ? _current : 0;
        _current = 0;
        _second = second;
    }
}
