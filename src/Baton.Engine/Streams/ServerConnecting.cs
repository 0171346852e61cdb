// A connection to the server that was chosen: a new one, one that is lent, and what follows when it cannot be had.
using System;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Connections.Handshakes;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Interop.Linux;

namespace Baton.Engine.Streams;

/// <summary>A part of its stream.</summary>
internal sealed class ServerConnecting(ProxyStream stream) : IJoining
{
    public void Reset()
    {
        Failure = ServerFailure.None;
        Retries = 0;
        IsRedispatched = false;
        RetriesOfRule = -1;
        Marks = default;
        _portWaitEndsMs = _roomWaitEndsMs = 0;
        BeginServer();
    }

    /// <summary>A server was assigned, which has not been tried yet.</summary>
    public void BeginServer()
    {
        _hasAskedOthers = false;
        _joined = 0;
    }

    /// <summary>COMPAT: HAProxy waits a second before it tries the same server again.</summary>
    private const int RetryDelayMs = 1000;
    public ServerFailure Failure;
    public int Retries;
    public bool IsRedispatched;

    /// <summary>"set-retries": connects tried again on this stream, whatever its backend says; -1 when not set.</summary>
    public int RetriesOfRule { get; set; }
    public int MaxRetries => RetriesOfRule >= 0 ? RetriesOfRule : stream.Backend!.Config.Retries;

    /// <summary>"set-bc-mark" and "set-bc-tos".</summary>
    public ServerMarks Marks { get; set; }

    /// <summary>COMPAT: every attempt on a server is one of its sessions.</summary>
    public void CountAttempt()
    {
        TrafficCounters counters = stream.Counters.Server!;
        counters.Sessions++;
        counters.LastSessionMs = stream.Worker.WallClockMs;
        counters.SessionRate.Add(stream.Worker.NowMs);
    }

    /// <summary>The wait before the same server is tried again is over.</summary>
    public void TryAgain()
    {
        if (_portWaitEndsMs == 0 && _roomWaitEndsMs == 0)
            CountAttempt();
        stream.ServerPhase = ServerPhase.Connecting;
    }

    public void Fail(ServerFailure why)
    {
        Failure = why;
        if (stream.Counters.Backend is { } backend)
            backend.ConnectionErrors++;
        if (
            why is ServerFailure.ConnectError or ServerFailure.ConnectTimeout or ServerFailure.Resource
            && stream.Counters.Server is { } server
        )
            server.ConnectionErrors++;
        stream.ServerPhase = ServerPhase.Failed;
        stream.PhaseDeadlineMs = long.MaxValue;
    }

    /// <summary>Opens a connection to the assigned server, or takes an idle one. Sets ServerSide; Connected at once when it was
    /// idle.</summary>
    public bool Connect(ServerConnection? reused)
    {
        ServerState server = stream.Server!;
        if (reused is not null)
        {
            stream.ServerSide = reused;
            if (reused.Mux is null)
                reused.Stream = stream;
            else if (!stream.JoinFrames())
            {
                OnFailed(Errno.ENOMEM);
                return false;
            }
            stream.ServerPhase = ServerPhase.Connected;
            stream.Times.Connect = stream.Worker.NowMs;
            stream.Counters.Server!.ConnectionReuses++;
            stream.Counters.Backend!.ConnectionReuses++;
            return true;
        }
        if (server.OpenConnections is not null && !HasRoom(server))
            return false;
        if (_portWaitEndsMs == 0)
        {
            stream.Counters.Server!.ConnectionAttempts++;
            stream.Counters.Backend!.ConnectionAttempts++;
        }
        ConnectPlan plan = ConnectPlan.To(server, stream.Source, stream.Destination, Marks);
        int fd = Connector.Open(stream.Worker, plan, out bool connected);
        // an idle connection is worth less than a request
        if (fd is -Errno.EMFILE or -Errno.ENFILE && stream.Worker.PoolPurger.DropOne())
            fd = Connector.Open(stream.Worker, plan, out connected);
        if (fd < 0)
            server.OpenConnections?.GiveBack();
        if (fd == -Connector.NoPort && WaitForPort())
            return false;
        if (fd < 0)
        {
            OnFailed(-fd, isAtOnce: true);
            return false;
        }
        _portWaitEndsMs = 0;
        if (stream.Worker.ServerConnections.Rent() is not { } connection)
        {
            Files.close(fd);
            server.OpenConnections?.GiveBack();
            OnFailed(Errno.ENOMEM);
            return false;
        }
        connection.Open(stream.Worker, server, fd);
        connection.Stream = stream;
        connection.Marks = Marks;
        connection.NameKey = ServerNames.KeyOf(stream, server);
        stream.NoteConnecting(connection);
        stream.ServerSide = connection;
        connection.CanWrite = connected;
        stream.ServerPhase = ServerPhase.Connecting;
        stream.PhaseDeadlineMs = stream.DeadlineIn(stream.BackendTimeouts.Connect);
        return !connected || Check() || stream.ServerPhase == ServerPhase.Connecting;
    }

