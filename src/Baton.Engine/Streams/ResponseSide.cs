// The response of an HTTP stream: read the head, pass interim responses on, rewrite, forward the body.
// SAFETY: reads go behind End in a block of BlockSize bytes, as with requests (RequestSide).
using System;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Filters;
using Baton.Engine.Logs;
using Baton.Http.H1;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

/// <summary>A part of its stream: the state machine of one direction.</summary>
internal sealed unsafe class ResponseSide(HttpStream stream, int maxHeaders)
{
    public ResponsePhase Phase { get; set; }

    public HeadParser Parser { get; } = new(new MessageHead(maxHeaders, isLent: true));

    /// <summary>Bytes of the head as the log counts them.</summary>
    public int HeadLogSize { get; set; }

    /// <summary>Status the server gave before any rule changed it, 0 when it did not answer.</summary>
    public int ServerStatus { get; private set; }

    public void Reset()
    {
        Phase = ResponsePhase.Waiting;
        HeadLogSize = ServerStatus = 0;
    }

    public bool Advance()
    {
        switch (Phase)
        {
            case ResponsePhase.Waiting when stream.Rules.ResponseWaits:
                return stream.Rules.RunResponse() && FinishHead() || !stream.Rules.ResponseWaits;
            case ResponsePhase.Waiting:
                bool moved = stream.Response.HasUnsent && stream.Response.Send(stream.Client) == Flow.Moved;
                if (stream.ServerPhase != ServerPhase.Connected || stream.ServerEnd is not { } server)
                    return moved;
                if (server.CanRead || stream.Response.Unjudged > 0)
                    return ReadHead() || moved;
                if (server.Failed)
                {
                    stream.Delivery.OnFailed(empty: true);
                    return true;
                }
                return moved;
            case ResponsePhase.Forward:
                return Forward();
            default:
                return false;
        }
    }

    public bool ReadHead()
    {
        ref Channel response = ref stream.Response;
        int headroom = stream.Worker.Engine.Config.Global.MaxRewrite;
        StreamEnd side = stream.ServerEnd!;
        while (true)
        {
            if (response.Unjudged > 0)
            {
                if (!stream.Heads.Lend(stream.ResponseHead))
                    return false;
                ParseStatus status = Parser.ParseResponse(
                    response.Data + response.Ready,
                    response.End - response.Ready,
                    stream.RequestSide.SentMethod,
                    new ParseOptions { AcceptUnsafeViolations = (stream.Backend!.Config.Options & ProxyOptions.AcceptUnsafeResponse) != 0 }
                );
                if (status == ParseStatus.Complete)
                {
                    if (Parser.ViolationOffset >= 0)
                        stream.Malformed.KeepAcceptedResponse();
                    return OnHead();
                }
                if (status != ParseStatus.Incomplete || response.End == stream.Worker.Buffers.BlockSize)
                {
                    Reject();
                    return true;
                }
            }
            if (!side.CanRead)
                return false;
            if (response.Data is null)
                response.Attach(stream.Worker.Buffers.RentLast(), headroom, headroom);
            else if (response.End == 0)
                response.Attach(response.Data, headroom, headroom);
            if (response.Data is null)
            {
                response.Reset();
                return false;
            }
            int n = side.Receive(response.Data + response.End, stream.Worker.Buffers.BlockSize - response.End);
            if (n > 0)
            {
                response.End += n;
                continue;
            }
            if (n == -1)
            {
                if (response.Unjudged == 0)
                    response.Release(stream.Worker.Buffers);
                return false;
            }
            ObserveFailure(side.PeerClosed ? Checks.TrafficObserver.Closed : Checks.TrafficObserver.ReadError);
            stream.Delivery.OnFailed(empty: response.Unjudged == 0);
            return true;
        }
    }

    private void Reject()
    {
        stream.Malformed.KeepResponseHead();
        Refuse();
    }

