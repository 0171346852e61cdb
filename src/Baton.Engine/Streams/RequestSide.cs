// The request of an HTTP stream: read and check the head, decide, rewrite, forward.
// SAFETY: a head is only ever in a block of BlockSize bytes (bulk blocks never see the end of a message), so that reads behind End
// may go that far.
using System;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Filters;
using Baton.Engine.Logs;
using Baton.Engine.Proxies;
using Baton.Engine.Rules;
using Baton.Http.H1;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

/// <summary>A part of its stream: the state machine of one direction.</summary>
internal sealed unsafe class RequestSide(HttpStream stream, int maxHeaders)
{
    public RequestPhase Phase { get; set; }

    public HeadParser Parser { get; } = new(new MessageHead(maxHeaders, isLent: true));

    /// <summary>Of the client's version of HTTP.</summary>
    public int MinorVersion { get; set; }

    /// <summary>Bytes of the head as the log counts them.</summary>
    public int HeadLogSize { get; set; }

    /// <summary>The method as rules left it: what the server's answer is an answer to.</summary>
    public HttpMethod SentMethod { get; private set; }

    /// <summary>Both ends may go on with another protocol.</summary>
    public bool WantsUpgrade { get; private set; }

    public void Reset()
    {
        Phase = RequestPhase.Head;
        MinorVersion = HeadLogSize = 0;
        SentMethod = HttpMethod.Other;
        WantsUpgrade = false;
    }

    /// <summary>Does what can be done now. True when something has moved.</summary>
    public bool Advance()
    {
        switch (Phase)
        {
            case RequestPhase.Head:
                return ReadHead();
            case RequestPhase.Rules:
                return RunRules();
            case RequestPhase.Body:
                return BufferBody();
            case RequestPhase.Forward:
                return stream.Delivery.Advance() | Forward();
            default:
                return stream.ServerPhase != ServerPhase.Connected && stream.Delivery.Advance();
        }
    }

    public ParseOptions Options =>
        new()
        {
            AcceptUnsafeViolations = (stream.Frontend.Config.Options & ProxyOptions.AcceptUnsafeRequest) != 0,
            AcceptPayloadWithAnyMethod = stream.Worker.Engine.Config.Global.AcceptPayloadWithAnyMethod,
        };

    private bool ReadHead()
    {
        while (true)
        {
            ParseStatus status = Parser.ParseRequest(
                stream.Request.Data + stream.Request.Ready,
                stream.Request.End - stream.Request.Ready,
                Options
            );
            if (status == ParseStatus.Complete)
            {
                if (Parser.ViolationOffset >= 0)
                    stream.Malformed.KeepAcceptedRequest();
                OnHead();
                return true;
            }
            if (status == ParseStatus.Incomplete && stream.Request.End == stream.Worker.Buffers.BlockSize)
                status = Parser.WhenFull;
            if (status != ParseStatus.Incomplete)
            {
                Reject(status);
                return true;
            }
            int n = stream.Client.CanRead
                ? stream.Client.Receive(stream.Request.Data + stream.Request.End, stream.Worker.Buffers.BlockSize - stream.Request.End)
                : -1;
            if (n > 0)
            {
                stream.Request.End += n;
                continue;
            }
            if (n == -1)
                LeaveHead();
            else
                EndWithout(n == -2);
            return true;
        }
    }

    /// <summary>The rest of the head is not here yet: its bytes wait with the connection, and this stream never was.</summary>
    private void LeaveHead()
    {
        byte* buffer = stream.Request.Data;
        int start = stream.Request.Ready,
            end = stream.Request.End;
        stream.Request.Data = null;
        stream.ReleaseMemory();
        if (stream.SequenceNumber == stream.Worker.StreamSequence)
            stream.Worker.StreamSequence--;
        ClientConnection client = stream.Connection;
        stream.GiveBack();
        client.KeepHead(buffer, start, end);
    }

