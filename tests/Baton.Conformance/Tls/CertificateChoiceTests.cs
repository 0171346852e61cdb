// Which certificate a client gets: by name, by kind of key, by the line of a crt-list; and what such a line changes for it.
using System.Linq;
using System.Net.Security;
using System.Security.Authentication;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Tls;

public sealed class CertificateChoiceTests : Scenario
{
    private readonly TestCertificates _certificates;

    public CertificateChoiceTests() => _certificates = Keep(new TestCertificates(Directory));

    private ProxyProcess Serve(Product product, string bind) =>
        Start(
            product,
            Defaults.Replace("global\n", $"global\n    crt-base {Directory}\n    ca-base {Directory}\n", System.StringComparison.Ordinal)
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} ssl {{bind}}
                    http-request return status 200 content-type text/plain string hello
                """
        );

    private static string Name(ProxyProcess proxy, string asked)
    {
        using TlsClient client = TlsClient.Connect(proxy.Port(), asked);
        Assert.Equal("hello", client.Get());
        return client.ShownName;
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_name_decides_and_the_first_is_for_all_others(Product product)
    {
        _certificates.Make("one.pem", "one.example");
        _certificates.Make("star.pem", "*.star.example", alternative: "*.other.example");
        ProxyProcess proxy = Serve(product, "crt one.pem crt star.pem");
        string[] asked =
        [
            "one.example",
            "a.star.example",
            "A.STAR.example",
            "b.other.example",
            "b.a.star.example",
            "star.example",
            "x",
            "",
        ];
        const string one = "one.example",
            star = "*.star.example";
        Assert.Equal([one, star, star, star, one, one, one, one], asked.Select(a => Name(proxy, a)));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_strict_line_shows_nothing_to_strangers(Product product)
    {
        _certificates.Make("one.pem", "one.example");
        ProxyProcess proxy = Serve(product, "crt one.pem strict-sni");
        Assert.Equal("one.example", Name(proxy, "one.example"));
        TlsClient.IsRefused(proxy.Port(), "other.example");
        TlsClient.IsRefused(proxy.Port());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_directory_is_loaded_in_its_order_with_what_lies_beside(Product product)
    {
        using var b = _certificates.Issue("b.example");
        _certificates.Make("all/a.pem", "a.example");
        _certificates.Write("all/b.pem", b.ExportCertificatePem());
        _certificates.Write("all/b.pem.key", TestCertificates.Key(b));
        _certificates.Make("all/.hidden", "hidden.example");
        ProxyProcess proxy = Serve(product, "crt all");
        Assert.Equal(["a.example", "b.example", "a.example"], new[] { "", "b.example", "hidden.example" }.Select(n => Name(proxy, n)));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Clients_that_know_it_get_the_elliptic_curve(Product product)
    {
        _certificates.Make("first.pem", "first.example");
        _certificates.Make("two.pem.rsa", "two.example", rsa: true);
        _certificates.Make("two.pem.ecdsa", "two.example");
        ProxyProcess proxy = Serve(product, "crt first.pem crt two.pem");
        using (TlsClient modern = TlsClient.Connect(proxy.Port(), "two.example"))
            Assert.Equal(("two.example", false), (modern.ShownName, modern.IsRsa));
        using TlsClient old = TlsClient.Connect(proxy.Port(), "two.example", o =>
        {
            o.EnabledSslProtocols = SslProtocols.Tls12;
            o.CipherSuitesPolicy = new CipherSuitesPolicy([TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]);
        });
        Assert.Equal(("two.example", true), (old.ShownName, old.IsRsa));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_list_names_hosts_leaves_some_out_and_has_its_own_options(Product product)
    {
        _certificates.Make("a.pem", "a.example");
        _certificates.Make("b.pem", "*.b.example");
        _certificates.Make("c.pem", "c.example");
        _certificates.Write(
            "list",
            $"""
            # the first is for all others
            a.pem

