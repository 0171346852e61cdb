// Starting a worker: beside the running one (a reload), after a crash, or as the first one.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using Baton.Interop.Linux;

namespace Baton.Control.Master;

public sealed partial class MasterProcess
{
    private readonly List<byte> _arrived = [];
    private StringBuilder _startupLog = new();
    private long _startDeadlineMs,
        _startedAtMs,
        _respawnAtMs;
    private int _maxReloads = -1;
    private bool _noExitOnFailure,
        _hard,
        _served;
    private string? _failure;

    /// <summary>Messages of the last start.</summary>
    internal string StartupLog => _startupLog.ToString();

    /// <summary>Milliseconds the last start took.</summary>
    internal long LastStartMs { get; private set; }

    /// <summary>One reload with whatever configuration and program stand there now. Null when it has begun, else why not.</summary>
    internal string? Reload(bool hard)
    {
        if (_stopping)
            return "the master is stopping";
        if (_starting is not null)
            return "another reload is under way";
        _options.Notifier.Reloading();
        Notice("Reloading");
        _table.Master.Reloads++;
        foreach (WorkerProcess worker in _table.Workers)
            worker.Reloads++;
        if (ProgramChanged() && ReplaceProgram() is { } why)
        {
            // still here: the program at the path is no good
            FailReload(why);
            return null;
        }
        StartWorker(hard);
        return null;
    }

    private void StartWorker(bool hard)
    {
        _hard = hard || _current is null && !_reexecuted && _options.TerminateOld;
        _startupLog = new StringBuilder();
        _arrived.Clear();
        _failure = null;
        if (!SocketNames.Pair(out int commands, out int theirCommands))
        {
            FailStart("cannot create a socket pair", 1);
            return;
        }
        if (!SocketNames.Pair(out int report, out int theirReport))
        {
            Files.close(commands);
            Files.close(theirCommands);
            FailStart("cannot create a socket pair", 1);
            return;
        }
        List<string> arguments = WorkerArguments(out int carrier);
        var descriptors = new List<(int, int)> { (theirReport, theirReport), (theirCommands, theirCommands) };
        foreach ((int fd, _) in _cli.Paths)
            descriptors.Add((fd, fd));
        if (carrier >= 0)
            descriptors.Add((carrier, carrier));
        int pid = Processes.Spawn(
            "/proc/self/exe",
            arguments,
            WorkerEnvironment(theirReport, theirCommands),
            false,
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(descriptors)
        );
        Files.close(theirCommands);
        Files.close(theirReport);
        if (pid < 0)
        {
            Files.close(commands);
            Files.close(report);
            FailStart($"cannot start a worker ({Errno.Message(-pid)})", 1);
            return;
        }
        Files.SetNonBlocking(report);
        _starting = new WorkerProcess
        {
            Pid = pid,
            CommandFd = commands,
            ReportFd = report,
            StartedAt = WallClock,
            Version = _options.Version,
        };
        _table.Workers.Add(_starting);
        _startedAtMs = NowMs;
        _startDeadlineMs = _startedAtMs + _startTimeoutMs;
        Notice($"New worker ({pid}) started");
    }

    /// <summary>The user's arguments, and in front of them where the sockets come from and who is to be replaced.</summary>
    private List<string> WorkerArguments(out int carrier)
    {
        carrier = -1;
        var arguments = new List<string> { _options.ProgramName };
        var old = new List<int>();
        foreach (WorkerProcess worker in _table.Workers)
            old.Add(worker.Pid);
        string? source = null;
        if (_current is { CommandFd: >= 0 })
            carrier = _current.CommandFd;
        else if (_keeper.Count > 0)
            carrier = _keeperPeer;
        else if (_orphanPid > 0)
        {
            old.Add(_orphanPid);
            source = _orphanSocket;
        }
        else if (!_served && !_reexecuted)
        {
            old.AddRange(_options.OldPids);
            source = _options.SocketsFrom;
        }
        if (carrier >= 0)
            source = "sockpair@" + carrier.ToString(CultureInfo.InvariantCulture);
        if (old.Count > 0)
            arguments.Add(_hard ? "-st" : "-sf");
        foreach (int pid in old)
            arguments.Add(pid.ToString(CultureInfo.InvariantCulture));
        if (source is not null)
        {
            arguments.Add("-x");
            arguments.Add(source);
        }
        arguments.AddRange(_options.Arguments);
        return arguments;
    }

