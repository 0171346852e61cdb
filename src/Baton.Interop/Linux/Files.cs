// Descriptors, pipes and files.
using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Baton.Interop.Linux;

public static unsafe partial class Files
{
    public const int O_RDONLY = 0,
        O_WRONLY = 1,
        O_RDWR = 2,
        O_CREAT = 0x40,
        O_EXCL = 0x80,
        O_TRUNC = 0x200,
        O_APPEND = 0x400,
        O_NONBLOCK = 0x800,
        O_CLOEXEC = 0x80000;
    public const int F_GETFD = 1,
        F_SETFD = 2,
        F_GETFL = 3,
        F_SETFL = 4,
        F_DUPFD_CLOEXEC = 1030,
        F_SETPIPE_SZ = 1031,
        FD_CLOEXEC = 1;
    public const int SPLICE_F_MOVE = 1,
        SPLICE_F_NONBLOCK = 2,
        SPLICE_F_MORE = 4;
    public const int S_IFMT = 0xF000,
        S_IFSOCK = 0xC000;
    public const short POLLIN = 1,
        POLLOUT = 4;
    private const int AT_FDCWD = -100,
        STATX_INO = 0x100;

    /// <summary>struct statx: its size, and where inode, device number (major, minor) lie.</summary>
    internal const int StatxSize = 256,
        StatxInodeAt = 32,
        StatxDeviceAt = 136;

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial int poll(PollDescriptor* descriptors, nuint count, int timeout_ms);

    /// <summary>The same call where it may wait.</summary>
    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int poll_wait(PollDescriptor* descriptors, nuint count, int timeout_ms);

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial int close(int fd);

    [LibraryImport("libc"), SuppressGCTransition]
    private static partial nint lseek(int fd, nint offset, int whence);

    [LibraryImport("libc")]
    public static partial nint read(int fd, void* buffer, nint length);

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial nint pread(int fd, void* buffer, nint length, nint offset);

    [LibraryImport("libc")]
    public static partial nint write(int fd, void* buffer, nint length);

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial int pipe2(int* fds, int flags);

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial int fcntl(int fd, int command, nint argument);

    /// <summary>The same call where it may wait.</summary>
    [LibraryImport("libc", EntryPoint = "fcntl")]
    public static partial int fcntl_wait(int fd, int command, nint argument);

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial int dup2(int from, int to);

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial nint splice(int from, long* fromOffset, int to, long* toOffset, nint length, uint flags);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int open(string path, int flags, int mode);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int unlink(string path);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rename(string from, string to);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int chmod(string path, int mode);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int chown(string path, int uid, int gid);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int chdir(string path);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int chroot(string path);

    public static bool SetCloseOnExec(int fd, bool on) => fcntl(fd, F_SETFD, on ? FD_CLOEXEC : 0) == 0;

    public static bool SetNonBlocking(int fd) => fcntl(fd, F_SETFL, fcntl(fd, F_GETFL, 0) | O_NONBLOCK) == 0;

    [LibraryImport("libc")]
    private static partial int isatty(int fd);

    public static bool IsTerminal(int fd) => isatty(fd) == 1;

    public static bool IsOpen(int fd) => fcntl(fd, F_GETFD, 0) >= 0;

    /// <summary>True when the descriptor takes socket calls.</summary>
    public static bool IsSocket(int fd) => Sockets.GetOption(fd, Sockets.SOL_SOCKET, Sockets.SO_TYPE) > 0;

    /// <summary>True when a write may have to wait: pipes and terminals; a regular file never makes poll() wait.</summary>
    public static bool MayBlock(int fd) => lseek(fd, 0, 1) < 0;

    /// <summary>A write of up to 4,096 bytes (PIPE_BUF) would not wait now.</summary>
    public static bool IsWritable(int fd)
    {
        var p = new PollDescriptor { Fd = fd, Events = POLLOUT };
        return poll(&p, 1, 0) == 1 && (p.Results & POLLOUT) != 0;
    }

    /// <summary>Waits until one of two descriptors is readable or closed; true for the first one. A negative descriptor is
    /// ignored.</summary>
    public static bool WaitReadable(int first, int second, int timeoutMs)
    {
        PollDescriptor* p = stackalloc PollDescriptor[2];
        p[0] = new PollDescriptor { Fd = first, Events = POLLIN };
        p[1] = new PollDescriptor { Fd = second, Events = POLLIN };
        return poll_wait(p, 2, timeoutMs) > 0 && p[0].Results != 0;
    }

    /// <summary>poll() that may wait; a negative descriptor is ignored. The number of ready descriptors, 0 on time-out or signal.</summary>
    public static int Poll(Span<PollDescriptor> descriptors, int timeoutMs)
    {
        fixed (PollDescriptor* p = descriptors)
            return Math.Max(0, poll_wait(p, (nuint)descriptors.Length, timeoutMs));
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte* result);

    /// <summary>Device and inode of a file (links followed): equal for the same file under two names. False when there is none.</summary>
    public static bool Identity(string path, out (ulong Device, ulong Inode) identity)
    {
        // SAFETY: room for the structure, and its fields inside it.
        byte* result = stackalloc byte[StatxSize];
        bool ok = statx(AT_FDCWD, path, 0, STATX_INO, result) == 0;
        identity = ok ? (*(ulong*)(result + StatxDeviceAt), *(ulong*)(result + StatxInodeAt)) : default;
        return ok;
    }

    /// <summary>A close-on-exec pipe.</summary>
    public static bool Pipe(out int readEnd, out int writeEnd)
    {
        int* ends = stackalloc int[2];
        bool ok = pipe2(ends, O_CLOEXEC) == 0;
        (readEnd, writeEnd) = ok ? (ends[0], ends[1]) : (-1, -1);
        return ok;
    }

    /// <summary>Reads what is there, waiting for it on a blocking descriptor. 0 at the end, -1 on error.</summary>
    public static int Read(int fd, Span<byte> into)
    {
        fixed (byte* p = into)
        {
            nint n;
            do n = read(fd, p, into.Length);
            while (n < 0 && Sockets.Last == Errno.EINTR);
            return (int)n;
        }
    }

    /// <summary>Writes all of it to a blocking or non-blocking descriptor; gives up at the first error.</summary>
    public static bool WriteAll(int fd, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* p = bytes)
        {
            int done = 0;
            while (done < bytes.Length)
            {
                nint n = write(fd, p + done, bytes.Length - done);
                if (n < 0 && Sockets.Last == Errno.EINTR)
                    continue;
                if (n <= 0)
                    return false;
                done += (int)n;
            }
            return true;
        }
    }

    public static bool WriteAll(int fd, string text) => WriteAll(fd, Encoding.UTF8.GetBytes(text));
}