    /// <summary>The head is whole: content rules, and what is noted of every request.</summary>
    public void OnHead()
    {
        Phase = RequestPhase.Rules;
        if (stream.Frontend.Filters is { } filters)
            stream.Attach(filters);
        stream.Frontend.Log?.EmitConnect(stream);
        if (!stream.Rules.PassContent(stream.Frontend.ContentRules))
            return;
        MessageHead head = stream.RequestHead;
        stream.Times.Request = stream.Worker.NowMs;
        stream.PhaseDeadlineMs = long.MaxValue;
        stream.Method = head.Method;
        MinorVersion = head.MinorVersion;
        stream.KeepAlive.Client = head.KeepAlive;
        if (!ProtocolSwitch.IsSound(head))
        {
            Phase = RequestPhase.Head;
            Reject(ParseStatus.BadRequest);
            return;
        }
        WantsUpgrade = stream.Method == HttpMethod.Connect || ProtocolSwitch.IsWanted(head);
        stream.Worker.Engine.Trace?.Head(stream, head, response: false);
        Count();
        stream.Captures.KeepRequest(head);
        HeadLogSize = HeadSize.ForLog(head, request: true);
        if (stream.Log.IsWanted)
            stream.Log.KeepRequestLine(head);
    }

    private void Count()
    {
        TrafficCounters counters = stream.Counters.Frontend;
        counters.Requests++;
        counters.RequestRate.Add(stream.Worker.NowMs);
        stream.Worker.Engine.TotalRequests[stream.Worker.Index].Value++;
        StickTables.StickTracking.CountRequest(stream);
    }

    /// <summary>The rules of the frontend, the choice of the backend, the rules of the backend. False while they wait for
    /// something.</summary>
    private bool RunRules()
    {
        if (stream.Answers.AnswerMonitor())
            return true;
        if (stream.Backend is null && !ChooseBackend())
            return Phase != RequestPhase.Rules;
        if (Phase != RequestPhase.Rules || stream.IsEnded)
            return true;
        if (!stream.IsOwnBackend && stream.Backend!.Rules is { } rules && !stream.Rules.Run(rules))
            return Phase != RequestPhase.Rules;
        if (!HasBalanceKey())
            return false;
        Prepare();
        return true;
    }

    /// <summary>The frontend's rules, then its choice. False when they wait or have answered.</summary>
    private bool ChooseBackend()
    {
        if (stream.Rules.AtStart && !RestrictedNames.Pass(stream, stream.Frontend.Config))
            return false;
        if (stream.Frontend.Rules is { } rules && !stream.Rules.Run(rules))
            return false;
        stream.Rules.BeginSet();
        BackendState? backend = BackendSwitch.Select(stream);
        if (backend is null)
        {
            stream.Connecting.Failure = ServerFailure.NoServer;
            stream.Times.Request = -1;
            stream.Answers.Error(503, TerminationCause.ServerAbort, TerminationPhase.Connect);
            return false;
        }
        stream.EnterBackend(backend);
        stream.Counters.Backend!.Requests++;
        if (!stream.Rules.PassContent(backend.ContentRules))
            return true;
        return stream.IsOwnBackend || RestrictedNames.Pass(stream, backend.Config);
    }

    /// <summary>The request is decided: fix its head for the server and start forwarding.</summary>
    private void Prepare()
    {
        MessageHead head = stream.RequestHead;
        stream.Backend!.ServerRules?.Run(stream);
        if (stream.Backend.Cookie is { } cookie && !stream.Cookies.ReadRequest(cookie))
        {
            FailEdit();
            return;
        }
        stream.Backend.StickRules?.OnRequest(stream);
        BalanceKey.Set(stream, head);
        stream.NameHeader.Remove(head);
        HttpConnectionMode mode = (HttpConnectionMode)
            Math.Max((byte)stream.Frontend.Config.ConnectionMode, (byte)stream.Backend!.Config.ConnectionMode);
        // COMPAT: the client's side goes by the frontend alone
        if (stream.Frontend.Config.ConnectionMode == HttpConnectionMode.Close)
            stream.KeepAlive.Client = false;
        stream.KeepAlive.Server = mode == HttpConnectionMode.KeepAlive;
        bool waits =
            !stream.BodyStart.Has(0)
            && ((stream.Frontend.Config.Options | stream.Backend.Config.Options) & ProxyOptions.HttpBufferRequest) != 0;
        // who gets the leave to send from us must not get it from the server once more
        if (head.ExpectContinue && (waits || stream.Interim.HasContinued))
        {
            stream.Heads.BeginEdit(head);
            head.RemoveAll(HeaderId.Expect);
        }
        if (stream.KeepAlive.NeedsEdit(head, mode) && !stream.KeepAlive.EditRequest(head, mode) || !CommitHead(head))
        {
            FailEdit();
            return;
        }
        stream.Filters?.Place(
            ref stream.Request,
            ChannelSide.Request,
            stream.Request.Ready - stream.Request.Start,
            head.Body == BodyKind.Chunked
        );
        bool expects = head.ExpectContinue;
        SentMethod = head.Method;
        // from here on the head is no longer at Ready: an answer must not look for it there
        Phase = RequestPhase.Body;
        stream.Request.DropsTrailers = (stream.Backend.Config.Options & ProxyOptions.HttpDropRequestTrailers) != 0;
        if (!stream.Request.BeginBody(head.Body, head.ContentLength))
        {
            RejectBody();
            return;
        }
        if (!waits)
        {
            StartForwarding();
            return;
        }
        // the body belongs to the request as far as the time-out goes
        int limit = stream.FrontendTimeouts.HttpRequest >= 0 ? stream.FrontendTimeouts.HttpRequest : stream.FrontendTimeouts.Client;
        stream.PhaseDeadlineMs = stream.DeadlineIn(limit);
        if (expects && !stream.Interim.HasContinued && !stream.Interim.SendContinue())
            Abort();
    }

