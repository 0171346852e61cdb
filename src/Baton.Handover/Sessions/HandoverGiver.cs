// The leaving side of a handover: answers the next process, stops accepting when it is told to, sends state and live
// connections, stands by for the probation, and leaves when nothing is left. See docs/handover-protocol.md.
using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using Baton.Core.Frames;
using Baton.Engine;
using Baton.Engine.Handover;
using Baton.Engine.Loop;
using Baton.Engine.Traces;
using Baton.Handover.Protocol;
using Baton.Interop.Linux;

namespace Baton.Handover.Sessions;

/// <param name="peer">The other process, by the kernel's word.</param>
internal sealed class HandoverGiver(HandoverDesk desk, int fd, int peer)
{
    private const int StateIntervalMs = 500;

    private readonly EngineState _engine = desk.Engine;
    private readonly FrameChannel _channel = new(fd) { MaxPayload = HandoverProtocol.MaxAnswer };
    private StateTeller? _state;
    private DepartureLane[] _lanes = [];
    private bool _takesLanes;
    private int _slowRounds;
    private long _probationEndsMs,
        _nextStateMs;
    private bool _probationOver,
        _released;

    /// <summary>The other side answers Ping; one is under way since then (0: none); the last answer came; it is slow, and this process
    /// accepts for it.</summary>
    private bool _watches,
        _standingIn;
    private long _pingedMs,
        _aliveMs;

    private static long NowMs => Environment.TickCount64;

    public void Run()
    {
        Converse();
        _state?.End();
        _channel.CloseDescriptors();
        foreach (DepartureLane lane in _lanes)
            if (lane.Channel != _channel)
                Files.close(lane.Channel.Fd);
    }

    private void Converse()
    {
        SocketNames.SetTimeouts(fd, HandoverProtocol.StepTimeoutMs);
        desk.Incoming?.ReleaseAndSettle();
        if (!Greet())
            return;
        if (!SendStateWhenAsked() || !AwaitAccepting(out HashSet<ulong> served))
        {
            HandoverTrace.Tell(HandoverTrace.Error, TraceLevel.Error, peer, "it ended before it accepted connections");
            _engine.Reloads.NoteFailure(peer, "it ended before it accepted connections");
            return;
        }
        HandoverTrace.Tell(HandoverTrace.Accept, TraceLevel.User, peer, $"the next process accepts, on {served.Count} sockets");
        _engine.Handover.Begin(served);
        _probationEndsMs = NowMs + _engine.Config.Global.HandoverProbationMs;
        if (_channel.Send(FrameType.Stopped) && _state!.PassAuthority() && TellCounts() && OpenLanes() && MoveEverything())
        {
            if (!_probationOver)
                _engine.Handover.EndProbation();
            HandoverTrace.Tell(HandoverTrace.End, TraceLevel.User, peer, "all is given away");
            _engine.Handover.End();
            return;
        }
        OnPeerLost();
    }

    private bool Greet()
    {
        if (!Files.WriteAll(fd, HandoverProtocol.Greeting) || !_channel.Expect(FrameType.Hello))
            return false;
        HandoverHello? hello = HandoverHello.Read(_channel.Payload);
        if (hello is null || !hello.SpeaksOurs)
        {
            _channel.Send(FrameType.Refuse, Encoding.UTF8.GetBytes($"protocol version {HandoverProtocol.Version} is spoken here"));
            return false;
        }
        HandoverTrace.Tell(HandoverTrace.New, TraceLevel.User, peer, "another process takes over");
        _watches = hello.AnswersPing;
        _takesLanes = hello.TakesLanes;
        _engine.Handover.NextReadsLayers = hello.ReadsLayers;
        _engine.Handover.NextTakesStreams = hello.TakesStreams;
        _engine.Handover.NextTakesServerStreams = hello.TakesServerStreams;
        _state = new StateTeller(_engine, _channel, hello);
        var mine = new FrameWriter();
        HandoverHello.Write(mine, Participants.All(), desk.Predecessors);
        return _channel.Send(FrameType.Hello, mine.Written);
    }

    private bool SendStateWhenAsked()
    {
        _channel.SetTimeout(HandoverProtocol.PrepareTimeoutMs);
        if (!_channel.Expect(FrameType.Prepared))
            return false;
        _channel.SetTimeout(HandoverProtocol.StepTimeoutMs);
        bool told =
            _state!.GiveTables(_channel.Payload)
            && _state.TellFirst()
            && TellCounts()
            && _state.TellAuthority()
            && _channel.Send(FrameType.StateEnd);
        HandoverTrace.Tell(HandoverTrace.State, TraceLevel.State, peer, told ? "state told" : "state not told");
        return told;
    }

