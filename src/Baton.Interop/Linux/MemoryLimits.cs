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
    public static long Available()
    {
        ReadUsage(out long size, out long data);
        long available = long.MaxValue;
        if (Processes.SoftLimit(Processes.RLIMIT_DATA) is > 0 and long most)
            available = Math.Min(available, most - data);
        if (Processes.SoftLimit(Processes.RLIMIT_AS) is > 0 and long space)
            available = Math.Min(available, space - size);
        return Math.Max(0, Math.Min(available, AvailableInGroup()));
    }

    /// <summary>Address space and data of this process, as the limits count them; a guess without /proc.</summary>
    private static void ReadUsage(out long size, out long data)
    {
        (size, data) = (160L << 20, 16L << 20);
        string[] fields = ReadText("/proc/self/statm").Split(' ');
        if (fields.Length < 6)
            return;
        size = long.Parse(fields[0], CultureInfo.InvariantCulture) * Page;
        data = long.Parse(fields[5], CultureInfo.InvariantCulture) * Page;
    }

    /// <summary>The tightest limit of the group and of those around it.</summary>
    private static long AvailableInGroup()
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
