// Getting a server connection for the request, and what happens when one fails before it answered.
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Muxes;
using Baton.Engine.Servers;
using Baton.Http.Messages;
using Baton.Interop.Linux;

namespace Baton.Engine.Streams;

public sealed partial class HttpStream
{
    /// <summary>Drives server choice and connection. True when something changed.</summary>
    internal bool AdvanceServer()
    {
        switch (ServerPhase)
        {
            case ServerPhase.Choosing:
                ChooseServer();
                return true;
            case ServerPhase.Connecting when ServerSide is null:
                if (RedirectToServer())
                    return true;
                if (!InsertServerName())
                {
                    ReplyError(500, TerminationCause.Internal, TerminationPhase.Connect);
                    return true;
                }
                ServerConnection? idle = TakeIdleConnection();
                if (ServerPhase == ServerPhase.Borrowing)
                    return true;
                RetainIfNeeded(idle is not null);
                if (ConnectToServer(idle) && ServerPhase == ServerPhase.Connecting)
                    TrySendAtOnce();
                return true;
            case ServerPhase.Connecting:
                return CheckConnecting() || ServerPhase != ServerPhase.Connecting;
            case ServerPhase.Failed:
                ReplyServerFailure();
                return true;
            default:
                return false;
        }
    }

    /// <summary>
    /// On loopback and UNIX sockets the handshake is over when connect() returns: writing at once saves a turn of the
    /// loop. A socket still connecting answers EAGAIN and nothing is lost.
    /// </summary>
    private void TrySendAtOnce()
    {
        ServerConnection side = ServerSide!;
        if (!Server!.IsLocal || side.NeedsHandshake || Server.Config.Proto == "h2")
            return;
        side.CanWrite = true;
        Flow sent = Request.Send(side);
        if (sent == Flow.Moved)
        {
            OnConnected();
            ServerDeadlineMs = DeadlineIn(BackendTimeouts.Server);
            return;
        }
        side.CanWrite = false;
        if (sent == Flow.SinkFailed)
            OnConnectFailed(side.Error);
    }

    /// <summary>A pooled connection as http-reuse allows (manual, "http-reuse"): never, not for a session's first request (safe), proven
    /// ones only for it (aggressive), always. The phase is Borrowing when another worker was asked for one.</summary>
    private ServerConnection? TakeIdleConnection()
    {
        ServerState server = Server!;
        if (Session.PrivateServer is { } own)
        {
            own.LeaveHolders();
            if (own.Server == server && !own.PeerClosed && !own.Failed && LeadsToTarget(own))
            {
                own.Reuses++;
                return own;
            }
            own.Discard();
        }
        if (JoinsFramesOf(server) && SharedConnections.Find(this, server, NameKeyOf(server), IsForOneClient(server)) is { } shared)
        {
            shared.Reuses++;
            return shared;
        }
        if (JoinsFramesOf(server) && SharedConnections.IsComing(this, server, NameKeyOf(server), IsForOneClient(server)) && WaitToJoin())
            return null;
        if (_wantsUpgrade || IsForOneClient(server) || ServerMarks.IsAny)
            return null;
        bool first = Session.RequestCount == 1;
        bool provenOnly = false;
        switch (Backend!.Config.HttpReuse)
        {
            case HttpReuse.Never:
                return null;
            case HttpReuse.Safe when first:
                return null;
            case HttpReuse.Aggressive when first:
                provenOnly = true;
                break;
        }
        ulong name = NameKeyOf(server);
        ServerConnection? found = server.Pools[Worker.Index].Pop(provenOnly, name);
        if (found is not null)
            found.Reuses++;
        else
            WaitForLoan(provenOnly, name);
        return found;
    }

    /// <summary>A connection that was introduced with one client's address, or made for where one client wanted to go, is not for
    /// another.</summary>
    private static bool IsForOneClient(ServerState server) => server.Config.SendProxy != ProxyProtocolVersion.None || server.IsPerClient;

    /// <summary>
    /// Rules may have changed where this client wants to go since the connection was made, who it is, or what is to be marked.
    /// </summary>
    internal bool LeadsToTarget(ServerConnection own) =>
        own.Marks == ServerMarks
        && (!own.Server.IsReachedAtClientsDestination || SocketAddress.OfPeer(own.Fd).Equals(own.Server.TargetFor(Destination)))
        && SpeaksFor(own);