    private bool TellCounts()
    {
        _nextStateMs = NowMs + StateIntervalMs;
        return _state!.TellCounts();
    }

    private bool AwaitAccepting(out HashSet<ulong> served)
    {
        served = [];
        _channel.SetTimeout(HandoverProtocol.PrepareTimeoutMs);
        if (!_channel.Expect(FrameType.Accepting))
            return false;
        _channel.SetTimeout(HandoverProtocol.StepTimeoutMs);
        var list = new FrameReader(_channel.Payload);
        for (int count = list.Int32(); count > 0 && !list.IsShort; count--)
            served.Add((ulong)list.Int64());
        return !list.IsShort;
    }

    /// <summary>
    /// A way for each worker, so that they need not take turns, nor the workers of the other process; this conversation serves all where
    /// the other side does not know of such. False when it is over.
    /// </summary>
    private bool OpenLanes()
    {
        _lanes = Array.ConvertAll(_engine.Workers, w => new DepartureLane(w, _channel, Heed));
        var ends = new int[_lanes.Length];
        int made = 0;
        if (_takesLanes && _lanes.Length <= HandoverProtocol.MaxDescriptors)
            for (; made < ends.Length && SocketNames.Pair(out int mine, out ends[made]); made++)
                _lanes[made] = new DepartureLane(_engine.Workers[made], new FrameChannel(mine), static _ => false);
        bool told = true;
        if (made == ends.Length)
        {
            // no thread but the workers' own has to get its turn from here on
            _engine.Handover.ConnectionsMove = false;
            var payload = new FrameWriter();
            payload.Int32(made);
            told = _channel.Send(FrameType.Lanes, payload.Written, ends);
        }
        else
            // descriptors have run out, or they are not wanted
            for (int i = 0; i < made; i++)
            {
                Files.close(_lanes[i].Channel.Fd);
                _lanes[i] = new DepartureLane(_engine.Workers[i], _channel, Heed);
            }
        for (int i = 0; i < made; i++)
            Files.close(ends[i]);
        return told;
    }

    /// <summary>Lets every worker give away what it can now, for a while. False when the other side was lost.</summary>
    private bool MoveSome(out bool moved)
    {
        moved = false;
        int atOnce = _lanes[0].Channel == _channel ? 1 : _lanes.Length;
        long until = atOnce == 1 ? 0 : NowMs + HandoverProtocol.RoundMs;
        for (int first = 0; first < _lanes.Length; first += atOnce)
        {
            ReadOnlySpan<DepartureLane> some = _lanes.AsSpan(first, atOnce);
            using var round = new CountdownEvent(atOnce);
            foreach (DepartureLane lane in some)
                lane.Start(round, until);
            round.Wait();
            bool slow = false;
            foreach (DepartureLane lane in some)
            {
                if (lane.Outcome == Passed.Lost)
                    return Lose(lane);
                slow |= lane.Outcome == Passed.TooSlow;
                moved |= lane.HasMoved;
                if (lane.HasMoved)
                    HandoverTrace.Tell(HandoverTrace.Move, TraceLevel.State, peer, "connections of a worker moved");
            }
            if (slow && !AwaitLateClaims(some))
                return false;
        }
        return true;
    }

    /// <summary>Why the conversation is over. Returns false.</summary>
    private bool Lose(DepartureLane lane)
    {
        _lostBy = lane.Channel.Error;
        return false;
    }

    private string? _lostBy;

    /// <summary>What the other side has said meanwhile. False when it is gone.</summary>
    private bool Hear()
    {
        while (Files.WaitReadable(fd, -1, 0))
        {
            if (!_channel.Receive())
                return false;
            _channel.CloseDescriptors();
            Heed(_channel.Type);
        }
        return true;
    }

    /// <summary>Sends what can move, again and again as more becomes idle, until no connection is left. False when the other side was
    /// lost.</summary>
    private bool MoveEverything()
    {
        bool swept = false;
        while (true)
        {
            if (!Watch())
                return false;
            if (_standingIn)
            {
                if (!Wait())
                    return false;
                continue;
            }
            if (!MoveSome(out bool moved) || !Hear())
                return false;
            if (moved)
                continue;
            // what was counted while they moved follows them at once
            if (!swept && !(TellCounts() && _channel.Send(FrameType.Swept)))
                return false;
            swept = true;
            _engine.Handover.ConnectionsMove = false;
            if (!_probationOver && NowMs >= _probationEndsMs && (_released || !_watches || _aliveMs >= _probationEndsMs))
            {
                _probationOver = true;
                _engine.Handover.EndProbation();
                continue;
            }
            if (_probationOver && _engine.RemainingConnections == 0 && !SpeaksForAnother)
            {
                // what the one before has counted to its end goes on with this
                desk.Incoming?.AwaitEnd();
                return TellCounts() && _channel.Send(FrameType.Done);
            }
            if (_pingedMs == 0 && NowMs >= _nextStateMs && !TellCounts())
                return false;
            if (_pingedMs == 0 && _engine.Handover.TakeSlotNews() && !_state!.TellSlots())
                return false;
            if (!Wait())
                return false;
        }
    }

