// Getting a server: choice, queue, connection, retries, and giving all of it back.
using System;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Connections.Handshakes;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Interop.Linux;

namespace Baton.Engine.Streams;

public abstract partial class ProxyStream
{
    /// <summary>COMPAT: HAProxy waits a second before it tries the same server again.</summary>
    private const int RetryDelayMs = 1000;

    public ServerPhase ServerPhase;
    public ServerFailure Failure;
    public int Retries;
    public bool Redispatched;

    /// <summary>Streams that stood before this one when it was queued (log fields %sq and %bq).</summary>
    public int ServerQueuePosition,
        BackendQueuePosition;

    /// <summary>"set-retries": connects tried again on this stream, whatever its backend says; -1 when not set.</summary>
    internal int RetriesOfRule { get; set; }
    protected int MaxRetries => RetriesOfRule >= 0 ? RetriesOfRule : Backend!.Config.Retries;

    /// <summary>"set-bc-mark" and "set-bc-tos".</summary>
    internal ServerMarks ServerMarks { get; set; }

    /// <summary>The server that failed last, avoided by a redispatch.</summary>
    protected ServerState? TriedServer;
    private bool _holdsSlot,
        _countedInServer,
        _inServerQueue;

    /// <summary>It has one of its server's slots.</summary>
    internal bool HoldsSlot => _holdsSlot;

    /// <summary>The server a rule or a cookie insists on.</summary>
    public ServerState? PinnedServer;

    /// <summary>force-persist and ignore-persist: a server that is down is followed all the same; cookies and stick tables choose
    /// nothing.</summary>
    internal bool ForcePersist,
        IgnorePersist;

    /// <summary>Persistence leads to its server even when that is down (option persist, force-persist).</summary>
    internal bool InsistsOnPersistence => ForcePersist || (Backend!.Config.Options & ProxyOptions.Persist) != 0;

    private enum Choice : byte
    {
        /// <summary>Of a server a slot is taken.</summary>
        Server,
        Nobody,

        /// <summary>The queue of the server.</summary>
        Full,
        Queued,
    }

    /// <summary>What is done under the gate, and nothing else: a fault in here is this stream's alone.</summary>
    private Choice Choose(BackendState backend, bool insisted, ref ServerState? chosen)
    {
        using (backend.Gate.Enter())
        {
            if (FaultInjection.On)
                FaultInjection.Strike(FaultPlace.Choose);
            chosen ??= backend.Dispatch ?? backend.Balancer.Pick(this, TriedServer);
            if (chosen is { HasFreeSlot: true } && (!insisted || chosen.Queue.Count == 0))
            {
                chosen.Served++;
                return Choice.Server;
            }
            if (chosen is null && backend.UsableServers == 0)
                return Choice.Nobody;
            Queues.PendingQueue queue = chosen is null ? backend.Queue : chosen.Queue;
            if (chosen is not null && chosen.Config.MaxQueue > 0 && queue.Count >= chosen.Config.MaxQueue)
                return Choice.Full;
            // the class, then the time of arrival with the offset
            QueueKey = ((long)PriorityClass << 44) + Worker.NowMs + PriorityOffsetMs;
            queue.Add(this);
            return Choice.Queued;
        }
    }

    /// <summary>Chooses a server and takes a slot, or queues. Leaves ServerPhase at Queued, Connecting (a server is assigned) or
    /// Failed.</summary>
    protected void ChooseServer()
    {
        BackendState backend = Backend!;
        BeginResponseVariables();
        if (PinnedServer is { IsRunning: false } && !InsistsOnPersistence)
            PinnedServer = null;
        ServerState? chosen = PinnedServer ?? LastServer();
        bool insisted = chosen is not null;
        Choice choice = Choose(backend, insisted, ref chosen);
        if (choice == Choice.Server)
        {
            Assigned(chosen!);
            if (!insisted && chosen != backend.Dispatch)
            {
                ServerCounters!.LoadBalanced++;
                BackendCounters!.LoadBalanced++;
            }
            return;
        }
        if (choice == Choice.Nobody)
        {
            FailServer(ServerFailure.NoServer);
            return;
        }
        if (choice == Choice.Full)
        {
            // option redispatch: another server is better than none
            if (insisted && !ForcePersist && backend.Config.RedispatchAfter != 0)
            {
                PinnedServer = null;
                ChooseServer();
                return;
            }
            // COMPAT: it is that server's refusal
            Server = chosen;
            chosen!.Enter();
            _countedInServer = true;
            if (!insisted)
            {
                ServerCounters!.LoadBalanced++;
                BackendCounters!.LoadBalanced++;
            }
            FailServer(ServerFailure.QueueFull);
            return;
        }
        _inServerQueue = chosen is not null;
        if (_inServerQueue && !insisted)
        {
            chosen!.Counters[Worker.Index].LoadBalanced++;
            BackendCounters!.LoadBalanced++;
        }
        ServerPhase = ServerPhase.Queued;
        int timeout = BackendTimeouts.Queue >= 0 ? BackendTimeouts.Queue : BackendTimeouts.Connect;
        PhaseDeadlineMs = DeadlineIn(timeout);
    }

