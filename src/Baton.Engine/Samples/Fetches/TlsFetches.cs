// Fetches of TLS connections (manual 7.3.4): the client's (ssl_fc_*) and the server's (ssl_bc_*), what their handshakes came to, as their
// transports remember it.
using System;
using System.Collections.Generic;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;
using Baton.Engine.Tls;

namespace Baton.Engine.Samples.Fetches;

internal static class TlsFetches
{
    private delegate bool FactFunction(TlsFacts facts, ref SampleValue value);

    /// <summary>What is known of the client's TLS; null when there is none.</summary>
    internal static TlsFacts? Of(ProxyStream s) => s.Connection.TlsFacts;

    /// <summary>Which connection a family of fetches is about.</summary>
    /// <param name="Name">"fc" or "bc".</param>
    /// <param name="Whose">"the client's connection".</param>
    private sealed record Side(string Name, string Whose, SampleNeeds Needs, Func<ProxyStream, TlsFacts?> Facts)
    {
        public SampleFetch Row(string name, SampleType output, string summary, FetchFunction evaluate, TlsUses uses = TlsUses.None) =>
            new()
            {
                Name = $"ssl_{Name}{name}",
                Output = output,
                Needs = Needs,
                Summary = $"{Whose}: {summary}",
                Evaluate = evaluate,
                Tls = uses,
            };

        public SampleFetch Fact(string name, SampleType output, string summary, FactFunction of) =>
            Row(name, output, summary, (s, a, o, m, ref v) => Facts(s) is { } facts && of(facts, ref v));

        /// <summary>COMPAT: false, and not nothing, where there is no TLS.</summary>
        public SampleFetch Flag(string name, string summary, Func<TlsFacts, bool> of) =>
            Row(name, SampleType.Bool, summary, (s, a, o, m, ref v) =>
            {
                v.SetBool(Facts(s) is { } facts && of(facts));
                return true;
            });

        public SampleFetch Number(string name, string summary, Func<TlsFacts, int> of) =>
            Fact(name, SampleType.Integer, summary, (facts, ref v) =>
            {
                v.SetNumber(of(facts));
                return true;
            });

        public SampleFetch Bool(string name, string summary, Func<TlsFacts, bool> of) =>
            Fact(name, SampleType.Bool, summary, (facts, ref v) =>
            {
                v.SetBool(of(facts));
                return true;
            });

        public SampleFetch Detail(string name, string summary, Func<TlsDetails, byte[]> of, TlsUses uses = TlsUses.Details) =>
            Row(
                name,
                SampleType.Binary,
                summary,
                (s, a, o, m, ref v) =>
                {
                    byte[] bytes = Facts(s)?.Details is { } details ? of(details) : [];
                    v.SetBinary(bytes);
                    return bytes.Length > 0;
                },
                uses
            );

        /// <summary>A secret of the key log, in hexadecimal (tune.ssl.keylog).</summary>
        public SampleFetch Secret(string name, string summary, string label)
        {
            byte[] begin = System.Text.Encoding.ASCII.GetBytes(label + " ");
            return Row(
                name,
                SampleType.String,
                summary,
                (s, a, o, m, ref v) =>
                {
                    ReadOnlySpan<byte> log = Facts(s)?.Details is { } details ? details.KeyLog : [];
                    while (!log.IsEmpty)
                    {
                        int end = log.IndexOf((byte)'\n');
                        ReadOnlySpan<byte> line = end < 0 ? log : log[..end];
                        log = end < 0 ? default : log[(end + 1)..];
                        if (!line.StartsWith(begin))
                            continue;
                        v.SetText(line[begin.Length..]);
                        return true;
                    }
                    return false;
                },
                TlsUses.KeyLog
            );
        }
    }

    internal static ReadOnlySpan<byte> Protocol(TlsFacts facts) =>
        facts.Version switch
        {
            0x0304 => "TLSv1.3"u8,
            0x0303 => "TLSv1.2"u8,
            0x0302 => "TLSv1.1"u8,
            0x0301 => "TLSv1"u8,
            _ => default,
        };

    /// <summary>Names of groups by OpenSSL's numbers, as TLS calls them.</summary>
    private static ReadOnlySpan<byte> Group(int number) =>
        number switch
        {
            415 => "secp256r1"u8,
            713 => "secp224r1"u8,
            714 => "secp256k1"u8,
            715 => "secp384r1"u8,
            716 => "secp521r1"u8,
            927 => "brainpoolP256r1"u8,
            931 => "brainpoolP384r1"u8,
            933 => "brainpoolP512r1"u8,
            1034 => "x25519"u8,
            1035 => "x448"u8,
            1126 => "ffdhe2048"u8,
            1127 => "ffdhe3072"u8,
            1128 => "ffdhe4096"u8,
            1129 => "ffdhe6144"u8,
            1130 => "ffdhe8192"u8,
            _ => default,
        };

