// The response side: read the head, pass interim responses on, rewrite, forward the body.
// SAFETY: reads go behind End in a block of BlockSize bytes, as with requests (HttpStream.Request.cs).
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Filters;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

public sealed unsafe partial class HttpStream
{
    private bool AdvanceResponse()
    {
        switch (_responsePhase)
        {
            case ResponsePhase.Waiting when _responseRulesWait:
                return RunResponseRules() && FinishResponseHead() || !_responseRulesWait;
            case ResponsePhase.Waiting:
                bool moved = Response.HasUnsent && Response.Send(Client) == Flow.Moved;
                if (ServerPhase != ServerPhase.Connected || ServerEnd is not { } server)
                    return moved;
                if (server.CanRead || Response.Unjudged > 0)
                    return ReadResponseHead() || moved;
                if (server.Failed)
                {
                    OnServerFailed(empty: true);
                    return true;
                }
                return moved;
            case ResponsePhase.Forward:
                return ForwardResponse();
            default:
                return false;
        }
    }

    private bool ReadResponseHead()
    {
        StreamEnd side = ServerEnd!;
        while (true)
        {
            if (Response.Unjudged > 0)
            {
                if (!LendTable(ResponseHead))
                    return false;
                ParseStatus status = _responseParser.ParseResponse(
                    Response.Data + Response.Ready,
                    Response.End - Response.Ready,
                    _sentMethod,
                    new ParseOptions { AcceptUnsafeViolations = (Backend!.Config.Options & ProxyOptions.AcceptUnsafeResponse) != 0 }
                );
                if (status == ParseStatus.Complete)
                {
                    if (_responseParser.ViolationOffset >= 0)
                        KeepAcceptedResponse();
                    return OnResponseHead();
                }
                if (status != ParseStatus.Incomplete || Response.End == Worker.Buffers.BlockSize)
                {
                    RejectResponse();
                    return true;
                }
            }
            if (!side.CanRead)
                return false;
            if (Response.Data is null)
                Response.Attach(Worker.Buffers.RentLast(), Worker.Engine.Config.Global.MaxRewrite, Worker.Engine.Config.Global.MaxRewrite);
            else if (Response.End == 0)
                Response.Attach(Response.Data, Worker.Engine.Config.Global.MaxRewrite, Worker.Engine.Config.Global.MaxRewrite);
            if (Response.Data is null)
            {
                Response.Reset();
                return false;
            }
            int n = side.Receive(Response.Data + Response.End, Worker.Buffers.BlockSize - Response.End);
            if (n > 0)
            {
                Response.End += n;
                continue;
            }
            if (n == -1)
            {
                if (Response.Unjudged == 0)
                    Response.Release(Worker.Buffers);
                return false;
            }
            ObserveFailure(side.PeerClosed ? Checks.TrafficObserver.Closed : Checks.TrafficObserver.ReadError);
            OnServerFailed(empty: Response.Unjudged == 0);
            return true;
        }
    }

    private void RejectResponse()
    {
        KeepBadResponseHead();
        RefuseAnswer();
    }

    /// <summary>What the server has sent is no answer.</summary>
    private void RefuseAnswer()
    {
        ObserveFailure(Checks.TrafficObserver.WrongHead);
        if (RetryOnEvent(RetryOn.JunkResponse))
            return;
        ServerCounters!.ResponseErrors++;
        BackendCounters!.ResponseErrors++;
        StickTables.StickTracking.CountFailure(this);
        ReplyError(502, TerminationCause.Proxy, TerminationPhase.Headers);
    }

    /// <summary>"observe": the answer says something bad about its server.</summary>
    private void ObserveFailure(string what)
    {
        if (Server is { IsObserved: true } server)
            Checks.TrafficObserver.FailedAnswer(server, what);
    }

