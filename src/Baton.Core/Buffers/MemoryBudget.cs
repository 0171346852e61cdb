// What buffers and pooled objects may take together. It is set once the process knows what it has besides them (-m, the
// limits of the process, its container), and again when a limit has changed; whoever asks for more than there is gets none,
// and goes without or is refused.
using System;
using System.Threading;

namespace Baton.Core.Buffers;

/// <summary>One for the process; any thread. Touched only when a pool grows or shrinks, never by a request in steady state.</summary>
public static class MemoryBudget
{
    private static long s_limit = long.MaxValue,
        s_used,
        s_objectLimit = long.MaxValue,
        s_objects,
        s_lastingLimit = long.MaxValue,
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

    /// <summary>Takes bytes that somebody has already, whether or not there are so many.</summary>
    public static void Take(long bytes) => Interlocked.Add(ref s_used, bytes);

    /// <summary>Up to where what lasts (patterns) may go: the rest is for what comes and goes.</summary>
    public static long LastingLimit
    {
        get => Volatile.Read(ref s_lastingLimit);
        set => Volatile.Write(ref s_lastingLimit, value);
    }

    /// <summary>Whether there are so many bytes now for what lasts; who shares them with others asks for more than it needs.</summary>
    public static bool HasRoom(long bytes)
    {
        LookAtLimits();
        return Used + bytes <= LastingLimit;
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

    /// <summary>Looks whether the limits of the process are what they were; true: the system has refused what the budget had. Set once,
    /// before there is a second thread.</summary>
    public static Action<bool>? Watcher { get; set; }

    /// <summary>Something is about to grow.</summary>
    public static void LookAtLimits() => Watcher?.Invoke(false);

    /// <summary>The system had no memory, whatever the budget says.</summary>
    public static void NoteRefusal() => Watcher?.Invoke(true);

    /// <summary>Whether this is what lack of memory leads to; the constructor of a class wraps it.</summary>
    public static bool IsLack(Exception failure) => failure is OutOfMemoryException || failure.InnerException is OutOfMemoryException;

    /// <summary>Somebody was refused, or has to wait.</summary>
    public static void CountFailure() => Interlocked.Increment(ref s_failures);
}
