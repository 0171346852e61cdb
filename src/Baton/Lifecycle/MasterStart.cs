// From the command line to a running master.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Baton.Control.Master;

namespace Baton.Lifecycle;

internal static class MasterStart
{
    /// <summary>The master's exit status.</summary>
    public static int Run(CommandLine line, string[] arguments)
    {
        string name = Environment.GetCommandLineArgs()[0];
        return new MasterProcess(
            new MasterOptions
            {
                ProgramName = name,
                ProgramPath = FindProgram(name),
                Version = $"{Program.LanguageVersion}-baton-{Program.Version}",
                Arguments = WithoutPredecessors(arguments),
                SocketsFrom = line.SocketsFrom,
                OldPids = line.OldPids,
                TerminateOld = line.TerminateOld,
                Sockets = line.MasterSockets,
                PidFile = line.PidFile,
                Quiet = line.Quiet,
                Notifier = new ServiceNotifier(line.SystemdNotify ? Environment.GetEnvironmentVariable("NOTIFY_SOCKET") : null),
                Serving = Daemon.ReportReady,
            }
        ).Run();
    }

    /// <summary>Without -sf, -st and -x: they belong to one start only.</summary>
    internal static List<string> WithoutPredecessors(string[] arguments)
    {
        var kept = new List<string>();
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--")
            {
                kept.AddRange(arguments[i..]);
                break;
            }
            if (arguments[i] == "-x")
            {
                i++;
                continue;
            }
            if (arguments[i] is "-sf" or "-st")
            {
                while (i + 1 < arguments.Length && int.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out _))
                    i++;
                continue;
            }
            kept.Add(arguments[i]);
        }
        return kept;
    }

    /// <summary>Where the program was called from, which is where its successor will stand: not what a link there points to now.</summary>
    private static string FindProgram(string name)
    {
        if (name.Contains('/'))
        {
            string full = Path.GetFullPath(name);
            if (File.Exists(full))
                return full;
        }
        else
        {
            foreach (
                string directory in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            )
            {
                string candidate = Path.Combine(directory, name);
                if (File.Exists(candidate))
                    return candidate;
            }
        }
        string running = new FileInfo("/proc/self/exe").LinkTarget ?? name;
        return running.EndsWith(" (deleted)", StringComparison.Ordinal) ? running[..^10] : running;
    }
}
