// Fetches of the client's TLS connection (manual 7.3.4, ssl_fc_*): what the handshake came to, as its transport remembers it.
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;
using Baton.Engine.Tls;

namespace Baton.Engine.Samples.Fetches;

internal static class TlsFetches
{
    private delegate bool FactFunction(TlsFacts facts, ref SampleValue value);

    /// <summary>What is known of the client's TLS; null when there is none.</summary>
    internal static TlsFacts? Of(ProxyStream s) => s.Connection.Transport?.Facts;

    private static SampleFetch Row(string name, SampleType output, string summary, FetchFunction evaluate, TlsUses uses = TlsUses.None) =>
        new()
        {
            Name = name,
            Output = output,
            Needs = SampleNeeds.Client,
            Summary = summary,
            Evaluate = evaluate,
            Tls = uses,
        };

    private static SampleFetch Fact(string name, SampleType output, string summary, FactFunction of) =>
        Row(name, output, summary, (s, a, o, m, ref v) => Of(s) is { } facts && of(facts, ref v));

    /// <summary>COMPAT: false, and not nothing, where there is no TLS.</summary>
    private static SampleFetch Flag(string name, string summary, Func<TlsFacts, bool> of) =>
        Row(name, SampleType.Bool, summary, (s, a, o, m, ref v) =>
        {
            v.SetBool(Of(s) is { } facts && of(facts));
            return true;
        });

    private static SampleFetch Number(string name, string summary, Func<TlsFacts, int> of) =>
        Fact(name, SampleType.Integer, summary, (facts, ref v) =>
        {
            v.SetNumber(of(facts));
            return true;
        });

    private static SampleFetch Bool(string name, string summary, Func<TlsFacts, bool> of) =>
        Fact(name, SampleType.Bool, summary, (facts, ref v) =>
        {
            v.SetBool(of(facts));
            return true;
        });

    private static SampleFetch Detail(string name, string summary, Func<TlsDetails, byte[]> of) =>
        Row(
            name,
            SampleType.Binary,
            summary,
            (s, a, o, m, ref v) =>
            {
                byte[] bytes = Of(s)?.Details is { } details ? of(details) : [];
                v.SetBinary(bytes);
                return bytes.Length > 0;
            },
            TlsUses.Details
        );

    internal static ReadOnlySpan<byte> Protocol(TlsFacts facts) =>
        facts.Version switch
        {
            0x0304 => "TLSv1.3"u8,
            0x0303 => "TLSv1.2"u8,
            0x0302 => "TLSv1.1"u8,
            0x0301 => "TLSv1"u8,
            _ => default,
        };

    internal static readonly SampleFetch[] Rows =
    [
        Flag("ssl_fc", "whether the client's connection is TLS", _ => true),
        Flag("ssl_fc_has_sni", "whether the client named a host in its handshake", f => !f.ServerName.IsEmpty),
        Flag("ssl_fc_is_resumed", "whether the client resumed an earlier TLS session", f => f.IsResumed),
        Bool("ssl_fc_has_crt", "whether the client showed a certificate on this connection", f =>
            f.PeerCertificate is not null && !f.IsResumed
        ),
        Bool("ssl_fc_has_early", "whether early data came before the handshake was over", f => f.HadEarlyData),
        Number("ssl_fc_use_keysize", "bits of the cipher's key that count", f => f.UsedKeyBits),
        Number("ssl_fc_alg_keysize", "bits of the cipher's key", f => f.KeyBits),
        Number("ssl_fc_err", "number of the last fault of the client's TLS, 0 for none", _ => 0),
        Fact("ssl_fc_err_str", SampleType.String, "text of the last fault of the client's TLS", (_, ref _) => false),
        Fact("ssl_fc_sni", SampleType.String, "host that the client named in its handshake", (facts, ref v) =>
        {
            v.SetText(facts.ServerName);
            return !facts.ServerName.IsEmpty;
        }),
        Fact("ssl_fc_alpn", SampleType.String, "protocol that ALPN came to", (facts, ref v) =>
        {
            v.SetText(facts.Alpn);
            return !facts.Alpn.IsEmpty;
        }),
        Fact("ssl_fc_protocol", SampleType.String, "version of TLS", (facts, ref v) =>
        {
            v.SetText(Protocol(facts));
            return true;
        }),
        Fact("ssl_fc_cipher", SampleType.String, "cipher suite, by OpenSSL's name", (facts, ref v) =>
        {
            v.SetText(CipherNames.Of(facts.CipherSuite));
            return !v.Text.IsEmpty;
        }),
        Detail("ssl_fc_session_id", "identifier of the TLS session", d => d.SessionId),
        Detail("ssl_fc_client_random", "random bytes of the client's greeting", d => d.ClientRandom),
        Detail("ssl_fc_server_random", "random bytes of our greeting", d => d.ServerRandom),
        Detail("ssl_fc_unique_id", "what only this handshake has: the first Finished message", d => d.UniqueId),
        Bool("ssl_c_used", "whether the client has a certificate, also one of an earlier session", f => f.PeerCertificate is not null),
        Number("ssl_c_verify", "result of verifying the client's certificate, 0 for none", f => f.VerifyResult),
        Number("ssl_c_err", "first fault of the client's certificate that was passed over", f => f.IgnoredCertificateFault),
        Number("ssl_c_ca_err", "first fault above the client's certificate that was passed over", f => f.IgnoredAuthorityFault),
        Number("ssl_c_ca_err_depth", "how far above the client's certificate that fault was", f => f.IgnoredAuthorityDepth),
    ];
}
