// The frames that this endpoint sends besides those with a message in them: whole, header and payload (RFC 9113 §6).
using System;
using System.Buffers.Binary;

namespace Baton.Http.H2;

/// <summary>Each writes one frame and returns its length. The room must be there: the sizes are constants.</summary>
public static class FrameWriter
{
    /// <summary>What a client sends before its first frame.</summary>
    public static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Octets of an acknowledgement of SETTINGS.</summary>
    public const int SettingsAckSize = FrameHeader.Size;

    /// <summary>Most octets of SETTINGS.</summary>
    public const int MaxSettingsSize = FrameHeader.Size + Http2Settings.MaxPayload;

    /// <summary>Octets of a PING.</summary>
    public const int PingSize = FrameHeader.Size + 8;

    /// <summary>Octets of a RST_STREAM.</summary>
    public const int RstStreamSize = FrameHeader.Size + 4;

    /// <summary>Octets of a WINDOW_UPDATE.</summary>
    public const int WindowUpdateSize = FrameHeader.Size + 4;

    /// <summary>Octets of a GOAWAY without debug data.</summary>
    public const int GoAwaySize = FrameHeader.Size + 8;

    /// <summary>SETTINGS with what differs from the values that hold at the start of a connection.</summary>
    public static int WriteSettings(Span<byte> to, in Http2Settings settings)
    {
        int length = settings.WritePayload(to[FrameHeader.Size..]);
        return new FrameHeader(length, FrameType.Settings, FrameFlags.None, 0).Write(to) + length;
    }

    /// <summary>The peer's SETTINGS have been applied.</summary>
    public static int WriteSettingsAck(Span<byte> to) => new FrameHeader(0, FrameType.Settings, FrameFlags.Ack, 0).Write(to);

    /// <summary>A PING, or the answer with the data that came.</summary>
    public static int WritePing(Span<byte> to, ReadOnlySpan<byte> data, bool isAck)
    {
        new FrameHeader(8, FrameType.Ping, isAck ? FrameFlags.Ack : FrameFlags.None, 0).Write(to);
        data[..8].CopyTo(to[FrameHeader.Size..]);
        return PingSize;
    }

    /// <summary>No stream above <paramref name="lastStreamId"/> was or will be looked at.</summary>
    public static int WriteGoAway(Span<byte> to, int lastStreamId, ErrorCode error)
    {
        new FrameHeader(8, FrameType.GoAway, FrameFlags.None, 0).Write(to);
        BinaryPrimitives.WriteInt32BigEndian(to[FrameHeader.Size..], lastStreamId);
        BinaryPrimitives.WriteUInt32BigEndian(to[(FrameHeader.Size + 4)..], (uint)error);
        return GoAwaySize;
    }

    /// <summary>Ends a stream.</summary>
    public static int WriteRstStream(Span<byte> to, int streamId, ErrorCode error)
    {
        new FrameHeader(4, FrameType.RstStream, FrameFlags.None, streamId).Write(to);
        BinaryPrimitives.WriteUInt32BigEndian(to[FrameHeader.Size..], (uint)error);
        return RstStreamSize;
    }

    /// <summary>Lets the peer send <paramref name="increment"/> octets more, at least one; stream 0: on the connection.</summary>
    public static int WriteWindowUpdate(Span<byte> to, int streamId, int increment)
    {
        new FrameHeader(4, FrameType.WindowUpdate, FrameFlags.None, streamId).Write(to);
        BinaryPrimitives.WriteInt32BigEndian(to[FrameHeader.Size..], increment);
        return WindowUpdateSize;
    }

    /// <summary>The header of a DATA frame with so much behind it.</summary>
    public static int WriteDataHeader(Span<byte> to, int streamId, int length, bool endStream) =>
        new FrameHeader(length, FrameType.Data, endStream ? FrameFlags.EndStream : FrameFlags.None, streamId).Write(to);

    /// <summary>Octets that <see cref="FrameBlock"/> adds to a field block.</summary>
    public static int FramingOf(int blockLength, int maxFrameSize) =>
        FrameHeader.Size * Math.Max(1, (blockLength + maxFrameSize - 1) / maxFrameSize);

    /// <summary>
    /// Puts a field block into frames where it lies: it begins at <see cref="FrameHeader.Size"/>, and what does not fit one frame moves
    /// to make room for CONTINUATION headers. Returns the length of all, -1 when there is no room for it.
    /// </summary>
    public static int FrameBlock(Span<byte> frames, int blockLength, int streamId, int maxFrameSize, bool endStream)
    {
        FrameFlags end = endStream ? FrameFlags.EndStream : FrameFlags.None;
        if (blockLength <= maxFrameSize)
            return new FrameHeader(blockLength, FrameType.Headers, FrameFlags.EndHeaders | end, streamId).Write(frames) + blockLength;
        int total = blockLength + FramingOf(blockLength, maxFrameSize);
        if (total > frames.Length)
            return -1;
        // from the last piece to the first, so that none is overwritten before it has moved
        for (int piece = (blockLength - 1) / maxFrameSize; piece >= 0; piece--)
        {
            int from = piece * maxFrameSize,
                length = Math.Min(maxFrameSize, blockLength - from);
            Span<byte> frame = frames[(from + piece * FrameHeader.Size)..];
            frames.Slice(FrameHeader.Size + from, length).CopyTo(frame[FrameHeader.Size..]);
            FrameFlags flags = from + length == blockLength ? FrameFlags.EndHeaders : FrameFlags.None;
            FrameType type = piece == 0 ? FrameType.Headers : FrameType.Continuation;
            new FrameHeader(length, type, piece == 0 ? flags | end : flags, streamId).Write(frame);
        }
        return total;
    }
}
