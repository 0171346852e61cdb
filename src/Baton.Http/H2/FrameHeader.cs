// The nine octets before every HTTP/2 frame (RFC 9113 §4.1).
using System;
using System.Buffers.Binary;

namespace Baton.Http.H2;

/// <summary>A frame's header: octets of its payload (24 bits), type, flags, stream (31 bits, 0 for the connection).</summary>
public readonly struct FrameHeader(int length, FrameType type, FrameFlags flags, int streamId)
{
    /// <summary>Octets of a header.</summary>
    public const int Size = 9;

    /// <summary>Octets of the payload that follows.</summary>
    public int Length { get; } = length;

    /// <summary>What the frame is.</summary>
    public FrameType Type { get; } = type;

    /// <summary>Its flags, also those that its type does not define.</summary>
    public FrameFlags Flags { get; } = flags;

    /// <summary>The stream it is about; 0: the connection.</summary>
    public int StreamId { get; } = streamId;

    /// <summary>All of these flags are set.</summary>
    public bool Has(FrameFlags flags) => (Flags & flags) == flags;

    /// <summary>Reads a header; false when not all of it is there.</summary>
    public static bool TryRead(ReadOnlySpan<byte> from, out FrameHeader header)
    {
        if (from.Length < Size)
        {
            header = default;
            return false;
        }
        uint first = BinaryPrimitives.ReadUInt32BigEndian(from);
        // the reserved bit has no meaning and is ignored
        int streamId = (int)(BinaryPrimitives.ReadUInt32BigEndian(from[5..]) & int.MaxValue);
        header = new FrameHeader((int)(first >> 8), (FrameType)(byte)first, (FrameFlags)from[4], streamId);
        return true;
    }

    /// <summary>Writes the header to the first <see cref="Size"/> bytes; returns that many.</summary>
    public int Write(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt32BigEndian(to, (uint)Length << 8 | (byte)Type);
        to[4] = (byte)Flags;
        BinaryPrimitives.WriteInt32BigEndian(to[5..], StreamId);
        return Size;
    }
}