    /// <summary>A complete head from the server: interim (forward and read on), upgrade, or final.</summary>
    private bool OnResponseHead()
    {
        MessageHead head = ResponseHead;
        int status = head.Status;
        if (status is >= 100 and < 200 && status != 101)
            return OnInterimResponse(head);
        // a switch that nobody asked for, or to nothing, would end the protocol in the middle of a connection
        if (status == 101 && !IsAnsweredUpgrade(head))
        {
            RejectResponse();
            return true;
        }
        if (Server!.IsObserved)
            Checks.TrafficObserver.Answered(Server, status);
        if (status >= 400 && RetryOnEvent(RetryFlag(status)))
            return true;
        if (!PassResponseContentRules())
            return true;
        Times.Response = Worker.NowMs;
        ServerStatus = status;
        // what the server says of its connection, before any rule does
        _serverKeepAlive &= head.KeepAlive;
        if (status is 401 or 407 && AuthenticatesConnection(head))
            ServerSide!.IsPrivate = true;
        Worker.Engine.Trace?.Head(this, head, response: true);
        if (ServerCounters is { } counters)
        {
            counters.Requests++;
            counters.CountResponse(status);
        }
        Request.Retain = false;
        if (Request.Start == Request.End || _requestPhase == RequestPhase.Done && Request.Unjudged == 0)
            ReleaseSentRequest();
        Filters?.Judge(ChannelSide.Response, head);
        CaptureResponse();
        _responseHeadLogSize = HeadLogSize(head, request: false);
        StickTables.StickTracking.CountStatus(this, status);
        RunStickRules();
        return RunResponseRules() ? FinishResponseHead() : !_responseRulesWait;
    }

    /// <summary>NTLM and Negotiate say who is at the other end of a connection, not who sends a request: it is for that client alone from
    /// here on.</summary>
    private static bool AuthenticatesConnection(MessageHead head)
    {
        HeaderId id = head.Status == 401 ? HeaderId.WwwAuthenticate : HeaderId.ProxyAuthenticate;
        for (int i = head.Find(id); i >= 0; i = head.Find(id, i))
        {
            System.ReadOnlySpan<byte> value = head.Field(i).ValueSpan;
            if (
                value.Length >= 4 && ByteClass.EqualsIgnoreCase(value[..4], "ntlm"u8)
                || value.Length >= 9 && ByteClass.EqualsIgnoreCase(value[..9], "negotiate"u8)
            )
                return true;
        }
        return false;
    }

    /// <summary>The rules let the response pass: its head is made ready for the client.</summary>
    private bool FinishResponseHead()
    {
        MessageHead head = ResponseHead;
        int status = ServerStatus;
        bool upgraded = status == 101 && _wantsUpgrade || _sentMethod == HttpMethod.Connect && status is >= 200 and < 300;
        if (Backend!.Cookie is { } cookie && !WriteResponseCookies(cookie, head))
        {
            FailResponseCookie();
            return true;
        }
        if ((Backend.Config.Options & ProxyOptions.CheckCache) != 0 && LeaksCookie(head))
        {
            ServerCounters!.ResponseErrors++;
            BackendCounters!.ResponseErrors++;
            ReplyError(502, TerminationCause.Proxy, TerminationPhase.Headers);
            return true;
        }
        if (!RunAfterResponseRules())
        {
            AnswerFailedRewrite();
            return true;
        }
        status = head.Status;
        upgraded = SettleBody(head, upgraded);
        if (!upgraded)
            PrepareResponseHead(head);
        Filters?.Head(ChannelSide.Response, head);
        if (!CommitResponseHead(head, opensTunnel: upgraded))
        {
            AnswerFailedRewrite();
            return true;
        }
        Response.DropsTrailers = (Frontend.Config.Options & ProxyOptions.HttpDropResponseTrailers) != 0;
        Filters?.Place(ref Response, ChannelSide.Response, Response.Ready - Response.Start, !upgraded && head.Body == BodyKind.Chunked);
        if (!upgraded && !Response.BeginBody(head.Body, head.ContentLength))
        {
            RejectResponseBody();
            return true;
        }
        Status = status;
        ReturnTable(head);
        EmitEarlyLog();
        if (upgraded)
        {
            BeginTunnel();
            return true;
        }
        _responsePhase = ResponsePhase.Forward;
        return true;
    }