            b.pem [ssl-min-ver TLSv1.3 alpn http/1.1] *.b.example !x.b.example
            c.pem [ssl-max-ver TLSv1.2 ciphers ECDHE-ECDSA-AES256-GCM-SHA384] c.example also.example
            a.pem [verify required ca-file authority.pem] locked.example

            """
        );
        ProxyProcess proxy = Serve(product, $"crt-list {Directory}/list alpn acme/1,http/1.1");
        string[] asked = ["y.b.example", "x.b.example", "also.example", "c.example", "a.example"];
        Assert.Equal(["*.b.example", "a.example", "c.example", "c.example", "a.example"], asked.Select(n => Name(proxy, n)));
        using (TlsClient b = TlsClient.Connect(proxy.Port(), "y.b.example", OfferAcme))
            Assert.Equal((SslProtocols.Tls13, "http/1.1"), (b.Protocol, b.Alpn));
        using (TlsClient a = TlsClient.Connect(proxy.Port(), "a.example", OfferAcme))
            Assert.Equal((SslProtocols.Tls13, "acme/1"), (a.Protocol, a.Alpn));
        using (TlsClient c = TlsClient.Connect(proxy.Port(), "c.example"))
            Assert.Equal((SslProtocols.Tls12, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384), (c.Protocol, c.Suite));
        TlsClient.IsRefused(proxy.Port(), "y.b.example", o => o.EnabledSslProtocols = SslProtocols.Tls12);
        TlsClient.IsRefused(proxy.Port(), "locked.example");
    }

    private static void OfferAcme(SslClientAuthenticationOptions options) =>
        options.ApplicationProtocols = [SslApplicationProtocol.Http11, new SslApplicationProtocol("acme/1")];

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Versions_and_ciphers_are_those_of_the_line_before_those_of_all(Product product)
    {
        _certificates.Make("a.pem", "a.example", rsa: true);
        ProxyProcess proxy = Start(
            product,
            Defaults.Replace(
                "global\n",
                "global\n    ssl-default-bind-options ssl-max-ver TLSv1.2 no-tls-tickets\n"
                    + "    ssl-default-bind-ciphers ECDHE-RSA-AES128-GCM-SHA256\n",
                System.StringComparison.Ordinal
            )
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} ssl crt {{Directory}}/a.pem
                    bind 127.0.0.1:${p2} ssl crt {{Directory}}/a.pem ssl-max-ver TLSv1.3 ciphersuites TLS_CHACHA20_POLY1305_SHA256
                    bind 127.0.0.1:${p3} ssl crt {{Directory}}/a.pem ciphers ECDHE-RSA-AES256-GCM-SHA384 curves secp384r1
                    bind 127.0.0.1:${p4} ssl crt {{Directory}}/a.pem ssl-max-ver TLSv1.3 force-tlsv13
                    http-request return status 200 content-type text/plain string hello
                """
        );
        TlsCipherSuite[] suites = new TlsCipherSuite[4];
        for (int i = 1; i <= 4; i++)
        {
            using TlsClient client = TlsClient.Connect(proxy.Port($"p{i}"));
            Assert.Equal("hello", client.Get());
            suites[i - 1] = client.Suite;
        }
        Assert.Equal([TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256], suites[..2]);
        Assert.Equal(TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, suites[2]);
        TlsClient.IsRefused(proxy.Port("p1"), "", o => o.EnabledSslProtocols = SslProtocols.Tls13);
        TlsClient.IsRefused(proxy.Port("p4"), "", o => o.EnabledSslProtocols = SslProtocols.Tls12);
    }

    /// <summary>As haproxy says it: it has no default-crt yet.</summary>
    [Fact]
    public void A_default_certificate_goes_before_all_others()
    {
        _certificates.Make("a.pem", "a.example");
        _certificates.Make("b.pem", "b.example");
        ProxyProcess proxy = Serve(Product.Baton, "crt a.pem default-crt b.pem");
        Assert.Equal(["b.example", "a.example"], new[] { "", "a.example" }.Select(n => Name(proxy, n)));
    }
}
