// Names of object identifiers, by their contents in DER: entries of distinguished names, algorithms, curves. The words are OpenSSL's
// short names, which configurations use.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Baton.Http.Certificates;

public static class ObjectNames
{
    private static (byte[] Kind, byte[] Name) Row(string number, string name) => (Encode(number), Encoding.ASCII.GetBytes(name));

    private static readonly (byte[] Kind, byte[] Name)[] Table =
    [
        Row("2.5.4.3", "CN"),
        Row("2.5.4.4", "SN"),
        Row("2.5.4.5", "serialNumber"),
        Row("2.5.4.6", "C"),
        Row("2.5.4.7", "L"),
        Row("2.5.4.8", "ST"),
        Row("2.5.4.9", "street"),
        Row("2.5.4.10", "O"),
        Row("2.5.4.11", "OU"),
        Row("2.5.4.12", "title"),
        Row("2.5.4.13", "description"),
        Row("2.5.4.15", "businessCategory"),
        Row("2.5.4.17", "postalCode"),
        Row("2.5.4.20", "telephoneNumber"),
        Row("2.5.4.41", "name"),
        Row("2.5.4.42", "GN"),
        Row("2.5.4.43", "initials"),
        Row("2.5.4.44", "generationQualifier"),
        Row("2.5.4.45", "x500UniqueIdentifier"),
        Row("2.5.4.46", "dnQualifier"),
        Row("2.5.4.65", "pseudonym"),
        Row("2.5.4.97", "organizationIdentifier"),
        Row("1.2.840.113549.1.9.1", "emailAddress"),
        Row("1.2.840.113549.1.9.2", "unstructuredName"),
        Row("0.9.2342.19200300.100.1.1", "UID"),
        Row("0.9.2342.19200300.100.1.25", "DC"),
        Row("1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL"),
        Row("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST"),
        Row("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"),
        Row("1.2.840.113549.1.1.1", "rsaEncryption"),
        Row("1.2.840.113549.1.1.4", "RSA-MD5"),
        Row("1.2.840.113549.1.1.5", "RSA-SHA1"),
        Row("1.2.840.113549.1.1.10", "RSASSA-PSS"),
        Row("1.2.840.113549.1.1.11", "RSA-SHA256"),
        Row("1.2.840.113549.1.1.12", "RSA-SHA384"),
        Row("1.2.840.113549.1.1.13", "RSA-SHA512"),
        Row("1.2.840.113549.1.1.14", "RSA-SHA224"),
        Row("1.2.840.10045.2.1", "id-ecPublicKey"),
        Row("1.2.840.10045.4.1", "ecdsa-with-SHA1"),
        Row("1.2.840.10045.4.3.1", "ecdsa-with-SHA224"),
        Row("1.2.840.10045.4.3.2", "ecdsa-with-SHA256"),
        Row("1.2.840.10045.4.3.3", "ecdsa-with-SHA384"),
        Row("1.2.840.10045.4.3.4", "ecdsa-with-SHA512"),
        Row("1.2.840.10040.4.1", "DSA"),
        Row("1.3.101.112", "ED25519"),
        Row("1.3.101.113", "ED448"),
        Row("1.2.840.10045.3.1.7", "prime256v1"),
        Row("1.3.132.0.10", "secp256k1"),
        Row("1.3.132.0.34", "secp384r1"),
        Row("1.3.132.0.35", "secp521r1"),
    ];

    /// <summary>What a key is made with.</summary>
    public static bool IsRsa(ReadOnlySpan<byte> algorithm) => Is(algorithm, "rsaEncryption"u8) || Is(algorithm, "RSASSA-PSS"u8);

    public static bool IsEllipticCurve(ReadOnlySpan<byte> algorithm) => Is(algorithm, "id-ecPublicKey"u8);

    /// <summary>Whether it is what the word names: a short name in whatever case, or the number of what has none.</summary>
    public static bool Is(ReadOnlySpan<byte> kind, ReadOnlySpan<byte> word)
    {
        foreach ((byte[] known, byte[] name) in Table)
            if (kind.SequenceEqual(known))
                return Baton.Http.Headers.ByteClass.EqualsIgnoreCase(word, name);
        Span<byte> number = stackalloc byte[128];
        return WriteNumber(kind, number) is var length and > 0 && word.SequenceEqual(number[..length]);
    }

    /// <summary>Its short name, or its number when it has none. -1 when that does not fit.</summary>
    public static int Write(ReadOnlySpan<byte> kind, Span<byte> into)
    {
        foreach ((byte[] known, byte[] name) in Table)
            if (kind.SequenceEqual(known))
                return name.AsSpan().TryCopyTo(into) ? name.Length : -1;
        return WriteNumber(kind, into);
    }

    /// <summary>For messages.</summary>
    public static string Text(ReadOnlySpan<byte> kind)
    {
        Span<byte> text = stackalloc byte[128];
        int length = Write(kind, text);
        return length < 0 ? "" : Encoding.ASCII.GetString(text[..length]);
    }

    private static int WriteNumber(ReadOnlySpan<byte> kind, Span<byte> into)
    {
        int at = 0;
        long arc = 0;
        bool first = true;
        foreach (byte b in kind)
        {
            if (arc > long.MaxValue >> 8)
                return -1;
            arc = arc << 7 | (uint)(b & 0x7F);
            if ((b & 0x80) != 0)
                continue;
            if (first)
            {
                long top = Math.Min(arc / 40, 2);
                if (!Number(top, into, ref at))
                    return -1;
                arc -= top * 40;
                first = false;
            }
            if (at == into.Length)
                return -1;
            into[at++] = (byte)'.';
            if (!Number(arc, into, ref at))
                return -1;
            arc = 0;
        }
        return at;
    }

    private static bool Number(long value, Span<byte> into, ref int at)
    {
        bool fits = System.Buffers.Text.Utf8Formatter.TryFormat(value, into[at..], out int written);
        at += written;
        return fits;
    }

    private static byte[] Encode(string number)
    {
        string[] arcs = number.Split('.');
        var bytes = new List<byte>();
        for (int i = 1; i < arcs.Length; i++)
        {
            long arc = long.Parse(arcs[i], CultureInfo.InvariantCulture);
            if (i == 1)
                arc += 40 * long.Parse(arcs[0], CultureInfo.InvariantCulture);
            int from = bytes.Count;
            for (bytes.Add((byte)(arc & 0x7F)); (arc >>= 7) > 0; )
                bytes.Insert(from, (byte)(arc & 0x7F | 0x80));
        }
        return [.. bytes];
    }
}
