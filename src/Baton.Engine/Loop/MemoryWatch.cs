// Keeps the budget for buffers and objects true to the limits of the process, which may change while it runs (prlimit), and to
// what the system really gives. Nothing can tell the managed heap to go without: half of what little there is, or four
// megabytes, or a quarter of much, is left to it and to libc.
using System;
using System.Threading;
using Baton.Core.Buffers;
using Baton.Interop.Linux;

namespace Baton.Engine.Loop;

/// <summary>One for the process. It is asked by any thread whenever a pool grows, and once a second by each worker; it allocates
/// nothing.</summary>
public static class MemoryWatch
{
    /// <summary>From a refusal until the next try (ms).</summary>
    private const int RetryMs = 1000;

    /// <summary>Between two collections for lack of memory (ms).</summary>
    private const int CollectEveryMs = 4000;

    /// <summary>What a process that starts may use for connections, however little there is.</summary>
    private const long Least = 1 << 20;

    /// <summary>Until so many bytes can be had, none of them are held back: the budget leaves room.</summary>
    private const long Plenty = 8L * MemoryReserve.Size;

    // what the control groups leave: read once, because they end a process that wants more rather than refusing it
    private static long s_ofGroups = long.MaxValue;
    private static bool s_limitedByGroups;

    // the limits that the budget was made from; null before there is one
    private static (long Data, long Space)? s_limits;
    private static bool s_refused;
    private static long s_triedMs,
        s_collectedMs = -CollectEveryMs;
    private static int s_gate;

    /// <summary>While the process reads what it is to serve with, all that it may have is for that, but for what the heap and its
    /// collector need: where nothing is left the runtime ends with a signal instead of an exception.</summary>
    public static void BeginLoading()
    {
        s_limitedByGroups = MemoryLimits.AvailableInGroup() is var ofGroups && ofGroups < long.MaxValue;
        long available = Math.Min(ofGroups, MemoryLimits.OwnAvailable());
        if (available < long.MaxValue)
            MemoryBudget.LastingLimit = MemoryBudget.Used + Math.Max(0, available - ForOthers(available));
    }

    /// <param name="forObjects">Bytes of the budget that objects may take.</param>
    public static void Begin(long forObjects)
    {
        long ofGroups = s_limitedByGroups ? MemoryLimits.AvailableInGroup() : long.MaxValue;
        if (ofGroups < long.MaxValue)
            s_ofGroups = MemoryBudget.Used + Math.Max(Least, ofGroups - ofGroups / 4);
        MemoryBudget.ObjectLimit = Math.Max(Least, forObjects);
        MemoryLimits.Prepare();
        s_limits = MemoryLimits.Own;
        Apply(Least);
        MemoryBudget.Watcher = Look;
    }

    /// <summary>Once a second: what was refused may be there again.</summary>
    public static void Tick()
    {
        if (s_limits is not null)
            Look(refused: false);
    }

    /// <summary>When the system has refused memory nobody's pool grows for a second, and the heap has the reserve.</summary>
    private static void Look(bool refused)
    {
        // whoever finds somebody else at it goes on with what that one finds
        if (Interlocked.CompareExchange(ref s_gate, 1, 0) != 0)
            return;
        if (refused)
        {
            s_refused = true;
            s_triedMs = Environment.TickCount64;
            MemoryReserve.Release();
            SetLimit(Math.Min(MemoryBudget.Limit, MemoryBudget.Used));
        }
        else if (s_limits != MemoryLimits.Own || s_refused && Environment.TickCount64 - s_triedMs >= RetryMs)
        {
            s_limits = MemoryLimits.Own;
            if (s_refused)
                GiveBackHeap();
            s_refused = false;
            Apply(0);
        }
        Volatile.Write(ref s_gate, 0);
    }

    /// <summary>The heap keeps what a burst of garbage took (a command of the runtime API), each kind in regions of its own: what is
    /// free of it goes back to the system, for all. A pause, and so seldom.</summary>
    private static void GiveBackHeap()
    {
        if (Environment.TickCount64 - s_collectedMs < CollectEveryMs)
            return;
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        s_collectedMs = Environment.TickCount64;
    }

    /// <summary>Sets the budget. Without limits the reserve is what tells whether the system has memory.</summary>
    private static void Apply(long least)
    {
        long available = MemoryLimits.OwnAvailable();
        if (available > Plenty)
            MemoryReserve.Hold();
        else
            MemoryReserve.Release();
        if (available == long.MaxValue)
        {
            s_refused = MemoryReserve.Held == 0;
            s_triedMs = Environment.TickCount64;
            SetLimit(s_refused ? MemoryBudget.Used : s_ofGroups);
            return;
        }
        available = MemoryLimits.OwnAvailable();
        SetLimit(Math.Min(s_ofGroups, MemoryBudget.Used + Math.Max(least, available - ForOthers(available))));
    }

    /// <summary>Half of what little there is, or four megabytes, or a quarter of much.</summary>
    private static long ForOthers(long available) => Math.Max(available / 4, Math.Min(available / 2, MemoryReserve.Size));

    /// <summary>A quarter of what is left is not for what lasts.</summary>
    private static void SetLimit(long limit)
    {
        MemoryBudget.Limit = limit;
        MemoryBudget.LastingLimit = limit == long.MaxValue ? limit : limit - Math.Max(0, limit - MemoryBudget.Used) / 4;
    }
}