    /// <summary>What the server has sent is no answer.</summary>
    public void Refuse()
    {
        ObserveFailure(Checks.TrafficObserver.WrongHead);
        if (stream.Delivery.Retry(RetryOn.JunkResponse))
            return;
        stream.Counters.Server!.ResponseErrors++;
        stream.Counters.Backend!.ResponseErrors++;
        StickTables.StickTracking.CountFailure(stream);
        stream.Answers.Error(502, TerminationCause.Proxy, TerminationPhase.Headers);
    }

    /// <summary>"observe": the answer says something bad about its server.</summary>
    public void ObserveFailure(string what)
    {
        if (stream.Server is { IsObserved: true } server)
            Checks.TrafficObserver.FailedAnswer(server, what);
    }

    /// <summary>A complete head from the server: interim (forward and read on), upgrade, or final.</summary>
    private bool OnHead()
    {
        MessageHead head = stream.ResponseHead;
        int status = head.Status;
        if (status is >= 100 and < 200 && status != 101)
            return OnInterim(head);
        // a switch that nobody asked for, or to nothing, would end the protocol in the middle of a connection
        if (status == 101 && !(stream.RequestSide.WantsUpgrade && ProtocolSwitch.IsAnswered(head)))
        {
            Reject();
            return true;
        }
        if (stream.Server!.IsObserved)
            Checks.TrafficObserver.Answered(stream.Server, status);
        if (status >= 400 && stream.Delivery.Retry(RequestDelivery.FlagOf(status)))
            return true;
        if (!stream.Rules.PassResponseContent())
            return true;
        stream.Times.Response = stream.Worker.NowMs;
        ServerStatus = status;
        // what the server says of its connection, before any rule does
        stream.KeepAlive.Server &= head.KeepAlive;
        if (status is 401 or 407 && AuthenticatesConnection(head))
            stream.ServerSide!.IsPrivate = true;
        stream.Worker.Engine.Trace?.Head(stream, head, response: true);
        if (stream.Counters.Server is { } counters)
        {
            counters.Requests++;
            counters.CountResponse(status);
        }
        stream.Request.Retain = false;
        if (stream.Request.Start == stream.Request.End || stream.RequestSide.Phase == RequestPhase.Done && stream.Request.Unjudged == 0)
            ReleaseSentRequest();
        stream.Filters?.Judge(ChannelSide.Response, head);
        stream.Captures.KeepResponse(stream.ResponseHead);
        HeadLogSize = HeadSize.ForLog(head, request: false);
        StickTables.StickTracking.CountStatus(stream, status);
        stream.Rules.RunStick();
        return stream.Rules.RunResponse() ? FinishHead() : !stream.Rules.ResponseWaits;
    }

    /// <summary>NTLM and Negotiate say who is at the other end of a connection, not who sends a request: it is for that client alone from
    /// here on.</summary>
    private static bool AuthenticatesConnection(MessageHead head)
    {
        HeaderId id = head.Status == 401 ? HeaderId.WwwAuthenticate : HeaderId.ProxyAuthenticate;
        for (int i = head.Find(id); i >= 0; i = head.Find(id, i))
        {
            ReadOnlySpan<byte> value = head.Field(i).ValueSpan;
            if (
                value.Length >= 4 && ByteClass.EqualsIgnoreCase(value[..4], "ntlm"u8)
                || value.Length >= 9 && ByteClass.EqualsIgnoreCase(value[..9], "negotiate"u8)
            )
                return true;
        }
        return false;
    }

