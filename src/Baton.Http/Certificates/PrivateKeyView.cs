// What of a private key's bytes tells whether it belongs to a certificate, without loading it: a thousand keys are read at start, and
// few of them are needed soon.
using System;

namespace Baton.Http.Certificates;

public static class PrivateKeyView
{
    /// <summary>Whether the key is that of the certificate; null when its bytes do not tell, and it has to be loaded to know.</summary>
    /// <param name="key">PKCS#8, PKCS#1 (RSA) or SEC 1 (elliptic curves).</param>
    public static bool? Matches(ReadOnlySpan<byte> key, in CertificateView certificate)
    {
        var outer = new DerReader(key);
        if (!outer.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> content))
            return null;
        var r = new DerReader(content);
        if (!r.TryRead(DerReader.Integer, out ReadOnlySpan<byte> version))
            return null;
        if (r.NextTag == DerReader.Sequence)
            return OfPkcs8(ref r, certificate);
        if (r.NextTag == DerReader.Integer)
            return OfRsa(ref r, certificate);
        return version.Length == 1 && version[0] == 1 && r.NextTag == DerReader.OctetString ? OfCurve(ref r, certificate) : null;
    }

    /// <summary>What PEM calls a key of that form.</summary>
    public static string Label(ReadOnlySpan<byte> key)
    {
        var outer = new DerReader(key);
        if (!outer.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> content))
            return "PRIVATE KEY";
        var r = new DerReader(content);
        r.TryRead(DerReader.Integer, out _);
        return r.NextTag switch
        {
            DerReader.Integer => "RSA PRIVATE KEY",
            DerReader.OctetString => "EC PRIVATE KEY",
            _ => "PRIVATE KEY",
        };
    }

    private static bool? OfPkcs8(ref DerReader r, in CertificateView certificate)
    {
        r.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> algorithm);
        var words = new DerReader(algorithm);
        if (
            !words.TryRead(DerReader.ObjectIdentifier, out ReadOnlySpan<byte> name)
            || !r.TryRead(DerReader.OctetString, out ReadOnlySpan<byte> inner)
        )
            return null;
        if (!ObjectNames.IsRsa(name) && !ObjectNames.IsEllipticCurve(name))
            return name.SequenceEqual(certificate.KeyAlgorithm) ? null : false;
        return Matches(inner, certificate);
    }

    private static bool? OfRsa(ref DerReader r, in CertificateView certificate)
    {
        if (!ObjectNames.IsRsa(certificate.KeyAlgorithm))
            return false;
        var outer = new DerReader(certificate.PublicKey);
        if (!outer.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> content))
            return null;
        var publicKey = new DerReader(content);
        if (
            !publicKey.TryRead(DerReader.Integer, out ReadOnlySpan<byte> modulus)
            || !r.TryRead(DerReader.Integer, out ReadOnlySpan<byte> own)
        )
            return null;
        return modulus.SequenceEqual(own);
    }

    private static bool? OfCurve(ref DerReader r, in CertificateView certificate)
    {
        if (!ObjectNames.IsEllipticCurve(certificate.KeyAlgorithm))
            return false;
        r.TryRead(DerReader.OctetString, out _);
        r.TryRead(0xA0, out _);
        if (!r.TryRead(0xA1, out ReadOnlySpan<byte> wrapped))
            return null;
        var bits = new DerReader(wrapped);
        if (!bits.TryRead(DerReader.BitString, out ReadOnlySpan<byte> point) || point.Length < 2)
            return null;
        // a compressed point and its uncompressed form look different
        return point[1..].SequenceEqual(certificate.PublicKey) ? true
            : point.Length - 1 == certificate.PublicKey.Length ? false
            : null;
    }
}
