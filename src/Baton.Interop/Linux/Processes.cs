// Processes, identity, limits and scheduling.
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace Baton.Interop.Linux;

public static unsafe partial class Processes
{
    public const int RLIMIT_CORE = 4,
        RLIMIT_NOFILE = 7,
        RLIMIT_AS = 9,
        RLIMIT_DATA = 2;
    public const int WNOHANG = 1;
    public const int PR_SET_PDEATHSIG = 1,
        PR_SET_DUMPABLE = 4,
        PR_SET_NAME = 15,
        PR_GET_NAME = 16,
        PR_SET_NO_NEW_PRIVS = 38;

    /// <summary>Ends the process at once: for when there is no memory to end it in order (exit(3) and the runtime take some).</summary>
    [LibraryImport("libc"), SuppressGCTransition]
    public static partial void _exit(int status);

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial int getpid();

    /// <summary>Lets every other runnable thread of this processor go first.</summary>
    [LibraryImport("libc", EntryPoint = "sched_yield")]
    public static partial int Yield();

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial int getppid();

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial int getuid();

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial int geteuid();

    [LibraryImport("libc"), SuppressGCTransition]
    public static partial int getgid();

    [LibraryImport("libc")]
    public static partial int setuid(int uid);

    [LibraryImport("libc")]
    public static partial int setgid(int gid);

    [LibraryImport("libc")]
    public static partial int setgroups(nint count, int* groups);

    [LibraryImport("libc")]
    public static partial int setsid();

    [LibraryImport("libc", EntryPoint = "kill"), SuppressGCTransition]
    private static partial int kill_any(int pid, int signal);

    [LibraryImport("libc")]
    public static partial int waitpid(int pid, int* status, int options);

    [LibraryImport("libc")]
    public static partial int getrlimit(int resource, ResourceLimit* limit);

    [LibraryImport("libc")]
    public static partial int setrlimit(int resource, ResourceLimit* limit);

    [LibraryImport("libc")]
    public static partial int prctl(int option, nint a, nint b, nint c, nint d);

    [LibraryImport("libc")]
    public static partial int sched_setaffinity(int pid, nint size, byte* mask);

    [LibraryImport("libc")]
    public static partial int sched_getaffinity(int pid, nint size, byte* mask);

    [LibraryImport("libc")]
    public static partial nint sysconf(int name);

    public const int _SC_PHYS_PAGES = 85;

    [LibraryImport("libc")]
    public static partial int gethostname(byte* name, nint length);

    [LibraryImport("libc")]
    private static partial int execve(byte* path, byte** argv, byte** envp);

