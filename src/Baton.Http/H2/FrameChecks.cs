// What a frame must be like (RFC 9113 §4.2, §5.1, §6): first by its header alone, which is all that is needed to refuse the most of what
// is wrong before a byte of payload is waited for; then by the state of its stream; then by what little of its payload has a form.
using System;
using System.Buffers.Binary;

namespace Baton.Http.H2;

/// <summary>The checks of received frames. None of them keeps anything.</summary>
public static class FrameChecks
{
    /// <summary>
    /// Judges a header by itself. <paramref name="maxFrameSize"/>: what was announced; <paramref name="continuing"/>: the stream whose
    /// field block is not complete, 0 when there is none.
    /// </summary>
    public static FrameVerdict CheckHeader(in FrameHeader header, int maxFrameSize, int continuing)
    {
        if (header.Length > maxFrameSize)
            return FrameVerdict.Connection(ErrorCode.FrameSizeError);
        // RFC 9113 §6.10: nothing comes between the frames of a block
        bool isContinuation = header.Type == FrameType.Continuation;
        if (continuing != 0 ? !isContinuation || header.StreamId != continuing : isContinuation)
            return FrameVerdict.Connection(ErrorCode.ProtocolError);
        if (!HasRightStream(header))
            return FrameVerdict.Connection(ErrorCode.ProtocolError);
        return CheckLength(header);
    }

    private static bool HasRightStream(in FrameHeader header) =>
        header.Type switch
        {
            FrameType.Data
            or FrameType.Headers
            or FrameType.Priority
            or FrameType.RstStream
            or FrameType.PushPromise
            or FrameType.Continuation => header.StreamId != 0,
            FrameType.Settings or FrameType.Ping or FrameType.GoAway => header.StreamId == 0,
            _ => true,
        };

    private static FrameVerdict CheckLength(in FrameHeader header)
    {
        switch (header.Type)
        {
            case FrameType.Data:
                return header.Has(FrameFlags.Padded) && header.Length < 1 ? Wrong : FrameVerdict.Fine;
            case FrameType.Headers:
                int least = (header.Has(FrameFlags.Padded) ? 1 : 0) + (header.Has(FrameFlags.Priority) ? 5 : 0);
                return header.Length < least ? Wrong : FrameVerdict.Fine;
            case FrameType.Priority:
                // RFC 9113 §6.3 has it as an error of the stream, which §5.4.1 allows to take for one of the connection: so whatever is
                // read as a whole has a length that is known before
                return header.Length == 5 ? FrameVerdict.Fine : Wrong;
            case FrameType.RstStream:
            case FrameType.WindowUpdate:
                return header.Length == 4 ? FrameVerdict.Fine : Wrong;
            case FrameType.Settings:
                return (header.Has(FrameFlags.Ack) ? header.Length == 0 : header.Length % Http2Settings.EntrySize == 0)
                    ? FrameVerdict.Fine
                    : Wrong;
            case FrameType.PushPromise:
                // no server was ever allowed to, and no client may (RFC 9113 §8.4)
                return FrameVerdict.Connection(ErrorCode.ProtocolError);
            case FrameType.Ping:
                return header.Length == 8 ? FrameVerdict.Fine : Wrong;
            case FrameType.GoAway:
                return header.Length >= 8 ? FrameVerdict.Fine : Wrong;
            default:
                return FrameVerdict.Fine;
        }
    }

    private static FrameVerdict Wrong => FrameVerdict.Connection(ErrorCode.FrameSizeError);

