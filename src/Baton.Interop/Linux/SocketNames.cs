// Names and time-outs of sockets for control paths, without pointers at the caller. All that may block here lets collections go on.
// SAFETY: values are locals, on the stack or pinned for the call, and the kernel is told their length.
using System;
using System.Runtime.InteropServices;

namespace Baton.Interop.Linux;

public static unsafe class SocketNames
{
    /// <summary>getsockname() as raw sockaddr bytes; empty on error.</summary>
    public static byte[] Local(int fd)
    {
        byte* storage = stackalloc byte[128];
        int length = 128;
        return Sockets.getsockname(fd, storage, &length) < 0 ? [] : new ReadOnlySpan<byte>(storage, Math.Min(length, 128)).ToArray();
    }

    /// <summary>SO_BINDTODEVICE of a socket; "" when it has none.</summary>
    public static string Interface(int fd)
    {
        byte* name = stackalloc byte[32];
        int length = 32;
        if (Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_BINDTODEVICE, name, &length) < 0 || length <= 1)
            return "";
        return Marshal.PtrToStringUTF8((nint)name) ?? "";
    }

    /// <summary>SO_COOKIE: a number no other socket of this machine has had; 0 on error.</summary>
    public static ulong Cookie(int fd)
    {
        ulong cookie = 0;
        int length = 8;
        return Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_COOKIE, &cookie, &length) < 0 ? 0 : cookie;
    }

    /// <summary>SO_PEERCRED of a connected UNIX socket: process and user of the other side. False on error.</summary>
    public static bool PeerCredentials(int fd, out int pid, out int uid)
    {
        PeerCredentials value;
        int length = sizeof(PeerCredentials);
        bool ok = Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_PEERCRED, &value, &length) == 0;
        (pid, uid) = ok ? (value.Pid, value.Uid) : (0, -1);
        return ok;
    }

    /// <summary>SO_RCVTIMEO and SO_SNDTIMEO.</summary>
    public static void SetTimeouts(int fd, int ms)
    {
        var value = new TimeValue { Seconds = ms / 1000, Microseconds = ms % 1000 * 1000L };
        Sockets.setsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_RCVTIMEO, &value, sizeof(TimeValue));
        Sockets.setsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_SNDTIMEO, &value, sizeof(TimeValue));
    }

    /// <summary>send() without SIGPIPE; -1 with errno in Sockets.Last.</summary>
    public static int Send(int fd, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* p = bytes)
            return (int)Sockets.send_wait(fd, p, bytes.Length, Sockets.MSG_NOSIGNAL);
    }

    /// <summary>sendto() of one datagram to a raw sockaddr; -1 with errno in Sockets.Last.</summary>
    public static int SendTo(int fd, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> sockaddr)
    {
        fixed (
            byte* p = bytes,
                a = sockaddr
        )
            return (int)Sockets.sendto_wait(fd, p, bytes.Length, Sockets.MSG_NOSIGNAL, a, sockaddr.Length);
    }

    /// <summary>A pair of connected, close-on-exec stream sockets.</summary>
    public static bool Pair(out int one, out int other)
    {
        int* ends = stackalloc int[2];
        bool ok = Sockets.socketpair(Sockets.AF_UNIX, Sockets.SOCK_STREAM | Sockets.SOCK_CLOEXEC, 0, ends) == 0;
        (one, other) = ok ? (ends[0], ends[1]) : (-1, -1);
        return ok;
    }

    /// <summary>accept() of a close-on-exec, non-blocking connection; -1 with errno in Sockets.Last.</summary>
    public static int Accept(int fd) => Sockets.accept4_wait(fd, null, null, Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC);

    public static void SetBlocking(int fd) => Files.fcntl(fd, Files.F_SETFL, Files.fcntl(fd, Files.F_GETFL, 0) & ~Files.O_NONBLOCK);
}
