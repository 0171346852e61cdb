// What is told of connections in frames: columns of "show stat", stream numbers of "show sess".
using System;
using System.Collections.Generic;
using System.Linq;
using Baton.Conformance.Cli;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Http2;

public sealed class Http2CounterTests : CliScenario
{
    /// <summary>Answers as the path says; nothing for /hold.</summary>
    private FrameServer Server() =>
        Keep(
            new FrameServer(peer =>
            {
                peer.Start();
                while (peer.Read() is { } frame)
                {
                    if (frame.Type != FrameClient.Headers)
                        continue;
                    FrameServer.Request request = peer.Note(frame);
                    int stream = request.Stream;
                    switch (request[":path"])
                    {
                        case "/hold":
                            break;
                        case "/bad":
                            peer.SendHeaders(stream, true, (":status", "200"), ("X-Upper", "1"));
                            break;
                        case "/reset":
                            peer.Reset(stream, 2);
                            break;
                        case "/goaway":
                            peer.SendHeaders(stream, true, (":status", "200"));
                            peer.GoAway(stream);
                            break;
                        default:
                            peer.SendHeaders(stream, false, (":status", "200"));
                            peer.SendData(stream, "some", ends: false);
                            peer.SendData(stream, "more", ends: true);
                            break;
                    }
                }
            })
        );

    private ProxyProcess Proxy(Product product) =>
        Start(
            product,
            Global
                + HttpDefaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} proto h2
                    default_backend be
                backend be
                    http-reuse always
                    server s 127.0.0.1:{{Server().Port}} proto h2
                """
        );

    /// <summary>The columns of a row that are not 0, without those that the programs count otherwise.</summary>
    private string Counts(string proxy, string name) =>
        string.Join(
            ' ',
            StatisticsTable
                .Parse(Ask("show stat"))[proxy, name]
                .Where(c =>
                    c.Key.StartsWith("h2_", StringComparison.Ordinal)
                    && c.Value != "0"
                    && c.Key is not ("h2_settings_rcvd" or "h2_rst_stream_resp" or "h2_goaway_resp")
                )
                .Select(c => $"{c.Key[3..]}={c.Value}")
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Frames_streams_and_connections_are_counted(Product product)
    {
        var client = Keep(new FrameClient(Proxy(product).Port("p1")).Start());
        client.SendHeaders(1, FrameClient.Request());
        client.ReadStream(1);
        client.SendHeaders(3, FrameClient.Request("POST"), ends: false);
        client.Send(FrameClient.Data, 0, 3, 1, 2, 3);
        client.Send(FrameClient.Data, FrameClient.EndStream, 3, 4);
        client.ReadStream(3);
        client.SendHeaders(5, FrameClient.Request("GET", "/hold"));
        Eventually(() => Counts("fe", "FRONTEND").Contains("open_streams=1", StringComparison.Ordinal), "no stream is open");
        Eventually(() => Counts("be", "BACKEND").Contains("open_streams=1", StringComparison.Ordinal), "no stream is open");
        client.Send(FrameClient.RstStream, 0, 5, 0, 0, 0, 8);
        int stream = 7;
        foreach (string path in (string[])["/bad", "/reset", "/goaway"])
        {
            client.SendHeaders(stream, FrameClient.Request("GET", path));
            client.ReadStream(stream);
            stream += 2;
        }
        const string Front = "headers_rcvd=6 data_rcvd=2 rst_stream_rcvd=1 open_connections=1 total_connections=1 backend_total_streams=6",
            Back =
                "headers_rcvd=4 data_rcvd=4 rst_stream_rcvd=1 goaway_rcvd=1 detected_strm_protocol_errors=1 total_connections=1 backend_total_streams=6";
        Eventually(() => Counts("fe", "FRONTEND") == Front, $"not {Front} but {Counts("fe", "FRONTEND")}");
        Eventually(() => Counts("be", "BACKEND") == Back, $"not {Back} but {Counts("be", "BACKEND")}");
        // a fault of the connection
        client.Send(FrameClient.Settings, 0, 1);
        Eventually(
            () => Counts("fe", "FRONTEND").Contains("detected_conn_protocol_errors=1 total", StringComparison.Ordinal),
            $"it is not told: {Counts("fe", "FRONTEND")}"
        );
    }

    /// <summary>A session on such a connection is one of its streams, on both sides.</summary>
    [Fact]
    public void A_session_tells_its_streams()
    {
        var client = Keep(new FrameClient(Proxy(Product.Baton).Port("p1")).Start());
        client.SendHeaders(1, FrameClient.Request());
        client.ReadStream(1);
        client.SendHeaders(7, FrameClient.Request("GET", "/hold"));
        Eventually(() => Counts("be", "BACKEND").Contains("open_streams=1", StringComparison.Ordinal), "no stream is open");
        string session = Ask("show sess all");
        Assert.Matches(@"scf: fd=.* mux=H2 h2s\.id=7\n", session);
        Assert.Matches(@"scb: fd=.* mux=H2 h2s\.id=3\n", session);
    }

    /// <summary>What has moved is not counted twice, and what is open is so in one process.</summary>
    [Fact]
    public void Counts_go_on_over_a_reload()
    {
        using OriginServer origin = OriginServer.Http(_ => "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        using var proxy = new Reloadable(
            """
            frontend web
                mode http
                bind 127.0.0.1:${port} proto h2
                default_backend be
            backend be
                mode http
                server s 127.0.0.1:${origin}
            """,
            origin.Port
        );
        proxy.Reload();
        using var client = new FrameClient(proxy.Port).Start();
        client.SendHeaders(1, FrameClient.Request());
        client.ReadStream(1);
        int old = proxy.Reload();
        Reloadable.WaitGone(old, Patience.Ms);
        client.SendHeaders(3, FrameClient.Request());
        client.ReadStream(3);
        Dictionary<string, string> row = StatisticsTable.Parse(proxy.Ask("show stat"))["web", "FRONTEND"];
        Assert.Equal(
            ("2", "1", "1", "2"),
            (row["h2_headers_rcvd"], row["h2_open_connections"], row["h2_total_connections"], row["h2_backend_total_streams"])
        );
    }

    /// <summary>Whoever resets more than its turn has goes on in the next one, with nothing lost.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Resets_are_taken_so_many_at_once(int atOnce)
    {
        ProxyProcess proxy = Start(
            Product.Baton,
            Defaults.Replace("nbthread 1", $"nbthread 1\n    tune.h2.fe.max-rst-at-once {atOnce}", StringComparison.Ordinal)
                + """
                frontend fe
                    bind 127.0.0.1:${p1} proto h2
                    http-request return status 200 content-type text/plain string fine
                """
        );
        var client = Keep(new FrameClient(proxy.Port("p1")).Start());
        List<byte> all = [];
        byte[] block = FrameClient.Request();
        for (int i = 0; i < 300; i++)
        {
            all.AddRange(FrameClient.Make(FrameClient.Headers, FrameClient.EndStream | FrameClient.EndHeaders, 2 * i + 1, block));
            all.AddRange(FrameClient.Make(FrameClient.RstStream, 0, 2 * i + 1, 0, 0, 0, 8));
        }
        // the end of it waits in the middle of a frame
        all.AddRange(FrameClient.Make(FrameClient.Headers, FrameClient.EndStream | FrameClient.EndHeaders, 601, block)[..5]);
        client.Send([.. all]);
        client.Send(FrameClient.Make(FrameClient.Headers, FrameClient.EndStream | FrameClient.EndHeaders, 601, block).AsSpan(5));
        Assert.Equal("fine", client.ReadBody(601));
    }
}
