// How large the managed heap may become. The runtime reserves address space for it when the process begins, so the size is
// small unless the configuration needs more: then the process executes itself once more, with more, before it has done
// anything that can be seen (docs/decisions/0016-a-small-heap.md).
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using Baton.Configuration.Model;
using Baton.Interop.Linux;

namespace Baton.Lifecycle;

internal static class HeapSize
{
    /// <summary>What the runtime reads, in hexadecimal.</summary>
    private const string Variable = "DOTNET_GCHeapHardLimit";

    /// <summary>Tells a process that it has executed itself: what it did before (-C) is done.</summary>
    private const string AgainVariable = "BATON_AGAIN";

    /// <summary>This start is a second one. Read once, and not passed on to what the process starts.</summary>
    public static bool IsSecondStart { get; } = TakeAgain();

    private static bool TakeAgain()
    {
        bool again = Environment.GetEnvironmentVariable(AgainVariable) is not null;
        if (again)
            Environment.SetEnvironmentVariable(AgainVariable, null);
        return again;
    }

    /// <summary>Bytes of objects for each connection that may come, and how much the heap must be larger than what lives in it.</summary>
    private const int PerConnection = 320,
        Slack = 3;

    /// <summary>The largest heap of this process, in bytes.</summary>
    public static long Limit { get; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>A heap of half a limit on address space and more cannot be had: the runtime reserves several times its size.</summary>
    private static long Most =>
        Processes.SoftLimit(Processes.RLIMIT_AS) is > 0 and long space ? Math.Min(MemoryLimits.Machine, space / 8) : MemoryLimits.Machine;

    /// <summary>What is live now in a heap that cannot be larger may be so much: an eighth of a limit on address space.</summary>
    public static long Usable => Math.Min(Limit, Most);

    /// <summary>The configuration is read: starts again when what it holds, and its connections, leave the heap too little room.</summary>
    public static void EndLoading(ProcessConfig config)
    {
        long needed = Slack * GC.GetTotalMemory(false) + (long)Math.Max(0, config.Global.MaxConn) * PerConnection;
        if (needed > Limit)
            StartAgain(needed);
    }

    /// <summary>The configuration did not fit. Returns when no larger heap can be had.</summary>
    public static void Grow() => StartAgain(2 * Limit);

    private static void StartAgain(long needed)
    {
        long size = Limit;
        while (size < needed && size < Most)
            size *= 2;
        size = Math.Min(size, Most);
        if (size <= Limit)
            return;
        try
        {
            List<string> environment = Read("/proc/self/environ"),
                arguments = Read("/proc/self/cmdline");
            environment.RemoveAll(static e =>
                e.StartsWith(Variable + "=", StringComparison.Ordinal) || e.StartsWith(AgainVariable + "=", StringComparison.Ordinal)
            );
            environment.Add(AgainVariable + "=1");
            environment.Add($"{Variable}={size.ToString("x", CultureInfo.InvariantCulture)}");
            MasterLink.Current?.Bequeath(true);
            Daemon.Bequeath(true);
            Processes.Exec("/proc/self/exe", arguments, environment);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OutOfMemoryException) { }
        MasterLink.Current?.Bequeath(false);
        Daemon.Bequeath(false);
    }

    private static List<string> Read(string path)
    {
        var list = new List<string>(Encoding.UTF8.GetString(File.ReadAllBytes(path)).Split('\0'));
        if (list.Count > 0 && list[^1].Length == 0)
            list.RemoveAt(list.Count - 1);
        return list;
    }
}
