// What an X.509 certificate says (RFC 5280 §4.1), read where its bytes lie: nothing is copied, nothing is kept.
using System;

namespace Baton.Http.Certificates;

public readonly ref struct CertificateView
{
    private CertificateView(ReadOnlySpan<byte> der) => Der = der;

    /// <summary>The whole of it.</summary>
    public ReadOnlySpan<byte> Der { get; }

    /// <summary>1 to 3.</summary>
    public int Version { get; private init; }

    /// <summary>The bytes of the number, as they stand.</summary>
    public ReadOnlySpan<byte> Serial { get; private init; }

    /// <summary>The object identifier of the algorithm it is signed with, its content.</summary>
    public ReadOnlySpan<byte> SignatureAlgorithm { get; private init; }

    /// <summary>Distinguished names, with tag and length: equal names of an authority and of what it issued have equal bytes.</summary>
    public ReadOnlySpan<byte> Issuer { get; private init; }
    public ReadOnlySpan<byte> Subject { get; private init; }

    /// <summary>UTCTime or GeneralizedTime, their text and their tags.</summary>
    public ReadOnlySpan<byte> NotBefore { get; private init; }
    public ReadOnlySpan<byte> NotAfter { get; private init; }
    public byte NotBeforeTag { get; private init; }
    public byte NotAfterTag { get; private init; }

    /// <summary>The object identifier of the key's algorithm, its content.</summary>
    public ReadOnlySpan<byte> KeyAlgorithm { get; private init; }

    /// <summary>The algorithm's parameters, for an elliptic curve its object identifier, with tag and length.</summary>
    public ReadOnlySpan<byte> KeyParameters { get; private init; }

    /// <summary>The bits of the public key.</summary>
    public ReadOnlySpan<byte> PublicKey { get; private init; }

    /// <summary>The extensions, one behind another.</summary>
    private ReadOnlySpan<byte> Extensions { get; init; }

    /// <summary>The size of the public key: of an RSA key's modulus, of a curve's field; 0 of another one.</summary>
    public int KeyBits
    {
        get
        {
            if (ObjectNames.IsEllipticCurve(KeyAlgorithm))
                // a point of both coordinates with a byte in front; the largest curve has 521 bits
                return Math.Min((PublicKey.Length - 1) / 2 * 8, 521);
            var outer = new DerReader(PublicKey);
            if (!ObjectNames.IsRsa(KeyAlgorithm) || !outer.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> content))
                return 0;
            var key = new DerReader(content);
            if (!key.TryRead(DerReader.Integer, out ReadOnlySpan<byte> modulus))
                return 0;
            modulus = modulus.TrimStart((byte)0);
            return modulus.IsEmpty ? 0 : modulus.Length * 8 - System.Numerics.BitOperations.LeadingZeroCount(modulus[0]) + 24;
        }
    }

    /// <summary>False when the bytes are not a certificate.</summary>
    public static bool TryRead(ReadOnlySpan<byte> der, out CertificateView view)
    {
        view = default;
        var outer = new DerReader(der);
        if (!outer.TryRead(out byte tag, out ReadOnlySpan<byte> content, out ReadOnlySpan<byte> whole) || tag != DerReader.Sequence)
            return false;
        var certificate = new DerReader(content);
        if (!certificate.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> signed))
            return false;
        var r = new DerReader(signed);
        int version = 1;
        if (r.TryRead(0xA0, out ReadOnlySpan<byte> explicitVersion))
            version = explicitVersion.Length == 3 ? explicitVersion[2] + 1 : 1;
        if (
            !r.TryRead(DerReader.Integer, out ReadOnlySpan<byte> serial)
            || !r.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> algorithm)
            || !r.TryRead(out _, out _, out ReadOnlySpan<byte> issuer)
            || !r.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> validity)
            || !r.TryRead(out _, out _, out ReadOnlySpan<byte> subject)
            || !r.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> keyInfo)
        )
            return false;
        var times = new DerReader(validity);
        var key = new DerReader(keyInfo);
        if (
            !times.TryRead(out byte beforeTag, out ReadOnlySpan<byte> before, out _)
            || !times.TryRead(out byte afterTag, out ReadOnlySpan<byte> after, out _)
            || !key.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> keyAlgorithm)
            || !key.TryRead(DerReader.BitString, out ReadOnlySpan<byte> keyBits)
            || keyBits.IsEmpty
        )
            return false;
        var keyWords = new DerReader(keyAlgorithm);
        if (!keyWords.TryRead(DerReader.ObjectIdentifier, out ReadOnlySpan<byte> keyName))
            return false;
        keyWords.TryRead(out _, out _, out ReadOnlySpan<byte> parameters);
        var signature = new DerReader(algorithm);
        signature.TryRead(DerReader.ObjectIdentifier, out ReadOnlySpan<byte> signatureName);
        view = new CertificateView(whole)
        {
            Version = version,
            Serial = serial,
            SignatureAlgorithm = signatureName,
            Issuer = issuer,
            Subject = subject,
            NotBefore = before,
            NotAfter = after,
            NotBeforeTag = beforeTag,
            NotAfterTag = afterTag,
            KeyAlgorithm = keyName,
            KeyParameters = parameters,
            PublicKey = keyBits[1..],
            Extensions = ExtensionsOf(r),
        };
        return true;
    }

    private static ReadOnlySpan<byte> ExtensionsOf(DerReader r)
    {
        while (r.TryRead(out byte tag, out ReadOnlySpan<byte> content, out _))
        {
            var inner = new DerReader(content);
            if (tag == 0xA3 && inner.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> extensions))
                return extensions;
        }
        return default;
    }

    /// <summary>The value of an extension, empty when the certificate does not have it.</summary>
    /// <param name="identifier">Its object identifier, the content.</param>
    public ReadOnlySpan<byte> Extension(ReadOnlySpan<byte> identifier)
    {
        var all = new DerReader(Extensions);
        while (all.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> one))
        {
            var r = new DerReader(one);
            if (!r.TryRead(DerReader.ObjectIdentifier, out ReadOnlySpan<byte> name) || !name.SequenceEqual(identifier))
                continue;
            r.TryRead(0x01, out _);
            return r.TryRead(DerReader.OctetString, out ReadOnlySpan<byte> value) ? value : default;
        }
        return default;
    }

    /// <summary>id-ce-subjectAltName, 2.5.29.17.</summary>
    private static ReadOnlySpan<byte> SubjectAltName => [0x55, 0x1D, 0x11];

    /// <summary>The alternative names, for <see cref="NextName"/>.</summary>
    public DerReader AlternativeNames
    {
        get
        {
            var r = new DerReader(Extension(SubjectAltName));
            return r.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> names) ? new DerReader(names) : default;
        }
    }

    /// <summary>The next host name among the alternative names.</summary>
    public static bool NextName(ref DerReader names, out ReadOnlySpan<byte> host)
    {
        while (names.TryRead(out byte tag, out host, out _))
            if (tag == 0x82)
                return true;
        host = default;
        return false;
    }
}
