// Sockets in another network namespace (ip-netns(8), setns(2)): a thread steps over for the moment it takes to make one.
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Threading;

namespace Baton.Interop.Linux;

public static partial class NetworkNamespaces
{
    private const int CLONE_NEWNET = 0x40000000;
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, int> Opened = [];
    private static int s_home = -1;

    [LibraryImport("libc")]
    private static partial int setns(int fd, int type);

    /// <summary>Opens the namespace of a name below /var/run/netns, once. False when there is none.</summary>
    public static bool Exists(string name) => Descriptor(name) >= 0;

    private static int Descriptor(string name)
    {
        lock (Gate)
        {
            if (Opened.TryGetValue(name, out int known))
                return known;
            if (name.Contains('/'))
                return -1;
            if (s_home < 0)
                s_home = Files.open("/proc/self/ns/net", Files.O_RDONLY | Files.O_CLOEXEC, 0);
            int fd = s_home < 0 ? -1 : Files.open("/var/run/netns/" + name, Files.O_RDONLY | Files.O_CLOEXEC, 0);
            if (fd >= 0)
                Opened[name] = fd;
            return fd;
        }
    }

    /// <summary>socket() in a namespace, or in the process's own for null. -1 with the reason in <see cref="Sockets.Last"/>, as when the
    /// permission to change (CAP_SYS_ADMIN) is missing.</summary>
    public static int Socket(string? name, int domain, int type)
    {
        if (name is null)
            return Sockets.socket(domain, type, 0);
        if (Descriptor(name) is var there && there < 0 || setns(there, CLONE_NEWNET) < 0)
            return -1;
        int fd = Sockets.socket(domain, type, 0);
        int errno = Sockets.Last;
        // every socket this thread made from here on would be in the wrong network
        if (setns(s_home, CLONE_NEWNET) < 0)
            System.Environment.FailFast($"cannot return from the network namespace {name}: {Errno.Message(Sockets.Last)}");
        Marshal.SetLastSystemError(errno);
        return fd;
    }
}
