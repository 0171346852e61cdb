// Answers made here: error pages, redirects, what "return" and "deny" say. A *reply* is what is said (HttpReply: configured, or built in);
// to *give* it is to put it in the place of whatever was under way, run the rules for every answer, and let it go.
// SAFETY: a message that is copied into the response's block was found to be no longer than it; what is looked at of a dropped
// response lies between its head, still in the buffer, and End.
using System;
using System.Text;
using Baton.Configuration.Model;
using Baton.Core.Text;
using Baton.Engine.Filters;
using Baton.Engine.Logs;
using Baton.Http.H1;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

/// <summary>A part of its stream.</summary>
internal sealed unsafe class LocalAnswers(HttpStream stream)
{
    /// <summary>What is said when the time in the pit is over; null without one.</summary>
    private HttpReply? _tarpit;

    /// <summary>The answer is not a server's.</summary>
    public bool IsOwn { get; private set; }

    /// <summary>COMPAT: an answer to something that never became a request counts no bytes (haproxy answers it below its
    /// streams).</summary>
    public bool IsUncounted { get; private set; }

    public void Reset()
    {
        IsOwn = IsUncounted = false;
        _tarpit = null;
    }

    /// <summary>monitor-uri: answered here, neither logged nor sent anywhere. False when the request is not for it.</summary>
    public bool AnswerMonitor()
    {
        if (!IsMonitorRequest)
            return false;
        stream.Log.Level = StreamLog.Silent;
        stream.Counters.Frontend.Intercepted++;
        Give(Find(MonitorFails ? 503 : 200), TerminationCause.None, TerminationPhase.None);
        return true;
    }

    private bool IsMonitorRequest => stream.Frontend.MonitorUri.Length > 0 && MonitorTarget.SequenceEqual(stream.Frontend.MonitorUri);

    /// <summary>COMPAT: scheme and authority of a target in absolute form do not count.</summary>
    private ReadOnlySpan<byte> MonitorTarget =>
        stream.RequestHead.Form == TargetForm.Absolute ? stream.RequestHead.PathAndQuery : stream.RequestHead.Target;

    private bool MonitorFails
    {
        get
        {
            foreach (Acls.Condition condition in stream.Frontend.MonitorFail ?? [])
                if (condition.Holds(stream))
                    return true;
            return false;
        }
    }

    /// <summary>COMPAT: what a backend of its own answers is not the frontend's doing.</summary>
    public void CountIntercepted()
    {
        if (stream.IsOwnBackend)
            stream.Counters.Frontend.Intercepted++;
    }

    /// <summary>http-request redirect, auth.</summary>
    public void GiveMessage(ReadOnlySpan<byte> message, TerminationCause cause)
    {
        stream.Terminate(cause, OwnPhase);
        CountIntercepted();
        // COMPAT: an answer that takes the place of the server's has not come from there
        if (stream.Rules.InResponse)
            stream.Times.Response = -1;
        Send(message);
    }

    public TerminationPhase OwnPhase => stream.Rules.InResponse ? TerminationPhase.Headers : TerminationPhase.Request;

    /// <summary>"return".</summary>
    public void Return(HttpReply reply)
    {
        CountIntercepted();
        Replace(reply, TerminationCause.Local);
    }

    /// <summary>COMPAT: the texts of an answer that replaces a response know nothing of that response.</summary>
    public void Replace(HttpReply reply, TerminationCause cause)
    {
        TerminationPhase phase = OwnPhase;
        if (stream.Rules.InResponse)
            NoteDroppedResponse();
        stream.Rules.Leave();
        Give(reply, cause, phase);
    }

    /// <summary>The time in the pit is over. False when there was none.</summary>
    public bool EndTarpit()
    {
        if (_tarpit is not { } reply)
            return false;
        _tarpit = null;
        // COMPAT: the time in the pit is shown as the time in a queue
        stream.Times.Request = -1;
        stream.Times.Queue = stream.Worker.NowMs;
        Give(reply, TerminationCause.Proxy, TerminationPhase.Tarpit);
        return true;
    }

    /// <summary>Waits for timeout tarpit (else connect), then answers.</summary>
    public void Tarpit(HttpReply reply)
    {
        _tarpit = reply;
        stream.RequestSide.TakeBodyState();
        stream.RequestSide.Phase = RequestPhase.Done;
        ref TimeoutsConfig t = ref stream.Backend is null ? ref stream.FrontendTimeouts : ref stream.BackendTimeouts;
        stream.PhaseDeadlineMs = stream.DeadlineIn(t.Tarpit >= 0 ? t.Tarpit : t.Connect);
    }

    /// <summary>"deny": an error page in place of what was to come.</summary>
    public void Deny(HttpReply reply) => Replace(reply, TerminationCause.Proxy);

