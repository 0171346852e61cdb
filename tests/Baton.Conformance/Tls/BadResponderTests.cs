// OCSP responders that do not do what they should (ocsp-update): each failure is one line in the log, and then they are asked again.
using System;
using System.IO;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;
using Baton.Conformance.Harness;
using Baton.Conformance.Resolvers;
using Xunit;

namespace Baton.Conformance.Tls;

public sealed class BadResponderTests : ResolverScenario
{
    private const string Fine = "HTTP/1.1 200 OK\r\nContent-Type: application/ocsp-response\r\n";

    private readonly TestCertificates _certificates;
    private readonly ManualResetEventSlim _over = new();
    private readonly LogCollector _log;
    private X509Certificate2 _leaf = null!;
    private byte[] _answer = [];

    public BadResponderTests()
    {
        _certificates = Keep(new TestCertificates(Directory));
        _log = Keep(new LogCollector());
        Keep(new Ending(_over));
    }

    /// <summary>Lets go of who waits, before what he waits in is stopped.</summary>
    private sealed class Ending(ManualResetEventSlim over) : IDisposable
    {
        public void Dispose() => over.Set();
    }

    private static void Whole(OriginConnection connection, byte[] response)
    {
        connection.Send($"{Fine}Content-Length: {response.Length}\r\n\r\n");
        connection.Send(response);
    }

    /// <summary>Sends without end, until the other side has had enough.</summary>
    private static void Flood(OriginConnection connection, string text)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(string.Concat(System.Linq.Enumerable.Repeat(text, 65536 / text.Length)));
        try
        {
            while (true)
                connection.Send(bytes);
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            // it has
        }
    }

    private void Misbehave(OriginConnection connection, string kind)
    {
        switch (kind)
        {
            case "status":
                connection.Send("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
                break;
            case "redirect":
                connection.Send("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n");
                break;
            case "torn":
                connection.Send(Fine + "Content-Length: 2000\r\n\r\nbeginning");
                break;
            case "reset":
                connection.Send(Fine);
                connection.Reset();
                return;
            case "closed":
                break;
            case "huge":
                connection.Send(Fine + "Content-Length: 1000000000000\r\n\r\n");
                Flood(connection, "x");
                break;
            case "unmeasured":
                connection.Send(Fine + "\r\n");
                Flood(connection, "x");
                break;
            case "head":
                connection.Send(Fine);
                Flood(connection, "X-Field: value\r\n");
                break;
            case "type":
                connection.Send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi");
                break;
            case "junk":
                Whole(connection, Encoding.ASCII.GetBytes("this is no response"));
                break;
            case "empty":
                Whole(connection, []);
                break;
            case "later":
                // OCSPResponseStatus tryLater
                Whole(connection, [0x30, 3, 10, 1, 3]);
                break;
            case "other":
                using (X509Certificate2 other = _certificates.Issue("b.example"))
                    Whole(connection, _certificates.SignResponse(other));
                break;
            case "old":
                Whole(connection, _certificates.SignOldResponse(_leaf));
                break;
            case "silent":
                _over.Wait();
                break;
            case "open":
                connection.Send(Fine + "\r\n");
                connection.Send(_answer);
                _over.Wait();
                break;
            default:
                throw new ArgumentException(kind);
        }
    }

    /// <summary>A proxy with a certificate whose responder misbehaves the first time.</summary>
    private ProxyProcess Serve(string kind, string host, string global = "")
    {
        OriginServer responder = Origin(connection =>
        {
            connection.ReadHead();
            if (connection.Number == 1 && kind.Length > 0)
                Misbehave(connection, kind);
            else
                Whole(connection, _answer);
            connection.Close();
        });
        _leaf = Keep(_certificates.Issue("a.example", responder: $"http://{host}:{responder.Port}/"));
        _answer = _certificates.SignResponse(_leaf);
        string file = _certificates.Write("a.pem", TestCertificates.Text(_leaf) + _certificates.Authority.ExportCertificatePem() + "\n");
        return StartResolving(
            Product.Baton,
            $$"""
            global
                log 127.0.0.1:{{_log.Port}} local0
                ocsp-update.mindelay 1
                ocsp-update.maxdelay 1
                {{global}}
            frontend fe
                bind 127.0.0.1:${p1} ssl crt {{file}} ocsp-update on
                http-request return status 200

            """
        );
    }

    private string NextUpdate()
    {
        while (true)
            if (_log.Next() is var line && line.IndexOf("<OCSP-UPDATE>", StringComparison.Ordinal) is >= 0 and var at)
                return line[(line.IndexOf(".pem", at, StringComparison.Ordinal) + 5)..].TrimEnd();
    }

    private void IsStapled(ProxyProcess proxy)
    {
        string heard = Run(
            "/bin/sh",
            "-c",
            $"timeout 60 openssl s_client -connect 127.0.0.1:{proxy.Port()} -servername a.example -status </dev/null 2>&1"
        ).Output;
        Assert.Contains("Cert Status: good", heard, StringComparison.Ordinal);
    }

    private const string HttpError = "2 \"HTTP error\"",
        NoResponse = "3 \"Missing \"ocsp-response\" header\"",
        Refused = "4 \"OCSP response check failure\"";

    [Theory]
    [InlineData("status", HttpError)]
    [InlineData("redirect", HttpError)]
    [InlineData("torn", HttpError)]
    [InlineData("reset", HttpError)]
    [InlineData("closed", HttpError)]
    [InlineData("huge", HttpError)]
    [InlineData("unmeasured", HttpError)]
    [InlineData("head", HttpError)]
    [InlineData("type", NoResponse)]
    [InlineData("junk", Refused)]
    [InlineData("empty", Refused)]
    [InlineData("later", Refused)]
    [InlineData("other", Refused)]
    [InlineData("old", Refused)]
    [InlineData("silent", HttpError)]
    [InlineData("open", HttpError)]
    public void It_is_told_once_and_asked_again(string kind, string told)
    {
        ProxyProcess proxy = Serve(kind, "127.0.0.1");
        long before = proxy.ResidentBytes();
        Assert.Equal($"{told} 1 0", NextUpdate());
        Assert.Equal("1 \"Update successful\" 1 1", NextUpdate());
        IsStapled(proxy);
        Assert.InRange(proxy.ResidentBytes() - before, long.MinValue, 16L << 20);
    }

    /// <summary>httpclient.resolvers.id: the section's name server is asked, and asked again.</summary>
    [Theory]
    [InlineData("", "127.0.0.1")]
    [InlineData("httpclient.resolvers.prefer ipv4", "127.0.0.1")]
    public void A_section_finds_the_responder(string prefer, string address)
    {
        ProxyProcess proxy = Serve("", "responder.test", $"httpclient.resolvers.id names\n    {prefer}");
        Assert.Equal(HttpError + " 1 0", NextUpdate());
        Dns.Set("responder.test", address);
        string line = NextUpdate();
        while (line.StartsWith(HttpError, StringComparison.Ordinal))
            line = NextUpdate();
        Assert.StartsWith("1 \"Update successful\"", line, StringComparison.Ordinal);
        IsStapled(proxy);
        Assert.True(Dns.Queries > 0);
    }
}
