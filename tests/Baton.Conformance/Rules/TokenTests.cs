// JSON web tokens that are signed with private keys, verified with public ones; algorithm and key from variables.
using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Rules;

public sealed class TokenTests : Scenario
{
    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static string Sign(string algorithm, Func<byte[], byte[]> sign)
    {
        string signed = $"{Encode(Encoding.ASCII.GetBytes($$"""{"alg":"{{algorithm}}"}"""))}.{Encode("{}"u8.ToArray())}";
        return $"{signed}.{Encode(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    private string Write(string name, string pem)
    {
        string path = Path.Combine(Directory, name);
        File.WriteAllText(path, pem);
        return path;
    }

    /// <summary>What each token gives with the algorithm and the key's file beside it.</summary>
    private string Verify(Product product, params (string Token, string Algorithm, string Key)[] asked)
    {
        string rules = string.Join(
            "\n    ",
            asked.Select((a, i) => $"http-request set-var(txn.v{i}) str({a.Token}),jwt_verify({a.Algorithm},{a.Key})")
        );
        ProxyProcess proxy = Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    http-request set-var(txn.alg) hdr(alg)
                    {{rules}}
                    http-request return status 200 content-type text/plain lf-string "{{string.Join(
                    ' ',
                    asked.Select((_, i) => $"%[var(txn.v{i})]")
                )}}"
                """
        );
        return Connect(proxy).Get("/", "alg: ES256\r\n").Body;
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Signatures_of_both_kinds_of_keys(Product product)
    {
        using RSA rsa = RSA.Create(2048);
        using ECDsa small = ECDsa.Create(ECCurve.NamedCurves.nistP256),
            large = ECDsa.Create(ECCurve.NamedCurves.nistP521);
        string rsaFile = Write("rsa.pem", rsa.ExportSubjectPublicKeyInfoPem()),
            smallFile = Write("small.pem", small.ExportSubjectPublicKeyInfoPem()),
            largeFile = Write("large.pem", large.ExportSubjectPublicKeyInfoPem()),
            rs256 = Sign("RS256", b => rsa.SignData(b, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
            rs512 = Sign("RS512", b => rsa.SignData(b, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1)),
            es256 = Sign("ES256", b => small.SignData(b, HashAlgorithmName.SHA256)),
            es512 = Sign("ES512", b => large.SignData(b, HashAlgorithmName.SHA512)),
            torn = es256[..^4];
        Assert.Equal(
            "1 1 0 1 1 0 -3 1 -5",
            Verify(
                product,
                (rs256, "RS256", rsaFile),
                (rs512, "RS512", rsaFile),
                (rs512, "RS256", rsaFile),
                (es256, "ES256", smallFile),
                (es512, "ES512", largeFile),
                (es256, "ES256", largeFile),
                (torn, "ES256", smallFile),
                (es256, "txn.alg", smallFile),
                (es256, "ES256", Path.Combine(Directory, "none"))
            )
        );
    }

    /// <summary>Debian's haproxy takes neither.</summary>
    [Fact]
    public void Certificates_and_probabilistic_signatures()
    {
        using RSA rsa = RSA.Create(2048);
        using X509Certificate2 certificate = new CertificateRequest(
            "CN=t",
            rsa,
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        ).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(9));
        string file = Write("crt.pem", certificate.ExportCertificatePem()),
            ps256 = Sign("PS256", b => rsa.SignData(b, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)),
            rs256 = Sign("RS256", b => rsa.SignData(b, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        Assert.Equal("1 1 0", Verify(Product.Baton, (ps256, "PS256", file), (rs256, "RS256", file), (rs256, "PS256", file)));
    }
}
