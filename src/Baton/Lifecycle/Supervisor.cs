// Watches over the running engine from the first worker's loop: signals, the end of a soft stop, hard-stop-after.
using System;
using Baton.Core.Timers;
using Baton.Engine;
using Baton.Engine.Loop;
using Baton.Interop.Linux;

namespace Baton.Lifecycle;

/// <summary>OWNER: worker 0.</summary>
internal sealed class Supervisor(EngineState engine) : Engine.Loop.EventHandler
{
    private const int StopPollMs = 20;

    /// <summary>From the end of hard-stop-after until what is left is cut off.</summary>
    private const int HardStopMs = 1000;
    private const long Never = long.MaxValue;
    private bool _hardStopped;
    private Worker _worker = null!;
    private long _graceEndsMs = Never,
        _hardStopAtMs = Never;

    /// <summary>The signal that ended it at once, or 0.</summary>
    public int EndedBy { get; private set; }

    public int ExitStatus => EndedBy > 0 ? 128 + EndedBy : 0;

    /// <summary>False, with errno in Sockets.Last, when the kernel gives no descriptor for the signals: a process that hears none must not
    /// serve.</summary>
    public bool Attach()
    {
        _worker = engine.Workers[0];
        engine.Handover.Leaving = () => _worker.Post(_ => BeginSoftStop());
        engine.Handover.Changed += begun => _worker.Post(_ => OnHandover(begun));
        Fd = Signals.OpenDescriptor();
        return Fd >= 0 && _worker.Register(this, Epoll.IN);
    }

    public override void OnEvents(uint events)
    {
        while (true)
        {
            int signal = Signals.Read(Fd, out _);
            switch (signal)
            {
                case 0:
                    return;
                case Signals.SIGUSR1:
                    AnnounceStop();
                    break;
                case Signals.SIGTERM or Signals.SIGINT:
                    EndAtOnce(signal);
                    break;
                case Signals.SIGTTOU:
                    if (!engine.SocketsExported)
                        engine.Control.PauseAll();
                    break;
                case Signals.SIGTTIN:
                    engine.Control.ResumeAll();
                    break;
                case Signals.SIGHUP:
                    engine.Notices.DumpServerStates();
                    break;
                case Signals.SIGQUIT:
                    StandardStreams.Error(Control.Cli.DiagnosticCommands.DescribePools(engine));
                    break;
            }
        }
    }

    /// <summary>Whatever memory there is.</summary>
    private void EndAtOnce(int signal)
    {
        EndedBy = signal;
        try
        {
            engine.Handover.Retiring?.Invoke();
        }
        finally
        {
            engine.StopWorkers();
        }
    }

    /// <summary>SIGUSR1: with "grace" the stop itself begins later. One that is on its way is not put off.</summary>
    private void AnnounceStop()
    {
        int grace = engine.Config.Global.GraceMs;
        if (grace == 0 || engine.Handover.IsUnderWay)
        {
            BeginSoftStop();
            return;
        }
        if (engine.Stopping || engine.StopAnnounced)
            return;
        engine.StopAnnounced = true;
        StandardStreams.Error($"[NOTICE]   ({Processes.getpid()}) : Scheduling a soft-stop in {grace} ms.\n");
        _graceEndsMs = _worker.NowMs + grace;
        Arm();
    }

    private void BeginSoftStop()
    {
        // while another process takes over it says when to stop
        if (engine.Stopping || engine.Handover.IsUnderWay && !engine.Handover.HasEnded)
            return;
        engine.Handover.Retiring?.Invoke();
        engine.SoftStop();
        StartClock();
        _worker.Timers.Arm(this, _worker.NowMs + 1);
    }

    /// <summary>A handover is a soft stop too: hard-stop-after runs from its beginning, and not any more when this process serves on after
    /// all.</summary>
    private void OnHandover(bool begun)
    {
        if (engine.Stopping)
            return;
        if (begun)
            StartClock();
        else
            (_hardStopAtMs, _hardStopped) = (Never, false);
        Arm();
    }

    /// <summary>Once: the end of a handover that comes to nothing does not begin it again.</summary>
    private void StartClock()
    {
        int limit = engine.Config.Global.HardStopAfterMs;
        if (limit >= 0 && _hardStopAtMs == Never)
            _hardStopAtMs = _worker.NowMs + limit;
    }

    private void Arm()
    {
        long at = engine.Stopping
            ? _worker.NowMs + StopPollMs
            : Math.Min(_graceEndsMs, Math.Max(_hardStopAtMs, _worker.NowMs + StopPollMs));
        if (at == Never)
            _worker.Timers.Cancel(this);
        else
            _worker.Timers.Arm(this, at);
    }

    /// <summary>The grace is over; while stopping: leave when the last connection has ended, or when hard-stop-after is over.</summary>
    public override void OnTimer(long nowMs)
    {
        if (nowMs >= _graceEndsMs)
        {
            _graceEndsMs = Never;
            BeginSoftStop();
        }
        if (
            engine.Stopping
            && engine.RemainingConnections == 0
            && !Engine.Peers.PeersStart.IsBusy(engine)
            && !Engine.Mails.MailsStart.IsBusy(engine)
        )
        {
            engine.StopWorkers();
            return;
        }
        // in a probation this process may still be needed
        if (nowMs >= _hardStopAtMs && (engine.Stopping || engine.Handover.ProbationOver))
        {
            if (_hardStopped)
            {
                engine.Notices.Warn("Some tasks resisted to hard-stop, exiting now.");
                engine.StopWorkers();
                return;
            }
            _hardStopped = true;
            _hardStopAtMs = nowMs + HardStopMs;
            engine.HardStop();
        }
        Arm();
    }
}
