// A certificate that is made here for a host (bind option generate-certificates), as bytes; who signs it and with what is not known here.
using System;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Baton.Http.Certificates;

public static class IssuedCertificate
{
    /// <summary>RFC 5280 appendix A, ub-common-name.</summary>
    private const int LongestHost = 64;

    private const byte Boolean = 0x01,
        Utf8Text = 0x0C,
        UtcTime = 0x17,
        GeneralizedTime = 0x18,
        Set = 0x31;

    /// <summary>COMPAT: since yesterday, for clocks that are behind, and for a year.</summary>
    private const int DaysBefore = 1,
        DaysAfter = 365;

    private static readonly byte[] s_version3 = [0xA0, 3, DerReader.Integer, 1, 2],
        s_commonName = [DerReader.ObjectIdentifier, 3, 0x55, 0x04, 0x03];

    /// <summary>Object identifiers of extensions, and of a purpose.</summary>
    private static readonly byte[] s_subjectKey = [DerReader.ObjectIdentifier, 3, 0x55, 0x1D, 0x0E],
        s_keyUsage = [DerReader.ObjectIdentifier, 3, 0x55, 0x1D, 0x0F],
        s_alternativeNames = [DerReader.ObjectIdentifier, 3, 0x55, 0x1D, 0x11],
        s_basicConstraints = [DerReader.ObjectIdentifier, 3, 0x55, 0x1D, 0x13],
        s_authorityKey = [DerReader.ObjectIdentifier, 3, 0x55, 0x1D, 0x23],
        s_purposes = [DerReader.ObjectIdentifier, 3, 0x55, 0x1D, 0x25],
        s_serverPurpose = [DerReader.ObjectIdentifier, 8, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01];

    /// <summary>It can stand in a certificate as the name of a host.</summary>
    public static bool IsHost(ReadOnlySpan<byte> host)
    {
        if (host.Length is 0 or > LongestHost || host[0] is (byte)'.' or (byte)'-' || host[^1] == (byte)'.')
            return false;
        foreach (byte b in host)
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'-' or (byte)'.' or (byte)'_'))
                return false;
        return true;
    }

    /// <summary>What is to be signed.</summary>
    /// <param name="host">See <see cref="IsHost"/>; in small letters afterwards.</param>
    /// <param name="like">The certificate whose key it has.</param>
    /// <param name="algorithm">That of the signature, with tag and length.</param>
    /// <param name="serial">A number above zero, its bytes.</param>
    public static byte[] ToSign(
        ReadOnlySpan<byte> host,
        in CertificateView authority,
        in CertificateView like,
        byte[] algorithm,
        byte[] serial,
        DateTime now
    )
    {
        byte[] name = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(host).ToLowerInvariant());
        byte[] commonName = DerWriter.Wrap(Set, DerWriter.Wrap(DerReader.Sequence, s_commonName, DerWriter.Wrap(Utf8Text, name)));
        var above = new DerReader(authority.Subject);
        above.TryRead(out _, out ReadOnlySpan<byte> names, out _);
        byte[] keyAlgorithm = DerWriter.Wrap(
            DerReader.Sequence,
            DerWriter.Wrap(DerReader.ObjectIdentifier, like.KeyAlgorithm.ToArray()),
            like.KeyParameters.ToArray()
        );
        return DerWriter.Wrap(
            DerReader.Sequence,
            s_version3,
            DerWriter.Wrap(DerReader.Integer, serial),
            algorithm,
            authority.Subject.ToArray(),
            DerWriter.Wrap(DerReader.Sequence, Time(now.AddDays(-DaysBefore)), Time(now.AddDays(DaysAfter))),
            // COMPAT: the authority's own names, and the host's
            DerWriter.Wrap(DerReader.Sequence, names.ToArray(), commonName),
            DerWriter.Wrap(DerReader.Sequence, keyAlgorithm, DerWriter.Wrap(DerReader.BitString, [0], like.PublicKey.ToArray())),
            Extensions(name, authority, like)
        );
    }

    /// <summary>The certificate.</summary>
    public static byte[] Whole(byte[] signed, byte[] algorithm, byte[] signature) =>
        DerWriter.Wrap(DerReader.Sequence, signed, algorithm, DerWriter.Wrap(DerReader.BitString, [0], signature));

    private static byte[] Extensions(byte[] name, in CertificateView authority, in CertificateView like)
    {
        byte[] names = DerWriter.Wrap(DerReader.Sequence, DerWriter.Wrap(0x82, name));
        // signatures, and encryption of keys: RSA without ephemeral keys (TLS 1.2) wants that
        byte[] usage = [DerReader.BitString, 2, 5, 0xA0];
        return DerWriter.Wrap(
            0xA3,
            DerWriter.Wrap(
                DerReader.Sequence,
                Extension(s_basicConstraints, DerWriter.Wrap(DerReader.Sequence), isCritical: true),
                Extension(s_keyUsage, usage, isCritical: true),
                Extension(s_purposes, DerWriter.Wrap(DerReader.Sequence, s_serverPurpose)),
                Extension(s_subjectKey, DerWriter.Wrap(DerReader.OctetString, SHA1.HashData(like.PublicKey))),
                Extension(s_authorityKey, DerWriter.Wrap(DerReader.Sequence, DerWriter.Wrap(0x80, KeyIdentifier(authority)))),
                Extension(s_alternativeNames, names)
            )
        );
    }

    /// <summary>What the authority calls its key; RFC 5280 §4.2.1.2 where it does not.</summary>
    private static byte[] KeyIdentifier(in CertificateView authority)
    {
        var own = new DerReader(authority.Extension(s_subjectKey.AsSpan(2)));
        return own.TryRead(DerReader.OctetString, out ReadOnlySpan<byte> identifier)
            ? identifier.ToArray()
            : SHA1.HashData(authority.PublicKey);
    }

    private static byte[] Extension(byte[] identifier, byte[] value, bool isCritical = false) =>
        DerWriter.Wrap(DerReader.Sequence, identifier, isCritical ? [Boolean, 1, 0xFF] : [], DerWriter.Wrap(DerReader.OctetString, value));

    /// <summary>RFC 5280 §4.1.2.5: of two digits the year until 2049.</summary>
    private static byte[] Time(DateTime at)
    {
        bool isShort = at.Year < 2050;
        string text = at.ToString(isShort ? "yyMMddHHmmss" : "yyyyMMddHHmmss", CultureInfo.InvariantCulture) + "Z";
        return DerWriter.Wrap(isShort ? UtcTime : GeneralizedTime, Encoding.ASCII.GetBytes(text));
    }
}
