// Deaths of workers, expected or not, and the end of the master itself.
using System;
using System.Collections.Generic;
using System.Threading;
using Baton.Interop.Linux;

namespace Baton.Control.Master;

public sealed partial class MasterProcess
{
    /// <summary>A worker that served for less than this before it crashed is not started again at once.</summary>
    private const int CrashLoopMs = 1000;

    private const int StopAgainMs = 500;
    private int _stopSignal;
    private long _stopAgainAtMs;

    private void ReapChildren()
    {
        while (true)
        {
            int status = Processes.Wait(-1, block: false, out int pid);
            if (pid <= 0)
                break;
            if (_table.Find(pid) is { } worker)
                OnExit(worker, status);
        }
        if (_stopping && _table.Workers.Count == 0)
            End();
    }

    private void OnExit(WorkerProcess worker, int status)
    {
        bool starting = worker == _starting,
            current = worker == _current;
        // what it said before it died is still in the pair
        if (starting && worker.ReportFd >= 0)
            _start.ReadLast();
        _table.Workers.Remove(worker);
        worker.CloseReport();
        if (worker.CommandFd >= 0)
            Files.close(worker.CommandFd);
        if (starting && _starting == worker)
            OnStartFailed(worker, status);
        else if (worker == _current)
            OnCurrentGone(worker, status);
        else if (!current)
            Warn($"Former worker ({worker.Pid}) exited with code {status} ({Meaning(status)})");
    }

    private void OnStartFailed(WorkerProcess worker, int status)
    {
        _starting = null;
        if (_stopping)
            return;
        FailStart(_start.Failure ?? $"the new worker ({worker.Pid}) exited with code {status} ({Meaning(status)})", status);
    }

    private void OnCurrentGone(WorkerProcess worker, int status)
    {
        _current = null;
        string text = $"Current worker ({worker.Pid}) exited with code {status} ({Meaning(status)})";
        if (_stopping)
        {
            Warn(text);
            return;
        }
        Alert(text);
        if (FallBackFrom(worker))
            return;
        if (_noExitOnFailure)
        {
            _respawnAtMs = NowMs - _start.StartedAtMs < CrashLoopMs ? NowMs + CrashLoopMs : 0;
            return;
        }
        Alert("exit-on-failure: killing every processes with SIGTERM");
        _status = status;
        Stop(Signals.SIGTERM);
    }

    /// <summary>
    /// The worker that died had taken over by a handover whose probation may not be over: the one before accepts again by
    /// itself as soon as it sees that, and is then the current one.
    /// </summary>
    private bool FallBackFrom(WorkerProcess dead)
    {
        WorkerProcess? before = _table.Workers.FindLast(w => w.HandsOverTo == dead.Pid);
        for (int i = 0; before is not null && i < 25; i++)
        {
            if (_keeper.Replace(before))
            {
                (before.Told, before.HandsOverTo) = (false, 0);
                _current = before;
                FailReload($"the new worker ({dead.Pid}) died, worker {before.Pid} serves on");
                return true;
            }
            Thread.Sleep(10);
        }
        return false;
    }

    /// <summary>TERM, INT: now. USR1: when what there is has been finished. The copies go first: nobody will serve them.</summary>
    private void Stop(int signal)
    {
        if (!_stopping)
            _options.Notifier.Stopping();
        _stopping = true;
        _keeper.Close();
        Warn(signal == Signals.SIGUSR1 ? "Stopping when the workers have finished..." : "Exiting Master process...");
        _stopSignal = signal;
        TellToStop();
        if (_table.Workers.Count == 0)
            End();
    }

    /// <summary>Said again from time to time: a worker in the middle of a handover does not heed the first call.</summary>
    private void TellToStop()
    {
        _stopAgainAtMs = NowMs + StopAgainMs;
        foreach (WorkerProcess worker in _table.Workers)
            Processes.kill(worker.Pid, worker == _starting ? Signals.SIGTERM : _stopSignal);
    }

    private void End()
    {
        _ended = true;
        Warn($"All workers exited. Exiting... ({_status})");
    }

    private static string Meaning(int status) =>
        status switch
        {
            < 128 => "Exit",
            128 + Signals.SIGKILL => "Killed",
            128 + Signals.SIGTERM => "Terminated",
            128 + Signals.SIGINT => "Interrupt",
            128 + 11 => "Segmentation fault",
            128 + 6 => "Aborted",
            _ => $"signal {status - 128}",
        };
}
