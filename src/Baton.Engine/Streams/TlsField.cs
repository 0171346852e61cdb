// What a version 2 PROXY header tells of the client's TLS (send-proxy-v2-ssl and its kin).
using System;
using System.Buffers.Text;
using Baton.Configuration.Model;
using Baton.Engine.Samples.Fetches;
using Baton.Engine.Tls;
using Baton.Http.Certificates;
using Baton.Http.ProxyProtocol;

namespace Baton.Engine.Streams;

internal static class TlsField
{
    /// <summary>The client has TLS; it showed a certificate on this connection; it did in this session.</summary>
    private const byte HasTls = 1,
        ShowedNow = 2,
        ShowedOnce = 4;

    /// <summary>What the handshake agreed on and asked for: in front of the other fields. COMPAT: ALPN without being asked for.</summary>
    public static void WriteNames(ref ProxyHeaderWriter writer, ProxyStream stream, ProxyHeaderOptions options)
    {
        if (TlsFetches.Of(stream) is not { } facts)
            return;
        if (!facts.Alpn.IsEmpty)
            writer.AddTlv(ProxyTlvType.Alpn, facts.Alpn);
        if ((options & ProxyHeaderOptions.Authority) != 0 && !facts.ServerName.IsEmpty)
            writer.AddTlv(ProxyTlvType.Authority, facts.ServerName);
    }

    public static void Write(ref ProxyHeaderWriter writer, ProxyStream stream, ProxyHeaderOptions options)
    {
        if (TlsFetches.Of(stream) is not { } facts)
        {
            writer.BeginSsl(client: 0, verify: 0);
            writer.EndSsl();
            return;
        }
        bool hasShown = facts.PeerCertificate is not null;
        byte client = (byte)(HasTls | (hasShown ? ShowedOnce : 0) | (hasShown && !facts.IsResumed ? ShowedNow : 0));
        writer.BeginSsl(client, hasShown ? (uint)facts.VerifyResult : 0);
        writer.AddTlv(ProxyTlvType.SslVersion, TlsFetches.Protocol(facts));
        if (
            (options & ProxyHeaderOptions.CertCn) != 0
            && facts.PeerCertificate is { } peer
            && CertificateView.TryRead(peer.Der, out CertificateView shown)
            && DistinguishedName.Find(shown.Subject, "CN"u8, 1, out ReadOnlySpan<byte> name)
        )
            writer.AddTlv(ProxyTlvType.SslCommonName, name);
        if (facts.OwnCertificate is { } own && CertificateView.TryRead(own.Der, out CertificateView ours))
            WriteOwn(ref writer, ours, options);
        if ((options & ProxyHeaderOptions.SslCipher) != 0)
            writer.AddTlv(ProxyTlvType.SslCipher, CipherNames.Of(facts.CipherSuite));
        writer.EndSsl();
    }

    private static void WriteOwn(ref ProxyHeaderWriter writer, in CertificateView ours, ProxyHeaderOptions options)
    {
        Span<byte> text = stackalloc byte[64];
        if ((options & ProxyHeaderOptions.CertKey) != 0)
            writer.AddTlv(ProxyTlvType.SslKeyAlgorithm, text[..KeyText(ours, text)]);
        if ((options & ProxyHeaderOptions.CertSig) != 0 && ObjectNames.Write(ours.SignatureAlgorithm, text) is var length and > 0)
            writer.AddTlv(ProxyTlvType.SslSignatureAlgorithm, text[..length]);
    }

    /// <summary>"RSA2048", "EC256".</summary>
    private static int KeyText(in CertificateView certificate, Span<byte> into)
    {
        ReadOnlySpan<byte> kind =
            ObjectNames.IsRsa(certificate.KeyAlgorithm) ? "RSA"u8
            : ObjectNames.IsEllipticCurve(certificate.KeyAlgorithm) ? "EC"u8
            : "UNKNOWN"u8;
        kind.CopyTo(into);
        Utf8Formatter.TryFormat(certificate.KeyBits, into[kind.Length..], out int written);
        return kind.Length + written;
    }
}
