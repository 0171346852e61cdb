// What a figure depends on besides the programs.
using System;
using System.IO;
using System.Linq;

namespace Baton.Bench;

public static class Machine
{
    /// <summary>The commit of the working tree, with a + when it has changes.</summary>
    public static string Commit()
    {
        try
        {
            return Commands
                .Shell("git rev-parse --short HEAD; git diff --quiet HEAD || printf +")
                .Replace("\n", "", StringComparison.Ordinal);
        }
        catch (InvalidOperationException)
        {
            return "unknown";
        }
    }

    /// <summary>Processor, number of cores, kernel.</summary>
    public static string Describe()
    {
        string model = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
            ?.Split(':')[1]
            .Trim()
            ?? "unknown processor";
        return $"{model}, {Environment.ProcessorCount} cores, Linux {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}";
    }
}
