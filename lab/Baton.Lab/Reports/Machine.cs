// The machine a figure belongs to.
using System;
using System.IO;
using System.Linq;
using Baton.Lab.Stages;

namespace Baton.Lab.Reports;

internal static class Machine
{
    public static string Kernel => File.ReadAllText("/proc/sys/kernel/osrelease").Trim();

    public static string Processor =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
        ?? "unknown";

    public static int Cores => Environment.ProcessorCount;

    /// <summary>The first line that a program says about itself.</summary>
    public static string Version(string program) =>
        Shell.Find(program) is null ? "not installed" : Shell.Run(program, "-v").Output.Split('\n')[0].Split(" - ")[0].Trim();
}
