// ocsp-update: what the authority says of a certificate is fetched, sent to clients and kept fresh. HAProxy has it since 2.8.
using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography.X509Certificates;
using Baton.Conformance.Cli;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Tls;

public sealed class OcspUpdateTests : CliScenario
{
    private readonly TestCertificates _certificates;
    private readonly X509Certificate2 _leaf;
    private readonly int _port = Reloadable.FreePort();

    public OcspUpdateTests()
    {
        _certificates = Keep(new TestCertificates(Directory));
        _leaf = Keep(Issue($"http://127.0.0.1:{_port}"));
    }

    private X509Certificate2 Issue(string responder) => _certificates.Issue("a.example", responder: responder);

    /// <summary>The certificate with its key and with the one above it.</summary>
    private string Write(X509Certificate2 leaf, string file = "a.pem") =>
        _certificates.Write(file, TestCertificates.Text(leaf) + _certificates.Authority.ExportCertificatePem() + "\n");

    private OcspResponder Answer(string state = "V", TestCertificates? authority = null) =>
        Keep(new OcspResponder(Directory, _port, authority ?? _certificates, _leaf, state));

    private ProxyProcess Serve(string bind, string global = "", string more = "") =>
        Start(
            Product.Baton,
            Global.Replace(
                "global\n",
                $"global\n    ocsp-update.mindelay 1\n    ocsp-update.maxdelay 1\n{global}",
                StringComparison.Ordinal
            )
                + HttpDefaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} ssl {{bind}}
                    http-request return status 200

                {{more}}

                """
        );

    /// <summary>What a client is sent with the certificate.</summary>
    private string Stapled(int port)
    {
        (_, string output) = Run(
            "/bin/sh",
            "-c",
            $"timeout 20 openssl s_client -connect 127.0.0.1:{port} -servername a.example -status </dev/null 2>/dev/null"
        );
        return output.Contains("Cert Status: good", StringComparison.Ordinal) ? "good"
            : output.Contains("Cert Status: revoked", StringComparison.Ordinal) ? "revoked"
            : output.Contains("no response sent", StringComparison.Ordinal) ? ""
            : output;
    }

    private string[] Row(string file) =>
        [
            .. Ask("show ssl ocsp-updates")
                .Split('\n')
                .First(l => l.Contains(file, StringComparison.Ordinal))
                .Split('|')
                .Select(f => f.Trim()),
        ];

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("crt-list LIST", "")]
    [InlineData("crt FILE ocsp-update on", "")]
    [InlineData("crt FILE", "    ocsp-update.mode on\n")]
    public void A_response_is_fetched_sent_and_fetched_again(string bind, string global)
    {
        string file = Write(_leaf),
            list = _certificates.Write("list", $"{file} [ocsp-update on]\n");
        Answer();
        using var log = new LogCollector();
        bind = bind.Replace("LIST", list, StringComparison.Ordinal).Replace("FILE", file, StringComparison.Ordinal);
        ProxyProcess proxy = Serve(bind, global + $"    log 127.0.0.1:{log.Port} local0\n");
        Eventually(() => Stapled(proxy.Port()) == "good", "nothing was stapled");
        string line = log.Next();
        while (!line.Contains("<OCSP-UPDATE>", StringComparison.Ordinal))
            line = log.Next();
        Assert.Contains($"<OCSP-UPDATE> {file} 1 \"Update successful\" 0 1", line, StringComparison.Ordinal);
        Eventually(() => Number(Row(file)[4]) >= 2, "it was not fetched again");
        Assert.Equal(["0", "1", "Update successful"], Row(file)[5..8]);
    }

    [Fact]
    public void A_response_that_cannot_be_had_is_tried_again()
    {
        string file = Write(_leaf);
        ProxyProcess proxy = Serve($"crt {file} ocsp-update on");
        Eventually(() => Number(Row(file)[5]) >= 2, "it was not tried again");
        Assert.Equal(["2", "HTTP error"], Row(file)[6..8]);
        Assert.Equal("", Stapled(proxy.Port()));
        Answer();
        Eventually(() => Stapled(proxy.Port()) == "good", "nothing was stapled");
    }

    [Fact]
    public void Who_is_not_the_authority_is_not_believed()
    {
        string file = Write(_leaf);
        var stranger = Keep(new TestCertificates(Path.Combine(Directory, "stranger")));
        Answer(authority: stranger);
        ProxyProcess proxy = Serve($"crt {file} ocsp-update on");
        Eventually(() => Number(Row(file)[5]) >= 1, "nobody was asked");
        Assert.Equal(["0", "4", "OCSP response check failure"], [Row(file)[4], .. Row(file)[6..8]]);
        Assert.Equal("", Stapled(proxy.Port()));
    }

    [Fact]
    public void It_is_fetched_when_an_operator_says_so()
    {
        string file = Write(_leaf);
        File.WriteAllBytes(file + ".ocsp", _certificates.SignResponse(_leaf));
        Answer("R");
        ProxyProcess proxy = Serve($"crt {file}");
        Assert.Equal("good", Stapled(proxy.Port()));
        Assert.DoesNotContain(file, Ask("show ssl ocsp-updates"), StringComparison.Ordinal);
        Assert.Contains("Cert Status: revoked", Ask($"update ssl ocsp-response {file}"), StringComparison.Ordinal);
        Assert.Equal("revoked", Stapled(proxy.Port()));
        Assert.Contains("unknown certificate", Ask("update ssl ocsp-response none"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_proxy_is_asked_in_the_responders_place()
    {
        using X509Certificate2 leaf = Issue("http://responder.invalid/");
        string file = Write(leaf);
        Keep(new OcspResponder(Directory, _port, _certificates, leaf));
        int through = Reloadable.FreePort();
        ProxyProcess proxy = Serve(
            $"crt {file} ocsp-update on",
            $"    ocsp-update.httpproxy 127.0.0.1:{through}\n",
            $"""
            frontend through
                bind 127.0.0.1:{through}
                http-request deny unless {"{ req.hdr(host) responder.invalid }"}
                http-request set-uri %[path]
                default_backend responder
            backend responder
                server s 127.0.0.1:{_port}
            """
        );
        Eventually(() => Stapled(proxy.Port()) == "good", "nothing was stapled");
    }

    [Fact]
    public void What_was_fetched_goes_on_with_the_next_process()
    {
        string file = Write(_leaf);
        OcspResponder responder = Answer();
        using var proxy = new Reloadable(
            $$"""
            frontend fe
                mode http
                bind 127.0.0.1:${port} ssl crt {{file}} ocsp-update on
                http-request return status 200
            """
        );
        proxy.Reload();
        Eventually(() => Stapled(proxy.Port) == "good", "nothing was stapled");
        responder.Dispose();
        for (int i = 0; i < 2; i++)
        {
            int old = proxy.Reload();
            Reloadable.WaitGone(old, Patience.Ms);
            Assert.Equal("good", Stapled(proxy.Port));
        }
    }

    [Fact]
    public void A_certificate_that_names_nobody_is_warned_of()
    {
        string file = Path.Combine(Directory, "w.cfg"),
            crt = _certificates.Make("b.pem", "b.example");
        File.WriteAllText(file, HttpDefaults + $"frontend fe\n    bind unix@{Directory}/s ssl crt {crt} ocsp-update on\n");
        (int status, string output) = Run(Products.Path(Product.Baton), "-c", "-f", file);
        Assert.Equal(0, status);
        Assert.Contains($"'ocsp-update' : '{crt}' : nobody can be asked about it", output, StringComparison.Ordinal);
    }
}