    /// <summary>What is ours to add does not fit into the head. COMPAT: the request has no time then.</summary>
    private void FailEdit()
    {
        stream.Times.Request = -1;
        stream.Answers.Error(500, TerminationCause.Proxy, TerminationPhase.Request);
    }

    private void StartForwarding()
    {
        stream.PhaseDeadlineMs = long.MaxValue;
        stream.Heads.Return(stream.RequestHead);
        stream.ServerPhase = ServerPhase.Choosing;
        Phase = RequestPhase.Forward;
        if (!stream.Request.Complete)
            stream.ClientDeadlineMs = stream.DeadlineIn(stream.FrontendTimeouts.Client);
    }

    private bool CommitHead(MessageHead head)
    {
        if (stream.Worker.Engine.HeaderCase is { } spelling && (stream.Backend!.Config.Options & ProxyOptions.H1CaseAdjustBogusServer) != 0)
            spelling.Apply(head);
        if (stream.Frames.End is not null)
            stream.Frames.Note(head);
        if (WantsUpgrade)
            stream.Protocol.Note(head);
        stream.Following.SetAside(head);
        if (stream.Backend!.ServerNames.Length > 0)
            (stream.ServerNames ??= new ServerNames()).Keep(stream, stream.Backend.ServerNames);
        stream.Filters?.Head(ChannelSide.Request, head);
        bool ok = stream.Heads.Commit(ref stream.Request, head);
        stream.Heads.EndEdits();
        return ok;
    }

    /// <summary>option http-buffer-request: the body first, as far as it fits.</summary>
    private bool BufferBody()
    {
        while (true)
        {
            if (stream.Request.Complete || stream.Request.Start == 0 && stream.Request.End == stream.Worker.Buffers.BlockSize)
            {
                // COMPAT: the wait belongs to the time the request took to arrive
                stream.Times.Request = stream.Worker.NowMs;
                StartForwarding();
                return true;
            }
            if (!TryReceive(out Flow got))
                return true;
            if (got == Flow.Idle)
                return false;
        }
    }

    /// <summary>Reads more of the request. False when there is no more of one: what comes is no body, or the client has gone.</summary>
    private bool TryReceive(out Flow got)
    {
        got = stream.Request.Receive(stream.Client, stream.Worker.Buffers);
        if (got == Flow.BadBody)
            RejectBody();
        else if (got == Flow.SourceFailed || stream.Request.SourceClosed)
            Abort();
        else
            return true;
        return false;
    }

