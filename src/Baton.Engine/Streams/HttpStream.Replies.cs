// Answers made here: error pages, redirects, http-request return.
using System;
using Baton.Configuration.Model;
using Baton.Http.H1;

namespace Baton.Engine.Streams;

public sealed unsafe partial class HttpStream
{
    /// <summary>Answers with the configured or default page of a status and ends the exchange with it.</summary>
    private void ReplyError(int status, TerminationCause cause, TerminationPhase phase)
    {
        Terminate(cause, phase);
        Reply(ErrorReplies.Find(status, Backend?.Config, Frontend.Config));
    }

    /// <summary>Sends a complete response given as bytes. Whatever was under way with a server is dropped.</summary>
    private void Reply(ReadOnlySpan<byte> message)
    {
        if (Response.Sent > 0 && _responsePhase != ResponsePhase.Waiting) { _clientKeepAlive = false; AbandonResponse(); return; }
        LeaveQueue();
        CloseServerSide();
        BeginResponseVariables();
        _local = true;
        ServerPhase = ServerPhase.None;
        PhaseDeadlineMs = ServerDeadlineMs = long.MaxValue;
        ReturnArena();
        if (_requestPhase == RequestPhase.Head) _isUncounted = true;
        if (_requestPhase == RequestPhase.Rules) TakeBodyState();
        bool requestRead = Request.Complete;
        if (!requestRead) _clientKeepAlive = false;
        Response.Release(Worker.Buffers);
        Response.Reset();
        int headroom = Worker.Engine.Config.Global.MaxRewrite;
        byte* data = Worker.Buffers.Rent();
        int length = Math.Min(message.Length, Worker.Buffers.BlockSize - headroom);
        message[..length].CopyTo(new Span<byte>(data + headroom, length));
        Response.Attach(data, headroom, headroom + length);
        ResponseHead.Reset();
        ParseStatus parsed = ResponseHead.ParseResponse(data + headroom, length, Method, new ParseOptions());
        _requestPhase = RequestPhase.Done;
        _inResponseRules = false;
        if (parsed != ParseStatus.Complete) { Response.Ready = Response.End; Response.Complete = true; _responsePhase = ResponsePhase.Forward; _clientKeepAlive = false; return; }
        Status = ResponseHead.Status;
        CountResponse(Status);
        _responseHeadLogSize = HeadLogSize(ResponseHead, request: false, own: true);
        RunAfterResponseRules();
        Status = ResponseHead.Status;
        PrepareResponseHead(ResponseHead);
        CommitResponseHead(ResponseHead);
        Response.BeginBody(ResponseHead.Body, ResponseHead.ContentLength);
        Response.Complete = true;
        _responsePhase = ResponsePhase.Forward;
    }

    /// <summary>Finds out whether the whole request is already here, so that an answer need not close the connection.</summary>
    private void TakeBodyState()
    {
        Request.Start = Request.Ready = Request.Ready + RequestHead.HeadLength;
        if (!Request.BeginBody(RequestHead.Body, RequestHead.ContentLength)) Request.Complete = false;
        Request.Start = Request.Ready;
    }

    private void RejectRequest(ParseStatus status)
    {
        FrontendCounters.RequestErrors++;
        _clientKeepAlive = false;
        Times.Request = -1;
        ReplyError(status switch { ParseStatus.UriTooLong => 414, ParseStatus.HeadTooLarge => 431, ParseStatus.VersionNotSupported => 505, ParseStatus.BodyNotAllowed => 413, _ => 400 },
            TerminationCause.Proxy, TerminationPhase.Request);
    }

    private void RejectBody()
    {
        FrontendCounters.RequestErrors++;
        _clientKeepAlive = false;
        Request.Complete = false;
        if (_responsePhase != ResponsePhase.Waiting) { Terminate(TerminationCause.Proxy, TerminationPhase.Data); EndStream(); return; }
        ReplyError(400, TerminationCause.Proxy, TerminationPhase.Request);
    }

    /// <summary>The client closed, or failed, before a whole request head.</summary>
    private void EndWithoutRequest(bool failed)
    {
        FrontendCounters.RequestErrors++;
        Terminate(TerminationCause.ClientAbort, TerminationPhase.Request);
        if (failed) { Status = 400; EndStream(); return; }
        _clientKeepAlive = false;
        Reply(ErrorReplies.Find(400, null, Frontend.Config));
    }
}
