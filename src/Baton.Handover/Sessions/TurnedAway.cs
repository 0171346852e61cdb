// A process that has asked for a handover and cannot have one now. It is told at once and nothing it says is read; the socket
// stays until it has gone, because a closed one would swallow the answer when it speaks first (Hello).
using System;
using System.Text;
using Baton.Core.Frames;
using Baton.Engine.Loop;
using Baton.Handover.Protocol;
using Baton.Interop.Linux;

namespace Baton.Handover.Sessions;

/// <summary>OWNER: the worker the connection was accepted by.</summary>
internal sealed class TurnedAway : Engine.Loop.EventHandler
{
    private readonly Worker _worker;
    private readonly Action _left;

    public TurnedAway(Worker worker, int fd, Action left) => (_worker, Fd, _left) = (worker, fd, left);

    /// <summary>The greeting and the answer, as far as the socket takes them without waiting. False when it does not.</summary>
    public static bool Tell(int fd, FrameType how, string why)
    {
        byte[] text = Encoding.UTF8.GetBytes(why);
        var frame = new FrameWriter();
        frame.UInt16((int)how);
        frame.UInt16(0);
        frame.Int32(text.Length);
        byte[] answer = [.. HandoverProtocol.Greeting, .. frame.Written, .. text];
        return SocketNames.Send(fd, answer) == answer.Length;
    }

    public void Wait()
    {
        // EPOLLHUP comes unasked: what he sends stays where it is
        if (!_worker.Register(this, Epoll.RDHUP))
        {
            Files.close(Fd);
            Fd = -1;
            _left();
            return;
        }
        _worker.Timers.Arm(this, _worker.NowMs + HandoverProtocol.StepTimeoutMs);
    }

    public override void OnEvents(uint events) => Leave();

    public override void OnTimer(long nowMs) => Leave();

    private void Leave()
    {
        if (Fd < 0)
            return;
        _worker.Timers.Cancel(this);
        _worker.CloseRegistered(this);
        _left();
    }
}
