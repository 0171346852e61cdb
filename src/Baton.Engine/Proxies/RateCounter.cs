using Baton.Engine.Loop;

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
    public int Max { get; private set; }

    /// <summary>The highest rate of all workers together that processes before this one have seen; kept with the first worker's.</summary>
    private int _maxBefore;

    internal void RaiseMaxBefore(long seen) => _maxBefore = (int)System.Math.Clamp(seen, _maxBefore, int.MaxValue);

    /// <summary>"clear counters".</summary>
    public void ClearMax() => Max = _maxBefore = 0;

    /// <summary>The highest rate of all workers together, over reloads: nobody looks at all of them at once, so it is what each has seen at
    /// most, added up, or what the processes before told as theirs.</summary>
    public static long MaxOf<T>(PerWorker<T> workers, System.Func<T, RateCounter> of)
        where T : class, new()
    {
        long sum = 0,
            before = 0;
        foreach (T worker in workers)
            Note(of(worker), ref sum, ref before);
        return System.Math.Max(sum, before);
    }

    /// <inheritdoc cref="MaxOf{T}"/>
    public static long MaxOf(RateCounter[] workers)
    {
        long sum = 0,
            before = 0;
        foreach (RateCounter worker in workers)
            Note(worker, ref sum, ref before);
        return System.Math.Max(sum, before);
    }

    private static void Note(RateCounter worker, ref long sum, ref long before)
    {
        sum += worker.Max;
        before = System.Math.Max(before, worker._maxBefore);
    }

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
