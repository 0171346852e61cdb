// What was captured of a client's greeting (tune.ssl.capture-buffer-size), as it lies in TlsDetails: the version, a hash of all ciphers,
// and lists of numbers, each behind its length.
using System;
using System.Buffers.Binary;

namespace Baton.Engine.Tls;

internal readonly ref struct CapturedGreeting(ReadOnlySpan<byte> bytes)
{
    private const int Head = 10;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>The lists, in their order.</summary>
    public const int Ciphers = 0,
        Extensions = 1,
        Groups = 2,
        PointFormats = 3,
        SignatureAlgorithms = 4,
        Versions = 5;

    public bool IsThere => _bytes.Length >= Head;

    /// <summary>What the greeting says in its head: 0x0303 for TLS 1.2 and for what is newer.</summary>
    public int Version => BinaryPrimitives.ReadUInt16BigEndian(_bytes);
    public ulong CipherHash => BinaryPrimitives.ReadUInt64BigEndian(_bytes[2..]);

    public ReadOnlySpan<byte> List(int number)
    {
        ReadOnlySpan<byte> rest = _bytes[Head..];
        for (; rest.Length >= 2; number--)
        {
            int length = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(rest), rest.Length - 2);
            if (number == 0)
                return rest.Slice(2, length);
            rest = rest[(2 + length)..];
        }
        return default;
    }

    /// <summary>RFC 8701: numbers that stand for nothing, so that servers learn to pass over them.</summary>
    public static bool IsGrease(int number) => (number & 0x0F0F) == 0x0A0A && number >> 8 == (number & 0xFF);

    /// <summary>A list of numbers of two bytes without those that stand for nothing; its length.</summary>
    public static int CopyWithoutGrease(ReadOnlySpan<byte> list, Span<byte> into)
    {
        int length = 0;
        for (int i = 0; i + 1 < list.Length && length + 1 < into.Length; i += 2)
        {
            if (IsGrease(list[i] << 8 | list[i + 1]))
                continue;
            list.Slice(i, 2).CopyTo(into[length..]);
            length += 2;
        }
        return length;
    }
}
