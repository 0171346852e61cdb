// From what is to be sent to records.
using System;
using System.Buffers.Binary;

namespace Baton.Http.Tls.Records;

public static class RecordWriter
{
    /// <summary>Records under one key of AES-GCM: RFC 8446 §5.5 allows 2^24.5.</summary>
    private const ulong MostUnderOneKey = 1 << 24;

    private const byte WarningLevel = 1,
        FatalLevel = 2;

    /// <summary>What a record is longer than its text, header and all.</summary>
    public static int Overhead(in RecordState s) =>
        RecordState.HeaderLength
        + IAead.TagLength
        + (
            s.Version == RecordState.Tls13 ? 1
            : s.HasExplicitNonce ? 8
            : 0
        );

    /// <summary>
    /// Seals at most <see cref="RecordState.LargestSent"/> bytes as one record at the start of <paramref name="into"/>. Returns its
    /// length; 0 when the library refuses.
    /// </summary>
    public static int Write(ref RecordState s, IAead aead, ContentType type, ReadOnlySpan<byte> text, Span<byte> into)
    {
        bool is13 = s.Version == RecordState.Tls13;
        int length = text.Length + Overhead(s),
            offset = RecordReader.TextOffset(s);
        into[0] = is13 ? (byte)ContentType.ApplicationData : (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(into[1..], RecordState.Tls12);
        BinaryPrimitives.WriteUInt16BigEndian(into[3..], (ushort)(length - RecordState.HeaderLength));
        if (s.HasExplicitNonce)
            BinaryPrimitives.WriteUInt64BigEndian(into[RecordState.HeaderLength..], s.Write.ExplicitNonce);
        Span<byte> nonce = stackalloc byte[IAead.NonceLength];
        Span<byte> additional = stackalloc byte[RecordSeal.LongestAdditional];
        RecordSeal.MakeNonce(s, ref s.Write, s.Write.ExplicitNonce, nonce);
        additional = additional[..RecordSeal.MakeAdditional(s, s.Write.Sequence, into, text.Length, additional)];
        if (!aead.Seal(s.Suite.Algorithm, ref s.Write, nonce, additional, text, is13 ? (byte)type : -1, into[offset..length]))
            return 0;
        s.Write.Sequence++;
        s.Write.ExplicitNonce++;
        return length;
    }

    /// <summary>The key has sealed as much as it should.</summary>
    public static bool WantsKeyUpdate(in RecordState s) =>
        s.Write.Sequence >= MostUnderOneKey && s.Version == RecordState.Tls13 && s.Suite.Algorithm != AeadAlgorithm.ChaCha20Poly1305;

    /// <summary>A KeyUpdate that asks for none; what follows it is under the next key. As <see cref="Write"/>.</summary>
    public static int WriteKeyUpdate(ref RecordState s, IAead aead, Span<byte> into)
    {
        int length = Write(ref s, aead, ContentType.Handshake, [24, 0, 0, 1, 0], into);
        aead.Forget(ref s.Write);
        KeySchedule.Advance(ref s.Write, s.Suite);
        return length;
    }

    /// <summary>As <see cref="Write"/>. Nothing may follow a fatal one, or close_notify.</summary>
    public static int WriteAlert(ref RecordState s, IAead aead, AlertDescription description, Span<byte> into)
    {
        bool isWarning = description is AlertDescription.CloseNotify or AlertDescription.NoRenegotiation && !s.IsBroken;
        s.HasWrittenEnd |= description == AlertDescription.CloseNotify;
        return Write(ref s, aead, ContentType.Alert, [isWarning ? WarningLevel : FatalLevel, (byte)description], into);
    }
}
