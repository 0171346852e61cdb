// Memory that does nothing but be there: the limits of the process count it although no page of it is used, so a limit that comes
// later, as low as what the process has at that moment, leaves so much.
using System.Threading;

namespace Baton.Core.Buffers;

/// <summary>One for the process; any thread. What is released serves the managed heap and libc, which nobody can refuse.</summary>
public static unsafe class MemoryReserve
{
    /// <summary>Its bytes. The heap grows by about a megabyte between two collections, and a collection may want as much.</summary>
    public const int Size = 4 << 20;

    private static nint s_held;

    /// <summary>Bytes that are held now: all or none.</summary>
    public static long Held => Volatile.Read(ref s_held) != 0 ? Size : 0;

    /// <summary>Takes it, where it can be had.</summary>
    public static void Hold()
    {
        if (Held > 0)
            return;
        byte* at = Pages.MapUncounted(Size);
        if (at is not null && Interlocked.CompareExchange(ref s_held, (nint)at, 0) != 0)
            Pages.UnmapUncounted(at, Size);
    }

    /// <summary>Lets it go.</summary>
    public static void Release()
    {
        nint at = Interlocked.Exchange(ref s_held, 0);
        // SAFETY: nobody has written to it, or has its address
        if (at != 0)
            Pages.UnmapUncounted((byte*)at, Size);
    }
}
