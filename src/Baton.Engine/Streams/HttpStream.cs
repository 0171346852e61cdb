// One HTTP request and its answer. This is what happens in what order; what is needed for it and has a state of its own is a part:
//   RequestSide, ResponseSide          the two directions: heads, rules, bodies
//   RequestDelivery, ServerProtocol    to a server and once more; ServerChoice and ServerConnecting are those of every stream
//   HttpRules, LocalAnswers            what rules say, and answers that no server gives
//   KeepAlive, CookiePersistence …     docs/architecture.md has them all
// HttpStream.End.cs is how an exchange ends, .Handover.cs how a tunnel moves.
// SAFETY: a request begins with a buffer that its connection has rented and that is the stream's from then on; spans over a channel's
// block end at its End.
using System;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Filters;
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

public sealed unsafe partial class HttpStream : ProxyStream
{
    /// <param name="maxHeaders">tune.http.maxhdr</param>
    public HttpStream(int maxHeaders)
    {
        RequestSide = new RequestSide(this, maxHeaders);
        ResponseSide = new ResponseSide(this, maxHeaders);
        Delivery = new RequestDelivery(this);
        Frames = new ClientFrames(this);
        Protocol = new ServerProtocol(this);
        Heads = new HeadMemory(this);
        Following = new FollowingRequests(this);
        Cookies = new CookiePersistence(this);
        Interim = new InterimResponses(this);
        NameHeader = new ServerNameHeader(this);
        KeepAlive = new KeepAlive(this);
        Rules = new HttpRules(this);
        Answers = new LocalAnswers(this);
        Service = new ServiceAnswer(this);
    }

    /// <summary>The state machine of the request.</summary>
    internal RequestSide RequestSide { get; }

    /// <summary>And that of the response.</summary>
    internal ResponseSide ResponseSide { get; }

    /// <summary>How the request gets to its server.</summary>
    internal RequestDelivery Delivery { get; }

    /// <summary>The client's stream, where the request comes in frames.</summary>
    internal ClientFrames Frames { get; }
    internal bool IsFramed => Frames.End is not null;

    /// <summary>What is spoken with the server.</summary>
    internal ServerProtocol Protocol { get; }

    /// <summary>Which of its rules run.</summary>
    internal HttpRules Rules { get; }

    /// <summary>Answers that no server gives.</summary>
    internal LocalAnswers Answers { get; }

    /// <summary>The service that answers, if one does.</summary>
    internal ServiceAnswer Service { get; }

    /// <summary>Whether the connections go on afterwards.</summary>
    internal KeepAlive KeepAlive { get; }

    /// <summary>The memory of its two heads while they are looked at.</summary>
    internal HeadMemory Heads { get; }

    /// <summary>What the client has sent behind the request.</summary>
    internal FollowingRequests Following { get; }

    /// <summary>The cookie that binds the client to a server.</summary>
    internal CookiePersistence Cookies { get; }

    /// <summary>Responses before the response.</summary>
    internal InterimResponses Interim { get; }

    /// <summary>The server's name in the request.</summary>
    internal ServerNameHeader NameHeader { get; }

    /// <summary>What has come of a body behind its head.</summary>
    internal BodyStart BodyStart => new(this);

    /// <summary>The fields that tell of the client.</summary>
    internal ForwardedFields Forwarded => new(this);

    /// <summary>Where messages go that are none.</summary>
    internal MalformedRecord Malformed => new(this);

    /// <summary>Both ends go on with another protocol.</summary>
    internal bool IsTunnel { get; set; }

    /// <summary>The request's head; its spans point into the request buffer until the head is forwarded.</summary>
    public MessageHead RequestHead => RequestSide.Parser.Head;
    public MessageHead ResponseHead => ResponseSide.Parser.Head;

    /// <summary>Method of the request, valid to the end of the stream.</summary>
    public HttpMethod Method { get; internal set; }

    /// <summary>Status given to the client, 0 before there is one.</summary>
    public int Status { get; internal set; }

    public override bool IsHttp => true;

    /// <summary>COMPAT: counted as HAProxy's HTX counts: the head's words without separators, plus 20, plus the body.</summary>
    public override long BytesFromClient => RequestSide.HeadLogSize + Request.Payload;

    public override long BytesToClient => Answers.IsUncounted ? 0 : Interim.LogSize + ResponseSide.HeadLogSize + Response.Payload;

