// Answers made here: error pages, redirects, http-request return.
// SAFETY: a message that is copied into the response's block was found to be no longer than it; what is looked at of a dropped
// response lies between its head, still in the buffer, and End.
using System;
using Baton.Configuration.Model;
using Baton.Engine.Filters;
using Baton.Http.H1;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

public sealed unsafe partial class HttpStream
{
    /// <summary>What is said for a status: by the backend, the frontend, or the built-in page.</summary>
    internal HttpReply FindReply(int status) =>
        Backend?.ErrorReplies?.Find(status) ?? Frontend.ErrorReplies?.Find(status) ?? HttpReply.Default(status);

    /// <summary>Answers with the configured or default page of a status and ends the exchange with it.</summary>
    private void ReplyError(int status, TerminationCause cause, TerminationPhase phase)
    {
        Reply(_requestPhase == RequestPhase.Head ? FindEarlyReply(status) : FindReply(status), cause, phase);
    }

    /// <summary>COMPAT: what never became a request is answered by the built-in page, unless an empty file says not to answer it.</summary>
    private HttpReply FindEarlyReply(int status) => FindReply(status) is { IsSilent: true } silent ? silent : HttpReply.Early(status);

    private void Reply(HttpReply reply, TerminationCause cause, TerminationPhase phase)
    {
        // COMPAT: the answer's own texts know its status, but of the end of the stream nothing yet
        Status = reply.Status;
        ReadOnlySpan<byte> message = reply.Write(this);
        if (message.IsEmpty && !reply.IsSilent)
            reply = HttpReply.Default(500);
        if (cause != TerminationCause.None)
            Terminate(cause, phase);
        Reply(message.IsEmpty ? reply.Write(this) : message, reply.Status);
    }

    /// <summary>
    /// Sends a complete response given as bytes; nothing but a close when it is empty. Whatever was under way with a server is
    /// dropped. The log shows <paramref name="status"/> when it is given, else that of the response.
    /// </summary>
    private void Reply(ReadOnlySpan<byte> message, int status = 0)
    {
        if (_responsePhase != ResponsePhase.Waiting && (Response.Sent > 0 || _frames is { HasAnswered: true }))
        {
            _clientKeepAlive = false;
            AbandonResponse();
            return;
        }
        TakeOverAnswer();
        if (!TakeMessage(message))
        {
            AnswerNothing(status);
            return;
        }
        Status = status > 0 ? status : ResponseHead.Status;
        int before = ResponseHead.Status;
        if (_isServing)
            Filters?.Judge(ChannelSide.Response, ResponseHead);
        if (!RunAfterResponseRules())
        {
            AnswerFailedRewrite();
            return;
        }
        if (ResponseHead.Status != before)
            Status = ResponseHead.Status;
        if (!SendMessage())
            AnswerFailedRewrite();
    }

    /// <summary>The message in the buffer is what the client gets. False when its head does not fit any more.</summary>
    private bool SendMessage()
    {
        _responseHeadLogSize = HeadLogSize(ResponseHead, request: false, own: true);
        // what a client that wanted a tunnel sends next is no request
        if (!ResponseHead.KeepAlive || Method == HttpMethod.Connect)
            _clientKeepAlive = false;
        // COMPAT: what answers no request goes out as it is
        if (_isUncounted && _frames is null)
            Response.Ready += ResponseHead.HeadLength;
        else
        {
            BodyFraming.FrameFor(ResponseHead, Method);
            PrepareResponseHead(ResponseHead);
            if (_isServing)
                Filters?.Head(ChannelSide.Response, ResponseHead);
            if (!CommitResponseHead(ResponseHead))
                return false;
        }
        Response.BeginBody(ResponseHead.Body, ResponseHead.ContentLength);
        Response.Complete = true;
        return true;
    }

    /// <summary>The answer comes from here: drops whatever was under way with a server.</summary>
    private void TakeOverAnswer()
    {
        LeaveQueue();
        CloseServerSide();
        BeginResponseVariables();
        _local = true;
        ServerPhase = ServerPhase.None;
        PhaseDeadlineMs = ServerDeadlineMs = long.MaxValue;
        ReturnArena();
        if (_requestPhase == RequestPhase.Head)
            _isUncounted = true;
        if (_requestPhase == RequestPhase.Rules)
            TakeBodyState();
        if (!Request.Complete)
            _clientKeepAlive = false;
        Response.Release(Worker.Buffers);
        Response.Reset();
        _requestPhase = RequestPhase.Done;
        _inResponseRules = _responseRulesWait = false;
        _responsePhase = ResponsePhase.Forward;
    }