    /// <summary>What is said for a status: by the backend, the frontend, or the built-in page.</summary>
    public HttpReply Find(int status) =>
        stream.Backend?.ErrorReplies?.Find(status) ?? stream.Frontend.ErrorReplies?.Find(status) ?? HttpReply.Default(status);

    /// <summary>Answers with the configured or default page of a status and ends the exchange with it.</summary>
    public void Error(int status, TerminationCause cause, TerminationPhase phase) =>
        Give(stream.RequestSide.Phase == RequestPhase.Head ? FindEarly(status) : Find(status), cause, phase);

    /// <summary>COMPAT: what never became a request is answered by the built-in page, unless an empty file says not to answer it.</summary>
    public HttpReply FindEarly(int status) => Find(status) is { IsSilent: true } silent ? silent : HttpReply.Early(status);

    /// <summary>Gives a reply, whatever was under way.</summary>
    public void Give(HttpReply reply, TerminationCause cause, TerminationPhase phase)
    {
        // COMPAT: the answer's own texts know its status, but of the end of the stream nothing yet
        stream.Status = reply.Status;
        ReadOnlySpan<byte> message = reply.Write(stream);
        if (message.IsEmpty && !reply.IsSilent)
            reply = HttpReply.Default(500);
        if (cause != TerminationCause.None)
            stream.Terminate(cause, phase);
        Send(message.IsEmpty ? reply.Write(stream) : message, reply.Status);
    }

    /// <summary>
    /// Sends a complete response given as bytes; nothing but a close when it is empty. Whatever was under way with a server is
    /// dropped. The log shows <paramref name="status"/> when it is given, else that of the response.
    /// </summary>
    public void Send(ReadOnlySpan<byte> message, int status = 0)
    {
        if (stream.ResponseSide.Phase != ResponsePhase.Waiting && (stream.Response.Sent > 0 || stream.Frames.End is { HasAnswered: true }))
        {
            stream.KeepAlive.Client = false;
            stream.AbandonResponse();
            return;
        }
        TakeOver();
        if (!TakeMessage(message))
        {
            Nothing(status);
            return;
        }
        stream.Status = status > 0 ? status : stream.ResponseHead.Status;
        int before = stream.ResponseHead.Status;
        if (stream.Service.IsBeginning)
            stream.Filters?.Judge(ChannelSide.Response, stream.ResponseHead);
        if (!stream.Rules.RunAfterResponse())
        {
            FailedRewrite();
            return;
        }
        if (stream.ResponseHead.Status != before)
            stream.Status = stream.ResponseHead.Status;
        if (!SendMessage())
            FailedRewrite();
    }

    /// <summary>The message in the buffer is what the client gets. False when its head does not fit any more.</summary>
    private bool SendMessage()
    {
        stream.ResponseSide.HeadLogSize = HeadSize.ForLog(stream.ResponseHead, request: false, own: true);
        // what a client that wanted a tunnel sends next is no request
        if (!stream.ResponseHead.KeepAlive || stream.Method == HttpMethod.Connect)
            stream.KeepAlive.Client = false;
        // COMPAT: what answers no request goes out as it is
        if (IsUncounted && stream.Frames.End is null)
            stream.Response.Ready += stream.ResponseHead.HeadLength;
        else
        {
            BodyFraming.FrameFor(stream.ResponseHead, stream.Method);
            stream.KeepAlive.FinishResponse(stream.ResponseHead);
            if (stream.Service.IsBeginning)
                stream.Filters?.Head(ChannelSide.Response, stream.ResponseHead);
            if (!stream.ResponseSide.CommitHead(stream.ResponseHead))
                return false;
        }
        stream.Response.BeginBody(stream.ResponseHead.Body, stream.ResponseHead.ContentLength);
        stream.Response.Complete = true;
        return true;
    }

    /// <summary>The answer comes from here: drops whatever was under way with a server.</summary>
    private void TakeOver()
    {
        stream.Choice.LeaveQueue();
        stream.Connecting.Close();
        stream.Variables.BeginResponse();
        IsOwn = true;
        stream.ServerPhase = ServerPhase.None;
        stream.PhaseDeadlineMs = stream.ServerDeadlineMs = long.MaxValue;
        stream.Heads.EndEdits();
        if (stream.RequestSide.Phase == RequestPhase.Head)
            IsUncounted = true;
        if (stream.RequestSide.Phase == RequestPhase.Rules)
            stream.RequestSide.TakeBodyState();
        if (!stream.Request.Complete)
            stream.KeepAlive.Client = false;
        stream.Response.Release(stream.Worker.Buffers);
        stream.Response.Reset();
        stream.RequestSide.Phase = RequestPhase.Done;
        stream.Rules.Leave();
        stream.ResponseSide.Phase = ResponsePhase.Forward;
    }

