// What goes wrong around a proxy: clients that dawdle, servers that die in each state of a request,
// and a WebSocket client that talks through all of it.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Endurance;

public sealed class AdversityTests : Scenario
{
    private static string Listen(int port, string more = "") =>
        Defaults
        + $$"""
            listen l
                bind 127.0.0.1:${p1}
                retries 1
                {{more}}
                server s 127.0.0.1:{{port}}
            """;

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Slow_clients_do_not_hold_up_others(Product product)
    {
        string big = new('x', 3_000_000);
        OriginServer origin = HttpOrigin(head =>
            head.StartsWith("GET /big", StringComparison.Ordinal)
                ? $"HTTP/1.1 200 OK\r\nContent-Length: {big.Length}\r\n\r\n{big}"
                : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        );
        // the deaf are not read until everybody else has been served, however long that takes on a busy machine
        ProxyProcess proxy = Start(product, Listen(origin.Port, "timeout client 60s"));
        // some say a byte at a time, some ask for much and do not read
        List<RawClient> slow = [.. Enumerable.Range(0, 20).Select(_ => Connect(proxy))];
        List<RawClient> deaf = [.. Enumerable.Range(0, 10).Select(_ => Keep(RawClient.Tcp(proxy.Port(), receiveBuffer: 4096)))];
        foreach (RawClient client in deaf)
            client.Send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
        const string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        for (int i = 0; i < request.Length - 1; i++)
        {
            foreach (RawClient client in slow)
                client.Send(request[i].ToString());
            // as long as the others are not through, which they are only after this
            Assert.Equal(200, Connect(proxy).Get().Status);
        }
        foreach (RawClient client in slow)
        {
            client.Send("\n");
            Assert.Equal(200, client.ReadResponse().Status);
        }
        foreach (RawClient client in deaf)
            Assert.Equal(big.Length, client.ReadResponse().Body.Length);
    }

    /// <summary>Where the server dies, and what the client may see of it.</summary>
    public static TheoryData<Product, string, string> Deaths()
    {
        (string, string)[] all =
        [
            ("after accept", "502"),
            ("after the head", "502"),
            ("within its own head", "502"),
            ("within the body", "cut"),
            ("within a chunk", "cut"),
            ("after the answer", "200"),
            ("reset after accept", "502"),
            ("reset within the body", "cut"),
        ];
        var data = new TheoryData<Product, string, string>();
        foreach (Product product in (Product[])[.. Products.Both.Select(row => row.Data)])
        foreach ((string when, string seen) in all)
            data.Add(product, when, seen);
        return data;
    }

    [Theory, MemberData(nameof(Deaths))]
    public void A_server_dies(Product product, string when, string seen)
    {
        OriginServer origin = Origin(c =>
        {
            if (when == "after accept")
            {
                c.Close();
                return;
            }
            if (when == "reset after accept")
            {
                c.Reset();
                return;
            }
            c.ReadHead();
            switch (when)
            {
                case "within its own head":
                    c.Send("HTTP/1.1 200 OK\r\nContent-Le");
                    break;
                case "within the body":
                    c.Send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
                    break;
                case "reset within the body":
                    c.Send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
                    Thread.Sleep(50);
                    c.Reset();
                    return;
                case "within a chunk":
                    c.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nabc");
                    break;
                case "after the answer":
                    c.Send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc");
                    break;
            }
            c.Close();
        });
        ProxyProcess proxy = Start(product, Listen(origin.Port));
        for (int i = 0; i < 5; i++)
        {
            RawClient client = Connect(proxy);
            client.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            string text = client.ReadTextToEnd();
            if (seen == "cut")
            {
                Assert.StartsWith("HTTP/1.1 200 ", text, StringComparison.Ordinal);
                Assert.False(text.EndsWith("0\r\n\r\n", StringComparison.Ordinal));
            }
            else
                Assert.StartsWith($"HTTP/1.1 {seen} ", text, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public async Task A_websocket_client_talks_through_it(Product product)
    {
        OriginServer origin = Origin(EchoWebSocket);
        ProxyProcess proxy = Start(product, Listen(origin.Port, "timeout tunnel 5s"));
        using var client = new ClientWebSocket();
        using var limit = new CancellationTokenSource(10_000);
        await client.ConnectAsync(new Uri($"ws://127.0.0.1:{proxy.Port()}/chat"), limit.Token);
        var random = new Random(7);
        foreach (int size in (int[])[0, 1, 125, 126, 65535, 65536, 300_000])
        {
            byte[] sent = new byte[size],
                got = new byte[size + 1];
            random.NextBytes(sent);
            await client.SendAsync(sent, WebSocketMessageType.Binary, endOfMessage: true, limit.Token);
            int at = 0;
            WebSocketReceiveResult part;
            do
            {
                part = await client.ReceiveAsync(new ArraySegment<byte>(got, at, got.Length - at), limit.Token);
                at += part.Count;
            } while (!part.EndOfMessage);
            Assert.Equal(sent, got[..at]);
        }
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", limit.Token);
        Assert.Equal(WebSocketState.Closed, client.State);
    }

    /// <summary>The server's side of RFC 6455 as far as an echo needs it: .NET does the frames.</summary>
    private static void EchoWebSocket(OriginConnection c)
    {
        string head = c.ReadHead();
        string key = HttpText.Header(head, "sec-websocket-key")!;
        string accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
        c.Send($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n");
        using var stream = new System.Net.Sockets.NetworkStream(c.Socket, ownsSocket: false);
        using WebSocket socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
        byte[] buffer = new byte[16384];
        while (true)
        {
            WebSocketReceiveResult part = socket.ReceiveAsync(buffer, CancellationToken.None).GetAwaiter().GetResult();
            if (part.MessageType == WebSocketMessageType.Close)
            {
                socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None).GetAwaiter().GetResult();
                return;
            }
            socket
                .SendAsync(new ArraySegment<byte>(buffer, 0, part.Count), part.MessageType, part.EndOfMessage, CancellationToken.None)
                .GetAwaiter()
                .GetResult();
        }
    }
}
