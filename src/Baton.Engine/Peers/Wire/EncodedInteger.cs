// The integers of the peers protocol: up to 239 in one byte, else four bits in the first and seven in each that follows.
using System;

namespace Baton.Engine.Peers.Wire;

/// <summary>Numbers of up to 64 bits in one to ten bytes.</summary>
public static class EncodedInteger
{
    public const int MaxLength = 10;

    /// <summary>From here on a number takes more than a byte.</summary>
    private const byte Long = 0xF0;
    private const byte Continued = 0x80;

    /// <summary>The first byte has four bits of the rest, each other one seven.</summary>
    private const int FirstBits = 4,
        OtherBits = 7;

    /// <summary>Bytes written; <paramref name="to"/> has room for <see cref="MaxLength"/>.</summary>
    public static int Write(Span<byte> to, ulong value)
    {
        if (value < Long)
        {
            to[0] = (byte)value;
            return 1;
        }
        to[0] = (byte)(value | Long);
        value = (value - Long) >> FirstBits;
        int at = 1;
        while (value >= Continued)
        {
            to[at++] = (byte)(value | Continued);
            value = (value - Continued) >> OtherBits;
        }
        to[at++] = (byte)value;
        return at;
    }

    /// <summary>Bytes read, 0 when it goes on behind the end, -1 when no number is as long as that.</summary>
    public static int Read(ReadOnlySpan<byte> from, out ulong value)
    {
        value = 0;
        if (from.IsEmpty)
            return 0;
        value = from[0];
        if (value < Long)
            return 1;
        int shift = FirstBits;
        for (int at = 1; at < MaxLength; at++)
        {
            if (at == from.Length)
                return 0;
            value += (ulong)from[at] << shift;
            if (from[at] < Continued)
                return at + 1;
            shift += OtherBits;
        }
        return -1;
    }

    /// <summary>Takes a number off the front. False when there is none; what is left is of no use then.</summary>
    public static bool TryTake(ref ReadOnlySpan<byte> from, out ulong value)
    {
        int length = Read(from, out value);
        if (length <= 0)
            return false;
        from = from[length..];
        return true;
    }
}
