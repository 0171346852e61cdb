// A worker's side of taking the connections of one worker of the process before: offered, claimed and committed on a socket of their
// own, which this worker polls beside everything else. It serves on between two of these steps.
using System;
using Baton.Engine.Loop;
using Baton.Handover.Protocol;
using Baton.Interop.Linux;

namespace Baton.Handover.Sessions;

/// <summary>OWNER: its worker. It lives until the other side closes the socket: while a batch has no verdict nobody else may end
/// it.</summary>
/// <param name="next">Whose turn it is to get a connection.</param>
/// <param name="taken">Told what came of each batch.</param>
internal sealed class ArrivalLane(Worker worker, int fd, Func<int> next, Action<ArrivalBatch> taken) : Engine.Loop.EventHandler
{
    /// <summary>Frames taken before others have their turn.</summary>
    private const int FramesAtOnce = 2;

    private readonly FrameChannel _channel = new(fd) { IsPolled = true };
    private readonly ArrivalBatch _batch = new(worker.Engine, worker, next);

    /// <summary>The batch is claimed, and not decided.</summary>
    private bool _isOffered;

    public Worker Worker => worker;

    /// <summary>Begins to listen. On its worker.</summary>
    public void Open()
    {
        Fd = fd;
        Files.SetNonBlocking(fd);
        if (worker.Register(this, Epoll.IN | Epoll.RDHUP))
            return;
        // the other side finds nobody here, and goes on as if this process had ended
        Files.close(fd);
        Fd = -1;
    }

    public override void OnEvents(uint events) => Take(FramesAtOnce);

    public override void OnTimer(long nowMs) { }

    /// <summary>Takes what has come, up to so many frames.</summary>
    public void Take(int frames = int.MaxValue)
    {
        for (; frames > 0 && Fd >= 0; frames--)
        {
            if (_channel.Receive())
                Heed();
            else if (_channel.TimedOut)
                return;
            else
                Close();
        }
    }

    private void Heed()
    {
        switch (_channel.Type)
        {
            case FrameType.Connections when !_isOffered:
                Judge();
                break;
            case FrameType.Commit when _isOffered:
                Adopt();
                break;
            case FrameType.Withdraw when _isOffered:
                Withdraw();
                break;
        }
    }

    private void Judge()
    {
        if (!_batch.TryRead(_channel))
        {
            Close();
            return;
        }
        _isOffered = true;
        if (_channel.Send(FrameType.Claimed, _batch.Claims()))
            return;
        // not told is not claimed
        Withdraw();
        Close();
    }

    private void Adopt()
    {
        _isOffered = false;
        _batch.Adopt();
        taken(_batch);
    }

    private void Withdraw()
    {
        _isOffered = false;
        _batch.Withdraw();
    }

    /// <summary>The other side has ended without a word: what was claimed it had given up.</summary>
    private void Close()
    {
        if (Fd < 0)
            return;
        _channel.CloseDescriptors();
        worker.CloseRegistered(this);
        if (_isOffered)
            Adopt();
    }

    public override void Abandon()
    {
        if (_isOffered)
            Withdraw();
        Close();
    }
}
