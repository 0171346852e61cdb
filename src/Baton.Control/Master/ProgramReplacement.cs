// The upgrade: the program that stands at the master's path is no longer the one that runs. It is executed in the master's
// place, with the workers and their descriptors, whatever it is: another Baton, or HAProxy. The same binary needs no
// execution: starting a worker is all that a reload of the configuration takes.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Threading;
using Baton.Interop.Linux;

namespace Baton.Control.Master;

/// <summary>OWNER: the master's only thread.</summary>
internal sealed class ProgramReplacement(MasterProcess master, MasterCli cli)
{
    private const int ProbeMs = 3000;

    private readonly MasterOptions _options = master.Options;

    /// <summary>What stands at the path is not what runs.</summary>
    public bool IsDue =>
        Files.Identity(_options.ProgramPath, out (ulong, ulong) there)
        && (!Files.Identity("/proc/self/exe", out (ulong, ulong) running) || there != running);

    /// <summary>Returns only when it failed, with the reason. A program that cannot even say its version is not tried.</summary>
    public string? Execute()
    {
        string said = Probe(_options.ProgramPath, out string? error);
        if (error is not null)
            return error;
        bool isBaton = said.StartsWith("Baton", StringComparison.Ordinal);
        string line = said.Split('\n')[0];
        master.Notice($"Replaced by {_options.ProgramPath} : {line}");
        List<string> environment = Processes.Environment();
        environment.Add(MasterProcess.ReexecVariable + "=1");
        environment.Add($"{MasterProcess.ProcessesVariable}={master.Table.Format()}");
        var arguments = new List<string> { _options.ProgramName };
        if (master.Table.Workers.Count > 0)
            arguments.Add("-sf");
        foreach (WorkerProcess worker in master.Table.Workers)
            arguments.Add(worker.Pid.ToString(CultureInfo.InvariantCulture));
        if (master.Current is { CommandFd: >= 0 } current)
        {
            arguments.Add("-x");
            arguments.Add("sockpair@" + current.CommandFd.ToString(CultureInfo.InvariantCulture));
        }
        arguments.AddRange(_options.Arguments);
        PassCommandsOn(true);
        if (isBaton)
            cli.Bequeath(environment);
        else
            cli.ReloadEnded(true, $"{line} takes over; what becomes of it is in its own log\n");
        int errno = Processes.Exec(_options.ProgramPath, arguments, environment);
        PassCommandsOn(false);
        cli.Retain();
        return $"cannot execute {_options.ProgramPath} ({Errno.Message(errno)})";
    }

    private void PassCommandsOn(bool pass)
    {
        foreach (WorkerProcess worker in master.Table.Workers)
            if (worker.CommandFd >= 0)
                Files.SetCloseOnExec(worker.CommandFd, !pass);
    }

    /// <summary>What "PATH -v" prints.</summary>
    private static string Probe(string path, out string? error)
    {
        error = null;
        if (!Files.Pipe(out int readEnd, out int writeEnd))
        {
            error = "cannot create a pipe";
            return "";
        }
        int pid = Processes.Spawn(path, [path, "-v"], Processes.Environment(), false, [(writeEnd, 1)]);
        Files.close(writeEnd);
        if (pid < 0)
        {
            Files.close(readEnd);
            error = $"cannot execute {path} ({Errno.Message(-pid)})";
            return "";
        }
        var said = new StringBuilder();
        byte[] chunk = new byte[4096];
        long end = MasterProcess.NowMs + ProbeMs;
        while (MasterProcess.NowMs < end && Files.WaitReadable(readEnd, -1, (int)Math.Max(1, end - MasterProcess.NowMs)))
        {
            int n = Files.Read(readEnd, chunk);
            if (n <= 0)
                break;
            said.Append(Encoding.UTF8.GetString(chunk, 0, n));
        }
        Files.close(readEnd);
        int status = Processes.Wait(pid, block: false, out int ended);
        for (; ended == 0 && MasterProcess.NowMs < end; status = Processes.Wait(pid, block: false, out ended))
            Thread.Sleep(1);
        if (ended == 0)
        {
            Processes.kill(pid, Signals.SIGKILL);
            Processes.Wait(pid, block: true, out _);
            error = $"{path} -v hangs";
            return "";
        }
        if (status != 0)
            error = $"{path} -v exited with code {status}";
        return said.ToString();
    }
}
