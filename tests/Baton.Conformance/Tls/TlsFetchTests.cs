// What fetches say of a TLS connection and of certificates: the same on both programs, for the same certificates, byte for byte.
using System;
using System.Linq;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Tls;

public sealed class TlsFetchTests : Scenario
{
    private readonly TestCertificates _certificates;

    public TlsFetchTests() => _certificates = Keep(new TestCertificates(Directory));

    private static readonly string[] s_fetches =
    [
        "ssl_fc",
        "ssl_fc_has_crt",
        "ssl_fc_has_sni",
        "ssl_fc_sni",
        "ssl_fc_protocol",
        "ssl_fc_cipher",
        "ssl_fc_alpn",
        "ssl_fc_is_resumed",
        "ssl_fc_use_keysize",
        "ssl_fc_alg_keysize",
        "ssl_fc_err",
        "ssl_fc_err_str",
        "ssl_fc_has_early",
        "ssl_c_used",
        "ssl_c_verify",
        "ssl_c_err",
        "ssl_c_ca_err",
        "ssl_c_ca_err_depth",
        .. new[] { "ssl_c_", "ssl_f_" }.SelectMany(p =>
            new[]
            {
                "s_dn",
                "s_dn(CN)",
                "s_dn(cn)",
                "s_dn(OU)",
                "s_dn(OU,0)",
                "s_dn(OU,1)",
                "s_dn(OU,2)",
                "s_dn(OU,-1)",
                "s_dn(OU,-3)",
                "s_dn(,0,rfc2253)",
                "s_dn(2.5.4.3)",
                "i_dn",
                "i_dn(O)",
                "serial,hex",
                "sha1,hex",
                "notafter",
                "notbefore",
                "version",
                "sig_alg",
                "key_alg",
                "der,hex",
            }.Select(f => p + f)
        ),
    ];

    private static readonly string s_all = string.Join('\n', s_fetches.Select(f => $"{f}=<%[{f}]>")) + "\n%sslv %sslc";

    private const string Alpn = "alpn http/1.1";