    /// <summary>option prefer-last-server: the server whose connection this client has kept, unless too many wait for it
    /// (max-keep-alive-queue).</summary>
    private ServerState? LastServer()
    {
        if (
            (Backend!.Config.Options & ProxyOptions.PreferLastServer) == 0
            || Session.PrivateServer is not { Server: var last }
            || last.Backend != Backend
            || !last.IsUsable
            || last == TriedServer
        )
            return null;
        int limit = Backend.Config.MaxKeepAliveQueue;
        return limit < 0 || last.HasFreeSlot && last.Queue.Count == 0 || last.Queue.Count < limit ? last : null;
    }

    private void Assigned(ServerState server)
    {
        Server = server;
        _holdsSlot = true;
        if (!_countedInServer)
        {
            _countedInServer = true;
            server.Enter();
        }
        CountAttempt();
        BackendCounters!.LastSessionMs = Worker.WallClockMs;
        _hasAskedOthers = false;
        _joined = 0;
        if (Times.Queue < 0)
            Times.Queue = Worker.NowMs;
        PhaseDeadlineMs = long.MaxValue;
        ServerPhase = ServerPhase.Connecting;
    }

    /// <summary>COMPAT: every attempt on a server is one of its sessions.</summary>
    private void CountAttempt()
    {
        TrafficCounters counters = ServerCounters!;
        counters.Sessions++;
        counters.LastSessionMs = Worker.WallClockMs;
        counters.SessionRateMax = Math.Max(counters.SessionRateMax, counters.SessionRate.Add(Worker.NowMs));
    }

    /// <summary>The wait before the same server is tried again is over.</summary>
    protected void TryAgain()
    {
        if (_portWaitEndsMs == 0)
            CountAttempt();
        ServerPhase = ServerPhase.Connecting;
    }

    /// <summary>Called on this stream's worker when another stream's slot was passed on to it.</summary>
    internal void SlotGranted(ServerState server)
    {
        if (IsEnded || ServerPhase != ServerPhase.Queued)
        {
            server.GiveBackSlot(Worker);
            return;
        }
        NoteQueuePlace(QueuePlace);
        Assigned(server);
        Process();
    }

    /// <summary>The server it waited for is down, and it was taken out of the queue. On this stream's worker.</summary>
    internal void ChooseAnew(uint life)
    {
        if (SequenceNumber != life || IsEnded || ServerPhase != ServerPhase.Queued || QueuedIn is not null)
            return;
        NoteQueuePlace(QueuePlace);
        PinnedServer = null;
        PhaseDeadlineMs = long.MaxValue;
        ServerPhase = ServerPhase.Choosing;
        Process();
    }

    internal void LeaveQueue()
    {
        if (Backend is null)
            return;
        bool waited;
        using (Backend.Gate.Enter())
        {
            waited = QueuedIn is not null;
            QueuedIn?.Remove(this);
        }
        if (!waited)
            return;
        NoteQueuePlace(QueuePlace + 1);
        Times.Queue = Worker.NowMs;
    }

    /// <summary>COMPAT: the first that has to wait is number 1.</summary>
    private void NoteQueuePlace(long place)
    {
        if (_inServerQueue)
            ServerQueuePosition = (int)place;
        else
            BackendQueuePosition = (int)place;
    }

    protected void FailServer(ServerFailure why)
    {
        Failure = why;
        if (BackendCounters is { } backend)
            backend.ConnectionErrors++;
        if (why is ServerFailure.ConnectError or ServerFailure.ConnectTimeout or ServerFailure.Resource && ServerCounters is { } server)
            server.ConnectionErrors++;
        ServerPhase = ServerPhase.Failed;
        PhaseDeadlineMs = long.MaxValue;
    }