    /// <summary>What both sides have.</summary>
    private static IEnumerable<SampleFetch> Common(Side side) =>
        [
            side.Flag("", "whether it is TLS", _ => true),
            side.Flag("_is_resumed", "whether an earlier TLS session was resumed", f => f.IsResumed),
            side.Number("_use_keysize", "bits of the cipher's key that count", f => f.UsedKeyBits),
            side.Number("_alg_keysize", "bits of the cipher's key", f => f.KeyBits),
            side.Number("_err", "number of the last fault of its TLS, 0 for none", f => (int)f.Fault),
            side.Row("_err_str", SampleType.String, "text of the last fault of its TLS", (s, a, o, m, ref v) =>
            {
                if (side.Facts(s) is not { Fault: not 0 } facts)
                    return false;
                v.SetText(m[..FaultText.Write(facts.Fault, m)]);
                return true;
            }),
            side.Fact("_sni", SampleType.String, "host that the handshake asked for", (facts, ref v) =>
            {
                v.SetText(facts.ServerName);
                return !facts.ServerName.IsEmpty;
            }),
            side.Fact("_alpn", SampleType.String, "protocol that ALPN came to", (facts, ref v) =>
            {
                v.SetText(facts.Alpn);
                return !facts.Alpn.IsEmpty;
            }),
            // OpenSSL speaks it no more: nothing is ever agreed on so
            side.Fact("_npn", SampleType.String, "protocol that NPN, which nobody speaks now, came to", (_, ref _) => false),
            side.Fact("_protocol", SampleType.String, "version of TLS", (facts, ref v) =>
            {
                v.SetText(Protocol(facts));
                return true;
            }),
            side.Fact("_cipher", SampleType.String, "cipher suite, by OpenSSL's name", (facts, ref v) =>
            {
                v.SetText(CipherNames.Shown(facts.CipherSuite));
                return !v.Text.IsEmpty;
            }),
            side.Fact("_curve", SampleType.String, "group of the key exchange", (facts, ref v) =>
            {
                v.SetText(Group(facts.Group));
                return !v.Text.IsEmpty;
            }),
            side.Detail("_session_id", "identifier of the TLS session", d => d.SessionId),
            side.Detail("_client_random", "random bytes of the client's greeting", d => d.ClientRandom),
            side.Detail("_server_random", "random bytes of the server's greeting", d => d.ServerRandom),
            side.Detail("_unique_id", "what only this handshake has: the first Finished message", d => d.UniqueId),
            side.Detail("_session_key", "master secret of the session", d => d.MasterSecret, TlsUses.MasterSecret),
            side.Secret("_client_early_traffic_secret", "secret of early data", "CLIENT_EARLY_TRAFFIC_SECRET"),
            side.Secret("_client_handshake_traffic_secret", "the client's secret of the handshake", "CLIENT_HANDSHAKE_TRAFFIC_SECRET"),
            side.Secret("_client_traffic_secret_0", "the client's first secret of the traffic", "CLIENT_TRAFFIC_SECRET_0"),
            side.Secret("_server_handshake_traffic_secret", "the server's secret of the handshake", "SERVER_HANDSHAKE_TRAFFIC_SECRET"),
            side.Secret("_server_traffic_secret_0", "the server's first secret of the traffic", "SERVER_TRAFFIC_SECRET_0"),
            side.Secret("_exporter_secret", "secret for exporting keys", "EXPORTER_SECRET"),
            side.Secret("_early_exporter_secret", "secret for exporting keys early", "EARLY_EXPORTER_SECRET"),
        ];

    private static readonly Side s_client = new("fc", "client connection", SampleNeeds.Client, Of);
    private static readonly Side s_server = new("bc", "server connection", SampleNeeds.Server, s => s.LastServer.Tls);
    private static readonly Side s_certificate = new("c", "client's certificate", SampleNeeds.Client, Of);

    /// <summary>The name that a client asked for, with the matching method in the word: for ACLs.</summary>
    private static SampleFetch Named(string suffix, AclMatchMethod match, string summary) =>
        new()
        {
            Name = "ssl_fc_sni" + suffix,
            Output = SampleType.String,
            Needs = SampleNeeds.Client,
            Summary = summary,
            ImpliedMatch = match,
            Evaluate = static (s, a, o, m, ref v) =>
            {
                v.SetText(Of(s) is { } facts ? facts.ServerName : default);
                return !v.Text.IsEmpty;
            },
        };

    internal static readonly SampleFetch[] Rows =
    [
        Named("_end", AclMatchMethod.End, "ssl_fc_sni ends with the pattern"),
        Named("_reg", AclMatchMethod.Regex, "ssl_fc_sni matches the regex"),
        .. Common(s_client),
        .. Common(s_server),
        s_client.Flag("_has_sni", "whether the client named a host", f => !f.ServerName.IsEmpty),
        s_client.Bool("_has_crt", "whether the client showed a certificate on it", f => f.PeerCertificate is not null && !f.IsResumed),
        s_client.Bool("_has_early", "whether early data came and the handshake is not over yet", f => f.IsInEarlyData),
        s_client.Row(
            "_crtname",
            SampleType.String,
            "file of the certificate that was chosen for the client",
            (s, a, o, m, ref v) =>
            {
                v.SetText(Of(s)?.Details is { } details ? details.CertificateName : []);
                return !v.Text.IsEmpty;
            },
            TlsUses.Greeting
        ),
        s_certificate.Bool("_used", "whether there is one, also of an earlier session", f => f.PeerCertificate is not null),
        s_certificate.Number("_verify", "result of verifying it, 0 for none", f => f.VerifyResult),
        s_certificate.Number("_err", "first fault of it that was passed over", f => f.IgnoredCertificateFault),
        s_certificate.Number("_ca_err", "first fault above it that was passed over", f => f.IgnoredAuthorityFault),
        s_certificate.Number("_ca_err_depth", "how far above it that fault was", f => f.IgnoredAuthorityDepth),
    ];
}
