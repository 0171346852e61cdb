// What buffers and pooled objects may take together. It is set once the process knows what it has besides them (-m, the
// limits of the process, its container); whoever asks for more than there is gets none, and goes without or is refused.
using System.Threading;

namespace Baton.Core.Buffers;

/// <summary>One for the process; any thread. Touched only when a pool grows or shrinks, never by a request in steady state.</summary>
public static class MemoryBudget
{
    private static long s_limit = long.MaxValue,
        s_used,
        s_objectLimit = long.MaxValue,
        s_objects,
        s_failures;

    /// <summary>Bytes that buffers and objects may take together; long.MaxValue for no limit of ours.</summary>
    public static long Limit
    {
        get => Volatile.Read(ref s_limit);
        set => Volatile.Write(ref s_limit, value);
    }

    /// <summary>What of it objects of the managed heap may take: less, because the heap has a limit of its own.</summary>
    public static long ObjectLimit
    {
        get => Volatile.Read(ref s_objectLimit);
        set => Volatile.Write(ref s_objectLimit, value);
    }

    /// <summary>Bytes of both that are taken, and those of objects among them.</summary>
    public static long Objects => Volatile.Read(ref s_objects);
    public static long Used => Volatile.Read(ref s_used);

    /// <summary>How often somebody went without.</summary>
    public static long Failures => Volatile.Read(ref s_failures);

    /// <summary>Takes bytes for a buffer. False, and nothing taken, when there are not so many.</summary>
    public static bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref s_used, bytes) <= Limit)
            return true;
        Interlocked.Add(ref s_used, -bytes);
        return false;
    }

    public static void GiveBack(long bytes) => Interlocked.Add(ref s_used, -bytes);

    /// <summary>Takes bytes for an object.</summary>
    public static bool TryTakeObject(int bytes)
    {
        if (!TryTake(bytes))
            return false;
        if (Interlocked.Add(ref s_objects, bytes) <= ObjectLimit)
            return true;
        GiveBackObject(bytes);
        return false;
    }

    public static void GiveBackObject(int bytes)
    {
        Interlocked.Add(ref s_objects, -bytes);
        GiveBack(bytes);
    }

    /// <summary>Somebody was refused, or has to wait.</summary>
    public static void CountFailure() => Interlocked.Increment(ref s_failures);
}
