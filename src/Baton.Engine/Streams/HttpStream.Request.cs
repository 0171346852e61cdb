// The request side: read and check the head, decide, rewrite, forward.
// SAFETY: a head is only ever in a block of BlockSize bytes (bulk blocks never see the end of a message), so that reads behind End
// may go that far. CommitHead moves bytes only after it has found that head and body fit.
using System;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Filters;
using Baton.Engine.Proxies;
using Baton.Http.H1;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

public sealed unsafe partial class HttpStream
{
    private bool AdvanceRequest()
    {
        switch (_requestPhase)
        {
            case RequestPhase.Head:
                return ReadRequestHead();
            case RequestPhase.Rules:
                return RunRequestRules();
            case RequestPhase.Body:
                return BufferBody();
            case RequestPhase.Forward:
                return AdvanceServer() | ForwardRequest();
            default:
                return ServerPhase != ServerPhase.Connected && AdvanceServer();
        }
    }

    private ParseOptions RequestOptions =>
        new()
        {
            AcceptUnsafeViolations = (Frontend.Config.Options & ProxyOptions.AcceptUnsafeRequest) != 0,
            AcceptPayloadWithAnyMethod = Worker.Engine.Config.Global.AcceptPayloadWithAnyMethod,
        };

    private bool ReadRequestHead()
    {
        while (true)
        {
            ParseStatus status = _requestParser.ParseRequest(Request.Data + Request.Ready, Request.End - Request.Ready, RequestOptions);
            if (status == ParseStatus.Complete)
            {
                if (_requestParser.ViolationOffset >= 0)
                    KeepAcceptedRequest();
                OnRequestHead();
                return true;
            }
            if (status == ParseStatus.Incomplete && Request.End == Worker.Buffers.BlockSize)
                status = _requestParser.WhenFull;
            if (status != ParseStatus.Incomplete)
            {
                RejectRequest(status);
                return true;
            }
            int n = Client.CanRead ? Client.Receive(Request.Data + Request.End, Worker.Buffers.BlockSize - Request.End) : -1;
            if (n > 0)
            {
                Request.End += n;
                continue;
            }
            if (n == -1)
                LeaveHead();
            else
                EndWithoutRequest(n == -2);
            return true;
        }
    }

    /// <summary>The rest of the head is not here yet: its bytes wait with the connection, and this stream never was.</summary>
    private void LeaveHead()
    {
        byte* buffer = Request.Data;
        int start = Request.Ready,
            end = Request.End;
        Request.Data = null;
        ReleaseMemory();
        if (SequenceNumber == Worker.StreamSequence)
            Worker.StreamSequence--;
        ClientConnection client = Connection;
        GiveBack();
        client.KeepHead(buffer, start, end);
    }

    private void OnRequestHead()
    {
        _requestPhase = RequestPhase.Rules;
        if (Frontend.Filters is { } filters)
            Attach(filters);
        Frontend.Log?.EmitConnect(this);
        if (!PassContentRules(Frontend.ContentRules))
            return;
        Times.Request = Worker.NowMs;
        PhaseDeadlineMs = long.MaxValue;
        Method = RequestHead.Method;
        _requestMinorVersion = RequestHead.MinorVersion;
        _clientKeepAlive = RequestHead.KeepAlive;
        if (!IsSoundUpgrade(RequestHead))
        {
            _requestPhase = RequestPhase.Head;
            RejectRequest(ParseStatus.BadRequest);
            return;
        }
        _wantsUpgrade = Method == HttpMethod.Connect || MayUpgrade(RequestHead);
        Worker.Engine.Trace?.Head(this, RequestHead, response: false);
        CountRequest();
        CaptureRequest();
        _requestHeadLogSize = HeadLogSize(RequestHead, request: true);
        if (HasLog)
            CaptureRequestLine();
    }

    private void CountRequest()
    {
        TrafficCounters counters = FrontendCounters;
        counters.Requests++;
        counters.RequestRateMax = System.Math.Max(counters.RequestRateMax, counters.RequestRate.Add(Worker.NowMs));
        Worker.Engine.TotalRequests[Worker.Index].Value++;
        StickTables.StickTracking.CountRequest(this);
    }

