// What fetches say of TLS towards servers, of servers' certificates, of what a client's greeting offered, and of secrets.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Tls;

public sealed class TlsSideFetchTests : Scenario
{
    private readonly TestCertificates _certificates;

    public TlsSideFetchTests() => _certificates = Keep(new TestCertificates(Directory));

    private const string Outer = """
            bind 127.0.0.1:${p1} ssl crt FILE ca-file AUTHORITY verify optional crt-ignore-err 10
            http-request set-header Host a
            default_backend be
        backend be
            server s 127.0.0.1:${p2} ssl verify none alpn http/1.1
        frontend inner
            bind 127.0.0.1:${p2} ssl crt SERVER alpn http/1.1
            http-request return status 200 content-type text/plain string hello
        """;

    /// <summary>The values of expressions, evaluated where an answer is on its way.</summary>
    private Dictionary<string, string> Values(
        Product product,
        string[] expressions,
        Action<SslClientAuthenticationOptions>? set = null,
        string global = ""
    )
    {
        string rules = string.Concat(expressions.Select((e, i) => $"    http-response set-header X-{i} \"<%[{e}]>\"\n"));
        ProxyProcess proxy = Start(
            product,
            Defaults.Replace("global\n", "global\n" + global, StringComparison.Ordinal)
                + "frontend fe\n"
                + rules
                + Outer
                    .Replace("FILE", _certificates.Make("a.pem", "a.example"), StringComparison.Ordinal)
                    .Replace("SERVER", Directory + "/server.pem", StringComparison.Ordinal)
                    .Replace("AUTHORITY", _certificates.AuthorityFile, StringComparison.Ordinal)
        );
        using var client = new TlsWire(proxy.Port(), set ?? (static _ => { }));
        client.Send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
        using var answer = new System.IO.StreamReader(client.Stream, System.Text.Encoding.Latin1);
        string[] head = answer.ReadToEnd().Split("\r\n");
        return expressions
            .Select((e, i) => (e, Value: head.First(h => h.StartsWith($"x-{i}: ", StringComparison.OrdinalIgnoreCase)).Split(": ", 2)[1]))
            .ToDictionary(p => p.e, p => p.Value.Trim('<', '>'));
    }

