// Certificates that clients show: asked for, required, believed or not.
using System;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Tls;

public sealed class ClientCertificateTests : Scenario
{
    private readonly TestCertificates _certificates;

    public ClientCertificateTests() => _certificates = Keep(new TestCertificates(Directory));

    private ProxyProcess Serve(Product product, string options)
    {
        _certificates.Make("site.pem", "site.example");
        return Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} ssl crt {{Directory}}/site.pem {{options}}
                    http-request return status 200 content-type text/plain string hello
                """
        );
    }

    private static Action<SslClientAuthenticationOptions> Showing(X509Certificate2 certificate) =>
        o => o.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);

    private static string Get(ProxyProcess proxy, X509Certificate2? shown = null)
    {
        using TlsClient client = TlsClient.Connect(proxy.Port(), "", shown is null ? null : Showing(shown));
        return client.Get();
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_required_one_has_to_come_from_the_authority(Product product)
    {
        using X509Certificate2 known = _certificates.Issue("client");
        using var strangers = new TestCertificates(System.IO.Path.Combine(Directory, "strangers"));
        using X509Certificate2 unknown = strangers.Issue("client"),
            expired = _certificates.Issue("late", days: -1);
        ProxyProcess proxy = Serve(product, $"ca-file {_certificates.AuthorityFile} verify required");
        Assert.Equal("hello", Get(proxy, known));
        TlsClient.IsRefused(proxy.Port());
        TlsClient.IsRefused(proxy.Port(), "", Showing(unknown));
        TlsClient.IsRefused(proxy.Port(), "", Showing(expired));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_optional_one_may_be_missing_and_some_faults_may_be_passed_over(Product product)
    {
        using X509Certificate2 known = _certificates.Issue("client"),
            expired = _certificates.Issue("late", days: -1);
        // 10: it has expired
        ProxyProcess proxy = Serve(product, $"ca-file {_certificates.AuthorityFile} verify optional crt-ignore-err 10");
        Assert.Equal(["hello", "hello", "hello"], [Get(proxy), Get(proxy, known), Get(proxy, expired)]);
        using var strangers = new TestCertificates(System.IO.Path.Combine(Directory, "strangers"));
        using X509Certificate2 unknown = strangers.Issue("client");
        TlsClient.IsRefused(proxy.Port(), "", Showing(unknown));
    }
}
