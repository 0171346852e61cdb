// Connections to servers in HTTP/2 over a reload: what is under way ends where it began, what is idle moves, and nothing is
// lost of what follows.
using System;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Http2;

public sealed class Http2ServerReloadTests : Scenario
{
    private const string Sections = """
        frontend web
            mode http
            bind 127.0.0.1:${port}
            default_backend be
        backend be
            mode http
            http-reuse always
            server s 127.0.0.1:${origin} proto h2
        """;

    [Fact]
    public void An_answer_in_progress_is_finished_and_the_next_request_is_served()
    {
        using var go = new ManualResetEventSlim();
        using var server = new FrameServer(peer =>
        {
            peer.Start();
            while (true)
            {
                FrameServer.Request request = peer.ReadRequest();
                if (request[":path"] != "/slow")
                {
                    peer.Answer(request.Stream, "200", "quick");
                    continue;
                }
                peer.SendHeaders(request.Stream, false, (":status", "200"), ("content-length", "10"));
                peer.SendData(request.Stream, "begun", ends: false);
                go.Wait(Patience.Ms);
                peer.SendData(request.Stream, "ended", ends: true);
            }
        });
        using var proxy = new Reloadable(Sections, server.Port);
        proxy.Reload();
        using RawClient slow = RawClient.Tcp(proxy.Port),
            quick = RawClient.Tcp(proxy.Port);
        slow.Send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        slow.ReadUntil("begun");
        int old = proxy.Reload();
        Assert.Equal("quick", quick.Get("/").Body);
        go.Set();
        slow.ReadUntil("ended");
        Reloadable.WaitGone(old, Patience.Ms);
        Assert.Equal("quick", slow.Get("/").Body);
        Assert.Equal("quick", quick.Get("/").Body);
    }

    /// <summary>An idle connection moves with its numbers, windows and the table that the server has filled.</summary>
    [Theory, InlineData("always"), InlineData("never")]
    public void An_idle_connection_moves(string reuse)
    {
        using var server = new FrameServer(peer =>
        {
            peer.Start();
            FrameServer.Request request = peer.ReadRequest();
            byte[] status = FrameClient.Block((":status", "200"), ("content-length", "0"));
            peer.Send(FrameClient.Headers, 5, request.Stream, [.. status, .. FrameClient.Field("x-note", "told before", 0x40)]);
            while (true)
            {
                request = peer.ReadRequest();
                peer.Send(FrameClient.Headers, 5, request.Stream, [.. status, 0x80 | 62]);
            }
        });
        using var proxy = new Reloadable(Sections.Replace("always", reuse, StringComparison.Ordinal), server.Port);
        proxy.Reload();
        using RawClient client = RawClient.Tcp(proxy.Port);
        Assert.Contains("x-note: told before\r\n", client.Get("/0").Head, StringComparison.Ordinal);
        for (int i = 1; i < 4; i++)
        {
            Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
            Assert.Contains("x-note: told before\r\n", client.Get($"/{i}").Head, StringComparison.Ordinal);
        }
        Assert.Equal(1, server.Connections);
        Assert.Equal([1, 3, 5, 7], server.Requests.Select(r => r.Stream));
    }

    /// <summary>A server that is spoken to otherwise in the new configuration gets a connection of that kind.</summary>
    [Fact]
    public void An_idle_connection_of_another_protocol_is_not_used()
    {
        using var server = FrameServer.Answering((_, _) => ("200", "fine"));
        using OriginServer plain = OriginServer.Http(_ => "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nplain");
        using var proxy = new Reloadable(Sections.Replace(" proto h2", "", StringComparison.Ordinal), plain.Port);
        proxy.Reload();
        using RawClient client = RawClient.Tcp(proxy.Port);
        Assert.Equal("plain", client.Get("/").Body);
        proxy.Edit("server s", "timeout server 1s\n    server s");
        proxy.Edit($"127.0.0.1:{plain.Port}", $"127.0.0.1:{plain.Port} proto h2");
        Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        // it begins anew, with what this server does not understand
        Assert.NotEqual("plain", client.Get("/").Body);
        Assert.Contains(plain.Heads, h => h.StartsWith("PRI * HTTP/2.0", StringComparison.Ordinal));
        Assert.DoesNotContain(plain.Heads.Skip(1), h => h.StartsWith("GET ", StringComparison.Ordinal));
    }

