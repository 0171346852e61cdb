// epoll and eventfd.
// SAFETY: single events and numbers are locals; an array of events lies in the pinned memory of EpollEvents, whose length goes
// with it.
using System.Runtime.InteropServices;

namespace Baton.Interop.Linux;

public static unsafe partial class Epoll
{
    public const uint IN = 1,
        PRI = 2,
        OUT = 4,
        ERR = 8,
        HUP = 16,
        RDHUP = 0x2000,
        EXCLUSIVE = 1u << 28,
        ONESHOT = 1u << 30,
        ET = 1u << 31;
    public const int CTL_ADD = 1,
        CTL_DEL = 2,
        CTL_MOD = 3;

    [LibraryImport("libc")]
    public static partial int epoll_create1(int flags);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int epoll_ctl(int epfd, int op, int fd, void* e);

    /// <summary>May block: takes the GC transition.</summary>
    [LibraryImport("libc")]
    internal static partial int epoll_wait(int epfd, void* events, int max, int timeout_ms);

    /// <summary>The same call for a time-out of 0, which never blocks.</summary>
    [LibraryImport("libc", EntryPoint = "epoll_wait"), SuppressGCTransition]
    internal static partial int epoll_poll(int epfd, void* events, int max, int timeout_ms);

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial int eventfd(uint initial, int flags);

    /// <summary>Makes an eventfd readable.</summary>
    public static void Signal(int eventfd)
    {
        ulong one = 1;
        Files.write(eventfd, &one, 8);
    }

    /// <summary>Makes it unreadable again.</summary>
    public static void Drain(int eventfd)
    {
        ulong value;
        Files.read(eventfd, &value, 8);
    }

    /// <summary>epoll_ctl() with one event; -1 with errno in Sockets.Last.</summary>
    public static int Control(int epfd, int op, int fd, uint events, ulong data)
    {
        ulong* e = stackalloc ulong[2];
        *(uint*)e = events;
        *(ulong*)((byte*)e + EpollEvents.DataAt) = data;
        return epoll_ctl(epfd, op, fd, e);
    }
}
