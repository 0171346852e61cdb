// TLS handshakes that come to nothing: what the log says of them, and what is counted.
using System;
using System.Linq;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Baton.Conformance.Cli;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Tls;

public sealed class FailedHandshakeTests : CliScenario
{
    private readonly TestCertificates _certificates;
    private readonly X509Certificate2 _stranger;
    private readonly string _strangerFile;

    public FailedHandshakeTests()
    {
        _certificates = Keep(new TestCertificates(Directory));
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        var request = new CertificateRequest("CN=stranger", key, HashAlgorithmName.SHA256);
        _stranger = Keep(request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30)));
        _strangerFile = _certificates.Write("stranger.pem", _stranger.ExportCertificatePem());
    }

    private const string Line =
        "%[fc_err]/%[fc_err_str]/%[ssl_fc_err,hex]/%[ssl_fc_err_str]/%[ssl_c_err]/%[ssl_c_ca_err]/%[ssl_fc_sni]/%sslv/%sslc/%ts/%ft/%r/%ST";

    private ProxyProcess Serve(Product product, LogCollector log) =>
        Start(
            product,
            Global.Replace("global\n", "global\n    nbthread 1\n", StringComparison.Ordinal)
                + HttpDefaults
                + $$"""
                    log 127.0.0.1:{{log.Port}} local0
                    retries 0

                frontend fe
                    error-log-format "{{Line}}"
                    log-format served
                    bind 127.0.0.1:${p1} ssl crt {{_certificates.Make(
                    "a.pem",
                    "a.example"
                )}} strict-sni ca-file {{_certificates.AuthorityFile}} verify optional
                    bind 127.0.0.1:${p2} ssl crt {{_certificates.Make("a.pem", "a.example")}} ssl-min-ver TLSv1.2
                    bind 127.0.0.1:${p3} accept-proxy
                    http-request return status 200 content-type text/plain string hello

                frontend slow
                    error-log-format "{{Line}}"
                    log-format served
                    timeout client 300
                    bind 127.0.0.1:${p7} ssl crt {{_certificates.Make("a.pem", "a.example")}}

                frontend other
                    option httplog
                    bind 127.0.0.1:${p4} ssl crt {{_certificates.Make(
                    "a.pem",
                    "a.example"
                )}} ca-file {{_certificates.AuthorityFile}} verify required
                    http-request return status 200

                frontend towards
                    log-format "%[bc_err]/%[bc_err_str]/%[ssl_bc_err,hex]/%[ssl_bc_err_str]/%ST"
                    bind 127.0.0.1:${p5}
                    use_backend %[path,field(2,/)]

                backend unknown
                    server s 127.0.0.1:${p2} ssl verify required ca-file {{_strangerFile}}
                backend another
                    server s 127.0.0.1:${p2} ssl verify required ca-file {{_certificates.AuthorityFile}} verifyhost b.example
                backend named
                    server s 127.0.0.1:${p2} ssl verify required ca-file {{_certificates.AuthorityFile}} sni str(b.example)
                backend fine
                    server s 127.0.0.1:${p2} ssl verify none

                frontend https
                    option httpslog
                    bind 127.0.0.1:${p6} ssl crt {{_certificates.Make("a.pem", "a.example")}}
                    http-request return status 200 content-type text/plain string hello

                """
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_log_says_why(Product product)
    {
        using var log = new LogCollector();
        ProxyProcess proxy = Serve(product, log);
        int strict = proxy.Port("p1"),
            open = proxy.Port("p2");
        TlsClient.IsRefused(strict);
        Logged(
            log,
            "34/SSL handshake failure/000000000A0000EA/error:0A0000EA:SSL routines::callback failed/0/0/-/TLSv1.3/(NONE)/PR/fe~/<BADREQ>/0"
        );
        TlsClient.IsRefused(strict, "a.example", o => o.LocalCertificateSelectionCallback = (_, _, _, _, _) => _stranger);
        const string refused =
            "/error:0A000086:SSL routines::certificate verify failed/18/0/a.example/TLSv1.3/TLS_AES_256_GCM_SHA384/PR/fe~/<BADREQ>/0";
        Logged(log, "31/SSL client certificate not trusted/000000000A000086" + refused);
        using (RawClient plain = RawClient.Tcp(open))
        {
            plain.Send("GET / HTTP/1.0\r\n\r\n");
            plain.ReadToEnd();
        }
        Logged(
            log,
            "34/SSL handshake failure/000000000A00009C/error:0A00009C:SSL routines::http request/0/0/-/TLSv1.3/(NONE)/PR/fe~/<BADREQ>/0"
        );
        using (RawClient slow = RawClient.Tcp(proxy.Port("p7")))
        {
            slow.Send([0x16, 3, 1, 1, 0]);
            slow.ExpectEnd();
        }
        Logged(log, "26/Timeout during SSL handshake/0000000000000000/-/0/0/-/TLSv1.3/(NONE)/PR/slow~/<BADREQ>/0");
        using (RawClient gone = RawClient.Tcp(open))
            gone.Send([0x16, 3, 1, 1, 0]);
        Logged(log, "24/Connection closed during SSL handshake/0000000000000000/-/0/0/-/TLSv1.3/(NONE)/PR/fe~/<BADREQ>/0");
        using (RawClient header = RawClient.Tcp(proxy.Port("p3")))
        {
            header.Send("GET / HTTP/1.0\r\n\r\n");
            header.ReadToEnd();
        }
        Logged(log, "15/Received something which does not look like a PROXY protocol header/-/-/-/-/-/-/-/PR/fe/<BADREQ>/0");
        // without error-log-format, the line is the short one whatever else is configured
        TlsClient.IsRefused(proxy.Port("p4"));
        Assert.EndsWith("other/1: SSL handshake failure", log.NextPlain().TrimEnd(), StringComparison.Ordinal);
    }

    private static void Logged(LogCollector log, string text) =>
        Assert.EndsWith(": " + text, log.NextPlain().TrimEnd(), StringComparison.Ordinal);

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void And_of_servers(Product product)
    {
        using var log = new LogCollector();
        ProxyProcess proxy = Serve(product, log);
        const string unverified = "/000000000A000086/error:0A000086:SSL routines::certificate verify failed/503";
        Logged("unknown", "34/SSL handshake failure" + unverified);
        Logged("another", "32/Server presented an SSL certificate different from the configured one" + unverified);
        Logged("named", "33/Server presented an SSL certificate different from the expected one" + unverified);
        Logged("fine", "0/Success/0000000000000000/-/200");

        void Logged(string backend, string text)
        {
            using RawClient client = RawClient.Tcp(proxy.Port("p5"));
            client.Get("/" + backend);
            string[] lines = [log.NextPlain(), log.NextPlain()];
            Assert.True(Array.Exists(lines, l => l.EndsWith(": " + text, StringComparison.Ordinal)), string.Join('\n', lines));
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Option_httpslog_tells_what_the_handshake_came_to(Product product)
    {
        using var log = new LogCollector();
        ProxyProcess proxy = Serve(product, log);
        using TlsClient client = TlsClient.Connect(proxy.Port("p6"), "a.example");
        Assert.Equal("hello", client.Get());
        const string told = "\"GET / HTTP/1.1\" 0/0000000000000000/0/0/0 a.example/TLSv1.3/TLS_AES_256_GCM_SHA384";
        Assert.EndsWith(told, log.NextPlain().TrimEnd(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void What_failed_is_counted_apart(Product product)
    {
        using var log = new LogCollector();
        ProxyProcess proxy = Serve(product, log);
        using (TlsClient served = TlsClient.Connect(proxy.Port("p1"), "a.example"))
            Assert.Equal("hello", served.Get());
        TlsClient.IsRefused(proxy.Port("p1"));
        TlsClient.IsRefused(proxy.Port("p1"));
        using (RawClient client = RawClient.Tcp(proxy.Port("p5")))
            client.Get("/unknown");
        string[] lines = Ask("show stat").Split('\n');
        int[] columns =
        [
            .. new[] { "ssl_sess", "ssl_reused_sess", "ssl_failed_handshake" }.Select(n => Array.IndexOf(lines[0].Split(','), n)),
        ];
        string counted(string row) =>
            string.Join(' ', columns.Select(c => lines.First(l => l.StartsWith(row + ",", StringComparison.Ordinal)).Split(',')[c]));
        Assert.Equal("1 0 3", counted("fe,FRONTEND"));
        Assert.Equal("0 0 1", counted("unknown,s"));
        Assert.Equal("0 0 1", counted("unknown,BACKEND"));
        Assert.Equal("0 0 0", counted("fine,s"));
    }
}
