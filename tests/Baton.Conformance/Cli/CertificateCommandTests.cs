// Certificates, authorities, revocations, crt-lists, keys of tickets and OCSP responses changed while the process runs: what the answers
// say, and that handshakes that begin afterwards get it.
using System;
using System.Linq;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Cli;

public sealed class CertificateCommandTests : CliScenario
{
    private readonly TestCertificates _certificates;

    public CertificateCommandTests() => _certificates = Keep(new TestCertificates(Directory));

    private ProxyProcess Serve(Product product, string options) =>
        Start(
            product,
            Global
                + HttpDefaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} ssl {{options}}
                    http-request return status 200 content-type text/plain lf-string "%[ssl_fc_sni]%[ssl_c_s_dn(CN)]"

                """
        );

    /// <summary>A command with a payload, on one connection.</summary>
    private string Give(string command, string payload) => Ask($"{command} <<\n{payload.TrimEnd('\n')}\n");

    private static string Shown(ProxyProcess proxy, string name = "")
    {
        using TlsClient client = TlsClient.Connect(proxy.Port(), name);
        client.Get();
        return client.ShownName;
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_change_of_a_certificate_is_put_together_and_takes_its_place_whole(Product product)
    {
        string file = _certificates.Make("a.pem", "a.example");
        ProxyProcess proxy = Serve(product, "crt " + file);
        using TlsClient before = TlsClient.Connect(proxy.Port());
        Assert.Equal("", before.Get());
        using X509Certificate2 next = _certificates.Issue("b.example", rsa: true),
            other = _certificates.Issue("c.example");
        Assert.Equal($"Transaction created for certificate {file}!\n\n", Give("set ssl cert " + file, next.ExportCertificatePem()));
        Assert.Equal("a.example", Shown(proxy));
        const string lacks = "The transaction must contain at least a certificate and a private key!\nCan't commit ";
        Assert.Equal($"{lacks}{file}!\n\n", Ask("commit ssl cert " + file));
        string updated = $"Transaction updated for certificate {file}!\n\n";
        Assert.Equal(updated, Give($"set ssl cert {file}.key", TestCertificates.Key(other)));
        Assert.Equal(
            $"inconsistencies between private key and certificate loaded '{file}'.\nCan't commit {file}!\n\n",
            Ask("commit ssl cert " + file)
        );
        Assert.Equal(updated, Give($"set ssl cert {file}.key", TestCertificates.Key(next)));
        Assert.Contains("\nStatus: Unused\n", Ask("show ssl cert *" + file), StringComparison.Ordinal);
        Assert.Equal($"# transaction\n*{file}\n# filename\n{file}\n\n", Ask("show ssl cert"));
        Assert.Equal($"Committing {file}.\nSuccess!\n\n", Ask("commit ssl cert " + file));
        Assert.Equal("b.example", Shown(proxy));
        Assert.Equal("", before.Get());
        Assert.Equal(
            $"""
            Filename: {file}
            Status: Used
            Serial: {next.SerialNumber}
            notBefore: {Time(next.NotBefore)}
            notAfter: {Time(next.NotAfter)}
            Subject Alternative Name: DNS:b.example
            Algorithm: RSA2048
            SHA1 FingerPrint: {next.Thumbprint}
            Subject: /CN=b.example
            Issuer: /C=FR/O=Baton/CN=test authority
            OCSP Response Key: 


