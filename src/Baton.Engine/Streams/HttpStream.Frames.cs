// Requests that come in frames, and those that go to servers in frames. The head of the first is made of a field block instead of text, its
// answer's head becomes one again; between them all is as it is with HTTP/1, for the end in front of it (Http2Stream) brings and takes
// bodies as HTTP/1 frames them, and the one behind it (Http2ServerStream) heads too.
// SAFETY: the arena and the request's block are rented here and given back like those of any other request.
using System;
using Baton.Engine.Connections;
using Baton.Engine.Muxes.Http2;
using Baton.Engine.Servers;
using Baton.Http.H2;
using Baton.Http.H2.Hpack;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

public sealed unsafe partial class HttpStream
{
    /// <summary>The client's stream in frames; null when it speaks HTTP/1.</summary>
    internal Http2Stream? _frames;

    /// <summary>The request came in frames: over HTTP/2.</summary>
    internal bool IsFramed => _frames is not null;

    /// <summary>Begins with the field block of a request. What comes of it decides whether it goes on with <see cref="StartHead"/> or was
    /// never one (<see cref="ForgetHead"/>).</summary>
    internal HeadReading ReadHead(
        ClientConnection client,
        Http2Stream end,
        ref HpackDecoder decoder,
        ReadOnlySpan<byte> block,
        bool endsStream
    )
    {
        BeginStream(client);
        Client = _frames = end;
        Session.RequestCount++;
        _receivedAnything = true;
        Times.Begin = Worker.NowMs;
        Times.BeginWallMs = Worker.WallClockMs;
        if (!LendTable(RequestHead))
            throw new InsufficientMemoryException();
        RentArena(RequestHead);
        byte* buffer = !_hasArena ? null : Worker.Buffers.Rent();
        if (buffer is null)
            throw new InsufficientMemoryException();
        Request.Attach(buffer, 0, 0);
        HeadReading reading = Http2HeadReader.ReadRequest(
            ref decoder,
            block,
            Worker.Scratch.TextSpan,
            RequestHead,
            end.HeadLimits,
            endsStream,
            RequestOptions
        );
        if (reading.IsFine && reading.IsExtendedConnect && AsksForWebSocket(RequestHead) && !AddWebSocketKey(RequestHead))
            (reading.Verdict, reading.Status) = (HeadVerdict.TooLarge, ParseStatus.HeadTooLarge);
        return reading;
    }

    /// <summary>Over HTTP/2 there is no key, for nobody could take frames for anything else (RFC 8441 §5.1); a server of HTTP/1 wants
    /// one.</summary>
    private static bool AddWebSocketKey(MessageHead head)
    {
        head.RemoveAll(HeaderId.SecWebSocketKey);
        Span<byte> nonce = stackalloc byte[16];
        System.Random.Shared.NextBytes(nonce);
        Span<byte> text = stackalloc byte[WebSocketKeyLength];
        System.Buffers.Text.Base64.EncodeToUtf8(nonce, text, out _, out int length);
        return head.AddField("sec-websocket-key"u8, text[..length]);
    }

    /// <summary>There is no request: nothing was counted, and nothing is logged.</summary>
    internal void ForgetHead()
    {
        Session.RequestCount--;
        ReturnArena();
        Request.Release(Worker.Buffers);
        ReleaseMemory();
        if (SequenceNumber == Worker.StreamSequence)
            Worker.StreamSequence--;
        GiveBack();
    }

    /// <summary>The head is there, or is too large to be one.</summary>
    internal void StartHead(ParseStatus status)
    {
        if (status == ParseStatus.Complete)
            OnRequestHead();
        else
            RejectRequest(status);
        if (!IsEnded)
            Process();
    }

    /// <summary>The head of the answer leaves at once: its bytes in the channel are for nobody any more.</summary>
    private bool SendFramedHead(MessageHead head, bool opensTunnel)
    {
        bool fits = _frames!.SendHead(head, opensTunnel);
        if (fits)
            Response.Start = Response.Ready += head.HeadLength;
        ReturnArena();
        return fits;
    }