    /// <summary>The process before this one still holds slots of servers: the next one hears of them from here alone.</summary>
    private bool SpeaksForAnother => desk.Incoming is { HasEnded: false } && _engine.Handover.OthersHoldSlots;

    /// <summary>Sleeps until a connection can leave, the other side speaks, or the probation ends. False when the other side is
    /// gone.</summary>
    private bool Wait()
    {
        long sleep = _probationOver ? 20 : Math.Clamp(_probationEndsMs - NowMs, 5, 50);
        bool spoken = Files.WaitReadable(fd, _engine.Handover.DepartureEvents, (int)sleep);
        Epoll.Drain(_engine.Handover.DepartureEvents);
        if (!spoken)
            return true;
        if (!_channel.Receive())
            return false;
        _channel.CloseDescriptors();
        Heed(_channel.Type);
        return true;
    }

    /// <summary>What may come at any moment. True when it was that.</summary>
    private bool Heed(FrameType type)
    {
        if (type == FrameType.Release)
            OnRelease();
        else if (type == FrameType.Alive)
            (_pingedMs, _aliveMs) = (0, NowMs);
        else
            return false;
        return true;
    }

    /// <summary>
    /// In the probation: a process that was stopped, or hangs, keeps the conversation open and serves nobody. While it does
    /// not answer this one accepts again, beside it; the probation does not end before an answer. False when it cannot be asked.
    /// </summary>
    private bool Watch()
    {
        if (!_watches || _probationOver || _released)
            return StepAside();
        long now = NowMs;
        if (_pingedMs == 0)
        {
            StepAside();
            bool lastOne = now >= _probationEndsMs && _aliveMs < _probationEndsMs;
            if (now < _aliveMs + HandoverProtocol.PingPauseMs && !lastOne)
                return true;
            _pingedMs = now;
            return _channel.Send(FrameType.Ping);
        }
        if (!_standingIn && now >= _pingedMs + HandoverProtocol.PingPatienceMs)
            StandIn();
        return true;
    }

    private void StandIn()
    {
        if (_standingIn)
            return;
        _standingIn = true;
        _engine.Handover.CollectIdle(false);
        _engine.Handover.StandIn(true);
    }

    private bool StepAside()
    {
        if (!_standingIn)
            return true;
        _standingIn = false;
        _engine.Handover.StandIn(false);
        _engine.Handover.CollectIdle(true);
        return true;
    }

    /// <summary>The other side is sure of itself, or leaves on purpose: either way this process is not needed again.</summary>
    private void OnRelease() => (_probationEndsMs, _released) = (0, true);

    /// <summary>
    /// The other side has not claimed a batch in time (a busy machine, a page not in memory), so its connections go on here.
    /// Its late answer is waited for while they do, and the next batch is offered after it. False when there is none.
    /// </summary>
    private bool AwaitLateClaims(ReadOnlySpan<DepartureLane> lanes)
    {
        if (++_slowRounds > HandoverProtocol.SlowBatches)
            return false;
        if (_probationOver)
            _engine.Handover.CollectIdle(false);
        else
            StandIn();
        foreach (DepartureLane lane in lanes)
            if (lane.Outcome == Passed.TooSlow && !lane.AwaitLateClaims())
                return Lose(lane);
        if (_probationOver)
            _engine.Handover.CollectIdle(true);
        return StepAside();
    }

    /// <summary>The next process is gone or talks nonsense. Within the probation this one accepts again; later it finishes what it
    /// has.</summary>
    private void OnPeerLost()
    {
        bool again = !_probationOver && !_released;
        string? why = _channel.Error ?? _lostBy;
        _standingIn = false;
        _engine.Handover.Resume(again);
        if (!again)
        {
            _engine.Handover.End();
            return;
        }
        HandoverTrace.Tell(HandoverTrace.Error, TraceLevel.Error, peer, $"it was lost in its probation ({why})");
        _engine.Reloads.NoteFailure(peer, $"it was lost in its probation ({why})");
        StandardStreams.Error(
            $"[WARNING]  ({Processes.getpid()}) : the process that was taking over ({peer}) is lost ({why}): serving on.\n"
        );
    }
}
