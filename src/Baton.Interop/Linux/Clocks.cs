// The system's clocks.
// SAFETY: the time is a local.
using System.Runtime.InteropServices;

namespace Baton.Interop.Linux;

public static unsafe partial class Clocks
{
    public const int REALTIME = 0,
        MONOTONIC = 1,
        THREAD_CPUTIME_ID = 3,
        PROCESS_CPUTIME_ID = 2;

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int clock_gettime(int clock, TimeSpec* time);

    /// <summary>Nanoseconds of a clock.</summary>
    public static long Nanoseconds(int clock)
    {
        TimeSpec t;
        clock_gettime(clock, &t);
        return t.Seconds * 1_000_000_000 + t.Nanoseconds;
    }
}