    /// <summary>Opens a connection to the assigned server, or takes an idle one. Sets ServerSide; Connected at once when it was
    /// idle.</summary>
    protected bool ConnectToServer(ServerConnection? reused)
    {
        ServerState server = Server!;
        if (reused is not null)
        {
            ServerSide = reused;
            if (reused.Mux is null)
                reused.Stream = this;
            else if (!JoinFrames())
            {
                OnConnectFailed(Errno.ENOMEM);
                return false;
            }
            ServerPhase = ServerPhase.Connected;
            Times.Connect = Worker.NowMs;
            ServerCounters!.ConnectionReuses++;
            BackendCounters!.ConnectionReuses++;
            return true;
        }
        if (_portWaitEndsMs == 0)
        {
            ServerCounters!.ConnectionAttempts++;
            BackendCounters!.ConnectionAttempts++;
        }
        ConnectPlan plan = ConnectPlan.To(server, Source, Destination, ServerMarks);
        int fd = Connector.Open(Worker, plan, out bool connected);
        // an idle connection is worth less than a request
        if (fd is -Errno.EMFILE or -Errno.ENFILE && Worker.PoolPurger.DropOne())
            fd = Connector.Open(Worker, plan, out connected);
        if (fd == -Connector.NoPort && WaitForPort())
            return false;
        if (fd < 0)
        {
            OnConnectFailed(-fd);
            return false;
        }
        _portWaitEndsMs = 0;
        if (Worker.ServerConnections.Rent() is not { } connection)
        {
            Files.close(fd);
            OnConnectFailed(Errno.ENOMEM);
            return false;
        }
        connection.Open(Worker, server, fd);
        connection.Stream = this;
        connection.Marks = ServerMarks;
        NoteConnecting(connection);
        ServerSide = connection;
        connection.CanWrite = connected;
        ServerPhase = ServerPhase.Connecting;
        PhaseDeadlineMs = DeadlineIn(BackendTimeouts.Connect);
        return !connected || CheckConnecting() || ServerPhase == ServerPhase.Connecting;
    }

    /// <summary>Another worker was asked for an idle connection to this server: it is not asked twice.</summary>
    private bool _hasAskedOthers;

    /// <summary>This worker keeps no idle connection that would do: if another one may, waits for its answer.</summary>
    protected bool WaitForLoan(bool provenOnly, ulong nameKey)
    {
        if (_hasAskedOthers || !Worker.Engine.IdleLoans.TryAsk(this, Server!, provenOnly, nameKey))
            return false;
        _hasAskedOthers = true;
        ServerPhase = ServerPhase.Borrowing;
        PhaseDeadlineMs = DeadlineIn(IdleLoans.PatienceMs);
        return true;
    }

    /// <summary>The other worker's connection is in this worker's pool, or there is none: goes on with what is there.</summary>
    internal void LoanAnswered()
    {
        if (IsEnded || ServerPhase != ServerPhase.Borrowing)
            return;
        StopBorrowing();
        Process();
    }

    /// <summary>Times it has waited for another stream's connection.</summary>
    private int _joined;

    /// <summary>Another stream's connection to this server is being set up, which this one may join: waits for it. False when it has done
    /// so often enough.</summary>
    protected bool WaitToJoin()
    {
        if (_joined == MostJoined)
            return false;
        _joined++;
        Server!.Pools[Worker.Index].Join(this, SequenceNumber);
        ServerPhase = ServerPhase.Borrowing;
        PhaseDeadlineMs = DeadlineIn(BackendTimeouts.Connect);
        return true;
    }

    private const int MostJoined = 3;

    /// <summary>Looks again, in its turn, for what it has waited for.</summary>
    void IJoining.GoOnConnecting(uint sequence)
    {
        if (SequenceNumber != sequence || IsEnded || ServerPhase != ServerPhase.Borrowing)
            return;
        StopBorrowing();
        Worker.Enqueue(this);
    }

    protected void StopBorrowing()
    {
        PhaseDeadlineMs = long.MaxValue;
        ServerPhase = ServerPhase.Connecting;
    }

    /// <summary>Until when a port is waited for; 0 when none is.</summary>
    private long _portWaitEndsMs;

    /// <summary>
    /// Another worker's idle connections may have the ports: it is asked for one, and this stream looks again in a moment. False when it
    /// has waited long enough.
    /// </summary>
    private bool WaitForPort()
    {
        if (Worker.Engine.WorkerCount == 1)
            return false;
        if (_portWaitEndsMs == 0)
            _portWaitEndsMs = Worker.NowMs + SourcePorts.MaxWaitMs;
        if (Worker.NowMs >= _portWaitEndsMs)
            return false;
        SourcePorts.AskOthers(Worker, Server!.Endpoint!);
        ServerPhase = ServerPhase.RetryDelay;
        PhaseDeadlineMs = DeadlineIn(SourcePorts.WaitMs);
        return true;
    }

    /// <summary>The first sign of life of a connection being set up: it is established.</summary>
    protected void OnConnected()
    {
        ServerPhase = ServerPhase.Connected;
        ServerSide!.SkipHandshake();
        if (Server!.IsObserved)
            Checks.TrafficObserver.Connected(Server);
        Times.Connect = Worker.NowMs;
        PhaseDeadlineMs = long.MaxValue;
    }