    /// <summary>
    /// What rules made of status and method decides how the client reads on, what they were how the server sends. Where the two differ
    /// a body is dropped, or said to be empty. True when both ends go on with another protocol.
    /// </summary>
    private bool SettleBody(MessageHead head, bool serverSwitches)
    {
        bool clientSwitches = head.Status == 101 || Method == HttpMethod.Connect && head.Status is >= 200 and < 300;
        if (serverSwitches && clientSwitches)
            return true;
        if (!BodyFraming.FrameFor(head, Method) || serverSwitches)
            _serverKeepAlive = false;
        if (serverSwitches)
            head.RemoveAll(HeaderId.Upgrade);
        // one end is in another protocol by now: nothing that follows would be understood
        if (serverSwitches || clientSwitches)
            _clientKeepAlive = false;
        return false;
    }

    /// <summary>The body cannot be one, as far as it came with the head, which is still here: the client can be told.</summary>
    private void RejectResponseBody()
    {
        if (_frames is not null)
        {
            // its head is out already
            AbortBadResponseBody();
            return;
        }
        KeepBadResponseBody();
        ServerCounters!.ResponseErrors++;
        BackendCounters!.ResponseErrors++;
        StickTables.StickTracking.CountFailure(this);
        ReplyError(502, TerminationCause.Proxy, TerminationPhase.Headers);
    }

    /// <summary>Frees the request's buffer once nothing of it is needed any more; what the client has pipelined stays.</summary>
    private void ReleaseSentRequest()
    {
        if (!Request.Complete || Request.HasUnsent && _requestPhase != RequestPhase.Done)
            return;
        Request.Start = Request.Ready;
        if (Request.Unjudged == 0)
            Request.Release(Worker.Buffers);
    }

    /// <summary>100-continue, 103 early hints: passed on to HTTP/1.1 clients without what is for one connection, swallowed for
    /// 1.0.</summary>
    private bool OnInterimResponse(MessageHead head)
    {
        // COMPAT: interim responses count as bytes of the answer
        _interimLogSize += HeadLogSize(head, request: false);
        if (_requestMinorVersion >= 1)
        {
            RentArena(head);
            HopByHopOptions options = HopByHop.Remove(head, keepsUpgrade: true) & ~HopByHopOptions.Close;
            if (!WriteConnection(head, options, keepAlive: false) || !CommitResponseHead(head))
            {
                RejectResponse();
                return true;
            }
        }
        else if (Response.Start == Response.Ready)
            Response.Start = Response.Ready += head.HeadLength;
        head.Reset();
        ServerDeadlineMs = DeadlineIn(BackendTimeouts.Server);
        return true;
    }

    private static RetryOn RetryFlag(int status) =>
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

    /// <summary>Connection header for the client (RFC 9112 §9): ours replaces the server's.</summary>
    internal void PrepareResponseHead(MessageHead head)
    {
        // a stream of several ends for itself
        if (_frames is null && (head.Body == BodyKind.UntilClose || Connection.EndsWithAnswer(HasFollowing)))
            _clientKeepAlive = false;
        // COMPAT: framing an HTTP/1.0 client cannot read ends with the connection
        if (_requestMinorVersion == 0 && head.Body == BodyKind.Chunked || head.HasDoubtfulEnd)
            _clientKeepAlive = false;
        HopByHopOptions options = HopByHopOptions.None;
        if (head.HasConnectionHeader || head.HasHopByHopHeader)
        {
            RentArena(head);
            options = HopByHop.Remove(head, keepsUpgrade: true);
            if ((options & HopByHopOptions.Close) != 0)
                _clientKeepAlive = false;
        }
        // COMPAT: said where it is not what the version means anyway: close in HTTP/1.1, keep-alive when either side speaks 1.0
        bool addClose = !_clientKeepAlive && head.MinorVersion > 0,
            addKeepAlive = _clientKeepAlive && (_requestMinorVersion == 0 || head.MinorVersion == 0);
        options &= ~HopByHopOptions.Close;
        if (addClose)
            options |= HopByHopOptions.Close;
        if (options == HopByHopOptions.None && !addKeepAlive)
            return;
        RentArena(head);
        WriteConnection(head, options, addKeepAlive);
    }