    /// <summary>COMPAT: bytes of a head as HAProxy counts them in %B and %U: 20, the start line's words, names and values, 1 for the
    /// end.</summary>
    private static int HeadLogSize(MessageHead head, bool request, bool own = false)
    {
        // of our own answers what the rules made of them
        int size =
            20
            + 8
            + 1
            + (own ? head.CurrentFieldBytes : head.FieldBytes)
            + (request ? head.MethodSpan.Length + head.Target.Length : 3 + head.Reason.Length);
        if (head.Body == BodyKind.Chunked)
            size++;
        // a server's Connection header is taken out before counting, that of our own pages is not
        return own || !head.HasConnectionHeader ? size : size - ConnectionBytes(head);
    }

    private static int ConnectionBytes(MessageHead head)
    {
        int size = 0;
        for (int i = 0; i < head.FieldCount; i++)
        {
            ref HeaderField field = ref head.Field(i);
            if (field.Id == HeaderId.ProxyConnection)
                size += field.NameLength + field.ValueLength;
            else if (field.Id == HeaderId.Connection)
                size += OwnTokens(field.ValueSpan) is int own && own < field.ValueLength ? own : field.NameLength + field.ValueLength;
        }
        return size;
    }

    /// <summary>The rules of the frontend, the choice of the backend, the rules of the backend. False while they wait for
    /// something.</summary>
    private bool RunRequestRules()
    {
        if (IsMonitorRequest)
        {
            LogLevel = LogSilent;
            FrontendCounters.Intercepted++;
            Reply(FindReply(MonitorFails ? 503 : 200), TerminationCause.None, TerminationPhase.None);
            return true;
        }
        if (Backend is null && !ChooseBackend())
            return _requestPhase != RequestPhase.Rules;
        if (_requestPhase != RequestPhase.Rules || IsEnded)
            return true;
        if (!IsOwnBackend && Backend!.Rules is { } rules && !RunRules(rules))
            return _requestPhase != RequestPhase.Rules;
        if (!HasBalanceKey())
            return false;
        PrepareRequest();
        return true;
    }

    /// <summary>The frontend's rules, then its choice. False when they wait or have answered.</summary>
    private bool ChooseBackend()
    {
        if (_ruleAt == 0 && !CheckHeaderNames(Frontend.Config))
            return false;
        if (Frontend.Rules is { } rules && !RunRules(rules))
            return false;
        _ruleAt = 0;
        BackendState? backend = SelectBackend();
        if (backend is null)
        {
            Failure = ServerFailure.NoServer;
            Times.Request = -1;
            ReplyError(503, TerminationCause.ServerAbort, TerminationPhase.Connect);
            return false;
        }
        EnterBackend(backend);
        BackendCounters!.Requests++;
        if (!PassContentRules(backend.ContentRules))
            return true;
        return IsOwnBackend || CheckHeaderNames(backend.Config);
    }

    /// <summary>The request is decided: fix its head for the server and start forwarding.</summary>
    private void PrepareRequest()
    {
        MessageHead head = RequestHead;
        Backend!.ServerRules?.Run(this);
        if (Backend.Cookie is { } cookie && !ReadRequestCookies(cookie))
        {
            FailRequestEdit();
            return;
        }
        Backend.StickRules?.OnRequest(this);
        BalanceKey.Set(this, head);
        RemoveServerNameHeader(head);
        HttpConnectionMode mode = (HttpConnectionMode)
            System.Math.Max((byte)Frontend.Config.ConnectionMode, (byte)Backend!.Config.ConnectionMode);
        // COMPAT: the client's side goes by the frontend alone
        if (Frontend.Config.ConnectionMode == HttpConnectionMode.Close)
            _clientKeepAlive = false;
        _serverKeepAlive = mode == HttpConnectionMode.KeepAlive;
        bool waits = !HasBody(0) && ((Frontend.Config.Options | Backend.Config.Options) & ProxyOptions.HttpBufferRequest) != 0;
        // who gets the leave to send from us must not get it from the server once more
        if (head.ExpectContinue && (waits || _continueSent))
        {
            RentArena(head);
            head.RemoveAll(HeaderId.Expect);
        }
        if (NeedsRequestEdits(head, mode) && !EditRequest(head, mode) || !CommitRequestHead(head))
        {
            FailRequestEdit();
            return;
        }
        Filters?.Place(ref Request, ChannelSide.Request, Request.Ready - Request.Start, head.Body == BodyKind.Chunked);
        bool expects = head.ExpectContinue;
        _sentMethod = head.Method;
        // from here on the head is no longer at Ready: an answer must not look for it there
        _requestPhase = RequestPhase.Body;
        Request.DropsTrailers = (Backend.Config.Options & ProxyOptions.HttpDropRequestTrailers) != 0;
        if (!Request.BeginBody(head.Body, head.ContentLength))
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
        int limit = FrontendTimeouts.HttpRequest >= 0 ? FrontendTimeouts.HttpRequest : FrontendTimeouts.Client;
        PhaseDeadlineMs = DeadlineIn(limit);
        if (expects && !_continueSent && !SendContinue())
            AbortByClient();
    }