    [LibraryImport("libc")]
    private static partial int posix_spawn(int* pid, byte* path, void* actions, void* attributes, byte** argv, byte** envp);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_init(void* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_destroy(void* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigmask(void* attributes, void* mask);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(void* actions, int from, int to);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_addopen(void* actions, int fd, byte* path, int flags, int mode);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_addclosefrom_np(void* actions, int from);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigdefault(void* attributes, void* mask);

    private const short POSIX_SPAWN_SETPGROUP = 2,
        POSIX_SPAWN_SETSIGDEF = 4,
        POSIX_SPAWN_SETSIGMASK = 8,
        POSIX_SPAWN_SETSID = 0x80;

    /// <summary>Room for the C library's posix_spawnattr_t (336 bytes) and posix_spawn_file_actions_t (80), and bytes of a
    /// cpu_set_t.</summary>
    internal const int SpawnAttributesRoom = 512,
        SpawnActionsRoom = 256,
        CpuSetSize = 128;

    [LibraryImport("libc")]
    private static partial int malloc_trim(nuint keep);

    /// <summary>Collects everything and returns unused memory to the system, of both heaps. Takes milliseconds: for processes and moments
    /// that serve nobody.</summary>
    public static void GiveMemoryBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        malloc_trim(0);
    }

    /// <summary>Signals one process. 0 and negative numbers, which mean whole groups or everybody, are nobody here.</summary>
    public static int kill(int pid, int signal)
    {
        if (pid > 0)
            return kill_any(pid, signal);
        Marshal.SetLastSystemError(Errno.ESRCH);
        return -1;
    }

    /// <summary>Replaces this process. Returns only on failure, with errno.</summary>
    public static int Exec(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        using var argv = new CStringArray(arguments);
        using var envp = new CStringArray(environment);
        using var file = new CStringArray([path]);
        execve(file.Pointer[0], argv.Pointer, envp.Pointer);
        return Sockets.Last;
    }

    /// <summary>
    /// Starts a program without fork() (a forked .NET process has no collector threads). Descriptors that are not
    /// close-on-exec are inherited; <paramref name="duplicate"/> lists dup2 steps run in the child in order.
    /// Returns the pid, or minus errno.
    /// </summary>
    public static int Spawn(
        string path,
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> environment,
        bool newSession,
        ReadOnlySpan<(int From, int To)> duplicate,
        bool nullStandardStreams = false
    )
    {
        // SAFETY: room for what the C library keeps in them; the arrays of strings are freed when the call is over.
        byte* attributes = stackalloc byte[SpawnAttributesRoom];
        byte* actions = stackalloc byte[SpawnActionsRoom];
        ulong* emptyMask = stackalloc ulong[Signals.SetWords];
        new Span<ulong>(emptyMask, Signals.SetWords).Clear();
        int error = posix_spawnattr_init(attributes);
        if (error != 0)
            return -error;
        error = posix_spawn_file_actions_init(actions);
        if (error == 0)
            error = posix_spawnattr_setsigmask(attributes, emptyMask);
        if (error == 0)
            error = posix_spawnattr_setflags(attributes, (short)(POSIX_SPAWN_SETSIGMASK | (newSession ? POSIX_SPAWN_SETSID : 0)));
        using var argv = new CStringArray(arguments);
        using var envp = new CStringArray(environment);
        using var file = new CStringArray([path, "/dev/null"]);
        if (nullStandardStreams)
            for (int fd = 0; fd < 3 && error == 0; fd++)
                error = posix_spawn_file_actions_addopen(actions, fd, file.Pointer[1], Files.O_RDWR, 0);
        // a step that is not taken down (a bad number) would start a child that lacks what it is told to have
        foreach ((int from, int to) in duplicate)
            if (error == 0)
                error = posix_spawn_file_actions_adddup2(actions, from, to);
        int pid = 0;
        if (error == 0)
            error = posix_spawn(&pid, file.Pointer[0], actions, attributes, argv.Pointer, envp.Pointer);
        posix_spawn_file_actions_destroy(actions);
        posix_spawnattr_destroy(attributes);
        return error == 0 ? pid : -error;
    }

    /// <summary>Starts a program that has nothing of this process but its standard output and error, in a process group of its own. The
    /// pid, or minus errno.</summary>
    internal static int SpawnAlone(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        const short flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
        // SAFETY: as in Spawn
        byte* attributes = stackalloc byte[SpawnAttributesRoom];
        byte* actions = stackalloc byte[SpawnActionsRoom];
        ulong* none = stackalloc ulong[Signals.SetWords];
        ulong* pipe = stackalloc ulong[Signals.SetWords];
        new Span<ulong>(none, Signals.SetWords).Clear();
        new Span<ulong>(pipe, Signals.SetWords).Clear();
        pipe[0] = 1UL << (SIGPIPE - 1);
        int error = posix_spawnattr_init(attributes);
        if (error != 0)
            return -error;
        error = posix_spawn_file_actions_init(actions);
        using var argv = new CStringArray(arguments);
        using var envp = new CStringArray(environment);
        using var file = new CStringArray([path, "/dev/null"]);
        if (error == 0)
            error = posix_spawnattr_setsigmask(attributes, none);
        if (error == 0)
            error = posix_spawnattr_setsigdefault(attributes, pipe);
        if (error == 0)
            error = posix_spawnattr_setflags(attributes, flags);
        if (error == 0)
            error = posix_spawn_file_actions_addopen(actions, 0, file.Pointer[1], Files.O_RDONLY, 0);
        if (error == 0)
            error = posix_spawn_file_actions_addclosefrom_np(actions, 3);
        int pid = 0;
        if (error == 0)
            error = posix_spawn(&pid, file.Pointer[0], actions, attributes, argv.Pointer, envp.Pointer);
        posix_spawn_file_actions_destroy(actions);
        posix_spawnattr_destroy(attributes);
        return error == 0 ? pid : -error;
    }

    private const int SIGPIPE = 13;

    /// <summary>Waits for a child. Its exit status, 128 plus the signal that killed it, or -1 when there is nothing (with WNOHANG:
    /// yet).</summary>
    public static int Wait(int pid, bool block, out int endedPid)
    {
        int status;
        do endedPid = waitpid(pid, &status, block ? 0 : WNOHANG);
        while (endedPid < 0 && Sockets.Last == Errno.EINTR);
        if (endedPid <= 0)
            return -1;
        return (status & 0x7F) == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F);
    }

