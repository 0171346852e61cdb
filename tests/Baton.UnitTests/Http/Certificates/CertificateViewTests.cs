// Certificates and keys as .NET writes them, read by our own reader; and bytes that are neither.
using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Baton.Http.Certificates;
using Xunit;

namespace Baton.UnitTests.Http.Certificates;

public sealed class CertificateViewTests
{
    private const string Name = "CN=site.example, OU=two, OU=one, O=\"Example, Inc.\", C=FR";

    private static CertificateRequest Request(ECDsa key) => new(Name, key, HashAlgorithmName.SHA256);

    private static byte[] Make(out ECDsa key)
    {
        key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = Request(key);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        names.AddDnsName("site.example");
        names.AddDnsName("*.site.example");
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(names.Build());
        var from = new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.Zero);
        using X509Certificate2 made = request.CreateSelfSigned(from, from.AddYears(40));
        return made.RawData;
    }

    [Fact]
    public void A_certificate_says_what_it_is()
    {
        byte[] der = Make(out ECDsa key);
        using (key)
        {
            Assert.True(CertificateView.TryRead(der, out CertificateView view));
            Assert.Equal(3, view.Version);
            Assert.Equal("ecdsa-with-SHA256", ObjectNames.Text(view.SignatureAlgorithm));
            Assert.Equal("id-ecPublicKey", ObjectNames.Text(view.KeyAlgorithm));
            Assert.Equal("240102030405Z", Encoding.ASCII.GetString(view.NotBefore));
            Assert.Equal("20640102030405Z", Encoding.ASCII.GetString(view.NotAfter));
            Assert.True(view.Issuer.SequenceEqual(view.Subject));
            var hosts = new List<string>();
            for (DerReader names = view.AlternativeNames; CertificateView.NextName(ref names, out ReadOnlySpan<byte> host); )
                hosts.Add(Encoding.ASCII.GetString(host));
            Assert.Equal(["site.example", "*.site.example"], hosts);
        }
    }

    [Fact]
    public void Names_are_written_as_fetches_have_them()
    {
        byte[] der = Make(out ECDsa key);
        key.Dispose();
        Assert.True(CertificateView.TryRead(der, out CertificateView view));
        Span<byte> text = stackalloc byte[200];
        int length = DistinguishedName.WriteSlashed(view.Subject, text);
        Assert.Equal("/C=FR/O=Example, Inc./OU=one/OU=two/CN=site.example", Encoding.ASCII.GetString(text[..length]));
        length = DistinguishedName.WriteReversed(view.Subject, text);
        Assert.Equal(@"CN=site.example,OU=two,OU=one,O=Example\, Inc.,C=FR", Encoding.ASCII.GetString(text[..length]));
        Assert.Equal(-1, DistinguishedName.WriteSlashed(view.Subject, text[..20]));
        Assert.Equal("one", Entry(view, "OU", 0));
        Assert.Equal("two", Entry(view, "OU", 2));
        Assert.Equal("two", Entry(view, "OU", -1));
        Assert.Equal("site.example", Entry(view, "cn", 1));
        Assert.Null(Entry(view, "2.5.4.3", 1));
        Assert.Null(Entry(view, "OU", 3));
        Assert.Null(Entry(view, "OU", -3));
        Assert.Null(Entry(view, "L", 0));
    }

    private static string? Entry(in CertificateView view, string word, int occurrence) =>
        DistinguishedName.Find(view.Subject, Encoding.ASCII.GetBytes(word), occurrence, out ReadOnlySpan<byte> value)
            ? Encoding.ASCII.GetString(value)
            : null;

    [Fact]
    public void A_key_is_told_from_another_without_loading_it()
    {
        byte[] der = Make(out ECDsa key);
        using ECDsa otherCurve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using RSA rsa = RSA.Create(2048);
        using RSA otherRsa = RSA.Create(2048);
        var request = new CertificateRequest("CN=rsa.example", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 ofRsa = request.CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
        Assert.True(CertificateView.TryRead(der, out CertificateView curve));
        Assert.True(CertificateView.TryRead(ofRsa.RawData, out CertificateView numbers));
        using (key)
        {
            Assert.True(PrivateKeyView.Matches(key.ExportECPrivateKey(), curve));
            Assert.True(PrivateKeyView.Matches(key.ExportPkcs8PrivateKey(), curve));
            Assert.False(PrivateKeyView.Matches(otherCurve.ExportPkcs8PrivateKey(), curve));
            Assert.False(PrivateKeyView.Matches(rsa.ExportPkcs8PrivateKey(), curve));
            Assert.False(PrivateKeyView.Matches(key.ExportPkcs8PrivateKey(), numbers));
            Assert.True(PrivateKeyView.Matches(rsa.ExportRSAPrivateKey(), numbers));
            Assert.True(PrivateKeyView.Matches(rsa.ExportPkcs8PrivateKey(), numbers));
            Assert.False(PrivateKeyView.Matches(otherRsa.ExportRSAPrivateKey(), numbers));
            Assert.Null(PrivateKeyView.Matches([1, 2, 3], numbers));
        }
    }

    [Fact]
    public void Whatever_is_cut_or_changed_does_no_harm()
    {
        byte[] der = Make(out ECDsa key);
        key.Dispose();
        for (int length = 0; length < der.Length; length++)
            Assert.False(CertificateView.TryRead(der.AsSpan(0, length), out _));
        var random = new Random(20261130);
        Span<byte> text = stackalloc byte[500];
        for (int turn = 0; turn < 20_000; turn++)
        {
            byte[] odd = (byte[])der.Clone();
            for (int i = random.Next(1, 4); i > 0; i--)
                odd[random.Next(odd.Length)] = (byte)random.Next(256);
            if (!CertificateView.TryRead(odd, out CertificateView view))
                continue;
            DistinguishedName.WriteSlashed(view.Subject, text);
            DistinguishedName.WriteReversed(view.Issuer, text);
            for (DerReader names = view.AlternativeNames; CertificateView.NextName(ref names, out _); ) { }
            PrivateKeyView.Matches(odd, view);
        }
    }

    [Fact]
    public void Blocks_of_a_file_are_found_among_other_text()
    {
        byte[] one = [1, 2, 3],
            two = new byte[100];
        string text =
            "subject=CN = x\n"
            + PemReader.Write("CERTIFICATE", one)
            + "text between\n"
            + PemReader.Write("PRIVATE KEY", two).Replace("\n", "\r\n")
            + "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
        var r = new PemReader(Encoding.ASCII.GetBytes(text));
        Assert.True(r.Next());
        Assert.True(r.Is("CERTIFICATE"u8));
        Assert.Equal(one, r.Content);
        Assert.True(r.Next());
        Assert.True(r.Is("PRIVATE KEY"u8));
        Assert.Equal(two, r.Content);
        Assert.True(r.Next());
        Assert.True(r.IsEncrypted);
        Assert.False(r.Next());
        Assert.False(r.IsDamaged);
        var damaged = new PemReader("-----BEGIN CERTIFICATE-----\nAA!A\n-----END CERTIFICATE-----\n"u8);
        Assert.False(damaged.Next());
        Assert.True(damaged.IsDamaged);
    }
}
