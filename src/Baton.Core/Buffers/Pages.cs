// Pages straight from the kernel, and back to it: what a burst has needed leaves the process when it is over. The calls are
// here and not in Baton.Interop because that room stands above this one.
// SAFETY: what is mapped is nobody else's; whoever unmaps it holds no pointer into it any more.
using System;
using System.Runtime.InteropServices;

namespace Baton.Core.Buffers;

/// <summary>Private anonymous memory, zeroed, in whole pages. Every call tells the <see cref="MemoryBudget"/>.</summary>
public static unsafe partial class Pages
{
    /// <summary>Bytes of one: 4096, or more on some machines.</summary>
    public static int Size { get; } = Environment.SystemPageSize;

    private const int PROT_READ = 1,
        PROT_WRITE = 2,
        MAP_PRIVATE = 2,
        MAP_ANONYMOUS = 0x20;
    private const nint Failed = -1;

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial nint mmap(nint address, nint length, int protection, int flags, int fd, nint offset);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int munmap(nint address, nint length);

    /// <summary>So many bytes as the pages that hold them have.</summary>
    public static int Round(int bytes) => (bytes + Size - 1) / Size * Size;

    /// <summary>Null when the budget, a limit of the process or the machine has no more.</summary>
    public static byte* Map(int bytes)
    {
        MemoryBudget.LookAtLimits();
        if (!MemoryBudget.TryTake(bytes))
            return null;
        byte* at = MapUncounted(bytes);
        if (at is not null)
            return at;
        MemoryBudget.GiveBack(bytes);
        MemoryBudget.NoteRefusal();
        return null;
    }

    /// <summary>The same without the budget; null when the system has no more.</summary>
    internal static byte* MapUncounted(int bytes)
    {
        nint at = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return at != Failed ? (byte*)at : null;
    }

    /// <summary>SAFETY: nothing may point into them any more.</summary>
    internal static void UnmapUncounted(byte* at, int bytes) => munmap((nint)at, bytes);

    /// <summary>The same at a multiple of <paramref name="bytes"/>, which is a power of two.</summary>
    public static byte* MapAligned(int bytes)
    {
        byte* at = Map(2 * bytes);
        if (at is null)
            return null;
        int before = (int)((bytes - ((nint)at & (bytes - 1))) & (bytes - 1));
        if (before > 0)
            Unmap(at, before);
        Unmap(at + before + bytes, bytes - before);
        return at + before;
    }

    /// <summary>Gives pages back. SAFETY: nothing may point into them any more.</summary>
    public static void Unmap(byte* at, int bytes)
    {
        // the kernel refuses only when the process has too many mappings: the pages stay, and stay counted
        if (munmap((nint)at, bytes) == 0)
            MemoryBudget.GiveBack(bytes);
    }
}
