// The calls of the kernel that .NET does not have: namespaces, descriptors of other processes, bpf. x86-64 and arm64 numbers are the same
// for pidfd_*; bpf differs.
using System;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Baton.Lab.Stages;

internal static unsafe partial class Kernel
{
    public const int SIGKILL = 9,
        SIGUSR1 = 10,
        SIGUSR2 = 12,
        SIGTERM = 15;
    private const int PidfdOpen = 434,
        PidfdGetfd = 438,
        CloneNewNet = 0x40000000;

    private static long BpfNumber => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 280 : 321;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int fd, int type);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int fd, int command, int value);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(int fd, int level, int name, void* value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(int fd, int level, int name, void* value, uint* length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockname(int fd, void* address, uint* length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint a, nint b, nint c);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int geteuid();

    public static bool IsRoot => geteuid() == 0;

    /// <summary>False when there is no such process.</summary>
    public static bool Signal(int pid, int signal) => kill(pid, signal) == 0;

    /// <summary>The calling thread moves into the network namespace behind a file; what it opens from then on is there.</summary>
    public static void EnterNetwork(string file)
    {
        // no FileStream: it wants to seek, which such a file refuses
        int fd = open(
            file,
            0x80000 /* O_CLOEXEC */
        );
        int result = fd < 0 ? -1 : setns(fd, CloneNewNet),
            error = Marshal.GetLastPInvokeError();
        if (fd >= 0)
            close(fd);
        if (result < 0)
            throw new Win32Exception(error, $"setns {file}: {new Win32Exception(error).Message}");
    }

    /// <summary>The descriptor stays open in programs that are started.</summary>
    public static void Inherit(int fd) =>
        fcntl(
            fd,
            2 /* F_SETFD */
            ,
            0
        );

    /// <summary>A copy of a descriptor of another process.</summary>
    public static int CopyDescriptor(int pid, int fd)
    {
        nint process = syscall(PidfdOpen, pid, 0, 0);
        if (process < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "pidfd_open");
        nint copy = syscall(PidfdGetfd, process, fd, 0);
        int error = Marshal.GetLastPInvokeError();
        close((int)process);
        return copy < 0 ? throw new Win32Exception(error, "pidfd_getfd") : (int)copy;
    }

    /// <summary>True when the socket listens on an IPv4 port.</summary>
    public static bool IsListening(int socket, int port)
    {
        int listening = 0;
        uint length = 4;
        if (
            getsockopt(
                socket,
                1 /* SOL_SOCKET */
                ,
                30 /* SO_ACCEPTCONN */
                ,
                &listening,
                &length
            ) < 0
            || listening == 0
        )
            return false;
        byte* address = stackalloc byte[128];
        length = 128;
        return getsockname(socket, address, &length) == 0 && address[0] == 2 && (address[2] << 8 | address[3]) == port;
    }

    /// <summary>The result of bpf(2), or minus the error.</summary>
    public static int Bpf(int command, ReadOnlySpan<byte> attributes)
    {
        fixed (byte* p = attributes)
        {
            nint n = syscall((nint)BpfNumber, command, (nint)p, attributes.Length);
            return n < 0 ? -Marshal.GetLastPInvokeError() : (int)n;
        }
    }

    public static int SetOption(int fd, int level, int name, int value) =>
        setsockopt(fd, level, name, &value, 4) < 0 ? -Marshal.GetLastPInvokeError() : 0;
}
