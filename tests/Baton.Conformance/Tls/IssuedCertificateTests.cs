// Certificates that are made for hosts while the process runs (generate-certificates).
using System;
using System.IO;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Tls;

public sealed class IssuedCertificateTests : Scenario
{
    private readonly TestCertificates _certificates;
    private readonly string _signing;

    public IssuedCertificateTests()
    {
        _certificates = Keep(new TestCertificates(Directory));
        _signing = _certificates.Write(
            "signing.pem",
            File.ReadAllText(_certificates.AuthorityFile) + "\n" + File.ReadAllText(_certificates.WriteKey()) + "\n"
        );
    }

    private string Config(string options, string global = "") =>
        $$"""
            global
                nbthread 1
                stats socket ${dir}/s mode 600 level admin
                {{global}}
            defaults
                mode http
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            frontend fe
                bind 127.0.0.1:${p1} ssl crt {{_certificates.Make("site.pem", "site.example", rsa: true)}} generate-certificates {{options}}
                http-request return status 200 content-type text/plain string hello

            """;

    private string Config() => Config($"ca-sign-file {_signing}");

    /// <summary>COMPAT: haproxy 2.6 closes the connection for which it has just made a certificate; the next one gets that.</summary>
    private static X509Certificate2 Shown(ProxyProcess proxy, string name)
    {
        if (proxy.Product == Product.Haproxy)
            for (int i = 0; i < 2; i++)
                try
                {
                    return Shown(proxy.Port(), name);
                }
                catch (Exception e) when (e is AuthenticationException or IOException)
                {
                    // as above
                }
        return Shown(proxy.Port(), name);
    }

    private static X509Certificate2 Shown(int port, string name)
    {
        using TlsClient client = TlsClient.Connect(port, name);
        Assert.Equal("hello", client.Get());
        return client.Shown;
    }

