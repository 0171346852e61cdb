// One worker's side of giving its connections away: batch after batch, on a socket of its own or, with a process that does not know
// lanes, on that of the conversation, where the workers take turns.
using System;
using System.Threading;
using Baton.Engine.Handover;
using Baton.Engine.Loop;
using Baton.Handover.Protocol;

namespace Baton.Handover.Sessions;

/// <summary>What became of a worker's batches.</summary>
internal enum Passed
{
    Whole,
    TooSlow,
    Lost,
}

/// <summary>OWNER: the worker between <see cref="Start"/> and its signal, the conversation's thread else.</summary>
/// <param name="channel">Its socket blocks, with deadlines.</param>
/// <param name="heed">Takes what may come at any moment; true when it was that.</param>
internal sealed class DepartureLane(Worker worker, FrameChannel channel, Func<FrameType, bool> heed)
{
    private readonly DepartureBatch _batch = new(
        worker,
        HandoverProtocol.BatchConnections,
        HandoverProtocol.MaxDescriptors,
        HandoverProtocol.BatchBytes
    );
    private readonly byte[] _claims = new byte[HandoverProtocol.MaxDescriptors];
    private CountdownEvent _round = null!;
    private long _untilMs;
    private bool _ends;

    public FrameChannel Channel => channel;

    /// <summary>Since the last start: something was given away, and how it ended.</summary>
    public bool HasMoved { get; private set; }
    public Passed Outcome { get; private set; }

    /// <summary>
    /// Lets the worker give away what it can, a batch in each turn of its loop, until nothing is left or the time is over, and then signals
    /// <paramref name="round"/>. PERF: the whole exchange runs on the worker's own thread, which rests while the other process answers: on
    /// a busy core the threads of both processes would otherwise wait for a time slice at each of five steps, and so would every frozen
    /// connection (p99.9 under a storm of reloads: 30 ms, now a few).
    /// </summary>
    public void Start(CountdownEvent round, long untilMs)
    {
        (_round, _untilMs, HasMoved, Outcome) = (round, untilMs, false, Passed.Whole);
        worker.Post(MoveBatch);
    }

    private void MoveBatch(Worker _)
    {
        _ends = true;
        try
        {
            _batch.Fill();
            if (_batch.Count == 0)
                return;
            HasMoved = true;
            // as long as nobody says otherwise
            Outcome = Passed.Lost;
            Outcome = Pass();
            _ends = Outcome != Passed.Whole || Environment.TickCount64 >= _untilMs;
            if (!_ends)
                worker.Post(MoveBatch);
        }
        finally
        {
            if (_ends)
                _round.Signal();
        }
    }

    private Passed Pass()
    {
        channel.SetTimeout(HandoverProtocol.BatchTimeoutMs);
        Span<byte> claims = _claims.AsSpan(0, _batch.Count);
        bool sent = channel.Send(FrameType.Connections, _batch.Payload, _batch.Descriptors);
        bool agreed = sent && ExpectClaims(claims, mayTimeOut: true) && channel.Send(FrameType.Commit);
        bool tooSlow = !agreed && channel.TimedOut && channel.Send(FrameType.Withdraw);
        channel.SetTimeout(HandoverProtocol.StepTimeoutMs);
        if (agreed)
        {
            _batch.Finish(claims);
            return Passed.Whole;
        }
        // the other side may be slow and not dead: it must not serve what is taken back here
        if (!tooSlow)
            new FrameChannel(channel.Fd).Send(FrameType.Withdraw);
        _batch.Withdraw();
        return tooSlow ? Passed.TooSlow : Passed.Lost;
    }

    /// <summary>Waits for the answer to a batch that has been taken back. False when there is none.</summary>
    public bool AwaitLateClaims() => ExpectClaims(default, mayTimeOut: false);

    /// <param name="claims">Empty for an answer that does not matter any more.</param>
    private bool ExpectClaims(Span<byte> claims, bool mayTimeOut)
    {
        while (channel.Receive(mayTimeOut))
        {
            channel.CloseDescriptors();
            if (heed(channel.Type))
                continue;
            if (channel.Type != FrameType.Claimed)
            {
                if (Enum.IsDefined(channel.Type))
                    return false;
                continue;
            }
            if (claims.IsEmpty)
                return true;
            if (channel.Payload.Length != claims.Length)
                return false;
            channel.Payload.CopyTo(claims);
            return true;
        }
        return false;
    }
}
