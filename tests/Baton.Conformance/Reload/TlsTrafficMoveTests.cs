// TLS connections that carry something while they move: tunnels, WebSockets, half-closed ones, answers that nobody takes, sessions
// that change their keys, connections to servers.
using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class TlsTrafficMoveTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("baton-tls-").FullName;
    private readonly TestCertificates _certificates;
    private Reloadable? _proxy;

    public TlsTrafficMoveTests() => _certificates = new TestCertificates(_directory);

    public void Dispose()
    {
        _proxy?.Dispose();
        _certificates.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private Reloadable Serve(string mode, int origin, string bind = "ssl", string server = "", int threads = 2)
    {
        string crt = bind.Length > 0 ? $"{bind} crt {_certificates.Make("site.pem", "site.example")}" : "";
        _proxy = new Reloadable(
            $$"""
            frontend web
                mode {{mode}}
                bind 127.0.0.1:${port} {{crt}}
                default_backend be
            backend be
                mode {{mode}}
                server s 127.0.0.1:${origin} {{server}}
            """,
            origin,
            $"nbthread {threads}"
        );
        _proxy.Reload();
        return _proxy;
    }

    /// <summary>So many at BATON_RELOADS in the environment.</summary>
    private static int Reloads(int usual) => int.TryParse(Environment.GetEnvironmentVariable("BATON_RELOADS"), out int n) ? n : usual;

    private static void WaitFor(Func<bool> condition)
    {
        for (long end = Environment.TickCount64 + Patience.Ms; !condition(); Thread.Sleep(2))
            Assert.True(Environment.TickCount64 < end, "waited too long");
    }

    [Theory, InlineData("tcp", false), InlineData("http", true)]
    public void Tunnels_and_websockets_over_tls_move_without_losing_a_byte(string mode, bool webSocket)
    {
        using var load = new EchoLoad();
        Reloadable proxy = Serve(mode, load.OriginPort);
        const int count = 20;
        load.Open(proxy.Port, count, webSocket, block: 30_000, pauseMs: 5, overTls: true);
        WaitFor(() => load.OriginConnections == count && load.Bytes > 1_000_000 || load.Errors > 0);
        for (int i = 0; i < 4; i++)
        {
            int old = proxy.Reload();
            Reloadable.WaitGone(old, Patience.Ms);
            Assert.Equal("", load.FirstError);
            long before = load.Bytes;
            WaitFor(() => load.Bytes > before + 100_000 || load.Errors > 0);
        }
        load.Stop();
        Assert.Equal("", load.FirstError);
        Assert.Equal(count, load.OriginConnections);
    }

    private static Socket Listen()
    {
        var origin = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        origin.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        origin.Listen(8);
        return origin;
    }

    private static Socket Accept(Socket origin)
    {
        Socket server = origin.Accept();
        server.ReceiveTimeout = server.SendTimeout = Patience.Ms;
        return server;
    }

    private static string ReadToEnd(Func<byte[], int> read)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[65536];
        for (int n; (n = read(buffer)) > 0; )
            text.Append(Encoding.Latin1.GetString(buffer, 0, n));
        return text.ToString();
    }

    /// <summary>With the end that TLS has a word for.</summary>
    [Theory, InlineData(SslProtocols.Tls13), InlineData(SslProtocols.Tls12)]
    public void A_tunnel_that_the_client_has_half_closed_moves_with_its_state(SslProtocols version)
    {
        using Socket origin = Listen();
        Reloadable proxy = Serve("tcp", ((IPEndPoint)origin.LocalEndPoint!).Port);
        using var client = new TlsWire(proxy.Port, o => o.EnabledSslProtocols = version);
        client.Send("question");
        using Socket server = Accept(origin);
        client.ShutdownSend();
        Assert.Equal("question", ReadToEnd(b => server.Receive(b)));
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        server.Send("answer"u8);
        server.Shutdown(SocketShutdown.Both);
        Assert.Equal("answer", ReadToEnd(b => client.Stream.Read(b)));
    }

    [Theory, InlineData(SslProtocols.Tls13), InlineData(SslProtocols.Tls12)]
    public void A_tunnel_that_the_server_has_half_closed_moves_with_its_state(SslProtocols version)
    {
        using Socket origin = Listen();
        Reloadable proxy = Serve("tcp", ((IPEndPoint)origin.LocalEndPoint!).Port);
        using var client = new TlsWire(proxy.Port, o => o.EnabledSslProtocols = version);
        client.Send("question");
        using Socket server = Accept(origin);
        server.Send("answer"u8);
        server.Shutdown(SocketShutdown.Send);
        Assert.Equal("answer", ReadToEnd(b => client.Stream.Read(b)));
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        client.Send(" and thanks");
        client.ShutdownSend();
        Assert.Equal("question and thanks", ReadToEnd(b => server.Receive(b)));
    }

    private static string Pattern(int length) => string.Create(length, 0, (span, _) =>
        {
            for (int i = 0; i < span.Length; i++)
                span[i] = (char)(i * 31 + (i >> 8) & 0xFF);
        });

    /// <summary>What was sealed and did not go out moves as it is: sealed again it would be another record under the same number.</summary>
    [Theory, InlineData(SslProtocols.Tls13), InlineData(SslProtocols.Tls12)]
    public void Ciphertext_that_nobody_takes_moves_as_it_is(SslProtocols version)
    {
        using Socket origin = Listen();
        Reloadable proxy = Serve("tcp", ((IPEndPoint)origin.LocalEndPoint!).Port);
        using var client = new TlsWire(proxy.Port, o => o.EnabledSslProtocols = version);
        client.Send("question");
        using Socket server = Accept(origin);
        string sent = Pattern(12_000_000);
        var sending = new Thread(() =>
        {
            byte[] bytes = Encoding.Latin1.GetBytes(sent);
            for (int at = 0; at < bytes.Length; )
                at += server.Send(bytes.AsSpan(at));
            server.Shutdown(SocketShutdown.Send);
        });
        sending.Start();
        var got = new StringBuilder();
        byte[] buffer = new byte[16384];
        for (int i = 0; i < 3; i++)
        {
            // time for what can go out to be out
            Thread.Sleep(100);
            Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
            for (int k = 0; k < 10; k++)
                got.Append(Encoding.Latin1.GetString(buffer, 0, client.Stream.Read(buffer)));
        }
        got.Append(ReadToEnd(b => client.Stream.Read(b)));
        sending.Join();
        Assert.True(sent == got.ToString(), $"{got.Length} of {sent.Length} bytes came, or others");
    }

    /// <summary>An answer is finished where it was begun; behind it the connection moves.</summary>
    [Theory, InlineData(SslProtocols.Tls13), InlineData(SslProtocols.Tls12)]
    public void A_slow_reader_gets_its_answer_from_the_old_process_and_the_next_from_the_new(SslProtocols version)
    {
        string body = Pattern(12_000_000);
        using OriginServer origin = OriginServer.Http(head =>
            head.Contains("/large", StringComparison.Ordinal)
                ? $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}"
                : "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
        );
        Reloadable proxy = Serve("http", origin.Port);
        using var client = new TlsWire(proxy.Port, o => o.EnabledSslProtocols = version);
        client.Send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
        WaitFor(() => origin.Heads.Count == 1);
        int old = proxy.Reload();
        Thread.Sleep(200);
        Assert.True(Reloadable.IsAlive(old), "an answer was left unfinished");
        Assert.True(body == client.ReadBody(), "another body");
        Reloadable.WaitGone(old, Patience.Ms);
        Assert.Equal("hello", client.Get("/"));
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        Assert.Equal("hello", client.Get("/"));
    }

    /// <summary>BATON_RELOADS=100 for more.</summary>
    [Fact]
    public void One_session_outlives_many_reloads_and_changes_of_keys()
    {
        using OriginServer origin = OriginServer.Http(_ => "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n");
        Reloadable proxy = Serve("http", origin.Port);
        using var client = new OpenSslClient(proxy.Port);
        Assert.Contains("hello", client.Ask(), StringComparison.Ordinal);
        int count = Reloads(30);
        for (int i = 0; i < count; i++)
        {
            Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
            if (i % 3 != 2)
                client.Type(i % 3 == 0 ? "K" : "k");
            Assert.Contains("hello", client.Ask(), StringComparison.Ordinal);
        }
        Assert.Equal((count + 1).ToString(), proxy.Stat("web", "FRONTEND", "req_tot"));
        Assert.Equal("1", proxy.Stat("web", "FRONTEND", "stot"));
    }

    /// <summary>No request is lost, and no connection has to be made anew.</summary>
    [Theory]
    [InlineData(SslProtocols.Tls13, false), InlineData(SslProtocols.Tls13, true)]
    [InlineData(SslProtocols.Tls12, false), InlineData(SslProtocols.Tls12, true)]
    public void Idle_TLS_connections_to_servers_move_too(SslProtocols version, bool isPrivate)
    {
        using X509Certificate2 certificate = X509CertificateLoader.LoadPkcs12(
            _certificates.Issue("s.example").Export(X509ContentType.Pfx),
            null
        );
        using var origin = new TlsOrigin(certificate, version);
        Reloadable proxy = Serve("http", origin.Port, bind: "", server: "ssl verify none", threads: 1);
        if (isPrivate)
            proxy.Edit("mode http\n    server", "mode http\n    http-reuse never\n    server");
        if (isPrivate)
            Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        using RawClient client = RawClient.Tcp(proxy.Port);
        Assert.Equal("hello", client.Get().Body);
        for (int i = 0; i < 3; i++)
        {
            Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
            Assert.Equal("hello", client.Get().Body);
            Assert.Equal("hello", client.Get().Body);
        }
        Assert.Equal(7, origin.Requests);
        Assert.Equal(1, origin.Connections);
    }
}
