// A load balancer that runs already, as /proc shows it.
using System;
using System.Globalization;
using System.IO;
using System.Text;
using Baton.Configuration;
using Baton.Configuration.Model;
using Baton.Interop.Linux;

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
            if (arguments[0].Length == 0)
                return null;
            // what stands at its path now, which may be a new version; a path from where it was before -C leads nowhere
            string program = arguments[0].Contains('/') ? Path.GetFullPath(arguments[0], directory) : "";
            if (!File.Exists(program))
                program = Living(new FileInfo(proc + "/exe").LinkTarget ?? arguments[0]);
            return new RunningProcess(pid, arguments, directory, program);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The path of a program, also when another one stands there now.</summary>
    private static string Living(string path)
    {
        const string gone = " (deleted)";
        return path.EndsWith(gone, StringComparison.Ordinal) ? path[..^gone.Length] : path;
    }

    /// <summary>The arguments for a process that starts where this one is: -C has led there already, and would lead elsewhere from
    /// there.</summary>
    public string[] ArgumentsInPlace
    {
        get
        {
            string[] arguments = [.. Arguments];
            int at = Array.IndexOf(arguments, "-C");
            if (at >= 0 && at + 1 < arguments.Length)
                arguments[at + 1] = Directory;
            return arguments;
        }
    }

    /// <summary>The address of a socket as it is meant in a directory, without the options behind a comma: relative paths become whole
    /// ones.</summary>
    public static string Address(string text, string directory)
    {
        const string unix = "unix@";
        text = text.Split(',')[0];
        string path = text.StartsWith(unix, StringComparison.Ordinal) ? text[unix.Length..] : text;
        string whole = Path.GetFullPath(path, directory);
        return path.Length > 0 && File.Exists(whole) ? whole : text;
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
            if (!File.Exists(path))
                return null;
            foreach (string line in File.ReadLines(path))
                if (line.StartsWith("PPid:", StringComparison.Ordinal))
                    return
                        Find(int.Parse(line.AsSpan(5).Trim(), CultureInfo.InvariantCulture)) is { } parent
                        && parent.Arguments[0] == Arguments[0]
                        ? parent
                        : null;
            return null;
        }
    }

    /// <summary>A stats socket on a path, without TLS, as its configuration says now; null without.</summary>
    /// <param name="exposed">It has to give listening sockets away.</param>
    public string? StatsSocket(bool exposed)
    {
        CommandLine line = CommandLine.Parse(Arguments[1..]);
        // where it reads from, its own -C included; a new process starts there too
        if (Files.chdir(Directory) < 0)
            return null;
        // whatever is wrong with the file: a new process will say it better
        Lifecycle.ConfigurationSource.PredefineVariables(line.Files, line.LocalPeer);
        var loader = new ConfigurationLoader(Lifecycle.Expressions.Create);
        loader.Load(line.Files);
        foreach (BindConfig bind in loader.Process.Global.StatsSockets)
        foreach (AddressConfig address in bind.Addresses)
            if (!bind.Tls.IsOn && (bind.ExposeListeners || !exposed) && address.Kind is AddressKind.Unix or AddressKind.Abstract)
                return Address(address.Text, Directory);
        return null;
    }

    /// <summary>Where the process of a pid file answers the runtime API: its master's command line, or a stats socket; null, and
    /// why.</summary>
    public static string? ApiOf(string pidFile, out string why)
    {
        int pid = ReloadCommand.ReadPid(pidFile);
        why = $"{pidFile} names no process that runs.";
        if (pid <= 0 || Find(pid) is not { } process)
            return null;
        process = process.Master ?? process;
        why = $"process {process.Pid} has no stats socket on a path (without TLS).";
        return process.Option("-S") is { } master ? Address(master, process.Directory) : process.StatsSocket(exposed: false);
    }
}
