// Builds the payload of a handover frame: little-endian integers, counted strings and blobs, and nested records that carry
// their own length so that a reader of another version can step over what it does not know.
using System;
using System.Buffers.Binary;
using System.Text;

namespace Baton.Core.Frames;

/// <summary>A growing byte buffer. Control path only: it allocates.</summary>
public sealed class FrameWriter
{
    private byte[] _bytes = new byte[4096];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    private Span<byte> Grow(int count)
    {
        if (Length + count > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        Span<byte> room = _bytes.AsSpan(Length, count);
        Length += count;
        return room;
    }

    public void Byte(byte value) => Grow(1)[0] = value;

    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void UInt16(int value) => BinaryPrimitives.WriteUInt16LittleEndian(Grow(2), (ushort)value);

    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Grow(4), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Grow(8), value);

    /// <summary>u32 length and the bytes.</summary>
    public void Blob(ReadOnlySpan<byte> bytes)
    {
        Int32(bytes.Length);
        bytes.CopyTo(Grow(bytes.Length));
    }

    /// <summary>A string as a blob of UTF-8.</summary>
    public void Text(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        Int32(length);
        Encoding.UTF8.GetBytes(text, Grow(length));
    }

    /// <summary>Begins a record; <see cref="EndRecord"/> fills its length in. Returns what EndRecord wants.</summary>
    public int BeginRecord()
    {
        Int32(0);
        return Length;
    }

    public void EndRecord(int began) => BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(began - 4), Length - began);

    /// <summary>Overwrites a number written before (a count known only at the end).</summary>
    public void PatchInt32(int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(at), value);

    /// <summary>Takes everything from <paramref name="length"/> on back.</summary>
    public void Truncate(int length) => Length = length;
}
