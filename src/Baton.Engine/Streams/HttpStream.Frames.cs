// A request that comes in frames. Its head is made of a field block instead of text, its answer's head becomes one again; between them all
// is as it is with HTTP/1, for the end in front of it (Http2Stream) brings and takes bodies as HTTP/1 frames them.
// SAFETY: the arena and the request's block are rented here and given back like those of any other request.
using System;
using Baton.Engine.Connections;
using Baton.Engine.Muxes.Http2;
using Baton.Http.H2;
using Baton.Http.H2.Hpack;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

public sealed unsafe partial class HttpStream
{
    /// <summary>The client's stream in frames; null when it speaks HTTP/1.</summary>
    private Http2Stream? _frames;

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
        byte* buffer = _arena is null ? null : Worker.Buffers.Rent();
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

    /// <summary>What the client is told when the stream ends before its answer does.</summary>
    private static ErrorCode ErrorFor(TerminationCause cause) =>
        cause switch
        {
            TerminationCause.ClientAbort or TerminationCause.ClientTimeout => ErrorCode.Cancel,
            _ => ErrorCode.InternalError,
        };
}