    /// <summary>Begins with bytes at [start, end) of a rented buffer.</summary>
    public void Start(ClientConnection client, byte* buffer, int start, int end)
    {
        Begin(client);
        _receivedAnything = true;
        Request.Attach(buffer, start, end);
        if (!Heads.Lend(RequestHead))
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
            RequestSide.EndWithout(failed);
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
                RequestSide.EndWithout(why == HeadEnd.Failed);
                break;
        }
        if (!IsEnded)
            Process();
    }

    internal void Begin(ClientConnection client)
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

    internal override void BeginStream(ClientConnection client)
    {
        base.BeginStream(client);
        ResetExchange();
    }

    private void ResetExchange()
    {
        _receivedAnything = false;
        IsTunnel = false;
        Method = HttpMethod.Other;
        Status = 0;
        RequestHead.Reset();
        ResponseHead.Reset();
        RequestSide.Reset();
        ResponseSide.Reset();
        Delivery.Reset();
        Frames.Reset();
        Protocol.Reset();
        KeepAlive.Reset();
        Cookies.Reset();
        NameHeader.Reset();
        Interim.Reset();
        Rules.Reset();
        Answers.Reset();
        Service.Reset();
    }

    protected override void Advance()
    {
        while (!IsEnded)
        {
            bool moved = IsTunnel ? AdvanceTunnel() : RequestSide.Advance();
            if (IsEnded)
                return;
            if (!IsTunnel && ResponseSide.Advance())
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
        RequestSide.Phase < RequestPhase.Done
        || IsTunnel
        || !Client.CanWrite
        || Response.IsHeld
        || ((Frontend.Config.Options | (Backend?.Config.Options ?? 0)) & ProxyOptions.AbortOnClose) != 0;

    public override void OnClientEvents(uint events)
    {
        if (Client.Failed && (!IsTunnel || IsFramed) || !IsTunnel && HasAbandoned)
            RequestSide.Abort();
        if (!IsEnded)
            Process();
    }

    /// <summary>option abortonclose: the client has closed its side while its whole request waits for an answer. COMPAT: the frontend's and
    /// the backend's option both count.</summary>
    private bool HasAbandoned =>
        Client.PeerClosed
        && Request.Complete
        && RequestSide.Phase >= RequestPhase.Forward
        && ResponseSide.Phase == ResponsePhase.Waiting
        && ((Frontend.Config.Options | (Backend?.Config.Options ?? 0)) & ProxyOptions.AbortOnClose) != 0;

    private bool AdvanceTunnel()
    {
        if (Relay.BothWays())
            return false;
        EndStream();
        return true;
    }

    /// <summary>The request's head lies in its buffer and may be looked at and edited.</summary>
    internal bool HeadIsReadable => RequestSide.Phase == RequestPhase.Rules;

    /// <summary>The frontend and the backend are the two halves of one section: its rules run once.</summary>
    internal bool IsOwnBackend => Backend is null || Backend.Config == Frontend.Config;

    /// <summary>COMPAT: credentials are those for a proxy only with option http-use-proxy-header and a target as proxies get it.</summary>
    internal bool AuthenticatesAsProxy =>
        RequestHead.Form == TargetForm.Absolute && (Frontend.Config.Options & ProxyOptions.HttpUseProxyHeader) != 0;

    /// <summary>The head while it lies in the buffer, and what has come of the body.</summary>
    internal override ReadOnlySpan<byte> RequestBytes =>
        HeadIsReadable ? new(Request.Data + Request.Ready, Request.End - Request.Ready) : default;

    internal override ReadOnlySpan<byte> ResponseBytes =>
        new(Response.Data + Response.Ready, Response.Data is null ? 0 : Response.End - Response.Ready);

    internal void EndUnanswered(TerminationPhase phase)
    {
        Terminate(TerminationCause.Proxy, phase);
        // COMPAT: a request without an answer has no time of its own
        if (phase == TerminationPhase.Request)
            Times.Request = -1;
        Status = -1;
        EndStream();
    }

    private bool _receivedAnything;

    internal void NoteReceived() => _receivedAnything = true;

    public override bool HasReceivedAnything => _receivedAnything;

    public override bool BecameRequest => !Answers.IsUncounted;

    public override bool IsAbnormal => base.IsAbnormal || Status >= 500;

    internal override string? ServiceName => Service.Name;

    /// <summary>
    /// Where a body is on its way already: what of it is ready passes as it is, and of one in chunks what frames it counts from then on,
    /// for it may stand in the middle of one.
    /// </summary>
    internal override void PlaceFilters()
    {
        if (IsTunnel || RequestSide.Phase is RequestPhase.Body or RequestPhase.Forward)
            Filters?.Place(ref Request, ChannelSide.Request, Request.Ready - Request.Start, inChunks: false);
        if (IsTunnel)
            Filters?.Place(ref Response, ChannelSide.Response, Response.Ready - Response.Start, inChunks: false);
    }

    internal override bool MaySpeakFrames => Protocol.SpeaksFramesTo(Server!);

    internal override void NoteConnecting(ServerConnection connection) => Protocol.NoteConnecting(connection);

    internal override bool BeginProtocol() => Protocol.Begin();

    internal override bool JoinFrames() => Protocol.Join();

    internal override void LeaveFrames(ServerConnection side) => Protocol.Leave(side);
}