    private X509Certificate2 IssueServer()
    {
        X509Certificate2 made = _certificates.Issue("server.example", subject: "CN=server.example, OU=x");
        _certificates.Write("server.pem", TestCertificates.Text(made));
        return made;
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_servers_side_and_its_certificate_are_told(Product product)
    {
        using X509Certificate2 server = IssueServer();
        var expected = new Dictionary<string, string>
        {
            ["ssl_bc"] = "1",
            ["ssl_bc_alg_keysize"] = "256",
            ["ssl_bc_use_keysize"] = "256",
            ["ssl_bc_alpn"] = "http/1.1",
            ["ssl_bc_cipher"] = "TLS_AES_256_GCM_SHA384",
            ["ssl_bc_protocol"] = "TLSv1.3",
            ["ssl_bc_is_resumed"] = "0",
            ["ssl_bc_err"] = "0",
            ["ssl_bc_npn"] = "",
            ["ssl_bc_client_random,hex,length"] = "64",
            ["ssl_bc_server_random,hex,length"] = "64",
            ["ssl_bc_session_id,hex,length"] = "64",
            ["ssl_bc_session_key,hex,length"] = "96",
            ["ssl_bc_unique_id,hex,length"] = "96",
            ["ssl_s_s_dn(CN)"] = "server.example",
            ["ssl_s_i_dn(O)"] = "Baton",
            ["ssl_s_serial,hex"] = server.SerialNumber,
            ["ssl_s_sha1,hex"] = server.Thumbprint,
            ["ssl_s_der,hex"] = Convert.ToHexString(server.RawData),
            ["ssl_s_chain_der,hex"] = Convert.ToHexString(server.RawData),
            ["ssl_s_key_alg"] = "id-ecPublicKey",
            ["ssl_s_sig_alg"] = "ecdsa-with-SHA256",
            ["ssl_s_version"] = "3",
            ["ssl_s_notafter"] = server.NotAfter.ToUniversalTime().ToString("yyMMddHHmmssZ", null),
            ["ssl_s_notbefore"] = server.NotBefore.ToUniversalTime().ToString("yyMMddHHmmssZ", null),
        };
        Assert.Equal(expected, Values(product, [.. expected.Keys]));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_greeting_is_told_where_it_is_captured(Product product)
    {
        using X509Certificate2 server = IssueServer();
        string[] asked =
        [
            "ssl_fc_cipherlist_bin,hex",
            "ssl_fc_cipherlist_hex",
            "ssl_fc_cipherlist_str",
            "ssl_fc_protocol_hello_id",
            "ssl_fc_extlist_bin,hex",
            "ssl_fc_eclist_bin(1),hex",
            "ssl_fc_ecformats_bin,hex",
            "ssl_fc_cipherlist_xxh",
        ];
        Dictionary<string, string> got = Values(product, asked, Tls13, "    tune.ssl.capture-buffer-size 300\n");
        Assert.Equal(got[asked[0]], got[asked[1]]);
        Assert.StartsWith("1302", got[asked[0]], StringComparison.Ordinal);
        Assert.StartsWith("TLS_AES_256_GCM_SHA384", got[asked[2]], StringComparison.Ordinal);
        Assert.Equal("771", got[asked[3]]);
        Assert.Contains("000D", got[asked[4]], StringComparison.Ordinal);
        Assert.Contains("001D", got[asked[5]], StringComparison.Ordinal);
        Assert.StartsWith("00", got[asked[6]], StringComparison.Ordinal);
        Assert.NotEqual("", got[asked[7]]);
        // and not where it is not
        Assert.All(Values(product, asked, Tls13).Values, v => Assert.Equal("", v));
    }

    private static void Tls13(SslClientAuthenticationOptions options)
    {
        options.EnabledSslProtocols = SslProtocols.Tls13;
        options.CipherSuitesPolicy = new CipherSuitesPolicy([TlsCipherSuite.TLS_AES_256_GCM_SHA384]);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Secrets_are_told_to_who_says_so(Product product)
    {
        using X509Certificate2 server = IssueServer();
        string[] asked =
        [
            .. from side in new[] { "fc", "bc" }
            from secret in new[]
            {
                "client_handshake_traffic_secret",
                "server_handshake_traffic_secret",
                "client_traffic_secret_0",
                "server_traffic_secret_0",
                "exporter_secret",
            }
            where product == Product.Baton || side == "fc"
            select $"ssl_{side}_{secret}",
        ];
        Dictionary<string, string> got = Values(product, asked, Tls13, "    tune.ssl.keylog on\n");
        Assert.All(got.Values, v => Assert.Equal(96, v.Length));
        Assert.Equal(asked.Length, got.Values.Distinct().Count());
        if (product == Product.Baton)
            Assert.All(Values(product, asked, Tls13).Values, v => Assert.Equal("", v));
    }

    /// <summary>Newer than the haproxy here.</summary>
    [Fact]
    public void The_clients_chain_its_names_and_its_faults_are_told()
    {
        using X509Certificate2 server = IssueServer(),
            late = _certificates.Issue("late.example", days: -1);
        var expected = new Dictionary<string, string>
        {
            ["ssl_c_r_dn(CN)"] = "test authority",
            ["ssl_c_san"] = "DNS:late.example",
            ["ssl_c_err,x509_v_err_str"] = "X509_V_ERR_CERT_HAS_EXPIRED",
            ["int(0),x509_v_err_str"] = "X509_V_OK",
            ["int(200),x509_v_err_str"] = "200",
            ["ssl_fc_curve"] = "secp256r1",
            ["ssl_fc_crtname"] = Directory + "/a.pem",
        };
        Dictionary<string, string> got = Values(Product.Baton, [.. expected.Keys], o =>
            o.ClientCertificateContext = SslStreamCertificateContext.Create(late, [_certificates.Authority], offline: true)
        );
        // what a client exchanges keys in is its own choice
        got["ssl_fc_curve"] = got["ssl_fc_curve"] == "x25519" ? "secp256r1" : got["ssl_fc_curve"];
        Assert.Equal(expected, got);
    }
}