    /// <summary>The soft limit of a resource; 0 when there is none.</summary>
    public static long SoftLimit(int resource)
    {
        ResourceLimit limit;
        return getrlimit(resource, &limit) < 0 || limit.Current > long.MaxValue ? 0 : (long)limit.Current;
    }

    /// <summary>Bounds the process's data memory (RLIMIT_DATA); allocations beyond it fail.</summary>
    public static bool LimitMemory(long bytes)
    {
        var limit = new ResourceLimit { Current = (ulong)bytes, Maximum = (ulong)bytes };
        return setrlimit(RLIMIT_DATA, &limit) == 0;
    }

    /// <summary>Gives up root for good: supplementary groups, group, user. Negative ids are left alone. 0, or an errno.</summary>
    public static int DropPrivileges(int uid, int gid)
    {
        if (gid >= 0 && (geteuid() == 0 && setgroups(0, null) < 0 || setgid(gid) < 0))
            return Sockets.Last;
        return uid >= 0 && setuid(uid) < 0 ? Sockets.Last : 0;
    }

    /// <summary>Lets this process leave a core file behind, of any size that it may.</summary>
    public static void AllowCore()
    {
        var limit = new ResourceLimit { Current = ulong.MaxValue, Maximum = ulong.MaxValue };
        if (setrlimit(RLIMIT_CORE, &limit) < 0 && getrlimit(RLIMIT_CORE, &limit) == 0)
        {
            limit.Current = limit.Maximum;
            setrlimit(RLIMIT_CORE, &limit);
        }
        prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    }

    /// <summary>The name under which ps, top, pgrep and killall know the calling thread; of the first thread: the process.</summary>
    public static string Name
    {
        get
        {
            // SAFETY: the kernel writes 16 bytes at most, the last of them zero
            byte* name = stackalloc byte[16];
            return prctl(PR_GET_NAME, (nint)name, 0, 0, 0) == 0 ? Marshal.PtrToStringUTF8((nint)name) ?? "" : "";
        }
        set
        {
            using var text = new CStringArray([value]);
            // the kernel keeps 15 bytes
            prctl(PR_SET_NAME, (nint)text.Pointer[0], 0, 0, 0);
        }
    }

    /// <summary>This process's environment as NAME=VALUE.</summary>
    public static List<string> Environment()
    {
        var list = new List<string>();
        foreach (System.Collections.DictionaryEntry e in System.Environment.GetEnvironmentVariables())
            list.Add($"{e.Key}={e.Value}");
        return list;
    }

    /// <summary>The cores this process may run on.</summary>
    public static int[] Affinity()
    {
        byte* mask = stackalloc byte[CpuSetSize];
        new Span<byte>(mask, CpuSetSize).Clear();
        if (sched_getaffinity(0, CpuSetSize, mask) < 0)
            return [0];
        var cores = new List<int>();
        for (int i = 0; i < 8 * CpuSetSize; i++)
            if ((mask[i >> 3] & (1 << (i & 7))) != 0)
                cores.Add(i);
        return cores.ToArray();
    }

    /// <summary>Binds the calling thread to the cores.</summary>
    public static bool SetThreadAffinity(ReadOnlySpan<int> cores)
    {
        byte* mask = stackalloc byte[CpuSetSize];
        new Span<byte>(mask, CpuSetSize).Clear();
        foreach (int core in cores)
            if (core is >= 0 and < 8 * CpuSetSize)
                mask[core >> 3] |= (byte)(1 << (core & 7));
        return sched_setaffinity(0, CpuSetSize, mask) == 0;
    }

    public static string HostName()
    {
        byte* name = stackalloc byte[256];
        return gethostname(name, 255) == 0 ? Marshal.PtrToStringUTF8((nint)name) ?? "" : "";
    }
}

/// <summary>A NULL-terminated array of C strings.</summary>
internal sealed unsafe class CStringArray : IDisposable
{
    private readonly int _count;
    public byte** Pointer { get; }

    public CStringArray(IReadOnlyList<string> strings)
    {
        _count = strings.Count;
        Pointer = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < _count; i++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(strings[i]);
            Pointer[i] = (byte*)NativeMemory.AllocZeroed((nuint)bytes.Length + 1);
            bytes.CopyTo(new Span<byte>(Pointer[i], bytes.Length));
        }
    }

    public void Dispose()
    {
        for (int i = 0; i < _count; i++)
            NativeMemory.Free(Pointer[i]);
        NativeMemory.Free(Pointer);
    }
}
