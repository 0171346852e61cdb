// Which server a stream goes to: persistence or the balancer says it, under the backend's gate; without a free slot the stream queues.
using Baton.Configuration.Model;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Engine.Queues;
using Baton.Engine.Servers;

namespace Baton.Engine.Streams;

/// <summary>A part of its stream.</summary>
internal sealed class ServerChoice(ProxyStream stream)
{
    /// <summary>Where it waits.</summary>
    public QueuePlace Place { get; } = new(stream);

    public void Reset()
    {
        ServerQueuePosition = BackendQueuePosition = 0;
        Tried = Pinned = null;
        ForcePersist = IgnorePersist = false;
        PriorityClass = PriorityOffsetMs = 0;
        _holdsSlot = _isCounted = _inServerQueue = false;
    }

    /// <summary>Its server counts it.</summary>
    public bool HoldsAnything => _holdsSlot || _isCounted;

    /// <summary>Streams that stood before this one when it was queued (log fields %sq and %bq).</summary>
    public int ServerQueuePosition;
    public int BackendQueuePosition;

    /// <summary>The server that failed last, avoided by a redispatch.</summary>
    public ServerState? Tried;

    private bool _holdsSlot,
        _isCounted,
        _inServerQueue;

    /// <summary>It has one of its server's slots.</summary>
    public bool HoldsSlot => _holdsSlot;

    /// <summary>The server a rule or a cookie insists on.</summary>
    public ServerState? Pinned;

    /// <summary>force-persist and ignore-persist: a server that is down is followed all the same; cookies and stick tables choose
    /// nothing.</summary>
    public bool ForcePersist,
        IgnorePersist;

    /// <summary>Persistence leads to its server even when that is down (option persist, force-persist).</summary>
    public bool Insists => ForcePersist || (stream.Backend!.Config.Options & ProxyOptions.Persist) != 0;

    private enum Outcome : byte
    {
        /// <summary>Of a server a slot is taken.</summary>
        Server,
        Nobody,

        /// <summary>The queue of the server.</summary>
        Full,
        Queued,
    }

    /// <summary>What is done under the gate, and nothing else: a fault in here is this stream's alone.</summary>
    private Outcome Choose(BackendState backend, bool insisted, ref ServerState? chosen)
    {
        using (backend.Gate.Enter())
        {
            if (FaultInjection.On)
                FaultInjection.Strike(FaultPlace.Choose);
            chosen ??= backend.Dispatch ?? backend.Balancer.Pick(stream, Tried);
            if (chosen is { HasFreeSlot: true } && (!insisted || chosen.Queue.Count == 0))
            {
                chosen.Served++;
                return Outcome.Server;
            }
            if (chosen is null && backend.UsableServers == 0)
                return Outcome.Nobody;
            PendingQueue queue = chosen is null ? backend.Queue : chosen.Queue;
            if (chosen is not null && chosen.Config.MaxQueue > 0 && queue.Count >= chosen.Config.MaxQueue)
                return Outcome.Full;
            // the class, then the time of arrival with the offset
            Place.Key = ((long)PriorityClass << 44) + stream.Worker.NowMs + PriorityOffsetMs;
            queue.Add(Place);
            return Outcome.Queued;
        }
    }

    /// <summary>Chooses a server and takes a slot, or queues. Leaves ServerPhase at Queued, Connecting (a server is assigned) or
    /// Failed.</summary>
    public void Make()
    {
        BackendState backend = stream.Backend!;
        stream.Variables.BeginResponse();
        if (Pinned is { IsRunning: false } && !Insists)
            Pinned = null;
        ServerState? chosen = Pinned ?? LastServer();
        bool insisted = chosen is not null;
        Outcome outcome = Choose(backend, insisted, ref chosen);
        if (outcome == Outcome.Server)
        {
            Assigned(chosen!);
            if (!insisted && chosen != backend.Dispatch)
            {
                stream.Counters.Server!.LoadBalanced++;
                stream.Counters.Backend!.LoadBalanced++;
            }
            return;
        }
        if (outcome == Outcome.Nobody)
        {
            stream.Connecting.Fail(ServerFailure.NoServer);
            return;
        }
        if (outcome == Outcome.Full)
        {
            // option redispatch: another server is better than none
            if (insisted && !ForcePersist && backend.Config.RedispatchAfter != 0)
            {
                Pinned = null;
                Make();
                return;
            }
            // COMPAT: it is that server's refusal
            stream.Server = chosen;
            chosen!.Enter();
            _isCounted = true;
            if (!insisted)
            {
                stream.Counters.Server!.LoadBalanced++;
                stream.Counters.Backend!.LoadBalanced++;
            }
            stream.Connecting.Fail(ServerFailure.QueueFull);
            return;
        }
        _inServerQueue = chosen is not null;
        if (_inServerQueue && !insisted)
        {
            chosen!.Counters[stream.Worker.Index].LoadBalanced++;
            stream.Counters.Backend!.LoadBalanced++;
        }
        stream.ServerPhase = ServerPhase.Queued;
        int timeout = stream.BackendTimeouts.Queue >= 0 ? stream.BackendTimeouts.Queue : stream.BackendTimeouts.Connect;
        stream.PhaseDeadlineMs = stream.DeadlineIn(timeout);
    }

