// Servers that mean no good, or are out of order: what they can make of the proxy is bounded, and their clients are told.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Http2;

public sealed class ServerFloodTests : Scenario
{
    private ProxyProcess Proxy(int server, string rules = "") =>
        Start(
            Product.Baton,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    {{rules}}
                    default_backend be
                backend be
                    retries 0
                    http-reuse always
                    server s 127.0.0.1:{{server}} proto h2
                """
        );

    public static TheoryData<string> Floods() => ["ping", "settings", "interim", "empty", "continuation", "huge", "window", "unknown"];

    private static IEnumerable<byte[]> Flood(string kind, int stream)
    {
        byte[] block = FrameClient.Block((":status", "103"), ("x-fill", new string('x', 900)));
        switch (kind)
        {
            case "ping":
                return Enumerable.Repeat(FrameClient.Make(FrameClient.Ping, 0, 0, new byte[8]), 100_000);
            case "settings":
                return Enumerable.Repeat(FrameClient.MakeSettings((4, 65535)), 100_000);
            case "interim":
                return Enumerable.Repeat(FrameClient.Make(FrameClient.Headers, FrameClient.EndHeaders, stream, block), 100_000);
            case "empty":
                return
                [
                    FrameClient.Make(FrameClient.Headers, FrameClient.EndHeaders, stream, FrameClient.Block((":status", "200"))),
                    .. Enumerable.Repeat(FrameClient.Make(FrameClient.Data, 0, stream), 100_000),
                ];
            case "continuation":
                return
                [
                    FrameClient.Make(FrameClient.Headers, 0, stream, block),
                    .. Enumerable.Repeat(FrameClient.Make(FrameClient.Continuation, 0, stream, 0x82), 100_000),
                ];
            case "huge":
                return
                [
                    FrameClient.Make(FrameClient.Headers, 0, stream, new byte[16384]),
                    .. Enumerable.Repeat(FrameClient.Make(FrameClient.Continuation, 0, stream, new byte[16384]), 1000),
                ];
            case "window":
                return Enumerable.Repeat(FrameClient.Make(FrameClient.WindowUpdate, 0, stream, 0, 0, 0, 1), 200_000);
            default:
                return Enumerable.Repeat(FrameClient.Make(0x77, 0, stream, 1, 2, 3), 100_000);
        }
    }

    [Theory, MemberData(nameof(Floods))]
    public void A_flood_ends_its_connection_and_nothing_else(string kind)
    {
        var server = Keep(
            new FrameServer(peer =>
            {
                peer.Start();
                FrameServer.Request request = peer.ReadRequest();
                if (request[":path"] == "/good")
                {
                    peer.Answer(request.Stream, "200", "good");
                    peer.ReadAll();
                    return;
                }
                try
                {
                    foreach (byte[][] pieces in Flood(kind, request.Stream).Chunk(100))
                        peer.Send([.. pieces.SelectMany(p => p)]);
                }
                catch (SocketException) { }
            })
        );
        ProxyProcess proxy = Proxy(server.Port);
        RawClient client = Connect(proxy);
        client.Send("GET /flood HTTP/1.1\r\nHost: a\r\n\r\n");
        // whatever it is, it ends: by 502, or cut
        string all = client.ReadTextToEnd();
        Assert.DoesNotContain("good", all, StringComparison.Ordinal);
        Assert.Equal("good", Connect(proxy).Get("/good").Body);
        Assert.InRange(proxy.ResidentBytes(), 1, 200_000_000);
    }

    /// <summary>What is told of a connection in frames.</summary>
    [Fact]
    public void Facts_of_a_servers_connection_are_told()
    {
        var server = Keep(
            new FrameServer(peer =>
            {
                peer.Start((3, 7));
                while (true)
                {
                    FrameServer.Request request = peer.ReadRequest();
                    if (request[":path"] == "/odd")
                        peer.SendHeaders(request.Stream, true, ("x-none", "1"));
                    else
                        peer.Answer(request.Stream, "200", "fine");
                }
            })
        );
        ProxyProcess proxy = Proxy(
            server.Port,
            "http-response set-header x-facts \"%[bc_http_major] %[bc_nb_streams] %[bc_settings_streams_limit] %[bc_reused] %[bc_glitches]\""
        );
        RawClient client = Connect(proxy);
        Assert.Equal("2 1 7 0 0", client.Get("/")["x-facts"]);
        Assert.Equal(502, Connect(proxy).Get("/odd").Status);
        Assert.Equal("2 1 7 1 1", client.Get("/")["x-facts"]);
    }
}