    /// <summary>What is ours to add does not fit into the head. COMPAT: the request has no time then.</summary>
    private void FailRequestEdit()
    {
        Times.Request = -1;
        ReplyError(500, TerminationCause.Proxy, TerminationPhase.Request);
    }

    private void StartForwarding()
    {
        PhaseDeadlineMs = long.MaxValue;
        ReturnTable(RequestHead);
        ServerPhase = ServerPhase.Choosing;
        _requestPhase = RequestPhase.Forward;
        if (!Request.Complete)
            ClientDeadlineMs = DeadlineIn(FrontendTimeouts.Client);
    }

    private bool NeedsRequestEdits(MessageHead head, HttpConnectionMode mode) =>
        head.HasConnectionHeader
        || head.HasHopByHopHeader
        || head.HasUpgradeHeader
        || mode != HttpConnectionMode.KeepAlive
        || head.MinorVersion == 0
        || Frontend.UniqueIdFormat is not null
        || Frontend.Config.ForwardFor is not null
        || Backend!.Config.ForwardFor is not null
        || Frontend.Config.OriginalTo is not null
        || Backend.Config.OriginalTo is not null
        || Backend.Config.Forwarded is not null;

    /// <summary>Hop-by-hop headers out (RFC 9110 §7.6.1), ours in.</summary>
    private bool EditRequest(MessageHead head, HttpConnectionMode mode)
    {
        RentArena(head);
        HopByHopOptions options = HopByHop.Remove(head, keepsUpgrade: _wantsUpgrade && Method != HttpMethod.Connect);
        if ((options & HopByHopOptions.Close) != 0)
            _serverKeepAlive = false;
        bool announce =
            (options & HopByHopOptions.Close) != 0
            || mode != HttpConnectionMode.KeepAlive && (Backend!.Config.Options & ProxyOptions.HttpPretendKeepAlive) == 0;
        // said where it is not what the version means anyway
        options &= ~HopByHopOptions.Close;
        if (!_wantsUpgrade && announce && head.MinorVersion > 0)
            options |= HopByHopOptions.Close;
        return WriteConnection(head, options, keepAlive: !_wantsUpgrade && !announce && head.MinorVersion == 0)
            && AddUniqueId(head)
            && AddForwarded(head)
            && AddForwarding(head);
    }

    /// <summary>The Connection field of a head that goes on; none when there is nothing to say.</summary>
    private static bool WriteConnection(MessageHead head, HopByHopOptions options, bool keepAlive)
    {
        Span<byte> text = stackalloc byte[64];
        int length = HopByHop.Write(options, keepAlive, text);
        return length == 0 || head.AddField("connection"u8, text[..length]);
    }

    /// <summary>COMPAT: the identifier is made here at the latest, header or not; one the client sent stays beside it.</summary>
    private bool AddUniqueId(MessageHead head) =>
        !TryGetUniqueId(out System.ReadOnlySpan<byte> id) || Frontend.UniqueIdHeader is not { } name || head.AddField(name, id);

    /// <summary>option forwardfor and originalto; the backend's header name wins.</summary>
    private bool AddForwarding(MessageHead head)
    {
        bool ok = true;
        // COMPAT: either side's exception holds for both
        if (
            (Backend!.Config.ForwardFor ?? Frontend.Config.ForwardFor) is { } forward
            && !(Frontend.Config.ForwardFor is { } own && Matches(own, Source))
        )
            ok &= AddAddress(head, forward, Source);
        if (
            (Backend.Config.OriginalTo ?? Frontend.Config.OriginalTo) is { } original
            && !(Frontend.Config.OriginalTo is { } mine && Matches(mine, Destination))
        )
            ok &= AddAddress(head, original, Destination);
        return ok;
    }

    private static bool AddAddress(MessageHead head, ForwardForConfig config, Connections.SocketAddress address)
    {
        if (address.Length == 0)
            return true;
        System.Span<byte> name = stackalloc byte[128];
        int nameLength = System.Text.Encoding.ASCII.GetBytes(config.HeaderName, name);
        if (config.IfNone && head.Find(name[..nameLength]) >= 0)
            return true;
        if (Matches(config, address))
            return true;
        System.Span<byte> text = stackalloc byte[48];
        return head.AddField(name[..nameLength], text[..address.FormatIp(text)]);
    }

