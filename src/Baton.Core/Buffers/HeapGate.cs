// The managed heap has a size that is fixed when the process starts (its address space is reserved then). What will need
// much of it asks here first, so that a configuration that needs more starts with more.
using System;
using System.Threading;

namespace Baton.Core.Buffers;

/// <summary>One for the process; any thread.</summary>
public static class HeapGate
{
    private static long s_asked;

    /// <summary>Bytes that may be asked for; long.MaxValue once the process has the heap it has.</summary>
    public static long Most { get; set; } = long.MaxValue;

    /// <summary>Bytes asked for so far.</summary>
    public static long Asked => Interlocked.Read(ref s_asked);

    /// <summary>Throws when the heap is too small for so much more.</summary>
    public static void Ask(long bytes)
    {
        if (Interlocked.Add(ref s_asked, bytes) > Most) throw new InsufficientMemoryException();
    }
}
