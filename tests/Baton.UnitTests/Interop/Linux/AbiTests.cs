// What Baton.Interop says of the kernel's and the C library's structures and numbers, against their own headers: the compiler is
// given one assertion for each and runs nothing, so that other architectures can be asked as well.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Baton.Engine.Connections;
using Baton.Interop.Linux;
using Xunit;

namespace Baton.UnitTests.Interop.Linux;

public sealed unsafe class AbiTests
{
    private const string Headers = """
        #define _GNU_SOURCE
        #include <stddef.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <limits.h>
        #include <netdb.h>
        #include <poll.h>
        #include <sched.h>
        #include <signal.h>
        #include <spawn.h>
        #include <stdint.h>
        #include <time.h>
        #include <unistd.h>
        #include <netinet/in.h>
        #include <netinet/tcp.h>
        #include <linux/netfilter_ipv4.h>
        #include <sys/epoll.h>
        #include <sys/prctl.h>
        #include <sys/resource.h>
        #include <sys/signalfd.h>
        #include <sys/socket.h>
        #include <sys/stat.h>
        #include <sys/time.h>
        #include <sys/uio.h>
        #include <sys/un.h>
        #include <sys/wait.h>

        """;

    /// <summary>Compilers, and what they compile for. The machine's own has to be there; the others are asked when they are.</summary>
    public static TheoryData<string, Architecture> Compilers =>
        new()
        {
            { "gcc clang cc", RuntimeInformation.ProcessArchitecture },
            { "x86_64-linux-gnu-gcc", Architecture.X64 },
            { "aarch64-linux-gnu-gcc", Architecture.Arm64 },
        };

    [Theory, MemberData(nameof(Compilers))]
    public void Structures_and_numbers_are_those_of_the_headers(string names, Architecture architecture)
    {
        string? compiler = names.Split(' ').FirstOrDefault(IsInstalled);
        if (compiler is null && names.Contains(' '))
            Assert.Fail($"none of {names} is installed");
        Assert.SkipWhen(compiler is null, $"{names} is not installed");
        List<string> checks = [.. Structures(architecture == Architecture.X64), .. Numbers()];

        Assert.Equal("", Compile(compiler!, checks));
        // and it would have said so
        Assert.Contains("sizeof(long) == 3", Compile(compiler!, ["sizeof(long) == 3"]), StringComparison.Ordinal);
    }

    [Fact]
    public void The_layout_of_an_event_is_that_of_this_machine()
    {
        bool packed = RuntimeInformation.ProcessArchitecture == Architecture.X64;
        Assert.Equal((EpollEvents.SizeOn(packed), EpollEvents.DataAtOn(packed)), (EpollEvents.Size, EpollEvents.DataAt));
    }

    /// <summary>Several at once: the second is where the size of the first says.</summary>
    [Fact]
    public void Events_come_with_what_they_were_registered_with()
    {
        int epoll = Epoll.epoll_create1(Files.O_CLOEXEC);
        var known = new Dictionary<ulong, uint>();
        for (int i = 0; i < 5; i++)
        {
            int fd = Epoll.eventfd((uint)(i % 2), Files.O_NONBLOCK | Files.O_CLOEXEC);
            ulong data = 0x0102030400000000UL + (ulong)fd;
            Assert.Equal(0, Epoll.Control(epoll, Epoll.CTL_ADD, fd, Epoll.IN | Epoll.OUT, data));
            known[data] = Epoll.OUT | (i % 2 == 1 ? Epoll.IN : 0);
        }
        var events = new EpollEvents(8);
        foreach (int timeout in (int[])[0, 1000])
        {
            Assert.Equal(known.Count, events.Wait(epoll, timeout));
            var seen = Enumerable.Range(0, known.Count).ToDictionary(events.Data, events.Events);
            Assert.Equal(known.OrderBy(k => k.Key), seen.OrderBy(k => k.Key));
        }
        Assert.Equal(2, new EpollEvents(2).Wait(epoll, 0));
        foreach (ulong data in known.Keys)
            Files.close((int)(uint)data);
        Files.close(epoll);
    }