    private static string Number(ProxyProcess proxy, string name)
    {
        using X509Certificate2 shown = Shown(proxy, name);
        return shown.SerialNumber;
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_host_that_none_is_for_gets_one_of_the_authority(Product product)
    {
        ProxyProcess proxy = Start(product, Config());
        using X509Certificate2 own = Shown(proxy, "site.example"),
            made = Shown(proxy, "made.example"),
            nameless = Shown(proxy, "");
        Assert.Equal("site.example", own.GetNameInfo(X509NameType.SimpleName, false));
        Assert.Equal(own.SerialNumber, nameless.SerialNumber);
        Assert.True(made.MatchesHostname("made.example", allowCommonName: false));
        Assert.False(made.MatchesHostname("other.example"));
        Assert.Contains("CN=made.example", made.Subject, StringComparison.Ordinal);
        Assert.Contains("O=Baton", made.Subject, StringComparison.Ordinal);
        Assert.Equal(_certificates.Authority.Subject, made.Issuer);
        using RSA key = made.GetRSAPublicKey()!,
            same = own.GetRSAPublicKey()!;
        Assert.Equal(same.ExportRSAPublicKey(), key.ExportRSAPublicKey());
        Assert.InRange((made.NotAfter - DateTime.Now).TotalDays, 360, 366);
        Assert.InRange((DateTime.Now - made.NotBefore).TotalDays, 0.9, 2);
        Assert.Equal("1.2.840.10045.4.3.2", made.SignatureAlgorithm.Value);
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                CustomTrustStore = { _certificates.Authority },
            },
        };
        Assert.True(chain.Build(made), string.Join(", ", Array.ConvertAll(chain.ChainStatus, s => s.StatusInformation)));
    }

    /// <summary>OpenSSL finds the authority's certificate behind it, and believes it.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void It_comes_with_the_authority(Product product)
    {
        ProxyProcess proxy = Start(product, Config());
        string heard = Run(
            "/bin/sh",
            "-c",
            $"echo | timeout 60 openssl s_client -connect 127.0.0.1:{proxy.Port()} -servername made.example -showcerts "
                + $"-verify_hostname made.example -CAfile {_certificates.AuthorityFile} 2>&1"
        ).Output;
        Assert.Contains("Verify return code: 0 (ok)", heard, StringComparison.Ordinal);
        Assert.Equal(3, heard.Split("BEGIN CERTIFICATE").Length);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void It_is_made_once_as_long_as_there_is_room(Product product)
    {
        ProxyProcess proxy = Start(product, Config($"ca-sign-file {_signing}", "tune.ssl.ssl-ctx-cache-size 2"));
        string first = Number(proxy, "a.example"),
            second = Number(proxy, "b.example");
        Assert.NotEqual(first, second);
        Assert.Equal([first, second, first], [Number(proxy, "A.example"), Number(proxy, "b.example"), Number(proxy, "a.example")]);
        // the one that was not asked for the longest time goes
        Number(proxy, "c.example");
        Assert.Equal(first, Number(proxy, "a.example"));
        Assert.NotEqual(second, Number(proxy, "b.example"));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void With_strict_sni_too(Product product)
    {
        ProxyProcess proxy = Start(product, Config($"ca-sign-file {_signing} strict-sni"));
        using X509Certificate2 made = Shown(proxy, "made.example");
        Assert.True(made.MatchesHostname("made.example"));
        TlsClient.IsRefused(proxy.Port());
    }

    /// <summary>The first certificate is shown instead; with strict-sni none is.</summary>
    [Theory]
    [InlineData("", "CN = site.example")]
    [InlineData("strict-sni", "unrecognized name")]
    public void A_name_that_is_no_hosts_gets_none(string option, string expected)
    {
        ProxyProcess proxy = Start(Product.Baton, Config($"ca-sign-file {_signing} {option}"));
        foreach (string name in (string[])["a b.example", "a,DNS:other.example", "*.example", new string('a', 63) + ".example"])
        {
            string heard = Run(
                "/bin/sh",
                "-c",
                $"echo | timeout 60 openssl s_client -connect 127.0.0.1:{proxy.Port()} -servername '{name}' 2>&1"
            ).Output;
            Assert.Contains(expected, heard, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void It_has_the_key_that_the_line_has_now()
    {
        ProxyProcess proxy = Start(Product.Baton, Config());
        using X509Certificate2 before = Shown(proxy, "made.example"),
            next = _certificates.Issue("site.example");
        using (RawClient cli = RawClient.Unix($"{Directory}/s"))
        {
            cli.Send(
                $"set ssl cert {Directory}/site.pem <<\n{TestCertificates.Text(next).Trim()}\n\ncommit ssl cert {Directory}/site.pem\n"
            );
            Assert.Contains("Success!", cli.ReadTextToEnd(), StringComparison.Ordinal);
        }
        using X509Certificate2 after = Shown(proxy, "made.example");
        Assert.NotNull(before.GetRSAPublicKey());
        Assert.NotNull(after.GetECDsaPublicKey());
    }

    /// <summary>COMPAT: haproxy 2.6 asks at the terminal all the same.</summary>
    [Fact]
    public void A_passphrase_opens_the_key()
    {
        using ECDsa key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(_certificates.WriteKey()));
        string locked = key.ExportEncryptedPkcs8PrivateKeyPem(
            "secret",
            new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)
        );
        string file = _certificates.Write("locked.pem", File.ReadAllText(_certificates.AuthorityFile) + "\n" + locked + "\n");
        ProxyProcess proxy = Start(Product.Baton, Config($"ca-sign-file {file} ca-sign-pass secret"));
        using X509Certificate2 made = Shown(proxy, "made.example");
        Assert.Equal(_certificates.Authority.Subject, made.Issuer);
        foreach ((string pass, string reason) in ((string, string)[])[("", "(use 'ca-sign-pass')"), ("ca-sign-pass x", "does not open it")])
        {
            string config = Path.Combine(Directory, "wrong.cfg");
            File.WriteAllText(config, Config($"ca-sign-file {file} {pass}").Replace("${dir}", Directory).Replace("${p1}", "1"));
            (int status, string _, string errors) = CommandRuns.Run("-c", "-f", config);
            Assert.Equal(1, status);
            Assert.Contains($"Failed to read CA certificate file '{file}'", errors, StringComparison.Ordinal);
            Assert.Contains(reason, errors, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_is_wrong_is_said_at_start(Product product)
    {
        string config = Path.Combine(Directory, "wrong.cfg");
        foreach (
            (string options, string expected) in ((string, string)[])
                [
                    ("", "cannot enable certificate generation, no CA certificate File configured at"),
                    ("ca-sign-file /nowhere/at.all", "Failed to read CA certificate file '/nowhere/at.all'"),
                    ($"ca-sign-file {_certificates.AuthorityFile}", "No Private Key found in"),
                ]
        )
        {
            File.WriteAllText(config, Config(options).Replace("${dir}", Directory).Replace("${p1}", "1"));
            (int status, string output) = Run("/bin/sh", "-c", $"{Products.Path(product)} -c -f {config} 2>&1");
            Assert.Equal(1, status);
            Assert.Contains(expected, output, StringComparison.Ordinal);
        }
    }

    /// <summary>The next process makes its own; who was here before resumes the session.</summary>
    [Fact]
    public void After_a_reload_another_one_is_made()
    {
        string site = _certificates.Make("site.pem", "site.example");
        using var proxy = new Reloadable(
            $"frontend fe\n    mode http\n    bind 127.0.0.1:${{port}} ssl crt {site} generate-certificates ca-sign-file {_signing}\n"
                + "    http-request return status 200 content-type text/plain string hello\n"
        );
        proxy.Reload();
        string ask(string options) =>
            Run(
                "/bin/sh",
                "-c",
                $"printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n' | timeout 60 openssl s_client -ign_eof "
                    + $"-connect 127.0.0.1:{proxy.Port} -servername made.example {options} 2>&1"
            ).Output;
        Assert.Contains("CN = made.example", ask($"-sess_out {Directory}/session"), StringComparison.Ordinal);
        using X509Certificate2 before = Shown(proxy.Port, "made.example");
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        using X509Certificate2 after = Shown(proxy.Port, "made.example");
        Assert.NotEqual(before.SerialNumber, after.SerialNumber);
        Assert.Contains("Reused, ", ask($"-sess_in {Directory}/session"), StringComparison.Ordinal);
    }
}