    /// <summary>A connection is being set up for this stream.</summary>
    protected virtual void NoteConnecting(ServerConnection connection) { }

    /// <summary>The connection is there: what is spoken on it is begun. False when there is no memory for it.</summary>
    protected virtual bool BeginProtocol() => true;

    /// <summary>Becomes one more stream of <see cref="ServerSide"/>, which speaks in frames. False when there is no memory.</summary>
    protected virtual bool JoinFrames() => false;

    /// <summary>Looks at a connecting socket after an event. True when connected.</summary>
    protected bool CheckConnecting()
    {
        switch (ServerSide!.ShakeHands())
        {
            case HandshakeResult.Done:
                if (!BeginProtocol())
                {
                    OnConnectFailed(Errno.ENOMEM);
                    return false;
                }
                OnConnected();
                return true;
            case HandshakeResult.Failed:
                OnConnectFailed(ServerSide.Error);
                return false;
            default:
                return false;
        }
    }

    /// <summary>The connection could not be made: another try, another server, or the end (manual: retries, option redispatch).</summary>
    protected void OnConnectFailed(int errno, bool timeout = false)
    {
        _portWaitEndsMs = 0;
        CloseServerSide();
        if (Server!.IsObserved)
            Checks.TrafficObserver.Failed(Server, Checks.TrafficObserver.NoConnection);
        if (Retries >= MaxRetries || errno is Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM)
        {
            ReleaseSlot();
            FailServer(
                timeout ? ServerFailure.ConnectTimeout
                : errno is Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM ? ServerFailure.Resource
                : ServerFailure.ConnectError
            );
            return;
        }
        Retries++;
        if (MayRedispatch())
        {
            Redispatch();
            return;
        }
        ServerCounters!.Retries++;
        BackendCounters!.Retries++;
        ServerPhase = ServerPhase.RetryDelay;
        int connect = BackendTimeouts.Connect;
        PhaseDeadlineMs = DeadlineIn(
            timeout ? 0
            : connect >= 0 ? Math.Min(RetryDelayMs, connect)
            : RetryDelayMs
        );
    }

    /// <summary>option redispatch N: 0 off; positive: every Nth retry; negative: as often as the Nth retry from the last is far.</summary>
    protected bool MayRedispatch()
    {
        int after = Backend!.Config.RedispatchAfter;
        if (after == 0 || ForcePersist || Server == Backend.Dispatch)
            return false;
        // a server that persistence insisted on need not be one of those that may be chosen
        if (Backend.UsableServers < 2 && (Backend.UsableServers == 0 || Backend.Balancer.Usable[0] == Server))
            return false;
        // COMPAT: who nothing binds to its server takes the next one in turn at once
        if (
            PinnedServer is null
            && Backend.UsableServers > 1
            && Backend.Config.Balance.Algorithm
                is BalanceAlgorithm.RoundRobin
                    or BalanceAlgorithm.StaticRoundRobin
                    or BalanceAlgorithm.Random
        )
            return true;
        int every = after > 0 ? after : MaxRetries + 1 + after;
        return every > 0 && Retries % every == 0;
    }

    /// <summary>Leaves the server for the one that is chosen now.</summary>
    protected void Redispatch()
    {
        ServerCounters!.Redispatches++;
        BackendCounters!.Redispatches++;
        Redispatched = true;
        TriedServer = Server;
        PinnedServer = null;
        ReleaseSlot();
        ServerPhase = ServerPhase.Choosing;
    }

    /// <summary>Closes the server connection without giving the slot back.</summary>
    internal void CloseServerSide()
    {
        RememberServerSide();
        ServerDeadlineMs = long.MaxValue;
        DropServerSide();
    }

    /// <summary>A connection that others share goes on without this stream.</summary>
    private void DropServerSide()
    {
        ServerConnection? side = ServerSide;
        ServerSide = null;
        if (ServerFrames is null)
            side?.Discard();
        else
            LeaveFrames(side!);
    }

    /// <summary>Is no stream of the connection any more.</summary>
    protected virtual void LeaveFrames(ServerConnection side) { }

    /// <summary>The server's end is gone, and is given back elsewhere.</summary>
    internal void ForgetServer()
    {
        ServerSide = null;
        ServerFrames = null;
    }

    /// <summary>Gives the slot back and passes it to the next in the queue.</summary>
    protected void ReleaseSlot()
    {
        ServerState? server = Server;
        if (server is null)
            return;
        if (_countedInServer)
        {
            _countedInServer = false;
            server.Leave();
        }
        if (!_holdsSlot)
            return;
        _holdsSlot = false;
        server.GiveBackSlot(Worker);
    }
}