    [Fact]
    public void An_address_is_written_as_the_kernel_reads_it()
    {
        byte* storage = stackalloc byte[SocketAddress.StorageSize];
        Assert.Equal(16, SocketAddress.From([1, 2, 3, 4], 0x0506).Write(storage));
        Assert.Equal([2, 0, 5, 6, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0], new ReadOnlySpan<byte>(storage, 16).ToArray());
        byte[] six = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
        Assert.Equal(28, SocketAddress.From(six, 0x0506).Write(storage));
        Assert.Equal([10, 0, 5, 6, 0, 0, 0, 0, .. six, 0, 0, 0, 0], new ReadOnlySpan<byte>(storage, 28).ToArray());
        byte[] unix = SocketEndpoint.FromPath("/a", false).Sockaddr;
        Assert.Equal((110, 1, 0, '/', 'a', 0), (unix.Length, unix[0], unix[1], (char)unix[2], (char)unix[3], unix[4]));
    }

    private static IEnumerable<string> Structures(bool packedEvents) =>
        [
            Size("struct epoll_event", EpollEvents.SizeOn(packedEvents)),
            Place("struct epoll_event", "events", 0),
            Place("struct epoll_event", "data", EpollEvents.DataAtOn(packedEvents)),
            .. Fields<IoVector>("struct iovec", "iov_base Base", "iov_len Length"),
            .. Fields<MessageHeader>(
                "struct msghdr",
                "msg_name Name",
                "msg_namelen NameLength",
                "msg_iov Vectors",
                "msg_iovlen VectorCount",
                "msg_control Control",
                "msg_controllen ControlLength",
                "msg_flags Flags"
            ),
            .. Fields<PeerCredentials>("struct ucred", "pid Pid", "uid Uid", "gid Gid"),
            .. Fields<Linger>("struct linger", "l_onoff OnOff", "l_linger Seconds"),
            .. Fields<PollDescriptor>("struct pollfd", "fd Fd", "events Events", "revents Results"),
            .. Fields<TimeSpec>("struct timespec", "tv_sec Seconds", "tv_nsec Nanoseconds"),
            .. Fields<TimeValue>("struct timeval", "tv_sec Seconds", "tv_usec Microseconds"),
            .. Fields<ResourceLimit>("struct rlimit", "rlim_cur Current", "rlim_max Maximum"),
            .. Fields<NameResolution.AddressInfo>(
                "struct addrinfo",
                "ai_flags Flags",
                "ai_family Family",
                "ai_socktype SocketType",
                "ai_protocol Protocol",
                "ai_addrlen AddressLength",
                "ai_addr Address",
                "ai_canonname CanonicalName",
                "ai_next Next"
            ),
            .. Messages(),
            .. Addresses(),
            .. Rooms(),
            .. Constants(typeof(TcpInfoWord)).Select(w => TcpWord(w.Name.ToLowerInvariant(), (int)w.GetRawConstantValue()!)),
            TcpWord("total_retrans", Sockets.TcpInfoWords - 1),
        ];

    private static string TcpWord(string name, int word) => Place("struct tcp_info", "tcpi_" + name, sizeof(uint) * word);

    private static IEnumerable<string> Messages() =>
        [
            Size("struct cmsghdr", DescriptorPassing.HeaderSize),
            Place("struct cmsghdr", "cmsg_len", 0),
            Place("struct cmsghdr", "cmsg_level", DescriptorPassing.LevelAt),
            Place("struct cmsghdr", "cmsg_type", DescriptorPassing.TypeAt),
            $"CMSG_LEN(4) == {DescriptorPassing.HeaderSize + 4} && CMSG_SPACE(4) == {DescriptorPassing.HeaderSize + 8}",
            Size("struct signalfd_siginfo", Signals.SignalInfoSize),
            Place("struct signalfd_siginfo", "ssi_signo", 0),
            Place("struct signalfd_siginfo", "ssi_pid", Signals.SenderAt),
            Size("struct statx", Files.StatxSize),
            Place("struct statx", "stx_ino", Files.StatxInodeAt),
            Place("struct statx", "stx_dev_major", Files.StatxDeviceAt),
            Place("struct statx", "stx_dev_minor", Files.StatxDeviceAt + 4),
            "sizeof(((struct statx *)0)->stx_ino) == 8 && sizeof(((struct statx *)0)->stx_dev_major) == 4",
        ];

