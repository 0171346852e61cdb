// Fetches of certificates (manual 7.3.4): the client's (ssl_c_*) and the one it was shown (ssl_f_*), read from their bytes each time.
using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;
using Baton.Engine.Tls;
using Baton.Http.Certificates;

namespace Baton.Engine.Samples.Fetches;

internal static class CertificateFetches
{
    private delegate TlsCertificate? Source(ProxyStream stream);

    private delegate bool Part(in CertificateView certificate, Argument[] arguments, Span<byte> scratch, ref SampleValue value);

    private static readonly ArgumentSpec[] Entry =
    [
        new(ArgumentKind.Bytes, "entry", Optional: true),
        new(ArgumentKind.Integer, "occurrence", Optional: true),
        new(ArgumentKind.String, "format", Optional: true),
    ];

    private static string? CheckFormat(Argument[] a) =>
        a[2].Absent || a[2].Text == "rfc2253" ? null : $"only rfc2253 or a blank value are currently supported as the format argument";

    private static SampleFetch Row(string name, SampleType output, string summary, Source source, Part part, bool hasEntry = false) =>
        new()
        {
            Name = name,
            Output = output,
            Needs = name.StartsWith("ssl_s_", StringComparison.Ordinal) ? SampleNeeds.Server : SampleNeeds.Client,
            Summary = summary,
            Arguments = hasEntry ? Entry : [],
            Check = hasEntry ? CheckFormat : null,
            Tls = name.StartsWith("ssl_f_", StringComparison.Ordinal) ? TlsUses.OwnCertificate : TlsUses.None,
            Evaluate = (s, a, o, m, ref v) =>
                source(s) is { } certificate
                && CertificateView.TryRead(certificate.Der, out CertificateView view)
                && part(view, a, m, ref v),
        };

    private static bool Name(ReadOnlySpan<byte> name, Argument[] a, Span<byte> scratch, ref SampleValue v)
    {
        if (a[0].Value is byte[] { Length: > 0 } entry)
        {
            // COMPAT: the occurrence counts from 1, and 0 is none of them
            int occurrence = a[1].Absent ? 1 : (int)a[1].Number;
            if (occurrence == 0 || !DistinguishedName.Find(name, entry, occurrence, out ReadOnlySpan<byte> value))
                return false;
            v.SetText(value);
            return true;
        }
        int length = a[2].Absent ? DistinguishedName.WriteSlashed(name, scratch) : DistinguishedName.WriteReversed(name, scratch);
        if (length <= 0)
            return false;
        v.SetText(scratch[..length]);
        return true;
    }

    /// <summary>COMPAT: both forms of a time begin with two digits of the year.</summary>
    private static bool Time(ReadOnlySpan<byte> time, byte tag, ref SampleValue v)
    {
        bool isLong = tag == DerReader.GeneralizedTime;
        if (time.Length < 12 || isLong && !time.StartsWith("20"u8))
            return false;
        v.SetText(isLong ? time[2..] : time);
        return true;
    }

    private static bool Named(ReadOnlySpan<byte> identifier, Span<byte> scratch, ref SampleValue v)
    {
        int length = ObjectNames.Write(identifier, scratch);
        if (length <= 0)
            return false;
        v.SetText(scratch[..length]);
        return true;
    }

