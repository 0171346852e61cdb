// One HTTP/1 request and its answer. The request side reads a head, runs the rules, chooses a backend and forwards; the
// response side does the same the other way. Each side is a small state machine in its own file:
//   HttpStream.Request.cs   head, analysis, rewriting, forwarding to the server
//   HttpStream.Server.cs    getting a connection, retries
//   HttpStream.Response.cs  head, interim responses, forwarding to the client, tunnels
//   HttpStream.Replies.cs   answers made here
//   HttpStream.End.cs       keep-alive or close, time-outs, accounting
// SAFETY: _arena is null or a block of the worker's pool, from RentArena to ReturnArena. The heads point into it and into their
// channel's block, and their bytes are looked at only while both are held (HeadIsReadable, ResponseHeadIsReadable).
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Http.H1;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

internal enum RequestPhase : byte
{
    Head,
    Rules,
    Body,
    Forward,
    Done,
}

internal enum ResponsePhase : byte
{
    Waiting,
    Forward,
    Done,
}

/// <param name="maxHeaders">tune.http.maxhdr</param>
public sealed unsafe partial class HttpStream(int maxHeaders) : ProxyStream
{
    private RequestPhase _requestPhase;
    private ResponsePhase _responsePhase;
    private bool _clientKeepAlive,
        _serverKeepAlive,
        _tunnel,
        _wantsUpgrade,
        _local;

    /// <summary>COMPAT: an answer to something that never became a request counts no bytes (haproxy answers it below its
    /// streams).</summary>
    private bool _isUncounted;
    private byte* _arena;
    private int _requestHeadLogSize,
        _responseHeadLogSize,
        _interimLogSize;
    private int _requestMinorVersion;

    private readonly HeadParser _requestParser = new(new MessageHead(maxHeaders, isLent: true));
    private readonly HeadParser _responseParser = new(new MessageHead(maxHeaders, isLent: true));

    /// <summary>The request's head; its spans point into the request buffer until the head is forwarded.</summary>
    public MessageHead RequestHead => _requestParser.Head;
    public MessageHead ResponseHead => _responseParser.Head;

    /// <summary>Gives a head the table that parsing it takes. False when there is no memory for one.</summary>
    private bool LendTable(MessageHead head)
    {
        if (head.HasTable)
            return true;
        byte* table = Worker.HeaderTables.Rent();
        if (table is null)
            return false;
        head.Lend(table);
        return true;
    }

    /// <summary>Nothing looks at a head's fields any more: it has been written, or the stream ends.</summary>
    private void ReturnTable(MessageHead head)
    {
        byte* table = head.TakeTable();
        if (table is not null)
            Worker.HeaderTables.Return(table);
    }

    private void ReturnTables()
    {
        ReturnTable(RequestHead);
        ReturnTable(ResponseHead);
    }

    /// <summary>Method of the request, valid to the end of the stream.</summary>
    public HttpMethod Method { get; private set; }

    /// <summary>The method as rules left it: what the server's answer is an answer to.</summary>
    private HttpMethod _sentMethod;

    /// <summary>Status given to the client, 0 before there is one.</summary>
    public int Status { get; private set; }

    /// <summary>Status the server gave before any rule changed it, 0 when it did not answer.</summary>
    public int ServerStatus { get; private set; }

    public override bool IsHttp => true;

    /// <summary>COMPAT: counted as HAProxy's HTX counts: the head's words without separators, plus 20, plus the body.</summary>
    public override long BytesFromClient => _requestHeadLogSize + Request.Payload;
    public override long BytesToClient => _isUncounted ? 0 : _interimLogSize + _responseHeadLogSize + Response.Payload;

    /// <summary>Begins with bytes at [start, end) of a rented buffer.</summary>
    public void Start(ClientConnection client, byte* buffer, int start, int end)
    {
        Begin(client);
        _receivedAnything = true;
        Request.Attach(buffer, start, end);
        if (!LendTable(RequestHead))
            Kill(TerminationCause.Resource);
        else
            Process();
    }

    /// <summary>A connection that ends before it said anything: answered and logged like a bad request.</summary>
    public void StartEmpty(ClientConnection client, bool timedOut, bool failed)
    {
        Begin(client);
        // COMPAT: a first request that never began takes the whole time
        if (Session.RequestCount == 1)
            Times.Begin = Session.AcceptMs;
        _receivedAnything = false;
        if (timedOut)
            OnPhaseTimeout();
        else
            EndWithoutRequest(failed);
        if (!IsEnded)
            Process();
    }