    /// <summary>The rules for every answer made its head too large for the buffer, or tried to: the page for that goes out without
    /// them.</summary>
    private void AnswerFailedRewrite()
    {
        bool served = !_local;
        // COMPAT: an answer of our own that failed has no time at all
        if (served)
            NoteDroppedResponse();
        else
            Times.Request = -1;
        Cause = TerminationCause.None;
        Terminate(TerminationCause.Proxy, served ? TerminationPhase.Headers : TerminationPhase.Request);
        HttpReply reply = FindReply(500);
        Status = reply.Status;
        ReadOnlySpan<byte> page = reply.Write(this);
        TakeOverAnswer();
        if (!TakeMessage(page) || !SendMessage())
            AnswerNothing(Status);
    }

    /// <summary>COMPAT: a response that is not let through has no time, but what the server has sent of it counts as sent to the
    /// client.</summary>
    private void NoteDroppedResponse()
    {
        Times.Response = -1;
        MessageHead head = ResponseHead;
        int start = Response.Ready + head.HeadLength,
            available = Response.End - start;
        long body = head.Body switch
        {
            BodyKind.Length => Math.Min(available, head.ContentLength),
            BodyKind.UntilClose => available,
            _ => 0,
        };
        if (head.Body == BodyKind.Chunked)
        {
            var scanner = default(ChunkedScanner);
            scanner.Advance(new ReadOnlySpan<byte>(Response.Data + start, available), out _);
            body = scanner.PayloadBytes;
        }
        _interimLogSize += _responseHeadLogSize + (int)body;
    }

    /// <summary>Puts a response into the buffer, with room for rules in front of it as far as there is any, and reads its head. False when
    /// it is none.</summary>
    private bool TakeMessage(ReadOnlySpan<byte> message)
    {
        if (!LendTable(ResponseHead))
            return false;
        ResponseHead.Reset();
        if (message.IsEmpty || message.Length > Worker.Buffers.BlockSize)
            return false;
        if (Response.Data is null)
            Response.Attach(Worker.Buffers.RentLast(), 0, 0);
        if (Response.Data is null)
            return false;
        int headroom = Math.Min(Worker.Engine.Config.Global.MaxRewrite, Worker.Buffers.BlockSize - message.Length);
        message.CopyTo(new Span<byte>(Response.Data + headroom, message.Length));
        Response.Start = Response.Ready = headroom;
        Response.End = headroom + message.Length;
        return _responseParser.ParseResponse(Response.Data + headroom, message.Length, Method, new ParseOptions()) == ParseStatus.Complete;
    }

    /// <summary>The connection is closed without a word; the log has the status all the same.</summary>
    private void AnswerNothing(int status)
    {
        Status = status;
        Response.Release(Worker.Buffers);
        Response.Reset();
        Response.Complete = true;
        _clientKeepAlive = false;
    }

    /// <summary>Finds out whether the whole request is already here, so that an answer need not close the connection.</summary>
    private void TakeBodyState()
    {
        Request.Start = Request.Ready = Request.Ready + RequestHead.HeadLength;
        if (!Request.BeginBody(RequestHead.Body, RequestHead.ContentLength))
            Request.Complete = false;
        Request.Start = Request.Ready;
    }

    /// <summary>COMPAT: what never became a request is a request all the same in the counters.</summary>
    private void CountBadRequest()
    {
        FrontendCounters.RequestErrors++;
        ListenerCounters.RequestErrors++;
        if (_requestPhase == RequestPhase.Head)
            CountRequest();
        StickTables.StickTracking.CountError(this);
    }

    private void RejectRequest(ParseStatus status)
    {
        if (_frames is null)
            KeepBadRequestHead();
        CountBadRequest();
        _clientKeepAlive = false;
        Times.Request = -1;
        ReplyError(
            status switch
            {
                ParseStatus.UriTooLong => 414,
                ParseStatus.HeadTooLarge => 431,
                ParseStatus.VersionNotSupported => 505,
                ParseStatus.BodyNotAllowed => 413,
                _ => 400,
            },
            TerminationCause.Proxy,
            TerminationPhase.Request
        );
    }

    private void RejectBody()
    {
        KeepBadRequestBody();
        CountBadRequest();
        _clientKeepAlive = false;
        Request.Complete = false;
        if (_responsePhase != ResponsePhase.Waiting)
        {
            Terminate(TerminationCause.Proxy, TerminationPhase.Data);
            EndStream();
            return;
        }
        ReplyError(400, TerminationCause.Proxy, ServerPhase == ServerPhase.Connected ? TerminationPhase.Headers : TerminationPhase.Request);
    }

    /// <summary>The client closed, or failed, before a whole request head.</summary>
    private void EndWithoutRequest(bool failed)
    {
        CountBadRequest();
        Terminate(TerminationCause.ClientAbort, TerminationPhase.Request);
        if (failed)
        {
            Status = 400;
            EndStream();
            return;
        }
        _clientKeepAlive = false;
        Reply(FindEarlyReply(400), TerminationCause.None, TerminationPhase.None);
    }
}
