// Socket calls of the traffic path and the constants they take.
//
// PERF: the calls that never block (every descriptor here is non-blocking) skip the GC transition: a worker is the only
// thread that allocates, so a collection never waits on one of them for longer than a system call takes.
using System.Runtime.InteropServices;

namespace Baton.Interop.Linux;

/// <summary>Raw socket system calls. All return -1 on error with the reason in <see cref="Last"/>.</summary>
public static unsafe partial class Sockets
{
    public const int AF_UNSPEC = 0,
        AF_UNIX = 1,
        AF_INET = 2,
        AF_INET6 = 10;
    public const int SOCK_STREAM = 1,
        SOCK_DGRAM = 2,
        SOCK_NONBLOCK = 0x800,
        SOCK_CLOEXEC = 0x80000;
    public const int SOL_SOCKET = 1,
        SO_REUSEADDR = 2,
        SO_TYPE = 3,
        SO_ERROR = 4,
        SO_BROADCAST = 6,
        SO_SNDBUF = 7,
        SO_RCVBUF = 8,
        SO_KEEPALIVE = 9,
        SO_LINGER = 13,
        SO_REUSEPORT = 15,
        SO_PASSCRED = 16,
        SO_PEERCRED = 17,
        SO_RCVTIMEO = 20,
        SO_SNDTIMEO = 21,
        SO_BINDTODEVICE = 25,
        SO_ACCEPTCONN = 30,
        SO_SNDBUFFORCE = 32,
        SO_MARK = 36,
        SO_PROTOCOL = 38,
        SO_DOMAIN = 39,
        SO_INCOMING_CPU = 49,
        SO_ATTACH_REUSEPORT_EBPF = 52,
        SO_COOKIE = 57,
        SO_ZEROCOPY = 60;
    public const int IPPROTO_IP = 0,
        IPPROTO_TCP = 6,
        IPPROTO_UDP = 17,
        IPPROTO_IPV6 = 41;
    public const int TCP_NODELAY = 1,
        TCP_MAXSEG = 2,
        TCP_CORK = 3,
        TCP_KEEPIDLE = 4,
        TCP_KEEPINTVL = 5,
        TCP_KEEPCNT = 6,
        TCP_DEFER_ACCEPT = 9,
        TCP_INFO = 11,
        TCP_QUICKACK = 12,
        TCP_USER_TIMEOUT = 18,
        TCP_REPAIR = 19,
        TCP_FASTOPEN = 23,
        TCP_SAVE_SYN = 27,
        TCP_SAVED_SYN = 28,
        TCP_FASTOPEN_CONNECT = 30;
    public const int IP_TOS = 1,
        IP_TTL = 2,
        IP_FREEBIND = 15,
        IP_TRANSPARENT = 19,
        IP_BIND_ADDRESS_NO_PORT = 24,
        SO_ORIGINAL_DST = 80;
    public const int IPV6_UNICAST_HOPS = 16,
        IPV6_V6ONLY = 26,
        IPV6_TCLASS = 67,
        IPV6_TRANSPARENT = 75;
    public const int MSG_PEEK = 2,
        MSG_CTRUNC = 8,
        MSG_TRUNC = 0x20,
        MSG_DONTWAIT = 0x40,
        MSG_NOSIGNAL = 0x4000,
        MSG_MORE = 0x8000,
        MSG_CMSG_CLOEXEC = 0x40000000;
    public const int SHUT_RD = 0,
        SHUT_WR = 1,
        SHUT_RDWR = 2;
    public const int SCM_RIGHTS = 1,
        SCM_CREDENTIALS = 2;

    /// <summary>errno of the last failed call on this thread. Read it before any other call.</summary>
    public static int Last => Marshal.GetLastSystemError();

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial int socketpair(int domain, int type, int protocol, int* fds);

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial int bind(int fd, void* address, int length);

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial int listen(int fd, int backlog);

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial int accept4(int fd, void* address, int* length, int flags);

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial int connect(int fd, void* address, int length);

    // what follows may wait: a thread that waits in one of the others holds up a collection, and with it every other thread

    [LibraryImport("libc", EntryPoint = "accept4")]
    internal static partial int accept4_wait(int fd, void* address, int* length, int flags);

    [LibraryImport("libc", EntryPoint = "connect")]
    public static partial int connect_wait(int fd, void* address, int length);

    [LibraryImport("libc", EntryPoint = "send")]
    internal static partial nint send_wait(int fd, void* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "sendto")]
    internal static partial nint sendto_wait(int fd, void* buffer, nint length, int flags, void* address, int addressLength);

    // for descriptors that do not block

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial nint recv(int fd, void* buffer, nint length, int flags);

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial nint send(int fd, void* buffer, nint length, int flags);

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial nint sendto(int fd, void* buffer, nint length, int flags, void* address, int addressLength);

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial nint recvfrom(int fd, void* buffer, nint length, int flags, void* address, int* addressLength);

    [LibraryImport("libc")]
    public static partial nint sendmsg(int fd, MessageHeader* message, int flags);

    [LibraryImport("libc")]
    public static partial nint recvmsg(int fd, MessageHeader* message, int flags);

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial int shutdown(int fd, int how);

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial int getsockname(int fd, void* address, int* length);

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial int getpeername(int fd, void* address, int* length);

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial int setsockopt(int fd, int level, int name, void* value, int length);

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial int getsockopt(int fd, int level, int name, void* value, int* length);

    public static int SetOption(int fd, int level, int name, int value) => setsockopt(fd, level, name, &value, sizeof(int));

    /// <summary>Words of struct tcp_info that are read: eight bytes of flags first, all retransmissions last.</summary>
    public const int TcpInfoWords = 26;

    /// <summary>What the kernel has measured on a TCP connection (tcp(7), TCP_INFO), <see cref="TcpInfoWords"/> words. False for any other
    /// socket.</summary>
    public static bool TryGetTcpInfo(int fd, System.Span<uint> words)
    {
        int length = words.Length * sizeof(uint);
        // SAFETY: the kernel writes at most the length it is given
        fixed (uint* info = words)
            return getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &length) == 0;
    }

    /// <summary>The other side has closed or reset it, and nothing is left to read.</summary>
    public static bool HasEnded(int fd)
    {
        byte one;
        nint n = recv(fd, &one, 1, MSG_PEEK | MSG_DONTWAIT);
        return n == 0 || n < 0 && Last is not (Errno.EAGAIN or Errno.EINTR);
    }

    /// <summary>The integer value of an option, or -1 on error.</summary>
    public static int GetOption(int fd, int level, int name)
    {
        int value = 0,
            length = sizeof(int);
        return getsockopt(fd, level, name, &value, &length) < 0 ? -1 : value;
    }
}
