// One start of a worker: the process with its arguments and environment, what it says while it starts, and the time it has.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Baton.Configuration.Model;
using Baton.Interop.Linux;

namespace Baton.Control.Master;

/// <summary>OWNER: the master's only thread. Until it serves, <see cref="Worker"/> reports here.</summary>
internal sealed class WorkerStart(bool isHard, long timeoutMs)
{
    private readonly List<byte> _arrived = [];
    private readonly StringBuilder _log = new();

    /// <summary>The workers before are told to go at once.</summary>
    public bool IsHard => isHard;

    /// <summary>Null until it was spawned.</summary>
    public WorkerProcess? Worker { get; private set; }
    public long StartedAtMs { get; private set; }

    /// <summary>By when it has to serve.</summary>
    public long DeadlineMs { get; private set; }

    /// <summary>Its messages so far.</summary>
    public string Log => _log.ToString();

    /// <summary>Why it was given up; null when it was not.</summary>
    public string? Failure { get; private set; }

    /// <summary>
    /// Spawns the worker with copies of the command line's sockets, and of the <paramref name="carrier"/> from which it gets the listening
    /// ones (-1 for none). Null, or why it cannot be done.
    /// </summary>
    public string? Spawn(List<string> arguments, List<(int Fd, CliLevel Level)> paths, int carrier, string version)
    {
        if (!SocketNames.Pair(out int commands, out int theirCommands))
            return "cannot create a socket pair";
        if (!SocketNames.Pair(out int report, out int theirReport))
        {
            Files.close(commands);
            Files.close(theirCommands);
            return "cannot create a socket pair";
        }
        var descriptors = new List<(int, int)> { (theirReport, theirReport), (theirCommands, theirCommands) };
        foreach ((int fd, _) in paths)
            descriptors.Add((fd, fd));
        if (carrier >= 0)
            descriptors.Add((carrier, carrier));
        int pid = Processes.Spawn(
            "/proc/self/exe",
            arguments,
            Environment(theirReport, theirCommands, paths),
            false,
            CollectionsMarshal.AsSpan(descriptors)
        );
        Files.close(theirCommands);
        Files.close(theirReport);
        if (pid < 0)
        {
            Files.close(commands);
            Files.close(report);
            return $"cannot start a worker ({Errno.Message(-pid)})";
        }
        Files.SetNonBlocking(report);
        Worker = new WorkerProcess
        {
            Pid = pid,
            CommandFd = commands,
            ReportFd = report,
            StartedAt = MasterProcess.WallClock,
            Version = version,
        };
        StartedAtMs = MasterProcess.NowMs;
        DeadlineMs = StartedAtMs + timeoutMs;
        return null;
    }

    private static List<string> Environment(int report, int commands, List<(int Fd, CliLevel Level)> paths)
    {
        List<string> environment = Processes.Environment();
        environment.RemoveAll(static e => e.StartsWith("HAPROXY_MWORKER=", StringComparison.Ordinal));
        environment.Add(string.Create(CultureInfo.InvariantCulture, $"{MasterProcess.WorkerVariable}={report},{commands}"));
        environment.Add("HAPROXY_MWORKER=1");
        List<string> copies = paths.ConvertAll(static p => string.Create(CultureInfo.InvariantCulture, $"{p.Fd}:{p.Level}"));
        environment.Add($"{MasterProcess.CopiesVariable}={string.Join(',', copies)}");
        return environment;
    }

    /// <summary>Reads what it has to say. Not null once it serves.</summary>
    public WorkerReport? ReadReport()
    {
        WorkerProcess worker = Worker!;
        byte[] chunk = new byte[65536];
        int n = Files.Read(worker.ReportFd, chunk);
        if (n < 0)
            return null;
        if (n == 0)
        {
            // it ends, or has ended: SIGCHLD says how
            worker.CloseReport();
            Processes.kill(worker.Pid, Signals.SIGKILL);
            return null;
        }
        _arrived.AddRange(chunk.AsSpan(0, n));
        return WorkerReport.Read(_arrived, _log);
    }

    /// <summary>It is dead: what it said before is still in the pair. It may even have served, and died at once: a failed start all the
    /// same.</summary>
    public void ReadLast()
    {
        byte[] chunk = new byte[65536];
        for (int n; (n = Files.Read(Worker!.ReportFd, chunk)) > 0; )
            _arrived.AddRange(chunk.AsSpan(0, n));
        WorkerReport.Read(_arrived, _log);
    }

    /// <summary>Its time is over.</summary>
    public void GiveUp()
    {
        Failure = $"the new worker ({Worker!.Pid}) did not serve within {timeoutMs / 1000} s";
        DeadlineMs = long.MaxValue;
        Processes.kill(Worker.Pid, Signals.SIGKILL);
    }
}
