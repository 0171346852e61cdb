// Interim responses of our own: 103 of "http-request early-hint", and the leave to send a body.
// SAFETY: the text is pinned for the call.
using System;
using Baton.Engine.Rules;

namespace Baton.Engine.Streams;

/// <summary>What the client has been told before the response. A part of its stream.</summary>
internal sealed unsafe class InterimResponses(HttpStream stream)
{
    /// <summary>Bytes of all of them, as the log counts; those that servers gave too.</summary>
    public int LogSize { get; set; }

    /// <summary>The client has been told to send its body.</summary>
    public bool HasContinued { get; set; }

    public void Reset()
    {
        _isHinting = HasContinued = false;
        LogSize = 0;
    }

    /// <summary>A 103 answer was begun and waits for its end.</summary>
    private bool _isHinting;

    /// <summary>
    /// Sends a header of the answer; its start line before the first, the empty line after the last. A client that takes nothing now
    /// does without, for hints are no more than that. False when it took a part: what follows would not be understood.
    /// </summary>
    public bool SendHint(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isLast, Span<byte> memory)
    {
        // HTTP/1.0 knows no interim answers
        if (stream.RequestSide.MinorVersion == 0)
            return true;
        // a block of fields is whole or nothing: each hint is an interim answer of its own
        if (stream.Frames.End is { } frames)
            return frames.SendInterim(103, name, value);
        var text = new ReplyWriter(memory);
        if (!_isHinting)
            text.Status(103);
        text.Header(name, value);
        if (isLast)
            text.Finish(default);
        ReadOnlySpan<byte> message = text.Written;
        bool began = _isHinting;
        _isHinting = !isLast;
        if (text.IsFull)
            return !began;
        fixed (byte* p = message)
        {
            nint sent = stream.Client.Send(p, message.Length);
            if (sent == message.Length)
                return true;
            _isHinting = false;
            return sent <= 0 && !began;
        }
    }

    /// <summary>The body is wanted before the server is asked: the client that waits for leave to send it gets it from us.</summary>
    public bool SendContinue()
    {
        ReadOnlySpan<byte> text = "HTTP/1.1 100 Continue\r\n\r\n"u8;
        LogSize += 40;
        if (stream.Frames.End is { } frames)
            return frames.SendInterim(100, default, default);
        fixed (byte* p = text)
            return stream.Client.Send(p, text.Length) == text.Length;
    }
}
