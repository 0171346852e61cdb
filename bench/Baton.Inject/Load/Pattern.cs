// Content whose every byte is a function of its position, so that a lost, doubled or swapped byte is seen at once.
// The period is a prime: shifting by a buffer, a segment or a page changes every byte.
using System;

namespace Baton.Inject.Load;

public static class Pattern
{
    public const int Period = 251;

    /// <summary>What <see cref="At"/> can give at once.</summary>
    public const int MaxLength = 65536;

    private static readonly byte[] Bytes = Make();

    /// <summary><paramref name="length"/> bytes (at most <see cref="MaxLength"/>) from a position.</summary>
    public static ReadOnlySpan<byte> At(long position, int length) => Bytes.AsSpan((int)(position % Period), length);

    /// <summary>True when the bytes are those of the position.</summary>
    public static bool Matches(ReadOnlySpan<byte> bytes, long position)
    {
        while (bytes.Length > MaxLength)
        {
            if (!bytes[..MaxLength].SequenceEqual(At(position, MaxLength)))
                return false;
            bytes = bytes[MaxLength..];
            position += MaxLength;
        }
        return bytes.SequenceEqual(At(position, bytes.Length));
    }

    private static byte[] Make()
    {
        byte[] bytes = new byte[MaxLength + Period];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(i % Period * 7 + 1);
        return bytes;
    }
}
