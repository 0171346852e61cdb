// Tunnels within a client's HTTP/2 connection on their way through reloads: WebSocket (RFC 8441) and CONNECT to servers of HTTP/1 move with
// the connection, at any octet of it.
using System;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Http2;

public sealed class Http2TunnelMoveTests : IDisposable
{
    private const int Flood = 24 << 20;

    private readonly OriginServer _origin;
    private readonly Reloadable _proxy;
    private readonly ManualResetEventSlim _gate = new(false);

    public Http2TunnelMoveTests()
    {
        _origin = new OriginServer(Serve);
        _proxy = new Reloadable(
            """
            frontend web
                mode http
                bind 127.0.0.1:${port} proto h2
                default_backend be
            backend be
                mode http
                server s 127.0.0.1:${origin}
            """,
            _origin.Port,
            "nbthread 2"
        );
        _proxy.Reload();
    }

    public void Dispose()
    {
        _gate.Set();
        _proxy.Dispose();
        _origin.Dispose();
        _gate.Dispose();
    }

    /// <summary>Opens tunnels, in which words of five letters come back in capitals; one to "/flood" says much at once.</summary>
    private void Serve(OriginConnection c)
    {
        while (c.TryReadHead(out string head))
        {
            if (head.StartsWith("CONNECT ", StringComparison.Ordinal))
                c.Send("HTTP/1.1 200 OK\r\n\r\n");
            else if (head.Contains("Upgrade: websocket", StringComparison.OrdinalIgnoreCase))
                c.Send(
                    $"HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {Proof(head)}\r\n\r\n"
                );
            else
            {
                if (head.Contains("/slow", StringComparison.Ordinal))
                    _gate.Wait(Patience.Ms);
                c.Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nplain");
                continue;
            }
            if (head.Contains("/flood", StringComparison.Ordinal))
                for (int at = 0; at < Flood; at += 16384)
                    c.Send(Enumerable.Range(0, 16384).Select(i => (byte)((at >> 14) + i)).ToArray());
            while (true)
                c.Send(Encoding.Latin1.GetString(c.ReadBytes(5)).ToUpperInvariant());
        }
    }