    private List<string> WorkerEnvironment(int report, int commands)
    {
        List<string> environment = Processes.Environment();
        environment.RemoveAll(static e => e.StartsWith("HAPROXY_MWORKER=", StringComparison.Ordinal));
        environment.Add(string.Create(CultureInfo.InvariantCulture, $"{WorkerVariable}={report},{commands}"));
        environment.Add("HAPROXY_MWORKER=1");
        environment.Add(
            $"{CopiesVariable}={string.Join(',', _cli.Paths.ConvertAll(static p => string.Create(CultureInfo.InvariantCulture, $"{p.Fd}:{p.Level}")))}"
        );
        return environment;
    }

    private void ReadReport(WorkerProcess worker)
    {
        byte[] chunk = new byte[65536];
        int n = Files.Read(worker.ReportFd, chunk);
        if (n < 0)
            return;
        if (n == 0)
        {
            // it ends, or has ended: SIGCHLD says how
            CloseReport(worker);
            Processes.kill(worker.Pid, Signals.SIGKILL);
            return;
        }
        _arrived.AddRange(chunk.AsSpan(0, n));
        if (WorkerReport.Read(_arrived, _startupLog) is { } report)
            OnServing(worker, report);
    }

    /// <summary>The new worker serves. Its sockets are copied before anybody is told to go.</summary>
    private void OnServing(WorkerProcess worker, WorkerReport report)
    {
        CloseReport(worker);
        _starting = null;
        _current = worker;
        worker.Version = report.Version;
        (_noExitOnFailure, _maxReloads) = (report.NoExitOnFailure, report.MaxReloads);
        LastStartMs = NowMs - _startedAtMs;
        if (!_served && (!WritePidFile(_options.PidFile ?? report.PidFile) || !OpenAfterOrphan()))
        {
            _status = 1;
            Stop(Signals.SIGTERM);
            return;
        }
        if (!_keeper.Replace(worker))
            _keeper.Close();
        TellOld(worker, report.HandoverFrom);
        _table.Master.FailedReloads = 0;
        Notice("Loading success.");
        _options.Notifier.Ready("Ready.");
        if (!_served)
            _options.Serving?.Invoke();
        _served = true;
        _tidyAtMs = NowMs + TidyAfterMs;
        _cli.ReloadEnded(true, StartupLog);
    }

    private void TellOld(WorkerProcess serving, int handoverFrom)
    {
        int signal = _hard ? Signals.SIGTERM : Signals.SIGUSR1;
        foreach (WorkerProcess worker in _table.Workers)
        {
            if (worker == serving)
                continue;
            if (worker.Pid == handoverFrom)
                worker.HandsOverTo = serving.Pid;
            else if (!worker.Told || _hard)
                Processes.kill(worker.Pid, signal);
            worker.Told = true;
            if (_maxReloads >= 0 && worker.Reloads > _maxReloads)
                Processes.kill(worker.Pid, Signals.SIGTERM);
        }
        if (_served || _reexecuted)
            return;
        foreach (int pid in _options.OldPids)
            if (pid != handoverFrom)
                Processes.kill(pid, signal);
        if (_formerOrphanPid != handoverFrom)
            Processes.kill(_formerOrphanPid, signal);
    }

    private void OnStartTimeout()
    {
        _failure = $"the new worker ({_starting!.Pid}) did not serve within {_startTimeoutMs / 1000} s";
        _startDeadlineMs = long.MaxValue;
        Processes.kill(_starting.Pid, Signals.SIGKILL);
    }

    /// <summary>No worker came of it. Without a current one that is the end, unless the configuration says otherwise.</summary>
    private void FailStart(string why, int status)
    {
        if (_current is not null)
        {
            FailReload(why);
            return;
        }
        Alert(why);
        _cli.ReloadEnded(false, StartupLog + why + "\n");
        if (_served && _noExitOnFailure)
        {
            _respawnAtMs = NowMs + 1000;
            return;
        }
        _status = status == 0 ? 1 : status;
        Stop(Signals.SIGTERM);
    }

    private void FailReload(string why)
    {
        _table.Master.FailedReloads++;
        Warn($"Failed to reload: {why}; the worker that runs goes on");
        _options.Notifier.Ready("Reload failed!");
        _tidyAtMs = NowMs + TidyAfterMs;
        _cli.ReloadEnded(false, StartupLog + why + "\n");
    }

    private static void CloseReport(WorkerProcess worker)
    {
        if (worker.ReportFd >= 0)
            Files.close(worker.ReportFd);
        worker.ReportFd = -1;
    }

    private bool WritePidFile(string? path)
    {
        if (path is null)
            return true;
        try
        {
            File.WriteAllText(path, Processes.getpid().ToString(CultureInfo.InvariantCulture) + "\n");
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Alert($"[baton.main()] Cannot create pidfile {path}");
            return false;
        }
    }
}
