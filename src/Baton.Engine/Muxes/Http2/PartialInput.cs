// What of a frame has come that is looked at only when it is whole: a header, a few octets, the preface.
// SAFETY: copies no more than Capacity bytes in, and out only what was copied in.
using System;
using System.Runtime.CompilerServices;

namespace Baton.Engine.Muxes.Http2;

/// <summary>A field of its connection, never copied.</summary>
internal unsafe struct PartialInput
{
    /// <summary>The longest of them is the preface.</summary>
    public const int Capacity = 32;

    private fixed byte _bytes[Capacity];

    public void CopyFrom(byte* from, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Capacity);
        Unsafe.CopyBlockUnaligned(ref _bytes[0], ref *from, (uint)length);
    }

    public void CopyTo(byte* to, int length) => Unsafe.CopyBlockUnaligned(ref *to, ref _bytes[0], (uint)length);

    /// <summary>The first bytes of it.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public Span<byte> Span(int length) => System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref _bytes[0], length);
}
