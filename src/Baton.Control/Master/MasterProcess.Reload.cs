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
    /// <summary>The start that is under way (while there is a starting worker), or the last one.</summary>
    private WorkerStart _start = new(isHard: false, 0);
    private long _respawnAtMs;
    private int _maxReloads = -1;
    private bool _noExitOnFailure,
        _served;

    /// <summary>Messages of the last start.</summary>
    internal string StartupLog => _start.Log;

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
        if (_replacement.IsDue && _replacement.Execute() is { } why)
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
        hard |= _current is null && !_reexecuted && _options.TerminateOld;
        _start = new WorkerStart(hard, _startTimeoutMs);
        if (_start.Spawn(WorkerArguments(hard, out int carrier), _cli.Paths, carrier, _options.Version) is { } why)
        {
            FailStart(why, 1);
            return;
        }
        _starting = _start.Worker;
        _table.Workers.Add(_starting!);
        Notice($"New worker ({_starting!.Pid}) started");
    }

    /// <summary>The user's arguments, and in front of them where the sockets come from and who is to be replaced.</summary>
    private List<string> WorkerArguments(bool hard, out int carrier)
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
        else if (_orphan is { IsReplaced: false })
        {
            old.Add(_orphan.Pid);
            source = _orphan.Socket;
        }
        else if (!_served && !_reexecuted)
        {
            old.AddRange(_options.OldPids);
            source = _options.SocketsFrom;
        }
        if (carrier >= 0)
            source = "sockpair@" + carrier.ToString(CultureInfo.InvariantCulture);
        if (old.Count > 0)
            arguments.Add(hard ? "-st" : "-sf");
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

    /// <summary>The new worker serves. Its sockets are copied before anybody is told to go.</summary>
    private void OnServing(WorkerProcess worker, WorkerReport report)
    {
        worker.CloseReport();
        _starting = null;
        _current = worker;
        worker.Version = report.Version;
        (_noExitOnFailure, _maxReloads) = (report.NoExitOnFailure, report.MaxReloads);
        LastStartMs = NowMs - _start.StartedAtMs;
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
        int signal = _start.IsHard ? Signals.SIGTERM : Signals.SIGUSR1;
        foreach (WorkerProcess worker in _table.Workers)
        {
            if (worker == serving)
                continue;
            if (worker.Pid == handoverFrom)
                worker.HandsOverTo = serving.Pid;
            else if (!worker.Told || _start.IsHard)
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
        if (_orphan is { } orphan && orphan.Pid != handoverFrom)
            Processes.kill(orphan.Pid, signal);
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

    /// <summary>The first worker serves in the orphan's place: its socket is ours now. False when it cannot be bound.</summary>
    private bool OpenAfterOrphan()
    {
        if (_orphan is null)
            return true;
        _orphan.IsReplaced = true;
        return _cli.Publish();
    }

    private void FailReload(string why)
    {
        _table.Master.FailedReloads++;
        Warn($"Failed to reload: {why}; the worker that runs goes on");
        _options.Notifier.Ready("Reload failed!");
        _tidyAtMs = NowMs + TidyAfterMs;
        _cli.ReloadEnded(false, StartupLog + why + "\n");
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