    /// <summary>Moves the request on to its server. True when the state has changed.</summary>
    private bool Forward()
    {
        if (stream.ServerPhase != ServerPhase.Connected || Phase != RequestPhase.Forward)
            return false;
        bool moved = false;
        for (int i = 0; i < 16; i++)
        {
            if (IsUnheard)
            {
                if (!DropRest())
                    return true;
            }
            if (!IsUnheard && stream.Request.Sent > 0 && stream.Request.HasUnsent)
                stream.ServerSide!.SetNoDelay();
            Flow sent = IsUnheard ? Flow.Idle : stream.Request.Send(stream.ServerEnd!);
            if (sent == Flow.SinkFailed && stream.ResponseSide.Phase == ResponsePhase.Done)
            {
                stream.Connecting.Close();
                continue;
            }
            if (sent == Flow.SinkFailed)
            {
                stream.Delivery.OnSendFailed();
                return true;
            }
            if (stream.Request.Complete && !stream.Request.HasUnsent)
            {
                Phase = RequestPhase.Done;
                stream.ClientDeadlineMs = long.MaxValue;
                if (!stream.Request.Retain && stream.Request.End == 0)
                    stream.Request.Release(stream.Worker.Buffers);
                stream.ServerDeadlineMs = stream.DeadlineIn(stream.BackendTimeouts.Server);
                if (stream.ResponseSide.Phase == ResponsePhase.Done)
                    stream.FinishExchange();
                return true;
            }
            if (!TryReceive(out Flow got))
                return true;
            if (sent == Flow.Idle && got == Flow.Idle)
                break;
            moved = true;
        }
        stream.Request.ReleaseEmpty(stream.Worker.Buffers);
        if (moved)
        {
            stream.ClientDeadlineMs = stream.DeadlineIn(stream.FrontendTimeouts.Client);
            stream.ServerDeadlineMs = stream.ServerSide is null ? long.MaxValue : stream.DeadlineIn(stream.BackendTimeouts.Server);
            stream.Worker.Enqueue(stream);
        }
        // neither the client nor the server is waited for
        if (stream.Request.IsHeld)
            stream.ClientDeadlineMs = stream.ServerDeadlineMs = long.MaxValue;
        return false;
    }

    /// <summary>balance url_param NAME check_post: the body of a POST may hold the parameter. False while it is waited for.</summary>
    private bool HasBalanceKey()
    {
        // COMPAT: nobody is told to go on for it
        if (!stream.Backend!.Config.Balance.ChecksPost || stream.Method != HttpMethod.Post || stream.RequestHead.ExpectContinue)
            return true;
        // all rules have spoken
        stream.Rules.EndSet();
        return stream.BodyStart.AwaitRequest(
            stream.FrontendTimeouts.HttpRequest >= 0 ? stream.FrontendTimeouts.HttpRequest : stream.FrontendTimeouts.Client,
            0
        );
    }

    /// <summary>Finds out whether the whole request is already here, so that an answer need not close the connection.</summary>
    public void TakeBodyState()
    {
        stream.Request.Start = stream.Request.Ready = stream.Request.Ready + stream.RequestHead.HeadLength;
        if (!stream.Request.BeginBody(stream.RequestHead.Body, stream.RequestHead.ContentLength))
            stream.Request.Complete = false;
        stream.Request.Start = stream.Request.Ready;
    }

    /// <summary>COMPAT: what never became a request is a request all the same in the counters.</summary>
    public void CountBad()
    {
        stream.Counters.Frontend.RequestErrors++;
        stream.Counters.Listener.RequestErrors++;
        if (Phase == RequestPhase.Head)
            Count();
        StickTables.StickTracking.CountError(stream);
    }

