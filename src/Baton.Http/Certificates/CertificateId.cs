// How OCSP names a certificate (RFC 6960 §4.1.1): by its authority's name and key and by its number.
using System;
using System.Security.Cryptography;

namespace Baton.Http.Certificates;

public static class CertificateId
{
    private static ReadOnlySpan<byte> Sha1Algorithm => [0x30, 0x09, 0x06, 0x05, 0x2B, 0x0E, 0x03, 0x02, 0x1A, 0x05, 0x00];

    /// <summary>The CertID in DER, with SHA-1 as everybody has it.</summary>
    public static byte[] Of(in CertificateView certificate, in CertificateView issuer)
    {
        const int hash = SHA1.HashSizeInBytes;
        int length = Sha1Algorithm.Length + 2 * (2 + hash) + 2 + certificate.Serial.Length;
        byte[] id = new byte[2 + length];
        Span<byte> at = id;
        (at[0], at[1]) = (DerReader.Sequence, (byte)length);
        at = at[2..];
        Sha1Algorithm.CopyTo(at);
        at = at[Sha1Algorithm.Length..];
        (at[0], at[1]) = (DerReader.OctetString, hash);
        SHA1.HashData(issuer.Subject, at[2..]);
        at = at[(2 + hash)..];
        (at[0], at[1]) = (DerReader.OctetString, hash);
        SHA1.HashData(issuer.PublicKey, at[2..]);
        at = at[(2 + hash)..];
        (at[0], at[1]) = (DerReader.Integer, (byte)certificate.Serial.Length);
        certificate.Serial.CopyTo(at[2..]);
        return id;
    }

    /// <summary>Its parts; false when the bytes are none.</summary>
    public static bool TryRead(
        ReadOnlySpan<byte> id,
        out ReadOnlySpan<byte> nameHash,
        out ReadOnlySpan<byte> keyHash,
        out ReadOnlySpan<byte> serial
    )
    {
        nameHash = keyHash = serial = default;
        var outer = new DerReader(id);
        if (!outer.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> content))
            return false;
        var r = new DerReader(content);
        return r.TryRead(DerReader.Sequence, out _)
            && r.TryRead(DerReader.OctetString, out nameHash)
            && r.TryRead(DerReader.OctetString, out keyHash)
            && r.TryRead(DerReader.Integer, out serial);
    }

    /// <summary>They mean the same certificate, however their algorithm is written.</summary>
    public static bool AreEqual(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) =>
        TryRead(one, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> serial)
        && TryRead(other, out ReadOnlySpan<byte> name2, out ReadOnlySpan<byte> key2, out ReadOnlySpan<byte> serial2)
        && name.SequenceEqual(name2)
        && key.SequenceEqual(key2)
        && serial.SequenceEqual(serial2);
}
