// TLS connections on their way through reloads: their clients never notice.
using System;
using System.IO;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class TlsMoveTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("baton-tls-").FullName;
    private readonly TestCertificates _certificates;
    private readonly OriginServer _origin = OriginServer.Http(_ => "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n");
    private readonly Reloadable _proxy;

    private static readonly int[] s_held = [1, 16, 40, 45, 20, 54];

    private const string Text = """
        frontend web
            mode http
            bind 127.0.0.1:${port} ssl crt CERTIFICATE
            default_backend be
        backend be
            mode http
            server s 127.0.0.1:${origin}
        """;

    public TlsMoveTests()
    {
        _certificates = new TestCertificates(_directory);
        string certificate = _certificates.Make("one.pem", "one.example");
        _proxy = new Reloadable(Text.Replace("CERTIFICATE", certificate, StringComparison.Ordinal), _origin.Port, "nbthread 2");
        _proxy.Reload();
    }

    public void Dispose()
    {
        _proxy.Dispose();
        _origin.Dispose();
        _certificates.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private TlsWire Connect(SslProtocols version, TlsCipherSuite suite) => new(_proxy.Port, o =>
        {
            o.EnabledSslProtocols = version;
            o.CipherSuitesPolicy = new CipherSuitesPolicy([suite]);
        });

    private TlsWire[] ConnectAll() =>
        [
            Connect(SslProtocols.Tls13, TlsCipherSuite.TLS_AES_128_GCM_SHA256),
            Connect(SslProtocols.Tls13, TlsCipherSuite.TLS_AES_256_GCM_SHA384),
            Connect(SslProtocols.Tls13, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256),
            Connect(SslProtocols.Tls12, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256),
            Connect(SslProtocols.Tls12, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256),
        ];

    /// <summary>With another certificate in each process, and a bind line that says less.</summary>
    [Fact]
    public void Idle_connections_of_every_suite_outlive_their_certificate()
    {
        TlsWire[] clients = ConnectAll();
        foreach (TlsWire client in clients)
            Assert.Equal("hello\n", client.Get("/"));
        string last = "one";
        foreach (string name in (string[])["two", "three", "four"])
        {
            _certificates.Make(name + ".pem", name + ".example", rsa: name == "three");
            _proxy.Edit(last + ".pem", name + ".pem");
            last = name;
            int old = _proxy.Reload();
            File.Delete(Path.Combine(_directory, "one.pem"));
            Reloadable.WaitGone(old, Patience.Ms);
            foreach (TlsWire client in clients)
                Assert.Equal("hello\n", client.Get("/"));
            using TlsClient fresh = TlsClient.Connect(_proxy.Port);
            Assert.Equal(name + ".example", fresh.ShownName);
        }
        foreach (TlsWire client in clients)
            client.Dispose();
    }

    /// <summary>Of a record, and of a request, the rest comes to another process than the beginning.</summary>
    [Fact]
    public void A_record_may_begin_before_a_reload_and_end_after_it()
    {
        TlsWire[] clients = [.. ConnectAll(), .. ConnectAll()];
        for (int i = 0; i < clients.Length; i++)
        {
            Assert.Equal("hello\n", clients[i].Get("/"));
            clients[i].HoldBack(s_held[i % s_held.Length]);
            clients[i].Send("GET /torn HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        Reloadable.WaitGone(_proxy.Reload(), Patience.Ms);
        foreach (TlsWire client in clients)
        {
            client.Release();
            Assert.Equal("hello\n", client.ReadBody());
            client.Send("GET /half HTTP/1.1\r\nHos");
        }
        Reloadable.WaitGone(_proxy.Reload(), Patience.Ms);
        foreach (TlsWire client in clients)
        {
            client.Send("t: a\r\n\r\n");
            Assert.Equal("hello\n", client.ReadBody());
            client.Dispose();
        }
    }

    [Fact]
    public void Keys_may_change_before_and_after_a_reload()
    {
        using var client = new OpenSslClient(_proxy.Port);
        Assert.Contains("hello", client.Ask(), StringComparison.Ordinal);
        foreach (string command in (string[])["K", "k", "K"])
        {
            client.Type(command);
            Assert.Contains("hello", client.Ask(), StringComparison.Ordinal);
            Reloadable.WaitGone(_proxy.Reload(), Patience.Ms);
            Assert.Contains("hello", client.Ask(), StringComparison.Ordinal);
        }
    }

    /// <summary>What only OpenSSL speaks is served to its end where it began, and told so.</summary>
    [Fact]
    public void A_connection_that_cannot_move_is_served_where_it_is()
    {
        using TlsWire client = Connect(SslProtocols.Tls12, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384);
        Assert.Equal("hello\n", client.Get("/"));
        int old = _proxy.Reload();
        client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("hello\n", client.ReadBody());
        Assert.Equal(0, client.Stream.Read(new byte[1]));
        Reloadable.WaitGone(old, Patience.Ms);
    }
}
