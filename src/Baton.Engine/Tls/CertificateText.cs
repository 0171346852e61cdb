// Certificates and revocation lists as the runtime API shows them.
using System;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Baton.Http.Certificates;

namespace Baton.Engine.Tls;

public static class CertificateText
{
    /// <summary>"Nov 30 17:10:27 2026 GMT" of a UTCTime or GeneralizedTime; empty when it is none.</summary>
    public static string Time(ReadOnlySpan<byte> time, byte tag) =>
        TryRead(time, tag, out DateTime at)
            ? at.ToString("MMM", CultureInfo.InvariantCulture)
                + at.Day.ToString(CultureInfo.InvariantCulture).PadLeft(3)
                + at.ToString(" HH:mm:ss yyyy 'GMT'", CultureInfo.InvariantCulture)
            : "";

    public static bool TryRead(ReadOnlySpan<byte> time, byte tag, out DateTime at)
    {
        bool isLong = tag == DerReader.GeneralizedTime;
        string text = Encoding.ASCII.GetString(time);
        const DateTimeStyles universal = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        // RFC 5280 §4.1.2.5.1: the years of two digits begin with 1950
        if (!isLong)
            text = (text.Length > 0 && text[0] >= '5' ? "19" : "20") + text;
        return DateTime.TryParseExact(text, "yyyyMMddHHmmss'Z'", CultureInfo.InvariantCulture, universal, out at);
    }

    /// <summary>The bytes of a number in digits of 16.</summary>
    public static string Serial(ReadOnlySpan<byte> number) => Convert.ToHexString(number is [0, _, ..] ? number[1..] : number);

    /// <summary>"/C=DE/CN=a.example".</summary>
    public static string Name(ReadOnlySpan<byte> name)
    {
        byte[] text = new byte[4096];
        int length = DistinguishedName.WriteSlashed(name, text);
        return Encoding.UTF8.GetString(text, 0, Math.Max(0, length));
    }

    /// <summary>"EC256", "RSA2048".</summary>
    public static string Key(in CertificateView view) =>
        (
            ObjectNames.IsRsa(view.KeyAlgorithm) ? "RSA"
            : ObjectNames.IsEllipticCurve(view.KeyAlgorithm) ? "EC"
            : "DSA"
        ) + view.KeyBits.ToString(CultureInfo.InvariantCulture);

    /// <summary>"DNS:a.example, IP Address:127.0.0.1".</summary>
    public static string AlternativeNames(in CertificateView view)
    {
        var text = new StringBuilder();
        for (DerReader names = view.AlternativeNames; names.TryRead(out byte tag, out ReadOnlySpan<byte> content, out _); )
        {
            if (text.Length > 0)
                text.Append(", ");
            string plain = Encoding.Latin1.GetString(content);
            text.Append(
                tag switch
                {
                    0x81 => "email:" + plain,
                    0x82 => "DNS:" + plain,
                    0x86 => "URI:" + plain,
                    0x87 when content.Length is 4 or 16 => "IP Address:" + Address(content),
                    0x87 => "IP Address:<invalid>",
                    0x88 => "Registered ID:" + ObjectNames.Text(content),
                    0xA4 => "DirName:" + Name(content).TrimStart('/').Replace("/", ", ", StringComparison.Ordinal),
                    _ => "othername:<unsupported>",
                }
            );
        }
        return text.ToString();
    }

    private static string Address(ReadOnlySpan<byte> ip)
    {
        if (ip.Length == 4)
            return new System.Net.IPAddress(ip).ToString();
        var text = new StringBuilder();
        for (int i = 0; i < ip.Length; i += 2)
            text.Append(i > 0 ? ":" : "").Append((ip[i] << 8 | ip[i + 1]).ToString("X", CultureInfo.InvariantCulture));
        return text.ToString();
    }

    /// <summary>The lines that tell of one certificate.</summary>
    public static void Describe(StringBuilder into, byte[] der)
    {
        if (!CertificateView.TryRead(der, out CertificateView view))
            return;
        into.Append("Serial: ").Append(Serial(view.Serial)).Append('\n');
        into.Append("notBefore: ").Append(Time(view.NotBefore, view.NotBeforeTag)).Append('\n');
        into.Append("notAfter: ").Append(Time(view.NotAfter, view.NotAfterTag)).Append('\n');
        into.Append("Subject Alternative Name: ").Append(AlternativeNames(view)).Append('\n');
        into.Append("Algorithm: ").Append(Key(view)).Append('\n');
        into.Append("SHA1 FingerPrint: ").Append(Convert.ToHexString(SHA1.HashData(der))).Append('\n');
        into.Append("Subject: ").Append(Name(view.Subject)).Append('\n');
        into.Append("Issuer: ").Append(Name(view.Issuer)).Append('\n');
    }

    /// <summary>The lines that tell of one revocation list (RFC 5280 §5.1).</summary>
    public static void DescribeRevocations(StringBuilder into, byte[] der)
    {
        var outer = new DerReader(der);
        outer.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> content);
        var list = new DerReader(content);
        list.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> signed);
        var r = new DerReader(signed);
        int version = r.TryRead(DerReader.Integer, out ReadOnlySpan<byte> number) && number.Length == 1 ? number[0] + 1 : 1;
        r.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> algorithm);
        var words = new DerReader(algorithm);
        words.TryRead(DerReader.ObjectIdentifier, out ReadOnlySpan<byte> identifier);
        r.TryRead(out _, out _, out ReadOnlySpan<byte> issuer);
        into.Append(CultureInfo.InvariantCulture, $"Version {version}\nSignature Algorithm: {LongName(ObjectNames.Text(identifier))}\n");
        into.Append("Issuer: ").Append(Name(issuer)).Append('\n');
        r.TryRead(out byte tag, out ReadOnlySpan<byte> time, out _);
        into.Append("Last Update: ").Append(Time(time, tag)).Append('\n');
        bool hasNext = r.NextTag is DerReader.UtcTime or DerReader.GeneralizedTime;
        if (hasNext)
            r.TryRead(out tag, out time, out _);
        into.Append("Next Update: ").Append(hasNext ? Time(time, tag) : "NONE").Append('\n');
        if (!r.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> revoked))
        {
            into.Append("No Revoked Certificates.\n");
            return;
        }
        into.Append("Revoked Certificates:\n");
        for (var all = new DerReader(revoked); all.TryRead(DerReader.Sequence, out ReadOnlySpan<byte> one); )
        {
            var entry = new DerReader(one);
            entry.TryRead(DerReader.Integer, out ReadOnlySpan<byte> serial);
            entry.TryRead(out tag, out time, out _);
            into.Append("    Serial Number: ").Append(Serial(serial)).Append('\n');
            into.Append("        Revocation Date: ").Append(Time(time, tag)).Append('\n');
        }
    }

    /// <summary>OpenSSL has two names for what signs with RSA.</summary>
    private static string LongName(string name) =>
        name.StartsWith("RSA-", StringComparison.Ordinal) ? name[4..].ToLowerInvariant() + "WithRSAEncryption" : name;
}
