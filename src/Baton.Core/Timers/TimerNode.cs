namespace Baton.Core.Timers;

/// <summary>
/// Something with a deadline. It sits in the wheel by itself, no node is allocated. A deadline that moves later costs one
/// store: the node stays where it is, wakes early, and is put back (<see cref="TimerWheel.Arm"/>).
/// </summary>
public abstract class TimerNode
{
    internal TimerNode? WheelNext,
        WheelPrevious;
    internal int WheelSlot = -1;
    internal long WheelTimeMs;

    /// <summary>When <see cref="OnTimer"/> is due, in the worker's milliseconds; long.MaxValue when never.</summary>
    public long DeadlineMs { get; internal set; } = long.MaxValue;

    /// <summary>It is in a wheel.</summary>
    public bool IsArmed => WheelSlot >= 0;

    /// <summary>Called once by the wheel at or after the deadline; the node is out of the wheel by then.</summary>
    public abstract void OnTimer(long nowMs);

    /// <summary>There was no memory for what was to be done: what this belongs to ends, the process does not.</summary>
    protected virtual void OnOutOfMemory() => Buffers.MemoryBudget.CountFailure();

    /// <summary>The same, where ending it takes memory too: it is left as it is then.</summary>
    public void EndForMemory()
    {
        try
        {
            OnOutOfMemory();
        }
        catch (System.Exception e) when (Buffers.MemoryBudget.IsLack(e))
        {
            Buffers.MemoryBudget.CountFailure();
        }
    }
}
