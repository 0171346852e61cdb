// The request parser beside Debian's haproxy: the same heads, accepted or refused alike, and each
// deliberate difference listed with its reason. Skipped where haproxy is not installed.
using System;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using Baton.Http.H1;
using Baton.Http.Messages;
using Xunit;

namespace Baton.UnitTests.Http.H1;

public sealed unsafe class HaproxyDifferenceTests
{
    private const string Haproxy = "/usr/sbin/haproxy";
    private const string G = "GET / HTTP/1.1\r\n";
    private const string P = "POST / HTTP/1.1\r\n";

    // Heads on which both must agree (accepted: 200 there, Complete here).
    private static readonly string[] Alike =
    [
        G + "\r\n",
        G + "Host:\r\n\r\n",
        G + "Host: a\r\n\r\n",
        G + "X: a\rb\r\n\r\n",
        G + " X: a\r\n\r\n",
        G + "X : a\r\n\r\n",
        G + ": a\r\n\r\n",
        G + ": a\r\nX-Padding: sixteen bytes and more\r\n\r\n",
        G + ":\r\nX-Padding: sixteen bytes and more\r\n\r\n",
        G + "X\r\n\r\n",
        G + "X: \x80\xFF\r\n\r\n",
        G + "X: a\tb\r\n\r\n",
        G + "X\x80: a\r\n\r\n",
        G + "X(: a\r\n\r\n",
        G + "X\": a\r\n\r\n",
        G + "X:   a  \t \r\n\r\n",
        G + "X:\r\n\r\n",
        "GET /\x80 HTTP/1.1\r\n\r\n",
        "GET /\x01 HTTP/1.1\r\n\r\n",
        "GET /\x7f HTTP/1.1\r\n\r\n",
        "GET /#a HTTP/1.1\r\n\r\n",
        "GET /\"<>{}|\\^` HTTP/1.1\r\n\r\n",
        "GET /a b HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1 \r\n\r\n",
        " GET / HTTP/1.1\r\n\r\n",
        "\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        "\rGET / HTTP/1.1\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP/1.2\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1\r\n\r\n",
        "GET / HTTP/1.10\r\n\r\n",
        "GET / HTTP/11.1\r\n\r\n",
        "GET / http/1.1\r\n\r\n",
        "GET / RTSP/1.0\r\n\r\n",
        "PRI / HTTP/1.1\r\n\r\n",
        "PRI * HTTP/1.1\r\n\r\n",
        "G(T / HTTP/1.1\r\n\r\n",
        "get / HTTP/1.1\r\n\r\n",
        "FOO / HTTP/1.1\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\n\r\n",
        "CONNECT a:80 HTTP/1.1\r\n\r\n",
        "CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n",
        "CONNECT / HTTP/1.1\r\n\r\n",
        "CONNECT http://a/ HTTP/1.1\r\n\r\n",
        "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
        "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n",
        "CONNECT a:80 HTTP/1.1\r\nHost: b:80\r\n\r\n",
        "CONNECT a:x HTTP/1.1\r\n\r\n",
        "CONNECT a: HTTP/1.1\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n",
        "GET http://A/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://a:80/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\nHost: a:80\r\n\r\n",
        "GET https://a:443/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://a:443/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http:/a HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\n\r\n",
        "GET http://a?q HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://a HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET 1http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
        G + "Host: a\r\nHost: b\r\n\r\n",
        G + "Host: [::1]\r\n\r\n",
        P + "Content-Length: 0\r\n\r\n",
        P + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
        P + "Content-Length: 5, 6\r\n\r\nabcde",
        P + "Content-Length: 5,\r\n\r\nabcde",
        P + "Content-Length: \r\n\r\nabcde",
        P + "Content-Length: +5\r\n\r\nabcde",
        P + "Content-Length: 5a\r\n\r\nabcde",
        P + "Content-Length: 05\r\n\r\nabcde",
        P + "Content-Length: 5 5\r\n\r\nabcde",
        P + "Content-Length: 9223372036854775807\r\n\r\nabcde",
        P + "Content-Length: 9223372036854775808\r\n\r\nabcde",
        "GET / HTTP/1.0\r\nContent-Length: 5\r\n\r\nabcde",
        P + "Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
        P + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        P + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        P + "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        P + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
        P + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        P + "Transfer-Encoding: \r\n\r\n0\r\n\r\n",
        P + "Transfer-Encoding: \tchunked\t\r\n\r\n0\r\n\r\n",
        P + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        P + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n",
    ];