    /// <summary>
    /// Judges a frame by the state of its stream, when that is not 0. <paramref name="mayOpen"/>: an idle stream is one that the peer
    /// may open by HEADERS, which a client may with the next odd number and a server never.
    /// </summary>
    public static FrameVerdict CheckPhase(in FrameHeader header, StreamPhase phase, bool mayOpen)
    {
        switch (header.Type)
        {
            case FrameType.Data:
                // COMPAT: also where the stream is long forgotten it is an error of that alone (RFC 9113 §5.1)
                return phase == StreamPhase.Closed ? FrameVerdict.Stream(ErrorCode.StreamClosed) : OfMessage(phase, mayOpen: false);
            case FrameType.Headers:
            case FrameType.Continuation:
                return OfMessage(phase, mayOpen);
            case FrameType.RstStream:
                return phase == StreamPhase.Idle ? FrameVerdict.Connection(ErrorCode.ProtocolError)
                    : phase >= StreamPhase.Reset ? FrameVerdict.PassOver
                    : FrameVerdict.Fine;
            case FrameType.WindowUpdate:
                if (header.StreamId == 0)
                    return FrameVerdict.Fine;
                // RFC 9113 §5.1: it may have been under way when the stream ended
                return phase == StreamPhase.Idle ? FrameVerdict.Connection(ErrorCode.ProtocolError)
                    : phase >= StreamPhase.Reset ? FrameVerdict.PassOver
                    : FrameVerdict.Fine;
            default:
                return FrameVerdict.Fine;
        }
    }

    private static FrameVerdict OfMessage(StreamPhase phase, bool mayOpen) =>
        phase switch
        {
            StreamPhase.Idle => mayOpen ? FrameVerdict.Fine : FrameVerdict.Connection(ErrorCode.ProtocolError),
            StreamPhase.Open => FrameVerdict.Fine,
            StreamPhase.HalfClosedRemote => FrameVerdict.Stream(ErrorCode.StreamClosed),
            StreamPhase.Reset => FrameVerdict.PassOver,
            _ => FrameVerdict.Connection(ErrorCode.StreamClosed),
        };

    /// <summary>
    /// Takes padding and priority away from the whole payload of DATA or HEADERS: what is left is body, or field block. A stream that
    /// depends on itself is an error of the stream (RFC 7540 §5.3.1), and the block is to be decoded even then.
    /// </summary>
    public static FrameVerdict Strip(in FrameHeader header, ref ReadOnlySpan<byte> payload)
    {
        if (header.Has(FrameFlags.Padded))
        {
            int padding = payload[0];
            payload = payload[1..];
            int before = header.Type == FrameType.Headers && header.Has(FrameFlags.Priority) ? 5 : 0;
            if (padding > payload.Length - before)
                return FrameVerdict.Connection(ErrorCode.ProtocolError);
            payload = payload[..^padding];
        }
        if (header.Type != FrameType.Headers || !header.Has(FrameFlags.Priority))
            return FrameVerdict.Fine;
        FrameVerdict verdict = CheckPriority(header, payload);
        payload = payload[5..];
        return verdict;
    }

    /// <summary>Judges the five octets of PRIORITY, or of HEADERS with that flag.</summary>
    public static FrameVerdict CheckPriority(in FrameHeader header, ReadOnlySpan<byte> payload) =>
        (BinaryPrimitives.ReadUInt32BigEndian(payload) & int.MaxValue) == header.StreamId
            ? FrameVerdict.Stream(ErrorCode.ProtocolError)
            : FrameVerdict.Fine;

    /// <summary>
    /// Judges a WINDOW_UPDATE by its payload, and by the window as it is (which a setting may have made negative); that is the larger
    /// one then.
    /// </summary>
    public static FrameVerdict CheckWindowUpdate(in FrameHeader header, ReadOnlySpan<byte> payload, ref int window)
    {
        uint increment = BinaryPrimitives.ReadUInt32BigEndian(payload) & int.MaxValue;
        ErrorCode error =
            increment == 0 ? ErrorCode.ProtocolError
            : window + (long)increment > Http2Settings.MaxWindow ? ErrorCode.FlowControlError
            : ErrorCode.NoError;
        if (error != ErrorCode.NoError)
            return new FrameVerdict(header.StreamId == 0 ? FrameScope.Connection : FrameScope.Stream, error);
        window += (int)increment;
        return FrameVerdict.Fine;
    }

    /// <summary>A window after the peer has changed its initial size; false: that is an error of flow control.</summary>
    public static bool TryResize(ref int window, int before, int after)
    {
        long resized = (long)window + after - before;
        if (resized > Http2Settings.MaxWindow)
            return false;
        window = (int)Math.Max(resized, int.MinValue);
        return true;
    }
}