            """,
            Ask("show ssl cert " + file)
        );
    }

    private static string Time(DateTime at) =>
        $"{at.ToUniversalTime():MMM} {at.ToUniversalTime().Day, 2} {at.ToUniversalTime():HH:mm:ss yyyy} GMT";

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_change_can_be_given_up_and_what_is_used_cannot_be_removed(Product product)
    {
        string file = _certificates.Make("a.pem", "a.example");
        ProxyProcess proxy = Serve(product, "crt " + file);
        using X509Certificate2 next = _certificates.Issue("b.example");
        Assert.Equal("New empty certificate store 'new'!\n\n", Ask("new ssl cert new"));
        Assert.Equal("Filename: new\nStatus: Empty\nOCSP Response Key: \n\n", Ask("show ssl cert new"));
        Assert.Equal("Transaction created for certificate new!\n\n", Give("set ssl cert new", TestCertificates.Text(next)));
        Assert.Equal("Transaction aborted for certificate 'new'!\n\n", Ask("abort ssl cert new"));
        Assert.Equal("No ongoing transaction!\n\n", Ask("abort ssl cert new"));
        Assert.Equal("No ongoing transaction! !\nCan't commit new!\n\n", Ask("commit ssl cert new"));
        Assert.Equal("Certificate 'new' already exists!\n\n", Ask("new ssl cert new"));
        Assert.Equal("Certificate 'new' deleted!\n\n", Ask("del ssl cert new"));
        const string cannot = "Can't remove the certificate: certificate '";
        Assert.Equal($"{cannot}new' doesn't exist!\n\n\n", Ask("del ssl cert new"));
        Assert.Equal($"{cannot}{file}' in use, can't be deleted!\n\n\n", Ask("del ssl cert " + file));
        const string unknown = "Can't replace a certificate which is not referenced by the configuration!\nCan't update new!\n\n";
        Assert.Equal(unknown, Give("set ssl cert new", TestCertificates.Text(next)));
        Assert.Equal(
            $"unable to load certificate from file '{file}'.\nCan't load the payload\nCan't update {file}!\n\n",
            Give("set ssl cert " + file, "nonsense")
        );
        Assert.Equal("Permission denied\n\n", Ask("new ssl cert x", "operator"));
        Assert.Equal("a.example", Shown(proxy));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Lines_of_a_list_come_and_go(Product product)
    {
        string a = _certificates.Make("a.pem", "a.example"),
            b = _certificates.Make("b.pem", "b.example"),
            list = _certificates.Write("list", $"{a}\n{b} b.example\n");
        ProxyProcess proxy = Serve(product, "crt-list " + list);
        using X509Certificate2 next = _certificates.Issue("c.example");
        string file = Directory + "/c.pem";
        Ask("new ssl cert " + file);
        const string cannot = "Can't edit the crt-list: ";
        Assert.Equal($"{cannot}certificate '{file}' is empty!\n\n", Ask($"add ssl crt-list {list} {file}"));
        Give("set ssl cert " + file, TestCertificates.Text(next));
        Assert.Equal($"Committing {file}\nSuccess!\n\n", Ask("commit ssl cert " + file));
        string added = $"Inserting certificate '{file}' in crt-list '{list}'.\nSuccess!\n\n";
        Assert.Equal(added, Ask($"add ssl crt-list {list} {file}"));
        Assert.Equal(added, Give("add ssl crt-list " + list, $"{file} [verify none ssl-max-ver TLSv1.2] *.d.example !x.d.example"));
        Assert.Equal(
            ["c.example", "c.example", "a.example"],
            new[] { "c.example", "y.d.example", "x.d.example" }.Select(n => Shown(proxy, n))
        );
        TlsClient.IsRefused(proxy.Port(), "y.d.example", o => o.EnabledSslProtocols = System.Security.Authentication.SslProtocols.Tls13);
        Assert.Equal(
            $"# {list}\n{a}:1\n{b}:2 b.example\n{file}:3\n{file}:4 [verify none ssl-max-ver TLSv1.2] *.d.example !x.d.example\n\n",
            Ask("show ssl crt-list -n " + list)
        );
        Assert.Contains("(3, 4)!", Ask($"del ssl crt-list {list} {file}"), StringComparison.Ordinal);
        Assert.Equal($"Entry '{file}' deleted in crtlist '{list}'!\n\n", Ask($"del ssl crt-list {list} {file}:3"));
        Assert.Equal($"Entry '{b}' deleted in crtlist '{list}'!\n\n", Ask($"del ssl crt-list {list} {b}"));
        Assert.Equal(
            ["a.example", "c.example", "a.example"],
            new[] { "c.example", "y.d.example", "b.example" }.Select(n => Shown(proxy, n))
        );
        Assert.StartsWith(
            $"Can't delete the entry: certificate '{a}' cannot be deleted",
            Ask($"del ssl crt-list {list} {a}"),
            StringComparison.Ordinal
        );
        Assert.Equal($"{cannot}only one line of payload is supported!\n\n", Give("add ssl crt-list " + list, $"{file}\n{file}"));
        Assert.Equal($"{cannot}parsing [CLI:1]: unknown ssl keyword what\n\n", Give("add ssl crt-list " + list, $"{file} [what]"));
    }

    private static Action<SslClientAuthenticationOptions> Showing(X509Certificate2 certificate) =>
        o => o.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Authorities_and_revocations_hold_for_the_next_handshake(Product product)
    {
        using X509Certificate2 ours = _certificates.Issue("ours"),
            revoked = _certificates.Issue("revoked");
        using var strangers = new TestCertificates(Directory + "/strangers");
        using X509Certificate2 theirs = strangers.Issue("theirs");
        string ca = _certificates.AuthorityFile,
            crl = _certificates.Write("crl.pem", _certificates.Revoke());
        ProxyProcess proxy = Serve(product, $"crt {_certificates.Make("a.pem", "a.example")} ca-file {ca} crl-file {crl} verify required");
        string get(X509Certificate2 shown)
        {
            using TlsClient client = TlsClient.Connect(proxy.Port(), "", Showing(shown));
            return client.Get();
        }
        Assert.Equal(["ours", "revoked"], [get(ours), get(revoked)]);
        TlsClient.IsRefused(proxy.Port(), "", Showing(theirs));
        Assert.Equal($"transaction created for CRL {crl}!\n\n", Give("set ssl crl-file " + crl, _certificates.Revoke(revoked)));
        Assert.Equal($"Committing {crl}.\nSuccess!\n\n", Ask("commit ssl crl-file " + crl));
        Assert.Contains(
            $"Revoked Certificates:\n    Serial Number: {revoked.SerialNumber}\n",
            Ask("show ssl crl-file " + crl),
            StringComparison.Ordinal
        );
        Assert.Equal("ours", get(ours));
        TlsClient.IsRefused(proxy.Port(), "", Showing(revoked));
        // revocations of the new authority are needed too: without them nobody is believed
        string both = _certificates.Revoke(revoked) + strangers.Revoke();
        Give("set ssl crl-file " + crl, both);
        Ask("commit ssl crl-file " + crl);
        Assert.Equal($"transaction created for CA {ca}!\n\n", Give("set ssl ca-file " + ca, strangers.Authority.ExportCertificatePem()));
        TlsClient.IsRefused(proxy.Port(), "", Showing(theirs));
        Assert.Equal($"Committing {ca}.\nSuccess!\n\n", Ask("commit ssl ca-file " + ca));
        Assert.Equal("theirs", get(theirs));
        TlsClient.IsRefused(proxy.Port(), "", Showing(ours));
        Assert.Equal($"# filename\n{ca} - 1 certificate(s)\n", Ask("show ssl ca-file").Split("@system-ca")[0]);
        Assert.Contains($"SHA1 FingerPrint: {strangers.Authority.Thumbprint}\n", Ask($"show ssl ca-file {ca}:1"), StringComparison.Ordinal);
        Assert.Equal($"Can't remove the CA file: CA file '{ca}' in use, can't be deleted!\n\n\n", Ask("del ssl ca-file " + ca));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Keys_of_tickets_are_given_one_after_another(Product product)
    {
        string[] keys = [.. Enumerable.Range(0, 4).Select(_ => Convert.ToBase64String(RandomNumberGenerator.GetBytes(80)))];
        string file = _certificates.Write("keys", string.Join('\n', keys[..3]) + "\n");
        Serve(product, $"crt {_certificates.Make("a.pem", "a.example")} tls-ticket-keys {file}");
        Assert.Equal($"# id (file)\n0 ({file})\n\n", Ask("show tls-keys"));
        Assert.Equal($"# id secret\n# 0 ({file})\n0.0 {keys[0]}\n0.1 {keys[1]}\n0.2 {keys[2]}\n\n", Ask("show tls-keys *"));
        Assert.Equal("TLS ticket key updated!\n\n", Ask($"set ssl tls-key {file} {keys[3]}"));
        Assert.Equal($"# id secret\n# 0 ({file})\n0.0 {keys[1]}\n0.1 {keys[2]}\n0.2 {keys[3]}\n\n", Ask("show tls-keys #0"));
        string small = Convert.ToBase64String(RandomNumberGenerator.GetBytes(48));
        Assert.Equal("'set ssl tls-key' received a key of wrong size.\n\n", Ask($"set ssl tls-key #0 {small}"));
        Assert.Equal("'set ssl tls-key' received invalid base64 encoded TLS key.\n\n", Ask("set ssl tls-key #0 xx"));
        Assert.Equal("'set ssl tls-key' unable to locate referenced filename\n\n", Ask("set ssl tls-key #1 xx"));
    }

    /// <summary>What a client hears of the certificate's revocation.</summary>
    private static string Status(ProxyProcess proxy)
    {
        (_, string output) = Run(
            "/bin/sh",
            "-c",
            $"echo | timeout 20 openssl s_client -connect 127.0.0.1:{proxy.Port()} -status -servername a.example 2>/dev/null"
        );
        return output.Contains("Cert Status: good", StringComparison.Ordinal) ? "good"
            : output.Contains("Cert Status: revoked", StringComparison.Ordinal) ? "revoked"
            : output.Contains("OCSP response: no response sent", StringComparison.Ordinal) ? "none"
            : output;
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_an_authority_says_is_sent_to_who_asks_and_can_be_replaced(Product product)
    {
        using X509Certificate2 a = _certificates.Issue("a.example"),
            b = _certificates.Issue("b.example");
        string file = _certificates.Write("a.pem", TestCertificates.Text(a)),
            plain = _certificates.Make("plain.pem", "plain.example");
        _certificates.Write("a.pem.issuer", _certificates.Authority.ExportCertificatePem());
        System.IO.File.WriteAllBytes(file + ".ocsp", _certificates.SignResponse(a));
        ProxyProcess proxy = Serve(product, $"crt {file} crt {plain}");
        Assert.Equal("good", Status(proxy));
        string said = Convert.ToBase64String(_certificates.SignResponse(a, "R"));
        Assert.Equal("OCSP Response updated!\n\n", Ask("set ssl ocsp-response " + said));
        Assert.Equal("revoked", Status(proxy));
        string key = Ask("show ssl ocsp-response").Split('\n').First(l => l.StartsWith("Certificate ID key : ", StringComparison.Ordinal))[
            21..
        ];
        Assert.Contains($"   Serial Number: {a.SerialNumber}\n", Ask("show ssl ocsp-response"), StringComparison.Ordinal);
        Assert.Contains("    Cert Status: revoked\n", Ask("show ssl ocsp-response " + key), StringComparison.Ordinal);
        Assert.EndsWith($"OCSP Response Key: {key}\n\n", Ask("show ssl cert " + file), StringComparison.Ordinal);
        Assert.Equal(
            "OCSP single response: Certificate ID does not match any certificate or issuer.\n\n",
            Ask("set ssl ocsp-response " + Convert.ToBase64String(_certificates.SignResponse(b)))
        );
        Assert.Equal("Unable to parse OCSP response.\n\n", Ask("set ssl ocsp-response AAAA"));
        Assert.Equal("'set ssl ocsp-response' received invalid base64 encoded response.\n\n", Ask("set ssl ocsp-response x"));
    }

    /// <summary>Newer than the haproxy here.</summary>
    [Fact]
    public void Names_are_listed_and_a_certificate_can_be_had_back()
    {
        using X509Certificate2 a = _certificates.Issue("a.example");
        string file = _certificates.Write("a.pem", TestCertificates.Text(a)),
            old = _certificates.Make("old.pem", "*.old.example", days: -1),
            list = _certificates.Write("list", $"{file}\n{old} *.old.example !x.old.example\n");
        ProxyProcess proxy = Serve(Product.Baton, "crt-list " + list);
        string[] lines = Ask("show ssl sni -f fe").Split('\n');
        Assert.Equal("# Frontend/Bind\tSNI\tNegative Filter\tType\tFilename\tNotAfter\tNotBefore", lines[0]);
        Assert.Equal(["*", "a.example", "*.old.example"], lines[1..4].Select(l => l.Split('\t')[1]));
        Assert.Equal(["!x.old.example", "ecdsa", old], lines[3].Split('\t')[2..5]);
        Assert.Equal(3, Ask("show ssl sni -A").Split('\n').Length - 1);
        Assert.Equal(TestCertificates.Text(a).Trim(), Reordered(Ask("dump ssl cert " + file)));
        Assert.Equal("Permission denied\n\n", Ask("dump ssl cert " + file, "operator"));
        Assert.Equal("a.example", Shown(proxy));
    }

    /// <summary>The certificate before its key.</summary>
    private static string Reordered(string dump)
    {
        int certificate = dump.IndexOf("-----BEGIN CERTIFICATE", StringComparison.Ordinal);
        using var key = ECDsa.Create();
        key.ImportFromPem(dump.AsSpan(0, certificate));
        return dump[certificate..].Trim() + "\n" + key.ExportPkcs8PrivateKeyPem();
    }
}
