// Reads what FrameWriter wrote, from a neighbour that may be of another version, or hostile: nothing here throws, and
// nothing is believed. A read past the end gives zero and sets IsShort.
using System;
using System.Buffers.Binary;
using System.Text;

namespace Baton.Core.Frames;

/// <summary>A cursor over one payload.</summary>
public ref struct FrameReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>More was read than there is: the sender is older than the reader expects, or talks nonsense.</summary>
    public bool IsShort { get; private set; }

    public readonly bool AtEnd => _rest.IsEmpty;

    public readonly int Remaining => _rest.Length;

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _rest.Length)
        {
            IsShort = true;
            _rest = default;
            return default;
        }
        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    public byte Byte()
    {
        ReadOnlySpan<byte> b = Take(1);
        return b.IsEmpty ? (byte)0 : b[0];
    }

    public bool Flag() => Byte() != 0;

    public int UInt16()
    {
        ReadOnlySpan<byte> b = Take(2);
        return b.IsEmpty ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(b);
    }

    public int Int32()
    {
        ReadOnlySpan<byte> b = Take(4);
        return b.IsEmpty ? 0 : BinaryPrimitives.ReadInt32LittleEndian(b);
    }

    public long Int64()
    {
        ReadOnlySpan<byte> b = Take(8);
        return b.IsEmpty ? 0 : BinaryPrimitives.ReadInt64LittleEndian(b);
    }

    public ReadOnlySpan<byte> Blob() => Take(Int32());

    public string Text() => Encoding.UTF8.GetString(Blob());

    /// <summary>A nested record with a cursor of its own; this one goes on behind it.</summary>
    public FrameReader Record() => new(Take(Int32()));
}