    /// <summary>That the server has understood (RFC 6455 §4.2.2).</summary>
    private static string Proof(string head)
    {
        string key = head[(head.IndexOf("sec-websocket-key: ", StringComparison.OrdinalIgnoreCase) + 19)..][..24];
        return Convert.ToBase64String(SHA1.HashData(Encoding.Latin1.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
    }

    private static void OpenWebSocket(FrameClient client, int stream, string path = "/chat")
    {
        client.SendHeaders(
            stream,
            FrameClient.Block(
                (":method", "CONNECT"),
                (":protocol", "websocket"),
                (":scheme", "http"),
                (":authority", "a.test"),
                (":path", path),
                ("sec-websocket-version", "13")
            ),
            ends: false
        );
        Assert.Equal(0x88, client.ReadUntil(f => f.Type == FrameClient.Headers && f.Stream == stream).Payload[0]);
    }

    private static void OpenConnect(FrameClient client, int stream)
    {
        client.SendHeaders(stream, FrameClient.Block((":method", "CONNECT"), (":authority", "a.test:443")), ends: false);
        Assert.Equal(0x88, client.ReadUntil(f => f.Type == FrameClient.Headers && f.Stream == stream).Payload[0]);
    }

    private static void Say(FrameClient client, int stream, string word)
    {
        client.Send(FrameClient.Data, 0, stream, Encoding.Latin1.GetBytes(word));
        Hear(client, stream, word.ToUpperInvariant());
    }

    private static void Hear(FrameClient client, int stream, string text)
    {
        string heard = "";
        while (heard.Length < text.Length)
            heard += Encoding.Latin1.GetString(client.ReadUntil(f => f.Type == FrameClient.Data && f.Stream == stream).Payload);
        Assert.Equal(text, heard);
    }

    [Fact]
    public void Tunnels_move_with_their_connection()
    {
        using FrameClient client = new FrameClient(_proxy.Port).Start();
        OpenWebSocket(client, 1);
        OpenConnect(client, 3);
        Say(client, 1, "hello");
        Say(client, 3, "there");
        for (int i = 0; i < 3; i++)
        {
            Reloadable.WaitGone(_proxy.Reload(), Patience.Ms);
            Say(client, 3, "again");
            Say(client, 1, "howdy");
            Assert.Equal("plain", client.Ask(5 + 2 * i).Body);
        }
        Assert.Equal("2", _proxy.Stat("be", "s", "scur"));
        client.Send(FrameClient.Data, FrameClient.EndStream, 1);
        Assert.Equal("", client.ReadBody(1));
        client.Send(FrameClient.RstStream, 0, 3, 0, 0, 0, 8);
        // what was on its way to a stream that was reset is passed over
        client.Send(FrameClient.Data, 0, 3, 1, 2, 3);
        Assert.Equal("plain", client.Ask(11).Body);
        Reloadable.WaitGone(_proxy.Reload(), Patience.Ms);
        Assert.Equal("plain", client.Ask(13).Body);
    }

    /// <summary>A frame of a tunnel's, or of another stream's head, may begin before a reload and end after it.</summary>
    [Fact]
    public void What_is_not_whole_moves_with_tunnels()
    {
        using FrameClient client = new FrameClient(_proxy.Port).Start();
        OpenWebSocket(client, 1);
        byte[] data = FrameClient.Make(FrameClient.Data, 0, 1, [.. "hello"u8]);
        client.Send(data[..11]);
        // it has been read by then
        Thread.Sleep(50);
        Reloadable.WaitGone(_proxy.Reload(), Patience.Ms);
        client.Send(data[11..]);
        Hear(client, 1, "HELLO");
        byte[] block = FrameClient.Request();
        client.Send(FrameClient.Headers, FrameClient.EndStream, 3, block[..10]);
        byte[] rest = FrameClient.Make(FrameClient.Continuation, FrameClient.EndHeaders, 3, block[10..]);
        client.Send(rest[..12]);
        Thread.Sleep(50);
        Reloadable.WaitGone(_proxy.Reload(), Patience.Ms);
        client.Send(rest[12..]);
        Assert.Equal("plain", client.ReadBody(3));
        Say(client, 1, "after");
    }

    /// <summary>What a client has not read yet waits for it in the next process.</summary>
    [Fact]
    public void What_is_unsent_moves_with_tunnels()
    {
        using FrameClient client = new FrameClient(_proxy.Port).Start((4, int.MaxValue));
        client.Send(FrameClient.WindowUpdate, 0, 0, 0x70, 0, 0, 0);
        OpenWebSocket(client, 1, "/flood");
        Thread.Sleep(100);
        Reloadable.WaitGone(_proxy.Reload(), Patience.Ms);
        int at = 0;
        while (at < Flood)
        {
            byte[] piece = client.ReadUntil(FrameClient.Data).Payload;
            for (int i = 0; i < piece.Length; i++, at++)
                if (piece[i] != (byte)((at >> 14) + (at & 16383)))
                    Assert.Fail($"byte {at} is another one");
        }
        Assert.Equal(Flood, at);
        Say(client, 1, "after");
    }

    /// <summary>Another request on the connection is finished first.</summary>
    [Fact]
    public void Tunnels_wait_for_requests_under_way()
    {
        using FrameClient client = new FrameClient(_proxy.Port).Start();
        OpenConnect(client, 1);
        client.SendHeaders(3, FrameClient.Request(path: "/slow"));
        client.Send(FrameClient.Ping, 0, 0, new byte[8]);
        client.ReadUntil(FrameClient.Ping);
        int old = _proxy.Reload();
        Say(client, 1, "hello");
        _gate.Set();
        Assert.Equal("plain", client.ReadBody(3));
        Reloadable.WaitGone(old, Patience.Ms);
        Say(client, 1, "after");
        Assert.Equal("plain", client.Ask(5).Body);
    }

    /// <summary>The next process knows no such server: the connection stays where it is, and its tunnels go on.</summary>
    [Fact]
    public void What_the_next_process_cannot_serve_stays()
    {
        using FrameClient client = new FrameClient(_proxy.Port).Start();
        OpenConnect(client, 1);
        Say(client, 1, "hello");
        _proxy.Edit("server s ", "server other ");
        int old = _proxy.Reload();
        Say(client, 1, "after");
        Assert.True(Reloadable.IsAlive(old));
        client.Send(FrameClient.Data, FrameClient.EndStream, 1);
        Assert.Equal("", client.ReadBody(1));
        Reloadable.WaitGone(old, Patience.Ms);
    }
}
