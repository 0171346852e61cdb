// A program that runs for a check, from its start to the moment when its end has been taken: nothing of it is left behind, whatever it
// does. Who waits for it is told once.
using System;
using Baton.Engine.Loop;
using Baton.Interop.Linux;

namespace Baton.Engine.Checks;

/// <summary>OWNER: the check's worker.</summary>
internal sealed class CheckProgram(Worker worker, int pid, Action<int> ended) : Loop.EventHandler
{
    /// <summary>How long one has to end in order once it was told to, and how often one looks that cannot be watched (ms).</summary>
    private const int GraceMs = 1000,
        LookMs = 20;

    private bool _isTold,
        _isOver;

    public void Begin()
    {
        Fd = ChildPrograms.Watch(pid);
        if (Fd >= 0 && worker.Register(this, Epoll.IN))
            return;
        if (Fd >= 0)
            Files.close(Fd);
        Fd = -1;
        worker.Timers.Arm(this, worker.NowMs + LookMs);
    }

    public override void OnEvents(uint events)
    {
        // what it has started and left behind goes with it: its number is nobody else's before its end has been taken
        if (_isTold)
            Kill();
        TakeEnd();
    }

    public override void OnTimer(long nowMs)
    {
        if (TakeEnd())
            return;
        if (_isTold)
            Kill();
        worker.Timers.Arm(this, nowMs + (Fd < 0 ? LookMs : GraceMs));
    }

    /// <summary>Tells it to end, and lets it not go on for long.</summary>
    public void Stop()
    {
        if (_isOver)
            return;
        ChildPrograms.Signal(pid, Signals.SIGTERM);
        _isTold = true;
        worker.Timers.Arm(this, worker.NowMs + GraceMs);
    }

    /// <summary>Any thread.</summary>
    public void Kill()
    {
        if (!_isOver)
            ChildPrograms.Signal(pid, Signals.SIGKILL);
    }

    private bool TakeEnd()
    {
        if (_isOver || !ChildPrograms.TryTake(pid, out int status))
            return _isOver;
        _isOver = true;
        worker.Timers.Cancel(this);
        if (Fd >= 0)
            worker.CloseRegistered(this);
        ended(status);
        return true;
    }
}