    // Heads that 2.6 accepts and Baton refuses, and why.
    private static readonly (string Head, string Why)[] Stricter =
    [
        ("GET / HTTP/1.1\nHost: a\n\n", "a bare LF ends no line here (RFC 9112 2.2 allows either, smuggling needs a reader that differs)"),
        (G + "X: a\r\n b\r\n\r\n", "obs-fold must be rejected or replaced (RFC 9112 5.2)"),
        (G + "X: a\0b\r\n\r\n", "NUL in a value is dangerous (RFC 9110 5.5)"),
        (G + "X: a\x01" + "b\r\n\r\n", "control bytes in a value are invalid (RFC 9110 5.5)"),
        ("GET  / HTTP/1.1\r\n\r\n", "one space separates the parts of a request line (RFC 9112 3)"),
        ("GET\t/ HTTP/1.1\r\n\r\n", "same"),
        ("GET / HTTP/0.9\r\n\r\n", "there is no such thing on the wire"),
        ("GET / HTTP/2.0\r\n\r\n", "another major version has another syntax; 505"),
        ("GET * HTTP/1.1\r\n\r\n", "asterisk form is for OPTIONS only (RFC 9112 3.2.4)"),
        ("GET a HTTP/1.1\r\n\r\n", "not one of the four forms of a target"),
        ("GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", "an http URI has a host (RFC 9110 4.2.1)"),
        ("GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", "user information is an error (RFC 9110 4.2.4)"),
        (G + "Host: a\r\nHost: a\r\n\r\n", "more than one Host is 400 (RFC 9112 3.2)"),
        (G + "Host: a b\r\n\r\n", "an invalid Host is 400 (RFC 9112 3.2)"),
        (G + "Host: a/b\r\n\r\n", "same"),
        (P + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde", "a repeated length has no honest sender (RFC 9112 6.3 allows either)"),
        (P + "Content-Length: 5, 5\r\n\r\nabcde", "same"),
        (P + "Content-Length: 18446744073709551616\r\n\r\nabcde", "does not fit any integer"),
        (P + "Transfer-Encoding: chunked,\r\n\r\n0\r\n\r\n", "exactly chunked, nothing around it"),
        (
            P + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            "both framings in one request (RFC 9112 6.1 allows to reject)"
        ),
        (
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.0 knows no Transfer-Encoding: faulty framing (RFC 9112 6.1)"
        ),
        ("CONNECT a:80 HTTP/1.1\r\nContent-Length: 5\r\n\r\nabcde", "a CONNECT has no body, its bytes are the tunnel's (RFC 9110 9.3.6)"),
    ];

    [Fact]
    public void AgreesExceptWhereListed()
    {
        if (!File.Exists(Haproxy))
        {
            Assert.Skip("haproxy is not installed");
        }
        int port = FreePort();
        string file = Path.GetTempFileName();
        File.WriteAllText(
            file,
            $"defaults\n mode http\n timeout client 2s\n timeout http-request 1s\nfrontend f\n bind 127.0.0.1:{port}\n http-request return status 200 content-type text/plain string ok\n"
        );
        using Process process = Process.Start(new ProcessStartInfo(Haproxy, ["-db", "-f", file]) { RedirectStandardError = true })!;
        try
        {
            WaitFor(port);
            var wrong = new StringBuilder();
            foreach (string head in Alike)
            {
                Compare(head, port, expectAlike: true, wrong);
            }
            foreach ((string head, _) in Stricter)
            {
                Compare(head, port, expectAlike: false, wrong);
            }
            Assert.Equal("", wrong.ToString());
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
            File.Delete(file);
        }
    }

    private static void Compare(string head, int port, bool expectAlike, StringBuilder wrong)
    {
        using var bytes = new NativeBytes(NativeBytes.Latin1(head));
        bool here = new HeadParser(new MessageHead()).ParseRequest(bytes.Pointer, bytes.Length, default) == ParseStatus.Complete;
        string answer = Ask(head, port);
        bool there = answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal);
        if (expectAlike ? here != there : here || !there)
        {
            wrong
                .Append(head.Replace("\r", "\\r").Replace("\n", "\\n"))
                .Append(": here ")
                .Append(here)
                .Append(", haproxy ")
                .AppendLine(answer.Split('\r')[0]);
        }
    }

    private static string Ask(string head, int port)
    {
        using var client = new TcpClient("127.0.0.1", port) { ReceiveTimeout = 4000 };
        NetworkStream stream = client.GetStream();
        stream.Write(NativeBytes.Latin1(head));
        byte[] answer = new byte[4096];
        int length = stream.Read(answer);
        return Encoding.Latin1.GetString(answer, 0, length);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void WaitFor(int port)
    {
        for (int i = 0; ; i++)
        {
            try
            {
                using var probe = new TcpClient("127.0.0.1", port);
                return;
            }
            catch (SocketException) when (i < 100)
            {
                Thread.Sleep(50);
            }
        }
    }
}
