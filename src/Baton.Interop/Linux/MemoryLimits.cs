// What memory the process may still take: its own limits, and those of the control groups it lives in.
using System;
using System.Globalization;
using System.IO;

namespace Baton.Interop.Linux;

public static class MemoryLimits
{
    private static readonly int Page = Environment.SystemPageSize;

    /// <summary>Where a process finds its control groups, and where those are mounted.</summary>
    private const string Membership = "/proc/self/cgroup",
        Root = "/sys/fs/cgroup";

    /// <summary>Bytes of memory the machine has.</summary>
    public static long Machine => (long)Processes.sysconf(Processes._SC_PHYS_PAGES) * Page;

    /// <summary>Bytes that can still be had before the tightest limit is reached; long.MaxValue when there is none.</summary>
    public static long Available() => Math.Max(0, Math.Min(OwnAvailable(), AvailableInGroup()));

    /// <summary>The process's own limits on data and address space; 0 where there is none.</summary>
    public static (long Data, long Space) Own => (Processes.SoftLimit(Processes.RLIMIT_DATA), Processes.SoftLimit(Processes.RLIMIT_AS));

    /// <summary>What these leave, below 0 when the process has more than it may; long.MaxValue when there are none. Allocates nothing:
    /// it is asked when memory has run out.</summary>
    public static long OwnAvailable()
    {
        (long most, long space) = Own;
        long available = long.MaxValue;
        if (most <= 0 && space <= 0)
            return available;
        ReadUsage(out long size, out long data);
        if (most > 0)
            available = Math.Min(available, most - data);
        if (space > 0)
            available = Math.Min(available, space - size);
        return available;
    }

    // kept open: a process that has changed its root finds no /proc
    private static int s_usage = -1;

    /// <summary>Makes what <see cref="OwnAvailable"/> needs ready: a limit may come when there is no memory for it, and no /proc.</summary>
    public static void Prepare()
    {
        if (s_usage < 0)
            s_usage = Files.open("/proc/self/statm", Files.O_RDONLY | Files.O_CLOEXEC, 0);
    }

    /// <summary>Address space and data of this process, as the limits count them; a guess without /proc.</summary>
    private static unsafe void ReadUsage(out long size, out long data)
    {
        (size, data) = (160L << 20, 16L << 20);
        Prepare();
        const int most = 256;
        byte* text = stackalloc byte[most];
        // SAFETY: the kernel writes no more than it is told
        nint length = s_usage < 0 ? 0 : Files.pread(s_usage, text, most, 0);
        Span<long> fields = stackalloc long[6];
        fields.Clear();
        int at = 0;
        for (nint i = 0; i < length && at < fields.Length; i++)
        {
            if (text[i] is >= (byte)'0' and <= (byte)'9')
                fields[at] = fields[at] * 10 + (text[i] - '0');
            else
                at++;
        }
        if (at == fields.Length)
            (size, data) = (fields[0] * Page, fields[5] * Page);
    }

    /// <summary>What the control groups leave: the tightest limit of the group and of those around it.</summary>
    public static long AvailableInGroup()
    {
        long available = long.MaxValue;
        foreach (string line in ReadText(Membership).Split('\n'))
        {
            string[] parts = line.Split(':', 3);
            if (parts.Length < 3)
                continue;
            bool second = parts[0] == "0" && parts[1].Length == 0;
            if (!second && Array.IndexOf(parts[1].Split(','), "memory") < 0)
                continue;
            string mount = second ? Root : Root + "/memory",
                path = parts[2].TrimEnd('/');
            // in a container the path may be that of the machine, and what is mounted is the group itself
            if (!Directory.Exists(mount + path))
                path = "";
            for (; ; path = path[..path.LastIndexOf('/')])
            {
                (string limit, string usage) = second
                    ? ("memory.max", "memory.current")
                    : ("memory.limit_in_bytes", "memory.usage_in_bytes");
                if (ReadNumber($"{mount}{path}/{limit}") is { } most && most < Machine)
                    available = Math.Min(available, most - (ReadNumber($"{mount}{path}/{usage}") ?? 0));
                if (path.Length == 0)
                    break;
            }
        }
        return available;
    }

    private static long? ReadNumber(string path) =>
        long.TryParse(ReadText(path).AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : null;

    private static string ReadText(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