    /// <summary>Until when room for a connection is waited for; 0 when none is.</summary>
    private long _roomWaitEndsMs;

    /// <summary>"strict-maxconn": there may be one connection more, or this stream looks again in a moment, for as long as it would wait in
    /// a queue.</summary>
    private bool HasRoom(ServerState server)
    {
        if (ConnectionRoom.TryTake(stream.Worker, server))
        {
            _roomWaitEndsMs = 0;
            return true;
        }
        if (_roomWaitEndsMs == 0)
            _roomWaitEndsMs = stream.DeadlineIn(
                stream.BackendTimeouts.Queue >= 0 ? stream.BackendTimeouts.Queue : stream.BackendTimeouts.Connect
            );
        if (stream.Worker.NowMs >= _roomWaitEndsMs)
        {
            _roomWaitEndsMs = 0;
            stream.Choice.ReleaseSlot();
            Fail(ServerFailure.QueueTimeout);
            return false;
        }
        stream.ServerPhase = ServerPhase.RetryDelay;
        stream.PhaseDeadlineMs = stream.DeadlineIn(ConnectionRoom.WaitMs);
        return false;
    }

    /// <summary>Another worker was asked for an idle connection to this server: it is not asked twice.</summary>
    private bool _hasAskedOthers;

    /// <summary>This worker keeps no idle connection that would do: if another one may, waits for its answer.</summary>
    public bool WaitForLoan(bool provenOnly, ulong nameKey)
    {
        if (_hasAskedOthers || !stream.Worker.Engine.IdleLoans.TryAsk(stream, stream.Server!, provenOnly, nameKey))
            return false;
        _hasAskedOthers = true;
        stream.ServerPhase = ServerPhase.Borrowing;
        stream.PhaseDeadlineMs = stream.DeadlineIn(IdleLoans.PatienceMs);
        return true;
    }

    /// <summary>The other worker's connection is in this worker's pool, or there is none: goes on with what is there.</summary>
    public void LoanAnswered()
    {
        if (stream.IsEnded || stream.ServerPhase != ServerPhase.Borrowing)
            return;
        StopBorrowing();
        stream.Process();
    }

    /// <summary>Times it has waited for another stream's connection.</summary>
    private int _joined;

    /// <summary>Another stream's connection to this server is being set up, which this one may join: waits for it. False when it has done
    /// so often enough.</summary>
    public bool WaitToJoin()
    {
        if (_joined == MostJoined)
            return false;
        _joined++;
        stream.Server!.Pools[stream.Worker.Index].Join(this, stream.SequenceNumber);
        stream.ServerPhase = ServerPhase.Borrowing;
        stream.PhaseDeadlineMs = stream.DeadlineIn(stream.BackendTimeouts.Connect);
        return true;
    }

    private const int MostJoined = 3;

    /// <summary>Looks again, in its turn, for what it has waited for.</summary>
    void IJoining.GoOnConnecting(uint sequence)
    {
        if (stream.SequenceNumber != sequence || stream.IsEnded || stream.ServerPhase != ServerPhase.Borrowing)
            return;
        StopBorrowing();
        stream.Worker.Enqueue(stream);
    }

    public void StopBorrowing()
    {
        stream.PhaseDeadlineMs = long.MaxValue;
        stream.ServerPhase = ServerPhase.Connecting;
    }

    /// <summary>Until when a port is waited for; 0 when none is.</summary>
    private long _portWaitEndsMs;