    /// <summary>The rules for every answer made its head too large for the buffer, or tried to: the page for that goes out without
    /// them.</summary>
    public void FailedRewrite()
    {
        bool served = !IsOwn;
        // COMPAT: an answer of our own that failed has no time at all
        if (served)
            NoteDroppedResponse();
        else
            stream.Times.Request = -1;
        stream.Cause = TerminationCause.None;
        stream.Terminate(TerminationCause.Proxy, served ? TerminationPhase.Headers : TerminationPhase.Request);
        HttpReply reply = Find(500);
        stream.Status = reply.Status;
        ReadOnlySpan<byte> page = reply.Write(stream);
        TakeOver();
        if (!TakeMessage(page) || !SendMessage())
            Nothing(stream.Status);
    }

    /// <summary>COMPAT: a response that is not let through has no time, but what the server has sent of it counts as sent to the
    /// client.</summary>
    public void NoteDroppedResponse()
    {
        stream.Times.Response = -1;
        MessageHead head = stream.ResponseHead;
        int start = stream.Response.Ready + head.HeadLength,
            available = stream.Response.End - start;
        long body = head.Body switch
        {
            BodyKind.Length => Math.Min(available, head.ContentLength),
            BodyKind.UntilClose => available,
            _ => 0,
        };
        if (head.Body == BodyKind.Chunked)
        {
            var scanner = default(ChunkedScanner);
            scanner.Advance(new ReadOnlySpan<byte>(stream.Response.Data + start, available), out _);
            body = scanner.PayloadBytes;
        }
        stream.Interim.LogSize += stream.ResponseSide.HeadLogSize + (int)body;
    }

    /// <summary>Puts a response into the buffer, with room for rules in front of it as far as there is any, and reads its head. False when
    /// it is none.</summary>
    private bool TakeMessage(ReadOnlySpan<byte> message)
    {
        if (!stream.Heads.Lend(stream.ResponseHead))
            return false;
        stream.ResponseHead.Reset();
        if (message.IsEmpty || message.Length > stream.Worker.Buffers.BlockSize)
            return false;
        if (stream.Response.Data is null)
            stream.Response.Attach(stream.Worker.Buffers.RentLast(), 0, 0);
        if (stream.Response.Data is null)
            return false;
        int headroom = Math.Min(stream.Worker.Engine.Config.Global.MaxRewrite, stream.Worker.Buffers.BlockSize - message.Length);
        message.CopyTo(new Span<byte>(stream.Response.Data + headroom, message.Length));
        stream.Response.Start = stream.Response.Ready = headroom;
        stream.Response.End = headroom + message.Length;
        return stream.ResponseSide.Parser.ParseResponse(stream.Response.Data + headroom, message.Length, stream.Method, new ParseOptions())
            == ParseStatus.Complete;
    }

    /// <summary>The connection is closed without a word; the log has the status all the same.</summary>
    private void Nothing(int status)
    {
        stream.Status = status;
        stream.Response.Release(stream.Worker.Buffers);
        stream.Response.Reset();
        stream.Response.Complete = true;
        stream.KeepAlive.Client = false;
    }

    /// <summary>Answers with the redirect when the assigned server asks for it. False when the request is to be forwarded.</summary>
    public bool RedirectToServer()
    {
        if (stream.Server!.Config.Redir is not { } prefix || stream.Method is not (HttpMethod.Get or HttpMethod.Head))
            return false;
        // the head has been written already: the target is the second word of what waits to be sent
        var text = new ReadOnlySpan<byte>(stream.Request.Data + stream.Request.Start, stream.Request.Ready - stream.Request.Start);
        text = text[(text.IndexOf((byte)' ') + 1)..];
        text = text[..Math.Max(0, text.IndexOfAny((byte)' ', (byte)'\r', (byte)'\n'))];
        if (text.IndexOf("://"u8) is > 0 and var scheme)
        {
            int slash = text[(scheme + 3)..].IndexOf((byte)'/');
            text = slash < 0 ? "/"u8 : text[(scheme + 3 + slash)..];
        }
        Span<byte> message = stream.Worker.Scratch.TextSpan;
        int at = ByteText.Append(message, 0, "HTTP/1.1 302 Found\r\ncache-control: no-cache\r\ncontent-length: 0\r\nlocation: "u8);
        if (at + prefix.Length * 3 + text.Length + 4 > message.Length)
            return false;
        at += Encoding.UTF8.GetBytes(prefix, message[at..]);
        at = ByteText.Append(message, at, text);
        at = ByteText.Append(message, at, "\r\n\r\n"u8);
        stream.KeepAlive.Client = false;
        stream.Terminate(TerminationCause.Local, TerminationPhase.Connect);
        Send(message[..at]);
        return true;
    }
}