    /// <summary>A field of the request came with the wish that no table of any connection has it (RFC 7541 §7.1.3).</summary>
    internal bool IsNeverIndexed { get; private set; }

    /// <summary>The client's scheme is https.</summary>
    internal bool IsSecure => _frames is null ? Connection.Transport?.Facts is not null : _isSecure;
    private bool _isSecure;

    /// <summary>What the text that is made of the head does not tell, and other frames have to.</summary>
    internal void NoteFrames(MessageHead head)
    {
        _isSecure = ByteClass.EqualsIgnoreCase(head.Scheme, "https"u8);
        IsNeverIndexed = false;
        foreach (ref HeaderField field in head.Fields)
            IsNeverIndexed |= (field.Flags & HeaderField.NeverIndexedFlag) != 0;
    }

    internal override bool MaySpeakFrames => !_wantsUpgrade || Method == HttpMethod.Connect;

    /// <summary>A server that was told, or has agreed, to speak HTTP/2.</summary>
    private static bool SpeaksFrames(ServerConnection side) =>
        side.Server.Config.Proto == "h2" || side.Transport?.Facts is { } tls && tls.Alpn.SequenceEqual("h2"u8);

    /// <summary>A connection to that server which speaks in frames would do.</summary>
    private bool JoinsFramesOf(ServerState server) => server.MaySpeakFrames && (MaySpeakFrames || server.Config.Proto == "h2");

    protected override void NoteConnecting(ServerConnection connection)
    {
        if (JoinsFramesOf(Server!) && !Server!.ChoseHttp1)
            connection.AwaitFrames(Session, NameKeyOf(Server));
    }

    protected override bool BeginProtocol()
    {
        ServerConnection side = ServerSide!;
        bool speaksFrames = SpeaksFrames(side);
        if (side.IsAwaited)
            side.Server.ChoseHttp1 = !speaksFrames;
        bool isBegun = !speaksFrames || side.BeginFrames() && JoinFrames();
        // those that wait find it, or make their own
        side.StopAwaiting();
        return isBegun;
    }

    protected override bool JoinFrames()
    {
        ServerConnection side = ServerSide!;
        ServerFrames = ((Http2ServerConnection)side.Mux!).Open(this);
        if (ServerFrames is null)
            return false;
        side.ShareBy(Session);
        return true;
    }

    protected override void LeaveFrames(ServerConnection side)
    {
        Http2ServerStream frames = ServerFrames!;
        ServerFrames = null;
        frames.Finish();
        if (side.Mux is not { StreamCount: 0 } mux)
            return;
        side.StopSharing();
        // one that ends has last words to say, and does so in its turn
        if (!mux.IsClosing)
            KeepServer(side);
    }

    /// <summary>The server has not looked at the request, and says so: it is sent once more, as one whose connection was refused.</summary>
    private bool SendsAgain(Http2ServerStream frames)
    {
        if (!frames.IsRefused || Retries >= MaxRetries)
            return false;
        if (frames.Id == 0 && Request.Sent == 0 && !Request.Retain)
        {
            Request.Retain = true;
            Request.RetainedFrom = Request.Start;
        }
        else if (!CanReplay)
            return false;
        Replay(countRetry: true);
        if (MayRedispatch())
            Redispatch();
        return true;
    }

    /// <summary>What came in frames is no answer.</summary>
    private bool RejectsFrames(Http2ServerStream frames)
    {
        if (!frames.IsMalformed)
            return false;
        RefuseAnswer();
        return true;
    }

    /// <summary>What the client is told when the stream ends before its answer does.</summary>
    private static ErrorCode ErrorFor(TerminationCause cause) =>
        cause switch
        {
            TerminationCause.ClientAbort or TerminationCause.ClientTimeout => ErrorCode.Cancel,
            _ => ErrorCode.InternalError,
        };
}
