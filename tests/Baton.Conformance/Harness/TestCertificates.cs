// Certificates of a test, made while it runs: an authority, and PEM files of certificates with their keys.
using System;
using System.Diagnostics;
using System.Formats.Asn1;
using System.IO;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Baton.Conformance.Harness;

public sealed class TestCertificates : IDisposable
{
    private readonly string _directory;
    private readonly ECDsa _authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestCertificates(string directory)
    {
        _directory = directory;
        var request = new CertificateRequest("CN=test authority, O=Baton, C=FR", _authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        Authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        AuthorityFile = Write("authority.pem", Authority.ExportCertificatePem());
    }

    public X509Certificate2 Authority { get; }

    /// <summary>PEM, for "ca-file".</summary>
    public string AuthorityFile { get; }

    public string Write(string file, string text)
    {
        string path = Path.Combine(_directory, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>A PEM file with a certificate for that name and its key. Its path.</summary>
    public string Make(string file, string name, bool rsa = false, int days = 30, string? alternative = null, string? subject = null)
    {
        using X509Certificate2 made = Issue(name, rsa, days, alternative, subject);
        return Write(file, Text(made));
    }

    public static string Text(X509Certificate2 certificate) => certificate.ExportCertificatePem() + "\n" + Key(certificate) + "\n";

    public static string Key(X509Certificate2 certificate) =>
        certificate.GetRSAPrivateKey() is { } rsa
            ? rsa.ExportPkcs8PrivateKeyPem()
            : certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();

    /// <summary>A certificate of the authority, with its key.</summary>
    /// <param name="responder">Where its authority answers for it (OCSP); null for nowhere.</param>
    public X509Certificate2 Issue(
        string name,
        bool rsa = false,
        int days = 30,
        string? alternative = null,
        string? subject = null,
        string? responder = null
    )
    {
        subject ??= $"CN={name}";
        byte[] serial = RandomNumberGenerator.GetBytes(8);
        serial[0] &= 0x7F;
        serial[0] |= 1;
        using RSA? numbers = rsa ? RSA.Create(2048) : null;
        using ECDsa? curve = rsa ? null : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = rsa
            ? new CertificateRequest(subject, numbers!, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, curve!, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(alternative ?? name);
        request.CertificateExtensions.Add(names.Build());
        if (responder is not null)
            request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([responder], null));
        DateTimeOffset until = DateTimeOffset.UtcNow.AddDays(days);
        X509SignatureGenerator authority = X509SignatureGenerator.CreateForECDsa(_authorityKey);
        using X509Certificate2 bare = request.Create(Authority.SubjectName, authority, until.AddDays(-60), until, serial);
        return rsa ? bare.CopyWithPrivateKey(numbers!) : bare.CopyWithPrivateKey(curve!);
    }

    /// <summary>A list of what the authority has revoked, in PEM.</summary>
    public string Revoke(params X509Certificate2[] certificates)
    {
        var list = new CertificateRevocationListBuilder();
        foreach (X509Certificate2 certificate in certificates)
            list.AddEntry(certificate);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        X509SignatureGenerator generator = X509SignatureGenerator.CreateForECDsa(_authorityKey);
        byte[] der = list.Build(
            Authority.SubjectName,
            generator,
            1,
            now.AddDays(10),
            HashAlgorithmName.SHA256,
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Authority, false, true),
            now.AddDays(-1)
        );
        return PemEncoding.WriteString("X509 CRL", der) + "\n";
    }

    /// <summary>The authority's own key, in a file.</summary>
    public string WriteKey() => Write("authority.key", _authorityKey.ExportPkcs8PrivateKeyPem());

    /// <summary>What the authority says of a certificate's revocation, in DER, made by openssl.</summary>
    public byte[] SignResponse(X509Certificate2 certificate, string state = "V")
    {
        string key = WriteKey(),
            leaf = Write("leaf.crt", certificate.ExportCertificatePem() + "\n"),
            revoked = state == "R" ? "261101000000Z" : "";
        Write("index.txt", $"{state}\t301231235959Z\t{revoked}\t{certificate.SerialNumber}\tunknown\t/CN=x\n");
        Ocsp("-issuer", AuthorityFile, "-cert", leaf, "-reqout", Path.Combine(_directory, "ocsp.req"));
        string into = Path.Combine(_directory, "ocsp.resp");
        string index = Path.Combine(_directory, "index.txt"),
            request = Path.Combine(_directory, "ocsp.req");
        string[] who = ["-index", index, "-CA", AuthorityFile, "-rsigner", AuthorityFile, "-rkey", key];
        Ocsp([.. who, "-reqin", request, "-respout", into, "-ndays", "5"]);
        return File.ReadAllBytes(into);
    }

    /// <summary>The same, in DER, of long ago: it was right until then.</summary>
    public byte[] SignOldResponse(X509Certificate2 certificate)
    {
        DateTimeOffset then = DateTimeOffset.UtcNow.AddDays(-20);
        var data = new AsnWriter(AsnEncodingRules.DER);
        using (data.PushSequence())
        {
            using (data.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
                data.WriteEncodedValue(Authority.SubjectName.RawData);
            data.WriteGeneralizedTime(then, omitFractionalSeconds: true);
            using (data.PushSequence())
            using (data.PushSequence())
            {
                using (data.PushSequence())
                {
                    using (data.PushSequence())
                        data.WriteObjectIdentifier("1.3.14.3.2.26");
                    data.WriteOctetString(SHA1.HashData(Authority.SubjectName.RawData));
                    data.WriteOctetString(SHA1.HashData(Authority.PublicKey.EncodedKeyValue.RawData));
                    data.WriteInteger(certificate.SerialNumberBytes.Span);
                }
                data.WriteNull(new Asn1Tag(TagClass.ContextSpecific, 0));
                data.WriteGeneralizedTime(then, omitFractionalSeconds: true);
                using (data.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                    data.WriteGeneralizedTime(then.AddDays(5), omitFractionalSeconds: true);
            }
        }
        byte[] signed = data.Encode();
        var basic = new AsnWriter(AsnEncodingRules.DER);
        using (basic.PushSequence())
        {
            basic.WriteEncodedValue(signed);
            using (basic.PushSequence())
                basic.WriteObjectIdentifier("1.2.840.10045.4.3.2");
            basic.WriteBitString(_authorityKey.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        }
        var response = new AsnWriter(AsnEncodingRules.DER);
        using (response.PushSequence())
        {
            response.WriteEncodedValue([10, 1, 0]);
            using (response.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            using (response.PushSequence())
            {
                response.WriteObjectIdentifier("1.3.6.1.5.5.7.48.1.1");
                response.WriteOctetString(basic.Encode());
            }
        }
        return response.Encode();
    }

    private static void Ocsp(params string[] arguments)
    {
        var info = new ProcessStartInfo("openssl", ["ocsp", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(info)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
    }

    public void Dispose()
    {
        Authority.Dispose();
        _authorityKey.Dispose();
    }
}