    /// <summary>The rules let the response pass: its head is made ready for the client.</summary>
    private bool FinishHead()
    {
        MessageHead head = stream.ResponseHead;
        int status = ServerStatus;
        bool upgraded =
            status == 101 && stream.RequestSide.WantsUpgrade
            || stream.RequestSide.SentMethod == HttpMethod.Connect && status is >= 200 and < 300;
        if (stream.Backend!.Cookie is { } cookie && !stream.Cookies.WriteResponse(cookie, head))
        {
            stream.Cookies.Fail();
            return true;
        }
        if ((stream.Backend.Config.Options & ProxyOptions.CheckCache) != 0 && Cacheability.LeaksCookie(stream.Method, head))
        {
            stream.Counters.Server!.ResponseErrors++;
            stream.Counters.Backend!.ResponseErrors++;
            stream.Answers.Error(502, TerminationCause.Proxy, TerminationPhase.Headers);
            return true;
        }
        if (!stream.Rules.RunAfterResponse())
        {
            stream.Answers.FailedRewrite();
            return true;
        }
        status = head.Status;
        upgraded = SettleBody(head, upgraded);
        if (!upgraded)
            stream.KeepAlive.FinishResponse(head);
        stream.Filters?.Head(ChannelSide.Response, head);
        if (!CommitHead(head, opensTunnel: upgraded))
        {
            stream.Answers.FailedRewrite();
            return true;
        }
        stream.Response.DropsTrailers = (stream.Frontend.Config.Options & ProxyOptions.HttpDropResponseTrailers) != 0;
        stream.Filters?.Place(
            ref stream.Response,
            ChannelSide.Response,
            stream.Response.Ready - stream.Response.Start,
            !upgraded && head.Body == BodyKind.Chunked
        );
        if (!upgraded && !stream.Response.BeginBody(head.Body, head.ContentLength))
        {
            RejectBody();
            return true;
        }
        stream.Status = status;
        stream.Heads.Return(head);
        stream.Log.WriteEarly();
        if (upgraded)
        {
            BeginTunnel();
            return true;
        }
        Phase = ResponsePhase.Forward;
        return true;
    }

    /// <summary>
    /// What rules made of status and method decides how the client reads on, what they were how the server sends. Where the two differ
    /// a body is dropped, or said to be empty. True when both ends go on with another protocol.
    /// </summary>
    private bool SettleBody(MessageHead head, bool serverSwitches)
    {
        bool clientSwitches = head.Status == 101 || stream.Method == HttpMethod.Connect && head.Status is >= 200 and < 300;
        if (serverSwitches && clientSwitches)
            return true;
        if (!BodyFraming.FrameFor(head, stream.Method) || serverSwitches)
            stream.KeepAlive.Server = false;
        if (serverSwitches)
            head.RemoveAll(HeaderId.Upgrade);
        // one end is in another protocol by now: nothing that follows would be understood
        if (serverSwitches || clientSwitches)
            stream.KeepAlive.Client = false;
        return false;
    }

    /// <summary>The body cannot be one, as far as it came with the head, which is still here: the client can be told.</summary>
    private void RejectBody()
    {
        if (stream.Frames.End is not null)
        {
            // its head is out already
            AbortBadBody();
            return;
        }
        stream.Malformed.KeepResponseBody();
        stream.Counters.Server!.ResponseErrors++;
        stream.Counters.Backend!.ResponseErrors++;
        StickTables.StickTracking.CountFailure(stream);
        stream.Answers.Error(502, TerminationCause.Proxy, TerminationPhase.Headers);
    }

    /// <summary>Frees the request's buffer once nothing of it is needed any more; what the client has pipelined stays.</summary>
    private void ReleaseSentRequest()
    {
        if (!stream.Request.Complete || stream.Request.HasUnsent && stream.RequestSide.Phase != RequestPhase.Done)
            return;
        stream.Request.Start = stream.Request.Ready;
        if (stream.Request.Unjudged == 0)
            stream.Request.Release(stream.Worker.Buffers);
    }

    /// <summary>100-continue, 103 early hints: passed on to HTTP/1.1 clients without what is for one connection, swallowed for
    /// 1.0.</summary>
    private bool OnInterim(MessageHead head)
    {
        // COMPAT: interim responses count as bytes of the answer
        stream.Interim.LogSize += HeadSize.ForLog(head, request: false);
        if (stream.RequestSide.MinorVersion >= 1)
        {
            stream.Heads.BeginEdit(head);
            HopByHopOptions options = HopByHop.Remove(head, keepsUpgrade: true) & ~HopByHopOptions.Close;
            if (!KeepAlive.Write(head, options, keepAlive: false) || !CommitHead(head))
            {
                Reject();
                return true;
            }
        }
        else if (stream.Response.Start == stream.Response.Ready)
            stream.Response.Start = stream.Response.Ready += head.HeadLength;
        head.Reset();
        stream.ServerDeadlineMs = stream.DeadlineIn(stream.BackendTimeouts.Server);
        return true;
    }