    /// <summary>It is no request.</summary>
    public void Reject(ParseStatus status)
    {
        if (stream.Frames.End is null)
            stream.Malformed.KeepRequestHead();
        CountBad();
        stream.KeepAlive.Client = false;
        stream.Times.Request = -1;
        stream.Answers.Error(
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
        stream.Malformed.KeepRequestBody();
        CountBad();
        stream.KeepAlive.Client = false;
        stream.Request.Complete = false;
        if (stream.ResponseSide.Phase != ResponsePhase.Waiting)
        {
            stream.Terminate(TerminationCause.Proxy, TerminationPhase.Data);
            stream.EndStream();
            return;
        }
        stream.Answers.Error(
            400,
            TerminationCause.Proxy,
            stream.ServerPhase == ServerPhase.Connected ? TerminationPhase.Headers : TerminationPhase.Request
        );
    }

    /// <summary>The client closed, or failed, before a whole request head.</summary>
    public void EndWithout(bool failed)
    {
        CountBad();
        stream.Terminate(TerminationCause.ClientAbort, TerminationPhase.Request);
        if (failed)
        {
            stream.Status = 400;
            stream.EndStream();
            return;
        }
        stream.KeepAlive.Client = false;
        stream.Answers.Give(stream.Answers.FindEarly(400), TerminationCause.None, TerminationPhase.None);
    }

    /// <summary>The client is still sending, to a server that may read it or on a connection that goes on afterwards.</summary>
    public bool StillForwards =>
        Phase == RequestPhase.Forward
        && !stream.Request.Complete
        && !stream.Answers.IsOwn
        && (stream.KeepAlive.Client || stream.ServerEnd is { PeerClosed: false, Failed: false });

    /// <summary>COMPAT: from here on the client alone is waited for.</summary>
    public void AwaitRest()
    {
        stream.Response.Release(stream.Worker.Buffers);
        stream.ClientDeadlineMs = stream.DeadlineIn(stream.FrontendTimeouts.Client);
        stream.ServerDeadlineMs = stream.Request.HasUnsent ? stream.DeadlineIn(stream.BackendTimeouts.Server) : long.MaxValue;
    }

    /// <summary>The server has answered and closed: what the client still sends is for nobody.</summary>
    private bool IsUnheard =>
        stream.ResponseSide.Phase == ResponsePhase.Done && stream.ServerEnd is null or { PeerClosed: true } or { Failed: true };

    /// <summary>Throws away what has come for a server that is gone. False when there is nothing to keep the connection for.</summary>
    private bool DropRest()
    {
        if (stream.ServerSide is not null)
            stream.Connecting.Close();
        // in frames a reset says so
        if (!stream.KeepAlive.Client || stream.IsFramed)
        {
            stream.EndStream();
            return false;
        }
        stream.Request.DropReady();
        return true;
    }

    public void Abort()
    {
        TerminationPhase phase =
            stream.ResponseSide.Phase == ResponsePhase.Forward
                ? TerminationPhase.Data
                : stream.ServerPhase switch
                {
                    ServerPhase.None => TerminationPhase.Request,
                    ServerPhase.Queued => TerminationPhase.Queue,
                    ServerPhase.Connected => Phase == RequestPhase.Done ? TerminationPhase.Headers : TerminationPhase.Data,
                    _ => TerminationPhase.Connect,
                };
        if (stream.Cause != TerminationCause.None)
        {
            stream.EndStream();
            return;
        }
        if (Phase == RequestPhase.Head)
            CountBad();
        stream.Counters.Frontend.ClientAborts++;
        if (stream.Counters.Backend is { } backend)
            backend.ClientAborts++;
        if (stream.Counters.Server is { } server)
            server.ClientAborts++;
        if (
            stream.ResponseSide.Phase == ResponsePhase.Waiting
            && Phase is RequestPhase.Body or RequestPhase.Forward
            && !stream.Request.Complete
        )
        {
            AbortUpload(phase);
            return;
        }
        if (stream.ResponseSide.Phase == ResponsePhase.Waiting && !stream.IsTunnel)
        {
            // COMPAT: logged with the answer the client no longer reads: 503 while a server was looked for, else 400
            stream.KeepAlive.Client = false;
            stream.Answers.Error(
                phase is TerminationPhase.Queue or TerminationPhase.Connect ? 503 : 400,
                TerminationCause.ClientAbort,
                phase
            );
            return;
        }
        stream.Terminate(TerminationCause.ClientAbort, phase);
        stream.EndStream();
    }

    /// <summary>COMPAT: a client that leaves within its own request gets no answer, and the log no status.</summary>
    private void AbortUpload(TerminationPhase phase)
    {
        stream.Terminate(TerminationCause.ClientAbort, phase);
        if (Phase == RequestPhase.Body)
        {
            stream.Counters.Frontend.RequestErrors++;
            stream.Counters.Listener.RequestErrors++;
            stream.Times.Request = stream.Worker.NowMs;
        }
        stream.Status = -1;
        stream.EndStream();
    }

    /// <summary>The head did not arrive in time: 408.</summary>
    public void OnTimeout()
    {
        if (stream.Rules.EndPause())
            return;
        if (stream.Rules.ResponseWaits)
        {
            stream.Answers.Error(504, TerminationCause.ServerTimeout, TerminationPhase.Request);
            return;
        }
        if (stream.Answers.EndTarpit())
            return;
        stream.KeepAlive.Client = false;
        CountBad();
        stream.Times.Request = -1;
        stream.Answers.Error(408, TerminationCause.ClientTimeout, TerminationPhase.Request);
    }
}
