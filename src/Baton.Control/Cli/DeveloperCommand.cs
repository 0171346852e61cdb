// "show dev": what somebody who is told of a fault asks first: which program, on which system, within which limits.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Baton.Configuration.Model;
using Baton.Interop.Linux;

namespace Baton.Control.Cli;

internal static class DeveloperCommand
{
    /// <summary>Lines of /proc/self/status that are told.</summary>
    private static readonly string[] s_status = ["Uid", "Gid", "CapEff", "NoNewPrivs", "Seccomp", "Threads", "VmPeak", "VmRSS", "VmLck"];

    private static void Show(CliRequest r)
    {
        r.Line("Program");
        Field(r, "version", InformationCommands.Version);
        Field(r, "runtime", Environment.Version.ToString());
        r.Line("System");
        Field(r, "kernel", SystemIdentity.Describe());
        Field(r, "processors", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture));
        foreach ((string name, string value) in Lines("/proc/meminfo"))
            if (name is "MemTotal" or "MemAvailable" or "SwapTotal")
                Field(r, name, value);
        r.Line("Process");
        Field(r, "pid", Processes.getpid().ToString(CultureInfo.InvariantCulture));
        Field(r, "command", Text("/proc/self/cmdline").Replace('\0', ' ').Trim());
        Field(r, "workers", r.Engine.WorkerCount.ToString(CultureInfo.InvariantCulture));
        Field(r, "maxconn", r.Engine.MaxConn.ToString(CultureInfo.InvariantCulture));
        foreach ((string name, string value) in Lines("/proc/self/status"))
            if (Array.IndexOf(s_status, name) >= 0)
                Field(r, name, string.Join(' ', value.Split('\t', StringSplitOptions.RemoveEmptyEntries)));
        r.Line("Limits");
        foreach (string line in Text("/proc/self/limits").Split('\n'))
            if (line.StartsWith("Max ", StringComparison.Ordinal))
                r.Line("  " + line.TrimEnd());
    }

    private static void Field(CliRequest r, string name, string value) => r.Line($"  {name}: {value}");

    /// <summary>"name: value" of each line.</summary>
    private static IEnumerable<(string Name, string Value)> Lines(string path)
    {
        foreach (string line in Text(path).Split('\n'))
            if (line.IndexOf(':', StringComparison.Ordinal) is > 0 and int colon)
                yield return (line[..colon], line[(colon + 1)..].Trim());
    }

    /// <summary>Empty where it cannot be read: in a chroot there is no /proc.</summary>
    private static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    internal static readonly CliCommand[] Rows =
    [
        new("show dev", "", CliLevel.Operator, "the program, its system and its limits, for a report of a fault", Show),
    ];
}
