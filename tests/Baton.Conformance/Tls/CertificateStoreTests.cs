// crt-store, load and ssl-f-use: words of HAProxy 3, which Debian's does not know.
using System;
using System.IO;
using System.Security.Cryptography.X509Certificates;
using Baton.Conformance.Cli;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Tls;

public sealed class CertificateStoreTests : CliScenario
{
    private readonly TestCertificates _certificates;

    public CertificateStoreTests() => _certificates = Keep(new TestCertificates(Directory));

    /// <summary>A certificate and its key in files of their own, in directories of their own.</summary>
    private void Split(string name)
    {
        using X509Certificate2 made = _certificates.Issue(name);
        _certificates.Write($"certs/{name}.crt", made.ExportCertificatePem() + "\n");
        _certificates.Write($"keys/{name}.key", TestCertificates.Key(made) + "\n");
    }

    [Fact]
    public void Bind_lines_and_lists_name_what_a_store_has_loaded()
    {
        Split("a.example");
        Split("b.example");
        Split("c.example");
        string plain = _certificates.Make("d.pem", "d.example"),
            list = _certificates.Write("list", "@web/b\n@web/c.example.crt [ssl-min-ver TLSv1.2] other.example\n");
        ProxyProcess proxy = Start(
            Product.Baton,
            Global
                + HttpDefaults
                + $$"""
                crt-store
                    load crt {{plain}} alias plain
                crt-store web
                    crt-base {{Directory}}/certs
                    key-base {{Directory}}/keys
                    load crt a.example.crt key a.example.key alias a
                    load crt b.example.crt key b.example.key alias b
                    load crt c.example.crt key c.example.key

                frontend fe
                    bind 127.0.0.1:${p1} ssl crt @/plain crt @web/a crt-list {{list}}
                    http-request return status 200

                """
        );
        Assert.Equal("d.example", Shown(proxy, "unknown.example"));
        foreach (string name in (string[])["a.example", "b.example", "d.example"])
            Assert.Equal(name, Shown(proxy, name));
        Assert.Equal("c.example", Shown(proxy, "other.example"));
        string loaded = Ask("show ssl cert");
        foreach (string name in (string[])["@/plain", "@web/a", "@web/b", "@web/c.example.crt"])
            Assert.Contains(name + "\n", loaded, StringComparison.Ordinal);
        // it is changed as any other
        using X509Certificate2 next = _certificates.Issue("next.example");
        Assert.Contains("Transaction", Ask($"set ssl cert @web/a <<\n{TestCertificates.Text(next).TrimEnd()}\n"), StringComparison.Ordinal);
        Assert.Contains("Success", Ask("commit ssl cert @web/a"), StringComparison.Ordinal);
        Assert.Equal("next.example", Shown(proxy, "next.example"));
    }

    private static string Shown(ProxyProcess proxy, string name)
    {
        using TlsClient client = TlsClient.Connect(proxy.Port(), name);
        return client.ShownName;
    }

    [Fact]
    public void A_frontends_own_certificates_are_for_bind_lines_that_name_none()
    {
        ProxyProcess proxy = Start(
            Product.Baton,
            Global
                + HttpDefaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} ssl
                    bind 127.0.0.1:${p2} ssl crt {{_certificates.Make("own.pem", "own.example")}}
                    ssl-f-use crt {{_certificates.Make("a.pem", "a.example")}}
                    ssl-f-use crt {{_certificates.Make("b.pem", "b.example")}} ssl-max-ver TLSv1.2
                    http-request return status 200

                """
        );
        Assert.Equal("a.example", Shown(proxy, ""));
        using (TlsClient client = TlsClient.Connect(proxy.Port(), "b.example"))
            Assert.Equal((System.Security.Authentication.SslProtocols.Tls12, "b.example"), (client.Protocol, client.ShownName));
        using (TlsClient client = TlsClient.Connect(proxy.Port("p2"), "b.example"))
            Assert.Equal("own.example", client.ShownName);
        Assert.Contains("@fe\n", Ask("show ssl crt-list"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("load crt DIR/none.crt", "'load' : unable to stat SSL certificate from file 'DIR/none.crt' : No such file or directory.")]
    [InlineData("load crt DIR/certs/a.example.crt", "'load' : No Private Key found in 'DIR/certs/a.example.crt'.")]
    [InlineData("load crt DIR/certs/a.example.crt key DIR/none", "'load' : unable to load 'DIR/none' : No such file or directory.")]
    [InlineData(
        "load crt DIR/certs/a.example.crt key DIR/keys/b.example.key",
        "'load' : inconsistencies between private key and certificate loaded 'DIR/certs/a.example.crt'."
    )]
    public void What_cannot_be_loaded_is_said_with_its_line(string line, string message)
    {
        Split("a.example");
        Split("b.example");
        string file = Path.Combine(Directory, "broken.cfg");
        string text = $"crt-store\n    {line.Replace("DIR", Directory, StringComparison.Ordinal)}\n";
        File.WriteAllText(file, text + HttpDefaults + $"frontend fe\n    bind unix@{Directory}/s\n");
        (int status, string output) = Run(Products.Path(Product.Baton), "-c", "-f", file);
        Assert.Equal(1, status);
        Assert.Contains($"broken.cfg:2] : {message.Replace("DIR", Directory, StringComparison.Ordinal)}", output, StringComparison.Ordinal);
    }
}
