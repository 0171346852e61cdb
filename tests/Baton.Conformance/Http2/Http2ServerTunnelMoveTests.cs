// Tunnels to servers in HTTP/2 on their way through reloads: they are streams of a connection, which moves with the client whose tunnels
// they all are.
using System;
using System.Text;
using System.Threading;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Http2;

public sealed class Http2ServerTunnelMoveTests : IDisposable
{
    private readonly FrameServer _server;
    private readonly Reloadable _proxy;
    private readonly ManualResetEventSlim _gate = new(false);

    public Http2ServerTunnelMoveTests()
    {
        _server = new FrameServer(Serve);
        _proxy = new Reloadable(
            """
            frontend web
                mode http
                bind 127.0.0.1:${port}
                default_backend be
            backend be
                mode http
                http-reuse always
                server s 127.0.0.1:${origin} proto h2
            """,
            _server.Port,
            "nbthread 1"
        );
        _proxy.Reload();
    }

    public void Dispose()
    {
        _gate.Set();
        _proxy.Dispose();
        _server.Dispose();
        _gate.Dispose();
    }

    /// <summary>Opens tunnels, in which what is said comes back in capitals, and answers other requests with the connection's
    /// number. "halves" comes back in two pieces of one frame, the second once the gate opens; "flood!" is followed by so many bytes that
    /// the server takes none before the gate opens; "plenty" comes back as many letters.</summary>
    private void Serve(FrameServer.Peer peer)
    {
        peer.Start((8, 1));
        while (peer.Read() is { } frame)
        {
            if (frame.Type == FrameClient.Headers)
            {
                if (peer.Note(frame)[":method"] == "CONNECT")
                    peer.SendHeaders(frame.Stream, false, (":status", "200"));
                else
                    peer.Answer(frame.Stream, "200", $"{peer.Number}");
                continue;
            }
            if (frame.Type != FrameClient.Data)
                continue;
            peer.GiveWindow(frame);
            if (_flooded >= 0)
            {
                if (TakeFlood(frame.Payload))
                    peer.SendData(frame.Stream, "TAKEN", ends: false);
                continue;
            }
            string said = Encoding.Latin1.GetString(frame.Payload);
            if (said == "flood!")
            {
                peer.SendData(frame.Stream, "FLOOD!", ends: false);
                _gate.Wait(Patience.Ms);
                _flooded = 0;
                continue;
            }
            if (said == "plenty")
                said = new string('a', Plenty);
            byte[] answer = FrameClient.Make(
                FrameClient.Data,
                frame.Ends ? FrameClient.EndStream : (byte)0,
                frame.Stream,
                Encoding.Latin1.GetBytes(said.ToUpperInvariant())
            );
            peer.Send(answer[..(said == "halves" ? 11 : answer.Length)]);
            if (said != "halves")
                continue;
            _gate.Wait(Patience.Ms);
            peer.Send(answer[11..]);
        }
    }

    private const int Flood = 3 << 20,
        Plenty = 16_000;

    /// <summary>Bytes of a flood so far; -1 for none.</summary>
    private int _flooded = -1;

    private static byte At(int place) => (byte)((place >> 14) + place);

    /// <summary>True when that was all of it.</summary>
    private bool TakeFlood(byte[] bytes)
    {
        foreach (byte one in bytes)
            if (one != At(_flooded++))
                throw new InvalidOperationException($"byte {_flooded - 1} is another one");
        return _flooded == Flood;
    }

