// Threads that a worker starts in passing. The runtime's own Start waits until the new thread has run, which on a busy processor is a
// time slice of somebody else's, with every connection of the worker behind it; this one asks the kernel and goes on.
// SAFETY: pthread_attr_t has 56 bytes on x86-64 and 64 on arm64; what the new thread gets is a handle that it frees itself.
using System;
using System.Runtime.InteropServices;

namespace Baton.Interop.Linux;

public static unsafe partial class Threads
{
    private const int AttributeBytes = 64,
        Detached = 1;

    [LibraryImport("libc")]
    private static partial int pthread_attr_init(byte* attributes);

    [LibraryImport("libc")]
    private static partial int pthread_attr_destroy(byte* attributes);

    [LibraryImport("libc")]
    private static partial int pthread_attr_setstacksize(byte* attributes, nuint bytes);

    [LibraryImport("libc")]
    private static partial int pthread_attr_setdetachstate(byte* attributes, int state);

    [LibraryImport("libc")]
    private static partial int pthread_create(nuint* thread, byte* attributes, delegate* unmanaged<nint, nint> start, nint argument);

    private sealed record Work(string Name, Action Run);

    /// <summary>
    /// Runs something on a thread of its own, which does not keep the process from ending. False when there is no room for one more.
    /// </summary>
    public static bool Start(string name, int stackBytes, Action run)
    {
        byte* attributes = stackalloc byte[AttributeBytes];
        if (pthread_attr_init(attributes) != 0)
            return false;
        pthread_attr_setstacksize(attributes, (nuint)stackBytes);
        pthread_attr_setdetachstate(attributes, Detached);
        GCHandle work = GCHandle.Alloc(new Work(name, run));
        nuint thread;
        bool started = pthread_create(&thread, attributes, &Enter, GCHandle.ToIntPtr(work)) == 0;
        if (!started)
            work.Free();
        pthread_attr_destroy(attributes);
        return started;
    }

    [UnmanagedCallersOnly]
    private static nint Enter(nint argument)
    {
        GCHandle handle = GCHandle.FromIntPtr(argument);
        var work = (Work)handle.Target!;
        handle.Free();
        Processes.Name = work.Name;
        work.Run();
        return 0;
    }
}
