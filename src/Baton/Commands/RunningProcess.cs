// A load balancer that runs already, as /proc shows it.
using System;
using System.Globalization;
using System.IO;
using System.Text;

namespace Baton.Commands;

internal sealed record RunningProcess(int Pid, string[] Arguments, string Directory, string Program)
{
    /// <summary>Null when there is none of that pid, or it is not ours to look at.</summary>
    public static RunningProcess? Find(int pid)
    {
        string proc = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}");
        try
        {
            string[] arguments = Encoding.UTF8.GetString(File.ReadAllBytes(proc + "/cmdline")).TrimEnd('\0').Split('\0');
            string directory = new FileInfo(proc + "/cwd").LinkTarget ?? "/";
            if (arguments[0].Length == 0) return null;
            // what stands at its path now, which may be a new version
            string program = arguments[0].Contains('/') ? Path.GetFullPath(arguments[0], directory) : new FileInfo(proc + "/exe").LinkTarget ?? arguments[0];
            return new RunningProcess(pid, arguments, directory, program);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return null; }
    }

    /// <summary>The value behind an option, or null.</summary>
    public string? Option(string name)
    {
        int at = Array.IndexOf(Arguments, name);
        return at >= 0 && at + 1 < Arguments.Length ? Arguments[at + 1] : null;
    }

    /// <summary>It watches workers: a process that serves by itself starts nothing.</summary>
    public bool IsMaster
    {
        get
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{Pid}/task/{Pid}/children");
            return File.Exists(path) && File.ReadAllText(path).Trim().Length > 0;
        }
    }

    /// <summary>The process that started it, when that runs the same program: a worker's master.</summary>
    public RunningProcess? Master
    {
        get
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{Pid}/status");
            if (!File.Exists(path)) return null;
            foreach (string line in File.ReadLines(path))
                if (line.StartsWith("PPid:", StringComparison.Ordinal)) return Find(int.Parse(line.AsSpan(5).Trim(), CultureInfo.InvariantCulture)) is { } parent && parent.Arguments[0] == Arguments[0] ? parent : null;
            return null;
        }
    }
}
