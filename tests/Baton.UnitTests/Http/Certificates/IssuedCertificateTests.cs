// Certificates made here, read by somebody else's eyes.
using System;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Baton.Http.Certificates;
using Xunit;

namespace Baton.UnitTests.Http.Certificates;

public sealed class IssuedCertificateTests
{
    [Theory]
    [InlineData("a", true)]
    [InlineData("www.Example-1.com", true)]
    [InlineData("under_score.example", true)]
    [InlineData("", false)]
    [InlineData(".example", false)]
    [InlineData("-a.example", false)]
    [InlineData("a.example.", false)]
    [InlineData("*.example", false)]
    [InlineData("a b", false)]
    [InlineData("a,DNS:b", false)]
    [InlineData("a\0b", false)]
    [InlineData("é.example", false)]
    public void Only_names_of_hosts_are_taken(string name, bool isHost) =>
        Assert.Equal(isHost, IssuedCertificate.IsHost(Encoding.UTF8.GetBytes(name)));

    [Fact]
    public void A_common_name_has_its_longest()
    {
        Assert.True(IssuedCertificate.IsHost(Encoding.ASCII.GetBytes(new string('a', 64))));
        Assert.False(IssuedCertificate.IsHost(Encoding.ASCII.GetBytes(new string('a', 65))));
    }

    [Theory]
    [InlineData(2026, 2048)]
    [InlineData(2060, 3072)]
    public void It_is_signed_and_says_what_it_is_for(int year, int bits)
    {
        using RSA key = RSA.Create(bits);
        var request = new CertificateRequest("O=Sign, C=FR", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using X509Certificate2 authority = request.CreateSelfSigned(
            new DateTimeOffset(2026, 1, 1, 0, 0, 0, default),
            new DateTimeOffset(2076, 1, 1, 0, 0, 0, default)
        );
        Assert.True(CertificateView.TryRead(authority.RawData, out CertificateView view));
        byte[] algorithm = [0x30, 13, 6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 11, 5, 0];
        byte[] text = IssuedCertificate.ToSign(
            "WWW.made.example"u8,
            view,
            view,
            algorithm,
            [0x40, 1, 2],
            new DateTime(year, 6, 1, 12, 0, 0, DateTimeKind.Utc)
        );
        byte[] whole = IssuedCertificate.Whole(text, algorithm, key.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        using X509Certificate2 made = X509CertificateLoader.LoadCertificate(whole);
        Assert.Equal("400102", made.SerialNumber);
        Assert.True(made.MatchesHostname("www.made.example", allowCommonName: false));
        Assert.Equal(year + 1, made.NotAfter.ToUniversalTime().Year);
        Assert.Equal(
            (year, 5, 31),
            (made.NotBefore.ToUniversalTime().Year, made.NotBefore.ToUniversalTime().Month, made.NotBefore.ToUniversalTime().Day)
        );
        Assert.Equal("CN=www.made.example, O=Sign, C=FR", made.Subject);
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                CustomTrustStore = { authority },
                ApplicationPolicy = { new Oid("1.3.6.1.5.5.7.3.1") },
                VerificationTime = new DateTime(year, 7, 1, 0, 0, 0, DateTimeKind.Utc),
            },
        };
        Assert.True(chain.Build(made), string.Join(", ", Array.ConvertAll(chain.ChainStatus, s => s.StatusInformation)));
    }
}
