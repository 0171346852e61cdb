// How a request gets to its server: an idle connection as http-reuse allows, or a new one; once more where the server has not answered and
// that is safe; and what becomes of the connection afterwards.
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Muxes;
using Baton.Engine.Servers;
using Baton.Http.Messages;
using Baton.Interop.Linux;

namespace Baton.Engine.Streams;

/// <summary>A part of its stream.</summary>
internal sealed class RequestDelivery(HttpStream stream)
{
    /// <summary>A connection with streams is lost with all of them, and those that join the next one together may take it down again:
    /// each is sent once more so many times, and no more.</summary>
    private const int MostLost = 3;

    private int _lost;

    public void Reset()
    {
        RetriesDisabled = false;
        _lost = 0;
    }

    /// <summary>Drives server choice and connection. True when something changed.</summary>
    public bool Advance()
    {
        switch (stream.ServerPhase)
        {
            case ServerPhase.Choosing:
                stream.Choice.Make();
                return true;
            case ServerPhase.Connecting when stream.ServerSide is null:
                if (stream.Answers.RedirectToServer())
                    return true;
                if (!stream.NameHeader.Insert())
                {
                    stream.Answers.Error(500, TerminationCause.Internal, TerminationPhase.Connect);
                    return true;
                }
                ServerConnection? idle = TakeIdle();
                if (stream.ServerPhase == ServerPhase.Borrowing)
                    return true;
                Retain(idle is not null);
                if (stream.Connecting.Connect(idle) && stream.ServerPhase == ServerPhase.Connecting)
                    SendAtOnce();
                return true;
            case ServerPhase.Connecting:
                return stream.Connecting.Check() || stream.ServerPhase != ServerPhase.Connecting;
            case ServerPhase.Failed:
                AnswerFailure();
                return true;
            default:
                return false;
        }
    }

    /// <summary>
    /// On loopback and UNIX sockets the handshake is over when connect() returns: writing at once saves a turn of the
    /// loop. A socket still connecting answers EAGAIN and nothing is lost.
    /// </summary>
    private void SendAtOnce()
    {
        ServerConnection side = stream.ServerSide!;
        if (!stream.Server!.IsLocal || side.NeedsHandshake || stream.Server.Config.Proto == "h2")
            return;
        side.CanWrite = true;
        Flow sent = stream.Request.Send(side);
        if (sent == Flow.Moved)
        {
            stream.Connecting.OnConnected();
            stream.ServerDeadlineMs = stream.DeadlineIn(stream.BackendTimeouts.Server);
            return;
        }
        side.CanWrite = false;
        if (sent == Flow.SinkFailed)
            stream.Connecting.OnFailed(side.Error);
    }

    /// <summary>A pooled connection as http-reuse allows (manual, "http-reuse"): never, not for a session's first request (safe), proven
    /// ones only for it (aggressive), always. The phase is Borrowing when another worker was asked for one.</summary>
    private ServerConnection? TakeIdle()
    {
        ServerState server = stream.Server!;
        if (stream.Session.PrivateServer is { } own)
        {
            own.LeaveHolders();
            if (own.Server == server && !own.PeerClosed && !own.Failed && own.Mux is null or { HasRoom: true } && LeadsToTarget(own))
            {
                own.Reuses++;
                return own;
            }
            own.Discard();
        }
        if (
            stream.Protocol.JoinsFramesOf(server)
            && SharedConnections.Find(stream, server, NameKeyOf(server), IsForOneClient(server)) is { } shared
        )
        {
            shared.Reuses++;
            return shared;
        }
        if (
            stream.Protocol.JoinsFramesOf(server)
            && SharedConnections.IsComing(stream, server, NameKeyOf(server), IsForOneClient(server))
            && stream.Connecting.WaitToJoin()
        )
            return null;
        // what becomes another protocol takes its connection along, unless it is one stream of many
        bool isFramed = stream.RequestSide.WantsUpgrade;
        if (isFramed && !stream.Protocol.JoinsFramesOf(server) || IsForOneClient(server) || stream.Connecting.Marks.IsAny)
            return null;
        bool first = stream.Session.RequestCount == 1;
        bool provenOnly = false;
        switch (stream.Backend!.Config.HttpReuse)
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
        ServerConnection? found = server.Pools[stream.Worker.Index].Pop(provenOnly, name, isFramed: isFramed);
        if (found is not null)
            found.Reuses++;
        else if (!isFramed)
            stream.Connecting.WaitForLoan(provenOnly, name);
        return found;
    }

    /// <summary>A connection that was introduced with one client's address, or made for where one client wanted to go, is not for
    /// another.</summary>
    private static bool IsForOneClient(ServerState server) => server.Config.SendProxy != ProxyProtocolVersion.None || server.IsPerClient;

    /// <summary>
    /// Rules may have changed where this client wants to go since the connection was made, who it is, or what is to be marked.
    /// </summary>
    public bool LeadsToTarget(ServerConnection own) =>
        own.Marks == stream.Connecting.Marks
        && (!own.Server.IsReachedAtClientsDestination || SocketAddress.OfPeer(own.Fd).Equals(own.Server.TargetFor(stream.Destination)))
        && SpeaksFor(own);