    /// <summary>A connection that ends before the whole head of a request was there: what came of it is at [start, end) of a rented
    /// buffer.</summary>
    internal void StartCut(ClientConnection client, byte* buffer, int start, int end, HeadEnd why)
    {
        Begin(client);
        _receivedAnything = true;
        Request.Attach(buffer, start, end);
        switch (why)
        {
            case HeadEnd.TimedOut:
                OnPhaseTimeout();
                break;
            case HeadEnd.Killed:
                Kill(TerminationCause.Killed);
                break;
            default:
                EndWithoutRequest(why == HeadEnd.Failed);
                break;
        }
        if (!IsEnded)
            Process();
    }

    private void Begin(ClientConnection client)
    {
        BeginStream(client);
        Session.RequestCount++;
        Times.Begin = client.HeadSinceMs;
        Times.BeginWallMs = client.HeadSinceMs + Worker.WallClockOffsetMs;
        TimeoutsConfig t = FrontendTimeouts;
        // the whole head has to arrive in time: counted from the connection for the first request, from its first byte later
        int limit = t.HttpRequest >= 0 ? t.HttpRequest : t.Client;
        PhaseDeadlineMs = limit < 0 ? long.MaxValue : (Session.RequestCount == 1 ? Session.AcceptMs : client.HeadSinceMs) + limit;
    }

    protected override void BeginStream(ClientConnection client)
    {
        base.BeginStream(client);
        ResetExchange();
    }

    private void ResetExchange()
    {
        _receivedAnything = false;
        _requestMinorVersion = 0;
        RequestHead.Reset();
        ResponseHead.Reset();
        _requestPhase = RequestPhase.Head;
        _responsePhase = ResponsePhase.Waiting;
        _clientKeepAlive = _serverKeepAlive = _tunnel = _wantsUpgrade = _local = _isUncounted = false;
        _requestHeadLogSize = _responseHeadLogSize = _interimLogSize = 0;
        Method = _sentMethod = HttpMethod.Other;
        Status = ServerStatus = 0;
        ResetCookies();
        _nameLineLength = 0;
        _service = null;
        _frames = null;
        IsNeverIndexed = _isSecure = false;
        _serviceName = null;
        _isServing = false;
        _tarpitReply = null;
        _isHinting = _responseRulesWait = _isPausing = _pauseIsOver = false;
        _responseRuleAt = 0;
        _ruleAt = 0;
        StrictRewriting = true;
        RetriesDisabled = _continueSent = false;
        _inResponseRules = _inAfterResponseRules = false;
    }

    protected override void Advance()
    {
        while (!IsEnded)
        {
            bool moved = _tunnel ? AdvanceTunnel() : AdvanceRequest();
            if (IsEnded)
                return;
            if (!_tunnel && AdvanceResponse())
                moved = true;
            if (IsEnded)
                return;
            if (!moved)
                break;
        }
        WaitForEvents();
    }

    /// <summary>Registers what is waited for and sets the timer.</summary>
    private void WaitForEvents()
    {
        if (!Connection.IsRegistered && MustWatchClient())
            Client.EnsureRegistered();
        if (ServerSide is { IsRegistered: false } side)
            side.EnsureRegistered();
        ArmTimer();
    }

    private bool MustWatchClient() =>
        _requestPhase < RequestPhase.Done
        || _tunnel
        || !Client.CanWrite
        || Response.IsHeld
        || ((Frontend.Config.Options | (Backend?.Config.Options ?? 0)) & ProxyOptions.AbortOnClose) != 0;

    public override void OnClientEvents(uint events)
    {
        if (Client.Failed && (!_tunnel || IsFramed) || !_tunnel && HasAbandoned)
            AbortByClient();
        if (!IsEnded)
            Process();
    }

    /// <summary>option abortonclose: the client has closed its side while its whole request waits for an answer. COMPAT: the frontend's and
    /// the backend's option both count.</summary>
    private bool HasAbandoned =>
        Client.PeerClosed
        && Request.Complete
        && _requestPhase >= RequestPhase.Forward
        && _responsePhase == ResponsePhase.Waiting
        && ((Frontend.Config.Options | (Backend?.Config.Options ?? 0)) & ProxyOptions.AbortOnClose) != 0;

    private bool AdvanceTunnel()
    {
        if (RelayBothWays())
            return false;
        EndStream();
        return true;
    }
}