    /// <summary>The same over TLS; which connection it was is told by the port that the server sees.</summary>
    [Fact]
    public void An_idle_connection_over_TLS_moves()
    {
        var certificates = Keep(new TestCertificates(Directory));
        ProxyProcess server = Start(
            Product.Baton,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} ssl crt {{certificates.Make("site.pem", "one.example")}} alpn h2,http/1.1
                    http-request return status 200 content-type text/plain lf-string "%[req.ver] %[src_port]"
                """
        );
        using var proxy = new Reloadable(
            Sections.Replace("proto h2", "ssl verify none alpn h2,http/1.1", StringComparison.Ordinal),
            server.Port("p1")
        );
        proxy.Reload();
        using RawClient client = RawClient.Tcp(proxy.Port);
        string first = client.Get("/").Body;
        Assert.StartsWith("2.0 ", first, StringComparison.Ordinal);
        for (int i = 0; i < 3; i++)
        {
            Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
            Assert.Equal(first, client.Get("/").Body);
        }
    }

    /// <summary>A tunnel to a server over TLS moves with its connection, which serves others when it has ended.</summary>
    [Fact]
    public void A_tunnel_over_TLS_moves()
    {
        var certificates = Keep(new TestCertificates(Directory));
        OriginServer echo = Origin(c =>
        {
            while (c.TryReadHead(out string head))
            {
                string key = head[(head.IndexOf("sec-websocket-key: ", StringComparison.OrdinalIgnoreCase) + 19)..][..24];
                byte[] proof = SHA1.HashData(Encoding.Latin1.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
                c.Send(
                    "HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + $"Sec-WebSocket-Accept: {Convert.ToBase64String(proof)}\r\n\r\n"
                );
                while (c.ReadBytes(5) is { } word)
                    c.Send(Encoding.Latin1.GetString(word).ToUpperInvariant());
            }
        });
        ProxyProcess server = Start(
            Product.Baton,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} ssl crt {{certificates.Make("site.pem", "one.example")}} alpn h2,http/1.1
                    http-request return status 200 content-type text/plain lf-string "%[src_port]" if { path /port }
                    default_backend be
                backend be
                    server s 127.0.0.1:{{echo.Port}}
                """
        );
        using var proxy = new Reloadable(
            Sections.Replace("proto h2", "ssl verify none sni str(one.example) alpn h2 ws h2", StringComparison.Ordinal),
            server.Port("p1"),
            "nbthread 1"
        );
        proxy.Reload();
        string port;
        using (RawClient client = RawClient.Tcp(proxy.Port))
        {
            client.Send("GET /port HTTP/1.1\r\nHost: a\r\n\r\n");
            port = client.ReadResponse().Body;
            client.Send(
                "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            );
            Assert.StartsWith("HTTP/1.1 101 ", client.ReadUntil("\r\n\r\n"), StringComparison.Ordinal);
            for (int i = 0; i < 3; i++)
            {
                client.Send("hello");
                client.ReadUntil("HELLO");
                Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
            }
            client.Send("after");
            client.ReadUntil("AFTER");
        }
        using RawClient next = RawClient.Tcp(proxy.Port);
        Assert.NotEqual("", port);
        Assert.Equal(port, next.Get("/port").Body);
    }

    /// <summary>Requests all the time, through several reloads.</summary>
    [Fact]
    public async Task No_request_is_lost()
    {
        using var server = FrameServer.Answering((_, _) => ("200", "fine"));
        using var proxy = new Reloadable(Sections, server.Port);
        proxy.Reload();
        using var over = new CancellationTokenSource();
        int port = proxy.Port;
        Task<int>[] clients = new Task<int>[4];
        for (int i = 0; i < clients.Length; i++)
            clients[i] = Task.Run(
                () =>
                {
                    using RawClient client = RawClient.Tcp(port);
                    int asked = 0;
                    for (; !over.IsCancellationRequested; asked++)
                        if (client.Get("/").Body != "fine")
                            throw new InvalidOperationException("another answer");
                    return asked;
                },
                TestContext.Current.CancellationToken
            );
        for (int i = 0; i < 4; i++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            Reloadable.WaitGone(proxy.Reload(), Patience.Ms);
        }
        await over.CancelAsync();
        foreach (int asked in await Task.WhenAll(clients))
            Assert.True(asked > 0);
        Assert.Equal("0", proxy.Stat("be", "BACKEND", "eresp"));
    }
}