    /// <summary>
    /// Another worker's idle connections may have the ports: it is asked for one, and this stream looks again in a moment. False when it
    /// has waited long enough.
    /// </summary>
    private bool WaitForPort()
    {
        if (stream.Worker.Engine.WorkerCount == 1)
            return false;
        if (_portWaitEndsMs == 0)
            _portWaitEndsMs = stream.Worker.NowMs + SourcePorts.MaxWaitMs;
        if (stream.Worker.NowMs >= _portWaitEndsMs)
            return false;
        SourcePorts.AskOthers(stream.Worker, stream.Server!.Endpoint!);
        stream.ServerPhase = ServerPhase.RetryDelay;
        stream.PhaseDeadlineMs = stream.DeadlineIn(SourcePorts.WaitMs);
        return true;
    }

    /// <summary>The first sign of life of a connection being set up: it is established.</summary>
    public void OnConnected()
    {
        stream.ServerPhase = ServerPhase.Connected;
        stream.ServerSide!.SkipHandshake();
        if (stream.Server!.IsObserved)
            Checks.TrafficObserver.Connected(stream.Server);
        stream.Times.Connect = stream.Worker.NowMs;
        stream.PhaseDeadlineMs = long.MaxValue;
    }

    /// <summary>Looks at a connecting socket after an event. True when connected.</summary>
    public bool Check()
    {
        switch (stream.ServerSide!.ShakeHands())
        {
            case HandshakeResult.Done when !EarlyRequest.GoesOn(stream):
                Close();
                stream.Choice.ReleaseSlot();
                Fail(ServerFailure.TooEarly);
                return false;
            case HandshakeResult.Done:
                if (!stream.BeginProtocol())
                {
                    OnFailed(Errno.ENOMEM);
                    return false;
                }
                OnConnected();
                return true;
            case HandshakeResult.Failed:
                OnFailed(stream.ServerSide.Error);
                return false;
            default:
                return false;
        }
    }

    /// <summary>The connection could not be made: another try, another server, or the end (manual: retries, option redispatch).</summary>
    public void OnFailed(int errno, bool timeout = false, bool isAtOnce = false)
    {
        _portWaitEndsMs = 0;
        Close();
        if (stream.Server!.IsObserved)
            Checks.TrafficObserver.Failed(stream.Server, Checks.TrafficObserver.NoConnection);
        if (Retries >= MaxRetries || errno is Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM)
        {
            stream.Choice.ReleaseSlot();
            Fail(
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
        stream.Counters.Server!.Retries++;
        stream.Counters.Backend!.Retries++;
        stream.ServerPhase = ServerPhase.RetryDelay;
        int connect = stream.BackendTimeouts.Connect;
        stream.PhaseDeadlineMs = stream.DeadlineIn(
            timeout || isAtOnce ? 0
            : connect >= 0 ? Math.Min(RetryDelayMs, connect)
            : RetryDelayMs
        );
    }

    /// <summary>option redispatch N: 0 off; positive: every Nth retry; negative: as often as the Nth retry from the last is far.</summary>
    public bool MayRedispatch()
    {
        int after = stream.Backend!.Config.RedispatchAfter;
        if (after == 0 || stream.Choice.ForcePersist || stream.Server == stream.Backend.Dispatch)
            return false;
        // a server that persistence insisted on need not be one of those that may be chosen
        if (stream.Backend.UsableServers < 2 && (stream.Backend.UsableServers == 0 || stream.Backend.Balancer.Usable[0] == stream.Server))
            return false;
        // COMPAT: who nothing binds to its server takes the next one in turn at once
        if (stream.Choice.Pinned is null && stream.Backend.UsableServers > 1 && stream.Backend.Config.Balance.Algorithm.Alternates)
            return true;
        int every = after > 0 ? after : MaxRetries + 1 + after;
        return every > 0 && Retries % every == 0;
    }

    /// <summary>Leaves the server for the one that is chosen now.</summary>
    public void Redispatch()
    {
        stream.Counters.Server!.Redispatches++;
        stream.Counters.Backend!.Redispatches++;
        IsRedispatched = true;
        stream.Choice.Tried = stream.Server;
        stream.Choice.Pinned = null;
        stream.Choice.ReleaseSlot();
        stream.ServerPhase = ServerPhase.Choosing;
    }

    /// <summary>Closes the server connection without giving the slot back.</summary>
    public void Close()
    {
        stream.LastServer.Remember();
        stream.ServerDeadlineMs = long.MaxValue;
        Drop();
    }

    /// <summary>A connection that others share goes on without this stream.</summary>
    public void Drop()
    {
        ServerConnection? side = stream.ServerSide;
        stream.ServerSide = null;
        if (stream.ServerFrames is null)
            side?.Discard();
        else
            stream.LeaveFrames(side!);
    }
}
