// What both directions put around the cipher: nonces and additional data.
using System;
using System.Buffers.Binary;

namespace Baton.Http.Tls.Records;

internal static class RecordSeal
{
    /// <summary>Number, type, version and length of TLS 1.2.</summary>
    internal const int LongestAdditional = 13;

    /// <summary>TLS 1.3 and ChaCha20 (RFC 8446 §5.3, RFC 7905 §2): the number mixed into a secret; else a part goes with the
    /// record.</summary>
    internal static void MakeNonce(in RecordState s, ref DirectionKeys keys, ulong carried, Span<byte> nonce)
    {
        keys.Nonce.CopyTo(nonce);
        Span<byte> end = nonce[4..];
        if (s.HasExplicitNonce)
            BinaryPrimitives.WriteUInt64BigEndian(end, carried);
        else
            BinaryPrimitives.WriteUInt64BigEndian(end, BinaryPrimitives.ReadUInt64BigEndian(end) ^ keys.Sequence);
    }

    /// <summary>Returns its length.</summary>
    internal static int MakeAdditional(in RecordState s, ulong sequence, ReadOnlySpan<byte> header, int text, Span<byte> into)
    {
        if (s.Version == RecordState.Tls13)
        {
            header[..RecordState.HeaderLength].CopyTo(into);
            return RecordState.HeaderLength;
        }
        BinaryPrimitives.WriteUInt64BigEndian(into, sequence);
        header[..3].CopyTo(into[8..]);
        BinaryPrimitives.WriteUInt16BigEndian(into[11..], (ushort)text);
        return LongestAdditional;
    }
}
