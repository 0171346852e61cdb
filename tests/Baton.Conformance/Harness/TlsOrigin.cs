// An HTTP server behind TLS that answers "hello" on kept connections, and counts them.
using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;

namespace Baton.Conformance.Harness;

internal sealed class TlsOrigin : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate;
    private readonly SslProtocols _version;
    private readonly List<TcpClient> _peers = [];
    private int _connections,
        _requests;

    public TlsOrigin(X509Certificate2 certificate, SslProtocols version)
    {
        (_certificate, _version) = (certificate, version);
        _listener.Start(512);
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;
    public int Connections => Volatile.Read(ref _connections);
    public int Requests => Volatile.Read(ref _requests);

    private void Accept()
    {
        try
        {
            while (true)
            {
                TcpClient peer = _listener.AcceptTcpClient();
                Interlocked.Increment(ref _connections);
                lock (_peers)
                    _peers.Add(peer);
                new Thread(() => Serve(peer), 256 * 1024) { IsBackground = true }.Start();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException) { }
    }

    private void Serve(TcpClient peer)
    {
        try
        {
            using var stream = new SslStream(peer.GetStream());
            stream.AuthenticateAsServer(
                new SslServerAuthenticationOptions { ServerCertificate = _certificate, EnabledSslProtocols = _version }
            );
            var text = new StringBuilder();
            byte[] buffer = new byte[4096];
            for (int n; (n = stream.Read(buffer)) > 0; )
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, n));
                for (int end; (end = text.ToString().IndexOf("\r\n\r\n", StringComparison.Ordinal)) >= 0; )
                {
                    text.Remove(0, end + 4);
                    Interlocked.Increment(ref _requests);
                    stream.Write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"u8);
                }
            }
        }
        catch (Exception e) when (e is IOException or AuthenticationException or ObjectDisposedException) { }
    }

    public void Dispose()
    {
        _listener.Stop();
        lock (_peers)
            foreach (TcpClient peer in _peers)
                peer.Dispose();
    }
}