    private static void AddFamily(List<SampleFetch> rows, string prefix, string whose, Source source)
    {
        rows.Add(Row(prefix + "s_dn", SampleType.String, $"subject of {whose}", source, Subject, hasEntry: true));
        rows.Add(Row(prefix + "i_dn", SampleType.String, $"issuer of {whose}", source, Issuer, hasEntry: true));
        rows.Add(Row(prefix + "serial", SampleType.Binary, $"serial number of {whose}", source, (in c, a, m, ref v) =>
            {
                v.SetBinary(c.Serial is [0, _, ..] ? c.Serial[1..] : c.Serial);
                return true;
            }));
        rows.Add(Row(prefix + "sha1", SampleType.Binary, $"SHA-1 fingerprint of {whose}", source, (in c, a, m, ref v) =>
            {
                v.SetBinary(m[..SHA1.HashData(c.Der, m)]);
                return true;
            }));
        rows.Add(Row(prefix + "der", SampleType.Binary, $"{whose} itself, in DER", source, (in c, a, m, ref v) =>
            {
                v.SetBinary(c.Der);
                return true;
            }));
        rows.Add(
            Row(prefix + "notbefore", SampleType.String, $"start of the validity of {whose}", source, (in c, a, m, ref v) =>
                Time(c.NotBefore, c.NotBeforeTag, ref v)
            )
        );
        rows.Add(
            Row(prefix + "notafter", SampleType.String, $"end of the validity of {whose}", source, (in c, a, m, ref v) =>
                Time(c.NotAfter, c.NotAfterTag, ref v)
            )
        );
        rows.Add(Row(prefix + "version", SampleType.Integer, $"version of {whose}", source, (in c, a, m, ref v) =>
            {
                v.SetNumber(c.Version);
                return true;
            }));
        rows.Add(
            Row(prefix + "sig_alg", SampleType.String, $"signature algorithm of {whose}", source, (in c, a, m, ref v) =>
                Named(c.SignatureAlgorithm, m, ref v)
            )
        );
        rows.Add(
            Row(prefix + "key_alg", SampleType.String, $"key algorithm of {whose}", source, (in c, a, m, ref v) =>
                Named(c.KeyAlgorithm, m, ref v)
            )
        );
    }

    private static bool Subject(in CertificateView c, Argument[] a, Span<byte> scratch, ref SampleValue v) =>
        Name(c.Subject, a, scratch, ref v);

    private static bool Issuer(in CertificateView c, Argument[] a, Span<byte> scratch, ref SampleValue v) =>
        Name(c.Issuer, a, scratch, ref v);

    private static TlsCertificate? OfClient(ProxyStream s) => TlsFetches.Of(s)?.PeerCertificate;

    private static bool AlternativeNames(in CertificateView c, Argument[] a, Span<byte> scratch, ref SampleValue v)
    {
        string text = CertificateText.AlternativeNames(c);
        if (text.Length == 0 || !System.Text.Encoding.UTF8.TryGetBytes(text, scratch, out int length))
            return false;
        v.SetText(scratch[..length]);
        return true;
    }

    private static SampleFetch Chain(string name, SampleNeeds needs, string summary, Func<ProxyStream, TlsFacts?> of) =>
        new()
        {
            Name = name,
            Output = SampleType.Binary,
            Needs = needs,
            Summary = summary + ", one behind another in DER",
            Tls = TlsUses.Chain,
            Evaluate = (s, a, o, m, ref v) =>
            {
                v.SetBinary(of(s)?.Details is { } details ? details.Chain : []);
                return !v.Text.IsEmpty;
            },
        };

    private static List<SampleFetch> Make()
    {
        var rows = new List<SampleFetch>();
        AddFamily(rows, "ssl_c_", "the client's certificate", s => TlsFetches.Of(s)?.PeerCertificate);
        AddFamily(rows, "ssl_f_", "the certificate shown to the client", s => TlsFetches.Of(s)?.OwnCertificate);
        AddFamily(rows, "ssl_s_", "the server's certificate", s => s.LastServer.Tls?.PeerCertificate);
        rows.Add(Row("ssl_c_san", SampleType.String, "alternative names of the client's certificate", OfClient, AlternativeNames));
        rows.Add(Chain("ssl_c_chain_der", SampleNeeds.Client, "certificates that the client showed", TlsFetches.Of));
        rows.Add(Chain("ssl_s_chain_der", SampleNeeds.Server, "certificates that the server showed", s => s.LastServer.Tls));
        rows.Add(
            new SampleFetch
            {
                Name = "ssl_c_r_dn",
                Output = SampleType.String,
                Needs = SampleNeeds.Client,
                Summary = "subject of the authority that the client's certificate is believed for",
                Arguments = Entry,
                Check = CheckFormat,
                Tls = TlsUses.Chain,
                Evaluate = (s, a, o, m, ref v) =>
                    TlsFetches.Of(s)?.Details is { RootName.Length: > 0 } details && Name(details.RootName, a, m, ref v),
            }
        );
        return rows;
    }

    internal static readonly List<SampleFetch> Rows = Make();
}
