// Memory that a burst has needed goes back to the system when the burst is over: in steps, so that no request waits for it.
using System;
using System.Threading;
using Baton.Core.Timers;

namespace Baton.Engine.Loop;

/// <summary>OWNER: one worker. Armed only while there is something to give back.</summary>
internal sealed class MemoryKeeper(Worker worker) : TimerNode
{
    /// <summary>What stays unused this long is given back (ms), and blocks of a pool that leave at a time: about half a
    /// millisecond.</summary>
    private const int PeriodMs = 2000,
        Step = 256;

    /// <summary>Dropped objects that are worth a collection.</summary>
    private const long WorthCollecting = 512 * 1024;

    /// <summary>
    /// Beyond so much that lives on it is not collected for the sake of memory: everybody would wait for it (3 ms a megabyte here; 86 ms
    /// with 10,000 backends that have counted).
    /// </summary>
    private const long MostLiving = 4 << 20;

    // of all workers: whoever is done last collects
    private static long s_garbage;

    private bool _watching;

    /// <summary>A pool has grown.</summary>
    public void Watch()
    {
        worker.Pools.HasGrown = false;
        if (_watching)
            return;
        _watching = true;
        worker.Timers.Arm(this, worker.NowMs + PeriodMs);
    }

    public override void OnTimer(long nowMs)
    {
        (long given, long garbage) = worker.Pools.Shrink(Step, all: false);
        Interlocked.Add(ref s_garbage, garbage);
        if (given == 0)
            CollectIfWorth();
        _watching = given > 0 || !worker.Pools.IsSmall;
        if (_watching)
            worker.Timers.Arm(this, nowMs + PeriodMs);
    }

    /// <summary>A process at rest allocates nothing, and so never collects by itself. Not where most of the heap lives on: that would take
    /// long and give little.</summary>
    private static void CollectIfWorth()
    {
        long garbage = Volatile.Read(ref s_garbage);
        long heap = GC.GetTotalMemory(false);
        if (garbage < WorthCollecting || garbage < heap / 4 || heap - garbage > MostLiving)
            return;
        if (Interlocked.Exchange(ref s_garbage, 0) == 0)
            return;
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