    /// <summary>option prefer-last-server: the server whose connection this client has kept, unless too many wait for it
    /// (max-keep-alive-queue).</summary>
    private ServerState? LastServer()
    {
        if (
            (stream.Backend!.Config.Options & ProxyOptions.PreferLastServer) == 0
            || stream.Session.PrivateServer is not { Server: var last }
            || last.Backend != stream.Backend
            || !last.IsUsable
            || last == Tried
        )
            return null;
        int limit = stream.Backend.Config.MaxKeepAliveQueue;
        return limit < 0 || last.HasFreeSlot && last.Queue.Count == 0 || last.Queue.Count < limit ? last : null;
    }

    private void Assigned(ServerState server)
    {
        stream.Server = server;
        _holdsSlot = true;
        if (!_isCounted)
        {
            _isCounted = true;
            server.Enter();
        }
        stream.Connecting.CountAttempt();
        stream.Counters.Backend!.LastSessionMs = stream.Worker.WallClockMs;
        stream.Connecting.BeginServer();
        if (stream.Times.Queue < 0)
            stream.Times.Queue = stream.Worker.NowMs;
        stream.PhaseDeadlineMs = long.MaxValue;
        stream.ServerPhase = ServerPhase.Connecting;
    }

    /// <summary>Called on this stream's worker when another stream's slot was passed on to it.</summary>
    public void Granted(ServerState server)
    {
        if (stream.IsEnded || stream.ServerPhase != ServerPhase.Queued)
        {
            server.GiveBackSlot(stream.Worker);
            return;
        }
        NotePlace(Place.Passed);
        Assigned(server);
        stream.Process();
    }

    /// <summary>The server it waited for is down, and it was taken out of the queue. On this stream's worker.</summary>
    public void MakeAnew(uint life)
    {
        if (stream.SequenceNumber != life || stream.IsEnded || stream.ServerPhase != ServerPhase.Queued || Place.In is not null)
            return;
        NotePlace(Place.Passed);
        Pinned = null;
        stream.PhaseDeadlineMs = long.MaxValue;
        stream.ServerPhase = ServerPhase.Choosing;
        stream.Process();
    }

    public void LeaveQueue()
    {
        if (stream.Backend is null)
            return;
        bool waited;
        using (stream.Backend.Gate.Enter())
        {
            waited = Place.In is not null;
            Place.In?.Remove(Place);
        }
        if (!waited)
            return;
        NotePlace(Place.Passed + 1);
        stream.Times.Queue = stream.Worker.NowMs;
    }

    /// <summary>COMPAT: the first that has to wait is number 1.</summary>
    private void NotePlace(long place)
    {
        if (_inServerQueue)
            ServerQueuePosition = (int)place;
        else
            BackendQueuePosition = (int)place;
    }

    /// <summary>Gives the slot back and passes it to the next in the queue.</summary>
    public void ReleaseSlot()
    {
        ServerState? server = stream.Server;
        if (server is null)
            return;
        if (_isCounted)
        {
            _isCounted = false;
            server.Leave();
        }
        if (!_holdsSlot)
            return;
        _holdsSlot = false;
        server.GiveBackSlot(stream.Worker);
    }

    /// <summary>Counts the stream in at its server as if it had been chosen here; limits do not apply to what already runs.</summary>
    public void TakeSlot(ServerState server)
    {
        using (server.Backend.Gate.Enter())
        {
            server.Served++;
        }
        server.Enter();
        _holdsSlot = _isCounted = true;
    }

    /// <summary>"set-priority-class" (-2047 to 2047) and "set-priority-offset" (ms).</summary>
    public int PriorityClass,
        PriorityOffsetMs;
}
