// Builds the payload of a handover frame: little-endian integers, counted strings and blobs, and nested records that carry
// their own length so that a reader of another version can step over what it does not know.
using System;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Baton.Core.Frames;

/// <summary>A growing byte buffer. Control path only: it allocates.</summary>
public sealed class FrameWriter
{
    private byte[] _bytes = Make(4096);

    /// <summary>How far it has been written since it was wiped.</summary>
    private int _touched;

    /// <summary>Where it lies it stays: the collector makes no copies that nobody could wipe.</summary>
    private static byte[] Make(int length) => GC.AllocateUninitializedArray<byte>(length, pinned: true);

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Begins anew. What was written may be secret, and is wiped.</summary>
    public void Clear()
    {
        CryptographicOperations.ZeroMemory(_bytes.AsSpan(0, _touched));
        Length = _touched = 0;
    }

    private Span<byte> Grow(int count)
    {
        if (Length + count > _bytes.Length)
        {
            byte[] larger = Make(Math.Max(_bytes.Length * 2, Length + count));
            _bytes.AsSpan(0, Length).CopyTo(larger);
            CryptographicOperations.ZeroMemory(_bytes.AsSpan(0, _touched));
            _bytes = larger;
        }
        Span<byte> room = _bytes.AsSpan(Length, count);
        Length += count;
        _touched = Math.Max(_touched, Length);
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

    /// <summary>Bytes of a blob whose length was written before.</summary>
    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Grow(bytes.Length));

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
