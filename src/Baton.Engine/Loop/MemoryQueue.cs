// Streams that could not have a buffer, and can wait for one: first come, first served.
using Baton.Core.Timers;
using Baton.Engine.Streams;

namespace Baton.Engine.Loop;

/// <summary>OWNER: one worker. Linked through the streams. One that has ended goes back to its pool when its turn has come.</summary>
internal sealed class MemoryQueue(Worker worker) : TimerNode
{
    /// <summary>Until they try again (ms).</summary>
    private const int RetryMs = 10;

    private ProxyStream? _first,
        _last;

    public void Add(ProxyStream stream)
    {
        worker.Pools.IsStarved = false;
        if (stream.IsStarved)
            return;
        stream.IsStarved = true;
        stream.NextStarved = null;
        if (_last is null)
            _first = stream;
        else
            _last.NextStarved = stream;
        _last = stream;
        if (DeadlineMs == long.MaxValue)
            worker.Timers.Arm(this, worker.NowMs + RetryMs);
    }

    /// <summary>One after the other, until one of them has to wait again.</summary>
    public override void OnTimer(long nowMs)
    {
        ProxyStream? end = _last;
        while (_first is { } stream)
        {
            _first = stream.NextStarved;
            if (_first is null)
                _last = null;
            stream.NextStarved = null;
            stream.IsStarved = false;
            worker.Guard(stream, static s => s.RunQueued());
            if (stream.IsStarved || stream == end)
                break;
        }
        if (_first is not null)
            worker.Timers.Arm(this, nowMs + RetryMs);
    }
}