    public bool CommitHead(MessageHead head, bool opensTunnel = false)
    {
        if (stream.Frames.End is not null)
            return stream.Frames.SendHead(head, opensTunnel);
        if (stream.Worker.Engine.HeaderCase is { } spelling && (stream.Frontend.Config.Options & ProxyOptions.H1CaseAdjustBogusClient) != 0)
            spelling.Apply(head);
        bool ok = stream.Heads.Commit(ref stream.Response, head);
        stream.Heads.EndEdits();
        return ok;
    }

    private void BeginTunnel()
    {
        stream.IsTunnel = true;
        stream.KeepAlive.Client = stream.KeepAlive.Server = false;
        stream.RequestSide.Phase = RequestPhase.Done;
        Phase = ResponsePhase.Forward;
        stream.Response.BeginBody(BodyKind.UntilClose, 0);
        if (stream.Request.Data is null)
            stream.Request.Reset();
        stream.Request.Retain = false;
        stream.PlaceFilters();
        stream.Request.BeginBody(BodyKind.UntilClose, 0);
        stream.Frames.End?.BeginTunnel();
        stream.ServerFrames?.BeginTunnel();
        stream.ClientDeadlineMs = stream.ServerDeadlineMs = long.MaxValue;
    }

    private bool Forward()
    {
        ref Channel response = ref stream.Response;
        bool moved = false;
        for (int i = 0; i < 16; i++)
        {
            // PERF: the last bytes and the FIN in one segment; bench compare -m close
            Flow sent = response.Send(stream.Client, last: response.Complete && !stream.KeepAlive.Client);
            if (sent == Flow.SinkFailed)
            {
                stream.RequestSide.Abort();
                return true;
            }
            if (response.Complete && !response.HasUnsent)
            {
                stream.FinishExchange();
                return true;
            }
            StreamEnd? source = (StreamEnd?)stream.Service.End ?? stream.ServerEnd;
            Flow got = source is null ? Flow.Idle : response.Receive(source, stream.Worker.Buffers);
            if (got == Flow.BadBody)
            {
                AbortBadBody();
                return true;
            }
            if (got == Flow.SourceFailed)
            {
                Abort();
                return true;
            }
            if (response.SourceClosed && !response.Complete)
            {
                if (response.Body == BodyKind.UntilClose)
                    response.Complete = true;
                else if (!response.HasUnsent)
                {
                    Abort();
                    return true;
                }
                if (response.Complete && !response.HasUnsent)
                {
                    stream.FinishExchange();
                    return true;
                }
                if (response.Complete || response.HasUnsent)
                {
                    if (!stream.Client.CanWrite)
                        break;
                    continue;
                }
            }
            if (sent == Flow.Idle && got == Flow.Idle)
                break;
            moved = true;
        }
        response.ReleaseEmpty(stream.Worker.Buffers);
        if (moved)
        {
            stream.ServerDeadlineMs = stream.DeadlineIn(stream.Backend is null ? -1 : stream.BackendTimeouts.Server);
            stream.Worker.Enqueue(stream);
        }
        // a client that does not read is timed by its own clock
        stream.ClientDeadlineMs =
            response.HasUnsent && !response.IsHeld ? stream.DeadlineIn(stream.FrontendTimeouts.Client) : long.MaxValue;
        // and the server owes nothing while its answer cannot go on
        if (response.HasUnsent)
            stream.ServerDeadlineMs = long.MaxValue;
        return false;
    }

    private void Abort()
    {
        stream.Terminate(TerminationCause.ServerAbort, TerminationPhase.Data);
        stream.Counters.NoteAbort(clientFailed: false);
        stream.Counters.Server!.ResponseErrors++;
        stream.Counters.Backend!.ResponseErrors++;
        stream.EndStream();
    }

    private void AbortBadBody()
    {
        stream.Malformed.KeepResponseBody();
        stream.Terminate(TerminationCause.Proxy, TerminationPhase.Data);
        stream.Counters.Server!.ResponseErrors++;
        stream.Counters.Backend!.ResponseErrors++;
        stream.EndStream();
    }
}
