// Other programs: started on given cores, run to their end, signalled.
using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;

namespace Baton.Bench;

public static class Commands
{
    /// <summary>Starts a program on <paramref name="cores"/> with its output in a file. The process is the program itself (exec).</summary>
    public static Process Spawn(string cores, string log, params string[] command)
    {
        var start = new ProcessStartInfo("sh");
        // the shell becomes taskset, taskset becomes the program: one process id for all three
        foreach (
            string a in (string[])
                ["-c", "log=$1 cores=$2; shift 2; exec taskset -c \"$cores\" \"$@\" >>\"$log\" 2>&1", "sh", log, cores, .. command]
        )
            start.ArgumentList.Add(a);
        return Process.Start(start)!;
    }

    /// <summary>Runs a shell's line to its end; throws with its output when it fails.</summary>
    public static string Shell(string line)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("exec 2>&1; " + line);
        using Process p = Process.Start(start)!;
        string output = p.StandardOutput.ReadToEnd();
        p.WaitForExit();
        if (p.ExitCode != 0)
            throw new InvalidOperationException($"'{line}' failed: {output}");
        return output;
    }

    public static void Signal(int pid, string signal)
    {
        try
        {
            Shell(string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {pid}"));
        }
        catch (InvalidOperationException)
        { /* gone already */
        }
    }
}