    /// <summary>"except" network of forwardfor and originalto.</summary>
    private static bool Matches(ForwardForConfig config, Connections.SocketAddress address)
    {
        return config.ExceptNetwork.Length > 0 && address.IsIn(config.ExceptNetwork, config.ExceptPrefix);
    }

    /// <summary>Makes a head ready for an edit, or one more.</summary>
    internal void RentArena(MessageHead head)
    {
        if (_arena is null)
        {
            _arena = Worker.Buffers.Rent();
            head.SetArena(_arena, Worker.Scratch.Head, _arena is null ? 0 : Worker.Buffers.BlockSize);
            // no memory: what adds to the head fails as if it were full
            if (_arena is null)
                return;
        }
        // the body that came with it may have grown since the last edit
        head.MaxLength = Worker.Buffers.BlockSize - (head == RequestHead ? BodyBeside(head) : BytesBeside(ref Response, head));
    }

    /// <summary>Bytes of the buffer that the head must leave alone: what still has to go before it, and what came behind it.</summary>
    private static int BytesBeside(ref Channel channel, MessageHead head) =>
        (channel.Start < channel.Ready ? channel.Ready : 0) + channel.End - channel.Ready - head.HeadLength;

    private void ReturnArena()
    {
        if (_arena is null)
            return;
        Worker.Buffers.Return(_arena);
        _arena = null;
    }

    /// <summary>option http-restrict-req-hdr-names: headers that a server may take for others. False when the request was
    /// refused.</summary>
    private bool CheckHeaderNames(ProxyConfig proxy)
    {
        if (proxy.HeaderNamePolicy == HeaderNamePolicy.Preserve)
            return true;
        for (int i = 0; i < RequestHead.FieldCount; i++)
        {
            ref HeaderField field = ref RequestHead.Field(i);
            if ((field.Flags & HeaderField.RemovedFlag) != 0 || IsPlainName(field.NameSpan))
                continue;
            if (proxy.HeaderNamePolicy == HeaderNamePolicy.Reject)
            {
                FrontendCounters.DeniedRequests++;
                ListenerCounters.DeniedRequests++;
                ReplyError(403, TerminationCause.Proxy, TerminationPhase.Request);
                return false;
            }
            RentArena(RequestHead);
            RequestHead.RemoveField(i);
        }
        return true;
    }

    private static bool IsPlainName(System.ReadOnlySpan<byte> name)
    {
        foreach (byte b in name)
            if (!char.IsAsciiLetterOrDigit((char)b) && b != '-')
                return false;
        return true;
    }

    private bool CommitRequestHead(MessageHead head)
    {
        if (Worker.Engine.HeaderCase is { } spelling && (Backend!.Config.Options & ProxyOptions.H1CaseAdjustBogusServer) != 0)
            spelling.Apply(head);
        SetFollowingAside(head);
        if (Backend!.ServerNames.Length > 0)
            (ServerNames ??= new ServerNames()).Keep(this, Backend.ServerNames);
        Filters?.Head(ChannelSide.Request, head);
        if (_frames is not null)
            NoteFrames(head);
        bool ok = CommitHead(ref Request, head);
        ReturnArena();
        return ok;
    }

    /// <summary>
    /// Moves Ready behind the head. An untouched head is forwarded where it lies; a changed one is written in front of
    /// the body, into the room the old one leaves and the headroom before it, so that the body does not move.
    /// </summary>
    private bool CommitHead(ref Channel channel, MessageHead head)
    {
        int body = channel.Ready + head.HeadLength;
        if (!head.IsModified)
        {
            // what was skipped in front of the head (empty lines) is not forwarded
            channel.Ready = body;
            return true;
        }
        if (head.IsFramingEdited)
            RentArena(head);
        if (!HeadWriter.RestoreFraming(head))
            return false;
        int length = HeadWriter.Length(head);
        if (length > Worker.Scratch.HeadSize)
            return false;
        HeadWriter.Write(head, new System.Span<byte>(Worker.Scratch.Head, length));
        int at = body - length;
        bool pending = channel.Start < channel.Ready;
        int lowest = pending ? channel.Ready : 0;
        if (at < lowest || pending)
        {
            int move = lowest + length;
            if (pending == false)
                move = length;
            if (move + (channel.End - body) > Worker.Buffers.BlockSize)
                return false;
            System.Buffer.MemoryCopy(channel.Data + body, channel.Data + move, Worker.Buffers.BlockSize - move, channel.End - body);
            channel.End += move - body;
            body = move;
            at = body - length;
        }
        System.Buffer.MemoryCopy(Worker.Scratch.Head, channel.Data + at, length, length);
        if (!pending)
            channel.Start = at;
        channel.Ready = body;
        return true;
    }

