// Removes and adds chunked framing: for HTTP/1.0 clients, for bodies that rules look at, and for bodies
// of unknown length that Baton itself produces.
using System;

namespace Baton.Http.H1;

/// <summary>Conversion between chunked framing and plain payload.</summary>
public static class ChunkedDecoder
{
    /// <summary>Most bytes <see cref="WriteSize"/> writes.</summary>
    public const int MaxSizeLine = 10;

    /// <summary>
    /// Moves the payload found in <paramref name="data"/> to its front; <paramref name="written"/> bytes of it.
    /// On Done the bytes behind <paramref name="consumed"/> belong to the next message and stay where they are.
    /// </summary>
    public static ChunkStatus DecodeInPlace(ref ChunkedScanner scanner, Span<byte> data, out int consumed, out int written)
    {
        consumed = 0;
        written = 0;
        ChunkStatus status;
        do
        {
            status = scanner.Next(data, ref consumed, out int start, out int length);
            data.Slice(start, length).CopyTo(data[written..]);
            written += length;
        } while (status == ChunkStatus.NeedMore && consumed < data.Length);
        return status;
    }

    /// <summary>Writes the size line of a chunk ("1f4\r\n"); returns its length, or 0 when it does not fit.</summary>
    public static int WriteSize(Span<byte> destination, int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        int digits = 1;
        for (int rest = size >> 4; rest != 0; rest >>= 4)
        {
            digits++;
        }
        if (destination.Length < digits + 2)
        {
            return 0;
        }
        for (int i = digits - 1; i >= 0; i--, size >>= 4)
        {
            destination[i] = "0123456789abcdef"u8[size & 15];
        }
        destination[digits] = (byte)'\r';
        destination[digits + 1] = (byte)'\n';
        return digits + 2;
    }
}