    internal bool CommitResponseHead(MessageHead head, bool opensTunnel = false)
    {
        if (_frames is not null)
            return SendFramedHead(head, opensTunnel);
        if (Worker.Engine.HeaderCase is { } spelling && (Frontend.Config.Options & ProxyOptions.H1CaseAdjustBogusClient) != 0)
            spelling.Apply(head);
        bool ok = CommitHead(ref Response, head);
        ReturnArena();
        return ok;
    }

    private void BeginTunnel()
    {
        _tunnel = true;
        _clientKeepAlive = _serverKeepAlive = false;
        _requestPhase = RequestPhase.Done;
        _responsePhase = ResponsePhase.Forward;
        Response.BeginBody(BodyKind.UntilClose, 0);
        if (Request.Data is null)
            Request.Reset();
        Request.Retain = false;
        PlaceFilters();
        Request.BeginBody(BodyKind.UntilClose, 0);
        _frames?.BeginTunnel();
        ServerFrames?.BeginTunnel();
        ClientDeadlineMs = ServerDeadlineMs = long.MaxValue;
    }

    private bool ForwardResponse()
    {
        bool moved = false;
        for (int i = 0; i < 16; i++)
        {
            // PERF: the last bytes and the FIN in one segment; bench compare -m close
            Flow sent = Response.Send(Client, last: Response.Complete && !_clientKeepAlive);
            if (sent == Flow.SinkFailed)
            {
                AbortByClient();
                return true;
            }
            if (Response.Complete && !Response.HasUnsent)
            {
                FinishExchange();
                return true;
            }
            StreamEnd? source = (StreamEnd?)_service ?? ServerEnd;
            Flow got = source is null ? Flow.Idle : Response.Receive(source, Worker.Buffers);
            if (got == Flow.BadBody)
            {
                AbortBadResponseBody();
                return true;
            }
            if (got == Flow.SourceFailed)
            {
                AbortByServer();
                return true;
            }
            if (Response.SourceClosed && !Response.Complete)
            {
                if (Response.Body != BodyKind.UntilClose)
                {
                    if (!Response.HasUnsent)
                    {
                        AbortByServer();
                        return true;
                    }
                }
                else
                    Response.Complete = true;
                if (Response.Complete && !Response.HasUnsent)
                {
                    FinishExchange();
                    return true;
                }
                if (Response.Complete || Response.HasUnsent)
                {
                    if (!Client.CanWrite)
                        break;
                    continue;
                }
            }
            if (sent == Flow.Idle && got == Flow.Idle)
                break;
            moved = true;
        }
        Response.ReleaseEmpty(Worker.Buffers);
        if (moved)
        {
            ServerDeadlineMs = DeadlineIn(Backend is null ? -1 : BackendTimeouts.Server);
            Worker.Enqueue(this);
        }
        // a client that does not read is timed by its own clock
        ClientDeadlineMs = Response.HasUnsent && !Response.IsHeld ? DeadlineIn(FrontendTimeouts.Client) : long.MaxValue;
        // and the server owes nothing while its answer cannot go on
        if (Response.HasUnsent)
            ServerDeadlineMs = long.MaxValue;
        return false;
    }
}