    /// <summary>As SocketAddress and SocketEndpoint write and read them, see the test of the bytes.</summary>
    private static IEnumerable<string> Addresses() =>
        [
            Size("struct sockaddr_storage", SocketAddress.StorageSize),
            Size("struct sockaddr_in", 16),
            Place("struct sockaddr_in", "sin_family", 0),
            Place("struct sockaddr_in", "sin_port", 2),
            Place("struct sockaddr_in", "sin_addr", 4),
            Size("struct sockaddr_in6", 28),
            Place("struct sockaddr_in6", "sin6_port", 2),
            Place("struct sockaddr_in6", "sin6_addr", 8),
            Size("struct sockaddr_un", 110),
            Place("struct sockaddr_un", "sun_path", 2),
        ];

    /// <summary>What is only lent to the C library has to be large enough.</summary>
    private static IEnumerable<string> Rooms() =>
        [
            $"sizeof(struct tm) <= {CalendarTime.TmSize}",
            $"sizeof(posix_spawnattr_t) <= {Processes.SpawnAttributesRoom}",
            $"sizeof(posix_spawn_file_actions_t) <= {Processes.SpawnActionsRoom}",
            Size("cpu_set_t", Processes.CpuSetSize),
            Size("sigset_t", 8 * Signals.SetWords),
        ];

    private static string Size(string type, int size) => $"sizeof({type}) == {size}";

    private static string Place(string type, string field, int at) => $"offsetof({type}, {field}) == {at}";

    /// <summary>Size of the structure, and place and size of each field, given as C's name and ours.</summary>
    private static List<string> Fields<T>(string type, params string[] fields)
        where T : unmanaged
    {
        List<string> checks = [Size(type, sizeof(T))];
        foreach (string[] names in fields.Select(f => f.Split(' ')))
        {
            Type field = typeof(T).GetField(names[1])!.FieldType;
            checks.Add(Place(type, names[0], (int)Marshal.OffsetOf<T>(names[1])));
            checks.Add($"sizeof((({type} *)0)->{names[0]}) == {(field.IsPointer ? sizeof(nint) : Marshal.SizeOf(field))}");
        }
        return checks;
    }

    /// <summary>Every constant in capitals: it carries the headers' name, or one that becomes it with a prefix.</summary>
    private static IEnumerable<string> Numbers()
    {
        Type[] types =
        [
            typeof(Sockets),
            typeof(Files),
            typeof(Errno),
            typeof(Processes),
            typeof(Signals),
            typeof(NetworkNamespaces),
            typeof(Epoll),
            typeof(Clocks),
        ];
        Assert.Contains(types, t => Constants(t).Any(c => c.IsPrivate));
        foreach (Type type in types)
        foreach (FieldInfo constant in Constants(type).Where(c => !c.Name.Any(char.IsLower)))
        {
            string name =
                type == typeof(Clocks) ? "CLOCK_" + constant.Name
                : type != typeof(Epoll) ? constant.Name
                : constant.Name.StartsWith("CTL_", StringComparison.Ordinal) ? "EPOLL_" + constant.Name
                : "EPOLL" + constant.Name;
            string value = Convert.ToString(constant.GetRawConstantValue(), CultureInfo.InvariantCulture)!;
            yield return constant.FieldType == typeof(uint) ? $"(uint32_t)({name}) == {value}u" : $"(int)({name}) == {value}";
        }
    }

    private static IEnumerable<FieldInfo> Constants(Type type) =>
        type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Where(f => f.IsLiteral);

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(d => File.Exists(Path.Combine(d, program)));

    /// <summary>The assertions that do not hold, as the compiler words it; empty when all do.</summary>
    private static string Compile(string compiler, IEnumerable<string> assertions)
    {
        var text = new StringBuilder(Headers);
        foreach (string assertion in assertions)
            text.Append($"_Static_assert({assertion}, \"{assertion}\");\n");
        var start = new ProcessStartInfo(compiler, ["-std=gnu11", "-fsyntax-only", "-x", "c", "-"]);
        start.RedirectStandardInput = start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(text);
        process.StandardInput.Close();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return errors;
    }
}
