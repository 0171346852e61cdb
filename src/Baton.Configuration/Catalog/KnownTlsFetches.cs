// Sample fetches about TLS connections and certificates (manual of 3.4, chapter 7.3.4): the same things of the client connection
// (fc), the server connection (bc), and the certificate of the client (c), ours (f) and the server's (s).
using System.Collections.Generic;
using Baton.Configuration.Expressions;

namespace Baton.Configuration.Catalog;

internal static class KnownTlsFetches
{
    private static KnownKeyword Row(string name, string arguments, SampleType output, string summary) =>
        new(KeywordFamily.SampleFetch, name, arguments, SectionKinds.Proxies, KeywordStatus.Refused, summary) { Output = output };

    private static KnownKeyword[] Expand()
    {
        var rows = new List<KnownKeyword>
        {
            Row("ssl_fc", "", SampleType.Bool, "whether the client connection is TLS"),
            Row("ssl_bc", "", SampleType.Bool, "whether the server connection is TLS"),
        };
        foreach ((string name, string arguments, SampleType output, string summary, string sides) in Things)
        foreach (string side in sides.Split(' '))
            rows.Add(Row($"ssl_{side}_{name}", arguments, output, $"{Place(side)}: {summary}"));
        return [.. rows];
    }

    private static string Place(string side) =>
        side switch
        {
            "fc" => "client connection",
            "bc" => "server connection",
            "c" => "client's certificate",
            "f" => "our certificate",
            _ => "server's certificate",
        };

    private static readonly (string Name, string Arguments, SampleType Output, string Summary, string Sides)[] Things =
    [
        ("alg_keysize", "", SampleType.Integer, "key size of the cipher", "fc bc"),
        ("alpn", "", SampleType.String, "negotiated protocol", "fc bc"),
        ("cipher", "", SampleType.String, "cipher", "fc bc"),
        ("client_early_traffic_secret", "", SampleType.String, "early traffic secret of the client", "fc bc"),
        ("client_handshake_traffic_secret", "", SampleType.String, "handshake traffic secret of the client", "fc bc"),
        ("client_random", "", SampleType.Binary, "random of the client", "fc bc"),
        ("client_traffic_secret_0", "", SampleType.String, "first traffic secret of the client", "fc bc"),
        ("curve", "", SampleType.String, "curve of the key exchange", "fc bc"),
        ("early_exporter_secret", "", SampleType.String, "early exporter secret", "fc bc"),
        ("err", "", SampleType.Integer, "number of the last TLS error", "fc bc"),
        ("err_str", "", SampleType.String, "text of the last TLS error", "fc bc"),
        ("exporter_secret", "", SampleType.String, "exporter secret", "fc bc"),
        ("is_resumed", "", SampleType.Bool, "whether the TLS session was resumed", "fc bc"),
        ("npn", "", SampleType.String, "protocol negotiated by the old NPN extension", "fc bc"),
        ("protocol", "", SampleType.String, "TLS version", "fc bc"),
        ("server_handshake_traffic_secret", "", SampleType.String, "handshake traffic secret of the server", "fc bc"),
        ("server_random", "", SampleType.Binary, "random of the server", "fc bc"),
        ("server_traffic_secret_0", "", SampleType.String, "first traffic secret of the server", "fc bc"),
        ("session_id", "", SampleType.Binary, "TLS session identifier", "fc bc"),
        ("session_key", "", SampleType.Binary, "TLS session master key", "fc bc"),
        ("sni", "", SampleType.String, "host name in TLS", "fc bc"),
        ("unique_id", "", SampleType.Binary, "unique identifier of the handshake", "fc bc"),
        ("use_keysize", "", SampleType.Integer, "key size in use", "fc bc"),
        ("cipherlist_bin", "[filter]", SampleType.Binary, "ciphers of the client hello, bytes", "fc"),
        ("cipherlist_hex", "[filter]", SampleType.String, "ciphers of the client hello, hexadecimal", "fc"),
        ("cipherlist_str", "[filter]", SampleType.String, "ciphers of the client hello, names", "fc"),
        ("cipherlist_xxh", "", SampleType.Integer, "hash of the ciphers of the client hello", "fc"),
        ("crtname", "", SampleType.String, "name of the certificate shown", "fc"),
        ("ecformats_bin", "", SampleType.Binary, "point formats of the client hello", "fc"),
        ("eclist_bin", "[filter]", SampleType.Binary, "curves of the client hello", "fc"),
        ("extlist_bin", "[filter]", SampleType.Binary, "extensions of the client hello", "fc"),
        ("has_crt", "", SampleType.Bool, "whether the client showed a certificate", "fc"),
        ("has_early", "", SampleType.Bool, "whether early data came and the handshake is not over yet", "fc"),
        ("has_sni", "", SampleType.Bool, "whether the client named a host", "fc"),
        ("protocol_hello_id", "", SampleType.Integer, "TLS version of the client hello", "fc"),
        ("sigalgs_bin", "[filter]", SampleType.Binary, "signature algorithms of the client hello", "fc"),
        ("supported_versions_bin", "[filter]", SampleType.Binary, "TLS versions of the client hello", "fc"),
        ("der", "", SampleType.Binary, "whole certificate in binary form", "c f s"),
        ("i_dn", "[entry[,occurrence[,format]]]", SampleType.String, "issuer of the certificate", "c f s"),
        ("key_alg", "", SampleType.String, "key algorithm of the certificate", "c f s"),
        ("notafter", "", SampleType.String, "end of the certificate's validity", "c f s"),
        ("notbefore", "", SampleType.String, "start of the certificate's validity", "c f s"),
        ("s_dn", "[entry[,occurrence[,format]]]", SampleType.String, "subject of the certificate", "c f s"),
        ("serial", "", SampleType.Binary, "serial number of the certificate", "c f s"),
        ("sha1", "", SampleType.Binary, "SHA-1 fingerprint of the certificate", "c f s"),
        ("sig_alg", "", SampleType.String, "signature algorithm of the certificate", "c f s"),
        ("version", "", SampleType.Integer, "version of the certificate", "c f s"),
        ("chain_der", "", SampleType.Binary, "whole chain in binary form", "c s"),
        ("ca_err", "", SampleType.Integer, "first verification error among the authorities", "c"),
        ("ca_err_depth", "", SampleType.Integer, "depth of that error", "c"),
        ("err", "", SampleType.Integer, "first verification error of the certificate itself", "c"),
        ("r_dn", "[entry[,occurrence[,format]]]", SampleType.String, "subject of the root of the chain", "c"),
        ("san", "", SampleType.String, "alternative names of the certificate", "c"),
        ("used", "", SampleType.Bool, "whether a certificate was shown, also in an earlier session", "c"),
        ("verify", "", SampleType.Integer, "result of the verification", "c"),
    ];

    internal static readonly KnownKeyword[] Rows = Expand();
}