    private ProxyProcess Serve(Product product) =>
        Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} ssl crt {{Directory}}/site.pem ca-file {{_certificates.AuthorityFile}} verify optional {{Alpn}}
                    bind 127.0.0.1:${p2}
                    http-request return status 200 content-type text/plain lf-file {{_certificates.Write("all", s_all)}}
                """
        );

    [Fact]
    public void Fetches_are_the_same_on_both()
    {
        const string subject = "CN=client, OU=two, OU=one, O=\"Example, Inc.\", E=a@b.example, C=FR";
        _certificates.Make("site.pem", "site.example", rsa: true);
        using X509Certificate2 shown = _certificates.Issue("client", subject: subject),
            late = _certificates.Issue("late", rsa: true);
        ProxyProcess baton = Serve(Product.Baton),
            haproxy = Serve(Product.Haproxy);
        (string Name, Action<SslClientAuthenticationOptions>? Set)[] clients =
        [
            ("site.example", Showing(shown)),
            ("", Showing(late)),
            ("", null),
            ("x", o => o.EnabledSslProtocols = SslProtocols.Tls12),
            ("", o => o.ApplicationProtocols = [SslApplicationProtocol.Http11]),
        ];
        foreach ((string name, Action<SslClientAuthenticationOptions>? set) in clients)
        {
            string ours = Ask(baton, name, set);
            Assert.Equal(Ask(haproxy, name, set), ours);
            Assert.Contains("ssl_fc=<1>", ours, StringComparison.Ordinal);
        }
        string first = Ask(baton, "site.example", Showing(shown));
        Assert.Contains("ssl_c_s_dn(OU,2)=<two>", first, StringComparison.Ordinal);
        Assert.Contains($"ssl_c_sha1,hex=<{shown.Thumbprint}>", first, StringComparison.Ordinal);
        Assert.Equal(Connect(haproxy, 2).Get().Body, Connect(baton, 2).Get().Body);
    }

    private static string Ask(ProxyProcess proxy, string name, Action<SslClientAuthenticationOptions>? set)
    {
        using TlsClient client = TlsClient.Connect(proxy.Port(), name, set);
        return client.Get();
    }

    private static Action<SslClientAuthenticationOptions> Showing(X509Certificate2 certificate) =>
        o => o.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);

    private const string Identifiers =
        "%[ssl_fc_session_id,hex]/%[ssl_fc_client_random,hex]/%[ssl_fc_server_random,hex]/%[ssl_fc_unique_id,hex]";

    /// <summary>What differs from connection to connection is at least as long as it has to be, and never twice the same.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Identifiers_of_a_handshake(Product product)
    {
        _certificates.Make("site.pem", "site.example");
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} ssl crt {{Directory}}/site.pem
                    http-request return status 200 content-type text/plain lf-string {{Identifiers}}
                """
        );
        string[] one = Ask(proxy, "", null).Split('/'),
            other = Ask(proxy, "", null).Split('/');
        Assert.Equal([64, 64, 64, 96], one.Select(t => t.Length));
        Assert.Empty(one.Intersect(other));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_frontend_sends_plain_clients_to_TLS_and_logs_both(Product product)
    {
        _certificates.Make("site.pem", "site.example");
        LogCollector log = Keep(new LogCollector());
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} ssl crt {{Directory}}/site.pem
                    bind 127.0.0.1:${p2}
                    log 127.0.0.1:{{log.Port}} format raw local0
                    option httpslog
                    http-request redirect scheme https if !{ ssl_fc }
                    http-request return status 200 content-type text/plain string hello
                """
        );
        Response redirect = Connect(proxy, 2).Get("/a");
        Assert.Equal((302, "https://example.test/a"), (redirect.Status, redirect["location"]));
        string plain = log.NextTraffic();
        using (TlsClient client = TlsClient.Connect(proxy.Port(), "site.example"))
            Assert.Equal("hello", client.Get("/b"));
        string encrypted = log.NextTraffic();
        Assert.Contains(" fe fe/<NOSRV> ", plain, StringComparison.Ordinal);
        Assert.EndsWith("\"GET /a HTTP/1.1\" 0/-/-/-/0 -/-/-", plain, StringComparison.Ordinal);
        Assert.Contains(" fe~ fe/<NOSRV> ", encrypted, StringComparison.Ordinal);
        Assert.EndsWith(" site.example/TLSv1.3/TLS_AES_256_GCM_SHA384", encrypted, StringComparison.Ordinal);
    }

    /// <summary>What servers are told of the client's TLS, byte for byte, behind the addresses.</summary>
    [Fact]
    public void PROXY_headers_tell_of_TLS_as_haproxy_tells()
    {
        _certificates.Make("site.pem", "site.example", rsa: true);
        using X509Certificate2 shown = _certificates.Issue("client");
        const string options = "send-proxy-v2-ssl-cn proxy-v2-options ssl-cipher,cert-key,cert-sig,authority";
        string[][] told = new string[2][];
        foreach (Product product in new[] { Product.Baton, Product.Haproxy })
        {
            var headers = new System.Collections.Concurrent.BlockingCollection<string>();
            OriginServer origin = Origin(c =>
            {
                byte[] start = c.ReadBytes(28);
                byte[] rest = c.ReadBytes((start[14] << 8 | start[15]) - 12);
                headers.Add(Convert.ToHexString(rest));
            });
            ProxyProcess proxy = Start(
                product,
                Defaults
                    + $$"""
                    frontend fe
                        bind 127.0.0.1:${p1} ssl crt {{Directory}}/site.pem ca-file {{_certificates.AuthorityFile}} verify optional {{Alpn}}
                        default_backend be
                    backend be
                        retries 0
                        server s 127.0.0.1:{{origin.Port}} {{options}}
                    """
            );
            told[(int)product] =
            [
                Told(proxy, headers, "site.example", Showing(shown)),
                Told(proxy, headers, "", o => o.EnabledSslProtocols = SslProtocols.Tls12),
                Told(proxy, headers, "x", o => o.ApplicationProtocols = [SslApplicationProtocol.Http11]),
            ];
        }
        Assert.Equal(told[(int)Product.Haproxy], told[(int)Product.Baton]);
        Assert.Contains(Convert.ToHexString("RSA2048"u8), told[0][0], StringComparison.Ordinal);
    }

    private static string Told(
        ProxyProcess proxy,
        System.Collections.Concurrent.BlockingCollection<string> headers,
        string name,
        Action<SslClientAuthenticationOptions>? set
    )
    {
        Ask(proxy, name, set);
        Assert.True(headers.TryTake(out string? told, Patience.Ms));
        return told;
    }
}
