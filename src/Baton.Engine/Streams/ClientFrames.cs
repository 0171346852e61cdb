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

/// <summary>A part of its stream.</summary>
internal sealed unsafe class ClientFrames(HttpStream stream)
{
    /// <summary>The client's stream in frames; null when it speaks HTTP/1.</summary>
    public Http2Stream? End { get; private set; }

    public void Reset()
    {
        End = null;
        IsNeverIndexed = _isSecure = false;
    }

    /// <summary>Begins with the field block of a request. What comes of it decides whether it goes on with <see cref="Start"/> or was
    /// never one (<see cref="Forget"/>).</summary>
    public HeadReading ReadHead(
        ClientConnection client,
        Http2Stream end,
        ref HpackDecoder decoder,
        ReadOnlySpan<byte> block,
        bool endsStream
    )
    {
        stream.BeginStream(client);
        stream.Client = End = end;
        stream.Session.RequestCount++;
        stream.NoteReceived();
        stream.Times.Begin = stream.Worker.NowMs;
        stream.Times.BeginWallMs = stream.Worker.WallClockMs;
        if (!stream.Heads.Lend(stream.RequestHead))
            throw new InsufficientMemoryException();
        stream.Heads.BeginEdit(stream.RequestHead);
        byte* buffer = !stream.Heads.HasArena ? null : stream.Worker.Buffers.Rent();
        if (buffer is null)
            throw new InsufficientMemoryException();
        stream.Request.Attach(buffer, 0, 0);
        HeadReading reading = Http2HeadReader.ReadRequest(
            ref decoder,
            block,
            stream.Worker.Scratch.TextSpan,
            stream.RequestHead,
            end.HeadLimits,
            endsStream,
            stream.RequestSide.Options
        );
        if (
            reading.IsFine
            && reading.IsExtendedConnect
            && ProtocolSwitch.AsksForWebSocket(stream.RequestHead)
            && !AddWebSocketKey(stream.RequestHead)
        )
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
        Span<byte> text = stackalloc byte[ProtocolSwitch.WebSocketKeyLength];
        System.Buffers.Text.Base64.EncodeToUtf8(nonce, text, out _, out int length);
        return head.AddField("sec-websocket-key"u8, text[..length]);
    }

    /// <summary>It has begun in another process.</summary>
    public void GoOn(Http2Stream end) => stream.Client = End = end;

    /// <summary>There is no request: nothing was counted, and nothing is logged.</summary>
    public void Forget()
    {
        stream.Session.RequestCount--;
        stream.Heads.EndEdits();
        stream.Request.Release(stream.Worker.Buffers);
        stream.ReleaseMemory();
        if (stream.SequenceNumber == stream.Worker.StreamSequence)
            stream.Worker.StreamSequence--;
        stream.GiveBack();
    }

    /// <summary>The head is there, or is too large to be one.</summary>
    public void Start(ParseStatus status)
    {
        if (status == ParseStatus.Complete)
            stream.RequestSide.OnHead();
        else
            stream.RequestSide.Reject(status);
        if (!stream.IsEnded)
            stream.Process();
    }

    /// <summary>The head of the answer leaves at once: its bytes in the channel are for nobody any more.</summary>
    public bool SendHead(MessageHead head, bool opensTunnel)
    {
        bool fits = End!.SendHead(head, opensTunnel);
        if (fits)
            stream.Response.Start = stream.Response.Ready += head.HeadLength;
        stream.Heads.EndEdits();
        return fits;
    }

    /// <summary>A field of the request came with the wish that no table of any connection has it (RFC 7541 §7.1.3).</summary>
    public bool IsNeverIndexed { get; private set; }

    /// <summary>The client's scheme is https.</summary>
    public bool IsSecure => End is null ? stream.Connection.Transport?.Facts is not null : _isSecure;
    private bool _isSecure;

    /// <summary>What the text that is made of the head does not tell, and other frames have to.</summary>
    public void Note(MessageHead head)
    {
        _isSecure = ByteClass.EqualsIgnoreCase(head.Scheme, "https"u8);
        IsNeverIndexed = false;
        foreach (ref HeaderField field in head.Fields)
            IsNeverIndexed |= (field.Flags & HeaderField.NeverIndexedFlag) != 0;
    }

    /// <summary>What the client is told when the stream ends before its answer does.</summary>
    public static ErrorCode ErrorFor(TerminationCause cause) =>
        cause switch
        {
            TerminationCause.ClientAbort or TerminationCause.ClientTimeout => ErrorCode.Cancel,
            _ => ErrorCode.InternalError,
        };
}
