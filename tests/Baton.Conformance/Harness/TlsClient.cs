// A TLS client (.NET's) that says what it was shown, and asks over HTTP.
using System;
using System.IO;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Xunit;

namespace Baton.Conformance.Harness;

public sealed class TlsClient : IDisposable
{
    private readonly SslStream _stream;
    private readonly Socket _tcp;

    private TlsClient(Socket tcp, SslStream stream)
    {
        _tcp = tcp;
        _stream = stream;
    }

    /// <summary>Shakes hands; throws when that fails.</summary>
    /// <param name="name">The host asked for; empty for none.</param>
    public static TlsClient Connect(int port, string name = "", Action<SslClientAuthenticationOptions>? set = null) =>
        Greet(RawClient.Tcp(port).Socket, name, set);

    /// <summary>The same over a connection that there is: what was said on it so far came before TLS.</summary>
    public static TlsClient Greet(Socket tcp, string name = "", Action<SslClientAuthenticationOptions>? set = null)
    {
        (tcp.ReceiveTimeout, tcp.SendTimeout) = (Patience.Ms, Patience.Ms);
        var stream = new SslStream(new NetworkStream(tcp, ownsSocket: false));
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = name,
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
            AllowTlsResume = false,
        };
        set?.Invoke(options);
        try
        {
            stream.AuthenticateAsClient(options);
        }
        catch
        {
            stream.Dispose();
            tcp.Dispose();
            throw;
        }
        return new TlsClient(tcp, stream);
    }

    /// <summary>A handshake that is refused, at once or, as TLS 1.3 does it, when the answer is to come.</summary>
    public static void IsRefused(int port, string name = "", Action<SslClientAuthenticationOptions>? set = null)
    {
        try
        {
            using TlsClient client = Connect(port, name, set);
            client.Get();
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            return;
        }
        Assert.Fail("the handshake is not refused");
    }

    public X509Certificate2 Shown => new(_stream.RemoteCertificate!);

    /// <summary>The common name of what was shown.</summary>
    public string ShownName => Shown.GetNameInfo(X509NameType.SimpleName, false);
    public bool IsRsa => Shown.GetRSAPublicKey() is not null;
    public SslProtocols Protocol => _stream.SslProtocol;
    public string Alpn => Encoding.ASCII.GetString(_stream.NegotiatedApplicationProtocol.Protocol.Span);
    public TlsCipherSuite Suite => _stream.NegotiatedCipherSuite;

    /// <summary>The body of the answer.</summary>
    public string Get(string target = "/", string headers = "")
    {
        _stream.Write(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: a.example\r\n{headers}\r\n"));
        var text = new StringBuilder();
        byte[] buffer = new byte[65536];
        while (true)
        {
            string all = text.ToString();
            int head = all.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (head >= 0)
            {
                int at = all.IndexOf("content-length:", StringComparison.OrdinalIgnoreCase);
                int length = at < 0 ? 0 : int.Parse(all[(at + 15)..all.IndexOf("\r\n", at, StringComparison.Ordinal)]);
                if (all.Length >= head + 4 + length)
                    return all[(head + 4)..];
            }
            int n = _stream.Read(buffer);
            if (n == 0)
                throw new IOException($"closed after '{all}'");
            text.Append(Encoding.Latin1.GetString(buffer, 0, n));
        }
    }

    public void Send(string text) => _stream.Write(Encoding.Latin1.GetBytes(text));

    /// <summary>All that comes until it ends with that text.</summary>
    public string ReadUntil(string end) => Read(text => text.EndsWith(end, StringComparison.Ordinal));

    /// <summary>All that comes until the other side says that nothing more does.</summary>
    public string ReadToEnd() => Read(static _ => false);

    private string Read(Predicate<string> isEnough)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[65536];
        for (int n; (n = _stream.Read(buffer)) > 0; )
        {
            text.Append(Encoding.Latin1.GetString(buffer, 0, n));
            if (isEnough(text.ToString(Math.Max(0, text.Length - 64), Math.Min(64, text.Length))))
                break;
        }
        return text.ToString();
    }

    public void Dispose()
    {
        _stream.Dispose();
        _tcp.Dispose();
    }
}