    /// <summary>The server was told, by a PROXY header or by where the connection comes from, the client that this request has.</summary>
    private bool SpeaksFor(ServerConnection own)
    {
        if (own.NameKey != NameKeyOf(own.Server))
            return false;
        if (own.ToldSource.IsSet && !(own.ToldSource.Equals(stream.Source) && own.ToldDestination.Equals(stream.Destination)))
            return false;
        ForeignSource foreign = (own.Server.Config.Source ?? own.Server.Backend.Config.Source)?.UseSource ?? ForeignSource.None;
        if (foreign is not (ForeignSource.Client or ForeignSource.ClientIp))
            return true;
        SocketAddress near = SocketAddress.OfSocket(own.Fd),
            wanted = stream.Source;
        if (foreign == ForeignSource.ClientIp)
            near.Port = wanted.Port;
        return near.Equals(wanted);
    }

    /// <summary>What a connection to the server has to have asked for by name.</summary>
    public ulong NameKeyOf(ServerState server) =>
        server.PoolNameIndex >= 0 ? ServerNames.KeyOf(stream, server)
        : server.Tls is ServerTls tls ? tls.NameKey(stream)
        : 0;

    /// <summary>Keeps the request in its buffer as long as it may have to be sent again: a whole one, and what goes in frames also when the
    /// rest of it comes later and has room, because a server may say of any of its streams that it has not looked at it (RFC 9113,
    /// section 8.7).</summary>
    private void Retain(bool reused)
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
            stream.Server!.MaySpeakFrames && stream.Request.MayKeepAll(stream.Worker.Buffers)
            || stream.Request.Complete
                && (
                    reused
                    || (stream.Backend!.Config.RetryOn & afterSending) != 0 && (stream.Backend.Config.RetryOn & RetryOn.DisableL7) == 0
                );
        if (retain && !stream.Request.Retain)
        {
            stream.Request.Retain = true;
            stream.Request.RetainedFrom = stream.Request.Start;
        }
        else if (!retain)
            stream.Request.Retain = false;
    }

    /// <summary>"http-request disable-l7-retry".</summary>
    public bool RetriesDisabled { get; set; }

    /// <summary>True when the request was sent from the start of its buffer and can be sent once more.</summary>
    public bool CanReplay => stream.Request.Retain && stream.ResponseSide.Phase == ResponsePhase.Waiting && !stream.Response.HasUnsent;

    public void Replay(bool countRetry)
    {
        if (countRetry)
        {
            stream.Connecting.Retries++;
            stream.Counters.Server!.Retries++;
            stream.Counters.Backend!.Retries++;
        }
        stream.Connecting.Close();
        stream.Request.Start = stream.Request.RetainedFrom;
        stream.Request.Filter?.Restart();
        stream.Request.Sent = 0;
        stream.Response.Reset();
        stream.Response.Release(stream.Worker.Buffers);
        stream.ResponseHead.Reset();
        stream.RequestSide.Phase = RequestPhase.Forward;
        stream.Times.Connect = -1;
        stream.ServerPhase = ServerPhase.Connecting;
    }

    /// <summary>
    /// A reused connection that dies without a single byte of answer was closed by the server while idle: the request is
    /// sent again on a fresh one, if that is safe (RFC 9110 §9.2.2) or nothing of it was taken.
    /// </summary>
    private bool ReplayStale()
    {
        if (stream.ServerSide is not { Reuses: > 0 } || stream.ServerFrames is { IsLost: false } || !CanReplay)
            return false;
        if (stream.Request.Sent > 0 && stream.Method is HttpMethod.Post or HttpMethod.Patch or HttpMethod.Other or HttpMethod.Connect)
            return false;
        if (stream.ServerFrames is not null && ++_lost > MostLost)
            return false;
        Replay(countRetry: false);
        return true;
    }

    /// <summary>"retry-on": the same request again for what the configuration lists. True when it is under way.</summary>
    public bool Retry(RetryOn cause)
    {
        if (
            (stream.Backend!.Config.RetryOn & cause) == 0
            || RetriesDisabled
            || !CanReplay
            || stream.Connecting.Retries >= stream.Connecting.MaxRetries
        )
            return false;
        if ((stream.Backend.Config.RetryOn & RetryOn.DisableL7) != 0)
            return false;
        Replay(countRetry: true);
        if (stream.Connecting.MayRedispatch())
            stream.Connecting.Redispatch();
        return true;
    }

    /// <summary>Writing to the server failed. An answer may be waiting all the same (413 and close): look before giving up.</summary>
    public void OnSendFailed()
    {
        if (stream.ServerFrames is { HasUnread: false })
        {
            OnFailed(empty: true);
            return;
        }
        if (stream.ServerEnd!.CanRead && ReadEarlyAnswer())
            return;
        OnFailed(empty: true);
    }

    private bool ReadEarlyAnswer()
    {
        stream.Request.Retain = false;
        stream.RequestSide.Phase = RequestPhase.Done;
        stream.KeepAlive.Client = false;
        if (stream.ServerFrames is null)
            stream.ServerSide!.Failed = false;
        return stream.ResponseSide.ReadHead();
    }

    /// <summary>The server closed or reset before a complete response head.</summary>
    public void OnFailed(bool empty)
    {
        if (stream.ServerFrames is { } frames && (stream.Protocol.SendsAgain(frames) || stream.Protocol.RejectsFrames(frames)))
            return;
        if (empty && ReplayStale())
            return;
        // COMPAT: a head that breaks off is no junk, it counts as no response
        if (Retry(RetryOn.EmptyResponse))
            return;
        if (
            empty
            && stream.ServerSide is { Reuses: > 0 }
            && stream.ServerFrames is null or { IsLost: true }
            && stream.Session.RequestCount > 1
            && !stream.Response.HasUnsent
        )
        {
            EndUnheard();
            return;
        }
        stream.Counters.Server!.ResponseErrors++;
        stream.Counters.Backend!.ResponseErrors++;
        StickTables.StickTracking.CountFailure(stream);
        stream.Answers.Error(502, TerminationCause.ServerAbort, TerminationPhase.Headers);
    }

    /// <summary>
    /// The server closed a reused connection under a request that must not be sent twice. COMPAT: the client is told by a
    /// close alone, as if it had been its own connection that was too old (RFC 9112 §9.5): it may know that a second try does no harm.
    /// </summary>
    private void EndUnheard()
    {
        stream.Log.Level = StreamLog.Silent;
        stream.EndStream();
    }

    private void AnswerFailure()
    {
        switch (stream.Connecting.Failure)
        {
            case ServerFailure.QueueTimeout:
                stream.Answers.Error(503, TerminationCause.ServerTimeout, TerminationPhase.Queue);
                break;
            case ServerFailure.QueueFull:
                stream.Answers.Error(503, TerminationCause.ServerAbort, TerminationPhase.Queue);
                break;
            case ServerFailure.ConnectTimeout:
                stream.Answers.Error(503, TerminationCause.ServerTimeout, TerminationPhase.Connect);
                break;
            case ServerFailure.TooEarly:
                stream.Answers.Error(425, TerminationCause.ServerAbort, TerminationPhase.Headers);
                break;
            case ServerFailure.Resource:
                stream.Answers.Error(503, TerminationCause.Resource, TerminationPhase.Connect);
                break;
            default:
                stream.Answers.Error(503, TerminationCause.ServerAbort, TerminationPhase.Connect);
                break;
        }
    }

    /// <summary>After the answer: back to the pool, kept for this client, or closed.</summary>
    public void KeepOrClose()
    {
        ServerConnection? side = stream.ServerSide;
        if (side is null)
            return;
        if (stream.ServerFrames is not null)
        {
            stream.Connecting.Close();
            return;
        }
        bool keep =
            stream.KeepAlive.Server
            && !stream.IsTunnel
            && stream.RequestSide.Phase == RequestPhase.Done
            && stream.Response.Complete
            && stream.Response.Unjudged == 0
            && stream.Response.Body != BodyKind.UntilClose
            && side.IsSilent();
        if (!keep)
        {
            stream.Connecting.Close();
            return;
        }
        stream.LastServer.Remember();
        stream.ServerSide = null;
        side.Stream = null;
        Keep(side);
    }

    /// <summary>A connection without a stream waits for the next one, if one may come.</summary>
    public void Keep(ServerConnection side)
    {
        ServerState server = side.Server;
        IdlePool pool = server.Pools[stream.Worker.Index];
        if (server.Config.MaxReuse >= 0 && side.Reuses >= server.Config.MaxReuse || !server.IsRunning)
        {
            side.Discard();
            return;
        }
        // a connection that was introduced with one client's address, or knows its user, is not for another
        if (side.IsPrivate || stream.Backend!.Config.HttpReuse == HttpReuse.Never || IsForOneClient(server) || side.Marks.IsAny)
        {
            if (stream.KeepAlive.Client)
                side.KeepFor(stream.Session);
            else
                side.Discard();
            return;
        }
        if (!server.WantsIdle(pool, stream.Worker.NowMs))
        {
            side.Discard();
            return;
        }
        side.IdleSinceMs = stream.Worker.NowMs;
        side.EnterPool();
    }

    public static RetryOn FlagOf(int status) =>
        status switch
        {
            401 => RetryOn.Status401,
            403 => RetryOn.Status403,
            404 => RetryOn.Status404,
            408 => RetryOn.Status408,
            421 => RetryOn.Status421,
            425 => RetryOn.Status425,
            429 => RetryOn.Status429,
            500 => RetryOn.Status500,
            501 => RetryOn.Status501,
            502 => RetryOn.Status502,
            503 => RetryOn.Status503,
            504 => RetryOn.Status504,
            _ => RetryOn.None,
        };
}
