// What is wrong with certificates and their words: one line that says where and why, status 1, and a running process serves on.
using System;
using System.IO;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Tls;

public sealed class TlsStartTests : Scenario
{
    private static readonly ProxyOptions s_check = new()
    {
        EndsItself = true,
        NoWait = true,
        Arguments = ["-c"],
    };

    private readonly TestCertificates _certificates;

    public TlsStartTests() => _certificates = Keep(new TestCertificates(Directory));

    private void Refuses(Product product, string bind, string message)
    {
        ProxyProcess proxy = Start(
            product,
            Defaults + "frontend fe\n    bind 127.0.0.1:${p1} ssl " + bind + "\n    http-request return status 200\n",
            s_check
        );
        Assert.Equal(1, proxy.WaitForExit());
        string expected = message.Replace("$", Directory, StringComparison.Ordinal);
        Eventually(() => proxy.ErrorText.Contains(expected, StringComparison.Ordinal), $"{bind} says: {proxy.ErrorText}");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Files_that_are_no_certificate_with_its_key(Product product)
    {
        using X509Certificate2 a = _certificates.Issue("a.example"),
            b = _certificates.Issue("b.example", rsa: true),
            c = _certificates.Issue("c.example", rsa: true);
        string d = Directory;
        _certificates.Write("other-key.pem", a.ExportCertificatePem() + "\n" + TestCertificates.Key(b));
        _certificates.Write("other-rsa.pem", c.ExportCertificatePem() + "\n" + TestCertificates.Key(b));
        _certificates.Write("no-key.pem", a.ExportCertificatePem());
        _certificates.Write("junk.pem", "junk\n");
        _certificates.Write("bad/junk.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        System.IO.Directory.CreateDirectory(Path.Combine(d, "nothing"));
        const string line = ":9] : 'bind 127.0.0.1:";
        Refuses(product, $"crt {d}/missing.pem", "unable to stat SSL certificate from file '$/missing.pem' : No such file or directory.");
        Refuses(product, $"crt {d}/other-key.pem", "inconsistencies between private key and certificate loaded '$/other-key.pem'.");
        Refuses(product, $"crt {d}/other-rsa.pem", "inconsistencies between private key and certificate loaded '$/other-rsa.pem'.");
        Refuses(product, $"crt {d}/no-key.pem", "No Private Key found in '$/no-key.pem.key'.");
        Refuses(product, $"crt {d}/junk.pem", "unable to load certificate from file '$/junk.pem'.");
        Refuses(product, $"crt {d}/bad", "unable to load certificate from file '$/bad/junk.pem'.");
        Refuses(product, $"crt {d}/nothing", "Proxy 'fe': no SSL certificate specified for bind '127.0.0.1:");
        Refuses(product, "", "(use 'crt').");
        Refuses(product, $"crt {d}/missing.pem", line);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Words_that_mean_nothing(Product product)
    {
        string crt = "crt " + _certificates.Make("a.pem", "a.example");
        _certificates.Write("list", "a.pem [foo]\n");
        Refuses(product, $"{crt} ciphers NOPE", "Proxy 'fe': unable to set SSL cipher list to 'NOPE' for bind '127.0.0.1:");
        Refuses(product, $"{crt} ciphersuites NOPE", "Proxy 'fe': unable to set TLS 1.3 cipher suites to 'NOPE' for bind '127.0.0.1:");
        Refuses(product, $"{crt} curves NOPE", "Proxy 'fe': unable to set SSL curves list to 'NOPE' for bind '127.0.0.1:");
        Refuses(product, $"{crt} ecdhe NOPE", "Proxy 'fe': unable to set elliptic named curve to 'NOPE' for bind '127.0.0.1:");
        Refuses(product, $"{crt} ssl-min-ver TLSv9", "'TLSv9' : unknown ssl/tls version");
        Refuses(product, $"{crt} ssl-min-ver TLSv1.3 ssl-max-ver TLSv1.2", "Proxy 'fe': all SSL/TLS versions are disabled for bind '");
        Refuses(product, $"{crt} force-sslv3", "Proxy 'fe': all SSL/TLS versions are disabled for bind '");
        Refuses(product, $"{crt} verify required", "Proxy 'fe': verify is enabled but no CA file specified for bind '");
        Refuses(product, $"{crt} ca-file {Directory}/none verify required", "'ca-file' : unable to load $/none");
        Refuses(product, $"{crt} tls-ticket-keys {Directory}/none", "'$/none' : unable to load ssl tickets keys file");
        Refuses(product, $"crt-list {Directory}/none", "'crt-list' : cannot open file '$/none' : No such file or directory");
        Refuses(product, $"crt-list {Directory}/list", "'crt-list' : parsing [$/list:1]: unknown ssl keyword foo");
    }

    /// <summary>haproxy asks at the terminal for the passphrase.</summary>
    [Fact]
    public void A_key_behind_a_passphrase()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 made = _certificates.Issue("a.example");
        string locked = key.ExportEncryptedPkcs8PrivateKeyPem(
            "x",
            new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1000)
        );
        _certificates.Write("locked.pem", made.ExportCertificatePem() + "\n" + locked);
        Refuses(Product.Baton, $"crt {Directory}/locked.pem", "the private key of '$/locked.pem' is encrypted");
    }

    [Fact]
    public void A_reload_that_cannot_read_its_certificate_changes_nothing()
    {
        string crt = _certificates.Make("a.pem", "a.example");
        using var proxy = new Reloadable(
            $$"""
            frontend fe
                mode http
                bind 127.0.0.1:${port} ssl crt {{crt}}
                http-request return status 200 content-type text/plain string hello
            """
        );
        proxy.Reload();
        File.WriteAllText(crt, "junk");
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => proxy.Reload());
        using TlsClient client = TlsClient.Connect(proxy.Port);
        Assert.Equal(("hello", "a.example"), (client.Get(), client.ShownName));
    }
}