    /// <summary>option http-buffer-request: the body first, as far as it fits.</summary>
    private bool BufferBody()
    {
        while (true)
        {
            if (Request.Complete || Request.Start == 0 && Request.End == Worker.Buffers.BlockSize)
            {
                // COMPAT: the wait belongs to the time the request took to arrive
                Times.Request = Worker.NowMs;
                StartForwarding();
                return true;
            }
            Flow got = Request.Receive(Client, Worker.Buffers);
            if (got == Flow.BadBody)
            {
                RejectBody();
                return true;
            }
            if (got == Flow.SourceFailed || Request.SourceClosed)
            {
                AbortByClient();
                return true;
            }
            if (got == Flow.Idle)
                return false;
        }
    }

    /// <summary>monitor-uri: answered here, neither logged nor sent anywhere.</summary>
    private bool IsMonitorRequest => Frontend.MonitorUri.Length > 0 && MonitorTarget.SequenceEqual(Frontend.MonitorUri);

    /// <summary>COMPAT: scheme and authority of a target in absolute form do not count.</summary>
    private System.ReadOnlySpan<byte> MonitorTarget =>
        RequestHead.Form == TargetForm.Absolute ? RequestHead.PathAndQuery : RequestHead.Target;

    private bool MonitorFails
    {
        get
        {
            foreach (Acls.Condition condition in Frontend.MonitorFail ?? [])
                if (condition.Holds(this))
                    return true;
            return false;
        }
    }

    private bool ForwardRequest()
    {
        if (ServerPhase != ServerPhase.Connected || _requestPhase != RequestPhase.Forward)
            return false;
        bool moved = false;
        for (int i = 0; i < 16; i++)
        {
            if (IsUnheard)
            {
                if (!DropUpload())
                    return true;
            }
            if (!IsUnheard && Request.Sent > 0 && Request.HasUnsent)
                SetNoDelay();
            Flow sent = IsUnheard ? Flow.Idle : Request.Send(ServerEnd!);
            if (sent == Flow.SinkFailed && _responsePhase == ResponsePhase.Done)
            {
                CloseServerSide();
                continue;
            }
            if (sent == Flow.SinkFailed)
            {
                OnServerSendFailed();
                return true;
            }
            if (Request.Complete && !Request.HasUnsent)
            {
                _requestPhase = RequestPhase.Done;
                ClientDeadlineMs = long.MaxValue;
                if (!Request.Retain && Request.End == 0)
                    Request.Release(Worker.Buffers);
                ServerDeadlineMs = DeadlineIn(BackendTimeouts.Server);
                if (_responsePhase == ResponsePhase.Done)
                    FinishExchange();
                return true;
            }
            Flow got = Request.Receive(Client, Worker.Buffers);
            if (got == Flow.BadBody)
            {
                RejectBody();
                return true;
            }
            if (got == Flow.SourceFailed || Request.SourceClosed)
            {
                AbortByClient();
                return true;
            }
            if (sent == Flow.Idle && got == Flow.Idle)
                break;
            moved = true;
        }
        Request.ReleaseEmpty(Worker.Buffers);
        if (moved)
        {
            ClientDeadlineMs = DeadlineIn(FrontendTimeouts.Client);
            ServerDeadlineMs = ServerSide is null ? long.MaxValue : DeadlineIn(BackendTimeouts.Server);
            Worker.Enqueue(this);
        }
        // neither the client nor the server is waited for
        if (Request.IsHeld)
            ClientDeadlineMs = ServerDeadlineMs = long.MaxValue;
        return false;
    }

    private void SetNoDelay()
    {
        if (ServerSide!.NoDelaySet)
            return;
        ServerSide.NoDelaySet = true;
        Interop.Linux.Sockets.SetOption(ServerSide.Fd, Interop.Linux.Sockets.IPPROTO_TCP, Interop.Linux.Sockets.TCP_NODELAY, 1);
    }
}