    private RawClient OpenWebSocket()
    {
        RawClient client = RawClient.Tcp(_proxy.Port);
        client.Send(
            "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        Assert.StartsWith("HTTP/1.1 101 ", client.ReadUntil("\r\n\r\n"), StringComparison.Ordinal);
        return client;
    }

    private static void Say(RawClient client, string word)
    {
        client.Send(word);
        client.ReadUntil(word.ToUpperInvariant());
    }

    private static void OpenWebSocket(FrameClient client, int stream)
    {
        client.SendHeaders(
            stream,
            FrameClient.Block(
                (":method", "CONNECT"),
                (":protocol", "websocket"),
                (":scheme", "http"),
                (":authority", "a.test"),
                (":path", "/chat"),
                ("sec-websocket-version", "13"),
                ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
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
        string heard = "";
        while (heard.Length < word.Length)
            heard += Encoding.Latin1.GetString(client.ReadUntil(f => f.Type == FrameClient.Data && f.Stream == stream).Payload);
        Assert.Equal(word.ToUpperInvariant(), heard);
    }

    [Fact]
    public void A_WebSocket_of_http_1_moves_with_its_servers_connection()
    {
        using RawClient client = OpenWebSocket();
        Say(client, "hello");
        for (int i = 0; i < 3; i++)
        {
            Reloadable.WaitGone(_proxy.Reload(), Patience.Ms);
            Say(client, "again");
        }
        Assert.Equal("1", _proxy.Stat("be", "s", "scur"));
        Assert.Equal("1", _proxy.Stat("be", "BACKEND", "h2_backend_open_streams"));
        // others join it there
        using RawClient other = RawClient.Tcp(_proxy.Port);
        Assert.Equal("1", other.Get("/").Body);
        Say(client, "after");
        Assert.Equal(1, _server.Connections);
    }

    /// <summary>All of them are streams of one connection on either side.</summary>
    [Fact]
    public void Tunnels_of_one_client_move_together()
    {
        using FrameClient client = new FrameClient(_proxy.Port).Start();
        OpenWebSocket(client, 1);
        OpenConnect(client, 3);
        OpenWebSocket(client, 5);
        for (int i = 0; i < 3; i++)
        {
            Say(client, 1, "hello");
            Say(client, 3, "there");
            Say(client, 5, "again");
            Reloadable.WaitGone(_proxy.Reload(), Patience.Ms);
        }
        Assert.Equal("1", client.Ask(7).Body);
        client.Send(FrameClient.RstStream, 0, 1, 0, 0, 0, 8);
        client.Send(FrameClient.Data, FrameClient.EndStream, 3);
        Assert.Equal("", client.ReadBody(3));
        Say(client, 5, "howdy");
        Reloadable.WaitGone(_proxy.Reload(), Patience.Ms);
        Say(client, 5, "after");
        client.Send(FrameClient.Data, FrameClient.EndStream, 5);
        Assert.Equal("", client.ReadBody(5));
        // it is an idle one now, and moves as such
        Reloadable.WaitGone(_proxy.Reload(), Patience.Ms);
        Assert.Equal("1", client.Ask(9).Body);
        Assert.Equal(1, _server.Connections);
    }

    /// <summary>A frame of the server's may begin before a reload and end after it.</summary>
    [Fact]
    public void What_a_server_has_begun_to_say_moves()
    {
        using RawClient client = OpenWebSocket();
        client.Send("halves");
        // two letters of the six are there
        client.ReadUntil("HA");
        Reloadable.WaitGone(_proxy.Reload(), Patience.Ms);
        _gate.Set();
        client.ReadUntil("LVES");
        Say(client, "after");
        Assert.Equal(1, _server.Connections);
    }

    /// <summary>What a server does not take yet waits for it in the next process.</summary>
    [Fact]
    public void What_a_server_has_not_taken_moves()
    {
        using RawClient client = OpenWebSocket();
        Say(client, "flood!");
        var bytes = new byte[Flood];
        for (int i = 0; i < Flood; i++)
            bytes[i] = At(i);
        var sending = new Thread(() => client.Send(bytes)) { IsBackground = true };
        sending.Start();
        Thread.Sleep(100);
        Reloadable.WaitGone(_proxy.Reload(), Patience.Ms);
        _gate.Set();
        client.ReadUntil("TAKEN");
        Assert.Equal("", _server.Failures);
        Assert.Equal(1, _server.Connections);
    }

    /// <summary>The same of what a client does not take.</summary>
    [Fact]
    public void What_a_client_has_not_taken_moves()
    {
        using FrameClient client = new FrameClient(_proxy.Port).Start((4, 10));
        OpenWebSocket(client, 1);
        client.Send(FrameClient.Data, 0, 1, [.. "plenty"u8]);
        Assert.Equal(10, client.ReadUntil(FrameClient.Data).Payload.Length);
        Reloadable.WaitGone(_proxy.Reload(), Patience.Ms);
        client.Send(FrameClient.WindowUpdate, 0, 1, 0, 1, 0, 0);
        int heard = 10;
        while (heard < Plenty)
            heard += client.ReadUntil(f => f.Type == FrameClient.Data && f.Stream == 1).Payload.Length;
        Assert.Equal(Plenty, heard);
        Say(client, 1, "after");
    }

    /// <summary>A connection that two clients have in use stays until one of them has left it.</summary>
    [Fact]
    public void Tunnels_of_two_clients_on_one_connection_stay()
    {
        using RawClient first = OpenWebSocket();
        RawClient second = OpenWebSocket();
        Say(first, "hello");
        Say(second, "there");
        Assert.Equal(1, _server.Connections);
        int old = _proxy.Reload();
        Say(first, "again");
        Say(second, "again");
        Assert.True(Reloadable.IsAlive(old));
        second.Dispose();
        Reloadable.WaitGone(old, Patience.Ms);
        Say(first, "after");
        Assert.Equal(1, _server.Connections);
    }

    /// <summary>The next process speaks to the server otherwise: the tunnel goes on where it is.</summary>
    [Fact]
    public void What_the_next_process_cannot_speak_stays()
    {
        using RawClient client = OpenWebSocket();
        Say(client, "hello");
        _proxy.Edit(" proto h2", "");
        int old = _proxy.Reload();
        Say(client, "after");
        Assert.True(Reloadable.IsAlive(old));
        client.Dispose();
        Reloadable.WaitGone(old, Patience.Ms);
    }

    /// <summary>The next process is killed in the middle: what it had not yet is where it was.</summary>
    [Fact]
    public void A_next_process_that_dies_changes_nothing()
    {
        using RawClient client = OpenWebSocket();
        Say(client, "hello");
        int old = _proxy.Pid;
        _proxy.Edit("server s ", "server other ");
        _proxy.Reload();
        int next = _proxy.Pid;
        Assert.NotEqual(old, next);
        // it has refused the connection: the old one has it back, and serves again
        Inheritance.Signal(next, 9);
        Say(client, "after");
        using RawClient another = OpenWebSocket();
        Say(another, "hello");
    }
}