    /// <summary>The server was told, by a PROXY header or by where the connection comes from, the client that this request has.</summary>
    private bool SpeaksFor(ServerConnection own)
    {
        if (own.NameKey != NameKeyOf(own.Server))
            return false;
        if (own.ToldSource.IsSet && !(own.ToldSource.Equals(Source) && own.ToldDestination.Equals(Destination)))
            return false;
        ForeignSource foreign = (own.Server.Config.Source ?? own.Server.Backend.Config.Source)?.UseSource ?? ForeignSource.None;
        if (foreign is not (ForeignSource.Client or ForeignSource.ClientIp))
            return true;
        SocketAddress near = SocketAddress.OfSocket(own.Fd),
            wanted = Source;
        if (foreign == ForeignSource.ClientIp)
            near.Port = wanted.Port;
        return near.Equals(wanted);
    }

    /// <summary>What a connection to the server has to have asked for by name.</summary>
    private ulong NameKeyOf(ServerState server) => server.Tls is ServerTls tls ? tls.NameKey(this) : 0;

    /// <summary>Keeps the request in its buffer as long as it may have to be sent again.</summary>
    private void RetainIfNeeded(bool reused)
    {
        const RetryOn afterSending =
            RetryOn.AllRetryable & ~RetryOn.ConnFailure
            | RetryOn.EmptyResponse
            | RetryOn.Status401
            | RetryOn.Status403
            | RetryOn.Status404
            | RetryOn.Status408
            | RetryOn.Status421
            | RetryOn.Status425
            | RetryOn.Status429
            | RetryOn.Status501;
        bool retain =
            Request.Complete
            && (
                reused
                || Server!.MaySpeakFrames
                || (Backend!.Config.RetryOn & afterSending) != 0 && (Backend.Config.RetryOn & RetryOn.DisableL7) == 0
            );
        if (retain && !Request.Retain)
        {
            Request.Retain = true;
            Request.RetainedFrom = Request.Start;
        }
        else if (!retain)
            Request.Retain = false;
    }

    /// <summary>"http-request disable-l7-retry".</summary>
    internal bool RetriesDisabled { get; set; }

    /// <summary>True when the request was sent from the start of its buffer and can be sent once more.</summary>
    private bool CanReplay => Request.Retain && Request.Complete && _responsePhase == ResponsePhase.Waiting && !Response.HasUnsent;

    private void Replay(bool countRetry)
    {
        if (countRetry)
        {
            Retries++;
            ServerCounters!.Retries++;
            BackendCounters!.Retries++;
        }
        CloseServerSide();
        Request.Start = Request.RetainedFrom;
        Request.Filter?.Restart();
        Request.Sent = 0;
        Response.Reset();
        Response.Release(Worker.Buffers);
        ResponseHead.Reset();
        _requestPhase = RequestPhase.Forward;
        Times.Connect = -1;
        ServerPhase = ServerPhase.Connecting;
    }

    /// <summary>
    /// A reused connection that dies without a single byte of answer was closed by the server while idle: the request is
    /// sent again on a fresh one, if that is safe (RFC 9110 §9.2.2) or nothing of it was taken.
    /// </summary>
    private bool ReplayAfterStaleConnection()
    {
        if (ServerSide is not { Reuses: > 0 } || ServerFrames is { IsLost: false } || !CanReplay)
            return false;
        if (Request.Sent > 0 && Method is HttpMethod.Post or HttpMethod.Patch or HttpMethod.Other or HttpMethod.Connect && Request.Sent > 0)
            return false;
        Replay(countRetry: false);
        return true;
    }

    /// <summary>"retry-on": the same request again for what the configuration lists. True when it is under way.</summary>
    private bool RetryOnEvent(RetryOn cause)
    {
        if ((Backend!.Config.RetryOn & cause) == 0 || RetriesDisabled || !CanReplay || Retries >= MaxRetries)
            return false;
        if ((Backend.Config.RetryOn & RetryOn.DisableL7) != 0)
            return false;
        Replay(countRetry: true);
        if (MayRedispatch())
            Redispatch();
        return true;
    }

    /// <summary>Writing to the server failed. An answer may be waiting all the same (413 and close): look before giving up.</summary>
    internal void OnServerSendFailed()
    {
        if (ServerFrames is { HasUnread: false })
        {
            OnServerFailed(empty: true);
            return;
        }
        if (ServerEnd!.CanRead && TryReadEarlyAnswer())
            return;
        OnServerFailed(empty: true);
    }

    private bool TryReadEarlyAnswer()
    {
        Request.Retain = false;
        _requestPhase = RequestPhase.Done;
        _clientKeepAlive = false;
        if (ServerFrames is null)
            ServerSide!.Failed = false;
        return ReadResponseHead();
    }

    /// <summary>The server closed or reset before a complete response head.</summary>
    private void OnServerFailed(bool empty)
    {
        if (ServerFrames is { } frames && (SendsAgain(frames) || RejectsFrames(frames)))
            return;
        if (empty && ReplayAfterStaleConnection())
            return;
        // COMPAT: a head that breaks off is no junk, it counts as no response
        if (RetryOnEvent(RetryOn.EmptyResponse))
            return;
        if (
            empty
            && ServerSide is { Reuses: > 0 }
            && ServerFrames is null or { IsLost: true }
            && Session.RequestCount > 1
            && !Response.HasUnsent
        )
        {
            EndUnheard();
            return;
        }
        ServerCounters!.ResponseErrors++;
        BackendCounters!.ResponseErrors++;
        StickTables.StickTracking.CountFailure(this);
        ReplyError(502, TerminationCause.ServerAbort, TerminationPhase.Headers);
    }

    /// <summary>
    /// The server closed a reused connection under a request that must not be sent twice. COMPAT: the client is told by a
    /// close alone, as if it had been its own connection that was too old (RFC 9112 §9.5): it may know that a second try does no harm.
    /// </summary>
    private void EndUnheard()
    {
        LogLevel = LogSilent;
        EndStream();
    }

    private void ReplyServerFailure()
    {
        switch (Failure)
        {
            case ServerFailure.QueueTimeout:
                ReplyError(503, TerminationCause.ServerTimeout, TerminationPhase.Queue);
                break;
            case ServerFailure.QueueFull:
                ReplyError(503, TerminationCause.ServerAbort, TerminationPhase.Queue);
                break;
            case ServerFailure.ConnectTimeout:
                ReplyError(503, TerminationCause.ServerTimeout, TerminationPhase.Connect);
                break;
            case ServerFailure.Resource:
                ReplyError(503, TerminationCause.Resource, TerminationPhase.Connect);
                break;
            default:
                ReplyError(503, TerminationCause.ServerAbort, TerminationPhase.Connect);
                break;
        }
    }

    /// <summary>After the answer: back to the pool, kept for this client, or closed.</summary>
    private void KeepOrCloseServer()
    {
        ServerConnection? side = ServerSide;
        if (side is null)
            return;
        if (ServerFrames is not null)
        {
            CloseServerSide();
            return;
        }
        bool keep =
            _serverKeepAlive
            && !_tunnel
            && _requestPhase == RequestPhase.Done
            && Response.Complete
            && Response.Unjudged == 0
            && Response.Body != BodyKind.UntilClose
            && side.IsSilent();
        if (!keep)
        {
            CloseServerSide();
            return;
        }
        RememberServerSide();
        ServerSide = null;
        side.Stream = null;
        KeepServer(side);
    }

    /// <summary>A connection without a stream waits for the next one, if one may come.</summary>
    private void KeepServer(ServerConnection side)
    {
        ServerState server = side.Server;
        IdlePool pool = server.Pools[Worker.Index];
        if (server.Config.MaxReuse >= 0 && side.Reuses >= server.Config.MaxReuse || !server.IsRunning)
        {
            side.Discard();
            return;
        }
        // a connection that was introduced with one client's address, or knows its user, is not for another
        if (side.IsPrivate || Backend!.Config.HttpReuse == HttpReuse.Never || IsForOneClient(server) || side.Marks.IsAny)
        {
            if (_clientKeepAlive)
                side.KeepFor(Session);
            else
                side.Discard();
            return;
        }
        if (!server.WantsIdle(pool, Worker.NowMs))
        {
            side.Discard();
            return;
        }
        side.IdleSinceMs = Worker.NowMs;
        side.EnterPool();
    }
}
