// HTTP/2 connections on their way through reloads: their clients never notice.
using System;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Http2;

public sealed class Http2MoveTests : IDisposable
{
    private readonly OriginServer _origin;
    private readonly Reloadable _proxy;
    private readonly ManualResetEventSlim _gate = new(false);

    public Http2MoveTests()
    {
        _origin = OriginServer.Http(head =>
        {
            if (head.Contains("/slow", StringComparison.Ordinal))
                _gate.Wait(Patience.Ms);
            return $"HTTP/1.1 200 OK\r\nContent-Length: {head.Length}\r\n\r\n{head}";
        });
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

    /// <summary>A field that was put into the table before a reload is meant by its number after it.</summary>
    [Fact]
    public void A_table_of_fields_moves_with_its_connection()
    {
        using var client = new FrameClient(_proxy.Port).Start();
        client.SendHeaders(1, [.. FrameClient.Request(path: "/1"), .. FrameClient.Field("x-note", "told before", 0x40)]);
        Assert.Contains("x-note: told before\r\n", client.ReadBody(1), StringComparison.Ordinal);
        int stream = 1;
        for (int i = 0; i < 3; i++)
        {
            int old = _proxy.Reload();
            Reloadable.WaitGone(old, Patience.Ms);
            stream += 2;
            client.SendHeaders(stream, [.. FrameClient.Request(path: $"/{stream}"), 0x80 | 62]);
            Assert.Contains("x-note: told before\r\n", client.ReadBody(stream), StringComparison.Ordinal);
        }
    }

    /// <summary>A frame may begin before a reload and end after it, the preface too.</summary>
    [Fact]
    public void What_is_not_whole_moves()
    {
        using var early = new FrameClient(_proxy.Port);
        early.Send(FrameClient.Preface[..7]);
        using var client = new FrameClient(_proxy.Port).Start();
        byte[] request = FrameClient.Make(FrameClient.Headers, 5, 1, FrameClient.Request(path: "/torn"));
        client.Send(request[..5]);
        // it has been read by then
        Thread.Sleep(50);
        int old = _proxy.Reload();
        Reloadable.WaitGone(old, Patience.Ms);
        client.Send(request[5..]);
        Assert.StartsWith("GET /torn ", client.ReadBody(1), StringComparison.Ordinal);
        early.Send(FrameClient.Preface[7..]);
        early.Send(FrameClient.Make(FrameClient.Settings, 0, 0));
        early.SendHeaders(1, FrameClient.Request(path: "/early"));
        Assert.StartsWith("GET /early ", early.ReadBody(1), StringComparison.Ordinal);
    }

    /// <summary>A stream under way ends in the old process; the connection goes on in the new one, without a word of farewell.</summary>
    [Fact]
    public void A_connection_with_a_stream_moves_when_that_has_ended()
    {
        using var client = new FrameClient(_proxy.Port).Start();
        client.SendHeaders(1, FrameClient.Request(path: "/slow"));
        client.Send(FrameClient.Make(FrameClient.Ping, 0, 0, new byte[8]));
        client.ReadUntil(FrameClient.Ping);
        int old = _proxy.Reload();
        _gate.Set();
        Assert.StartsWith("GET /slow ", client.ReadBody(1), StringComparison.Ordinal);
        Reloadable.WaitGone(old, Patience.Ms);
        client.SendHeaders(3, FrameClient.Request(path: "/after"));
        Assert.StartsWith("GET /after ", client.ReadBody(3), StringComparison.Ordinal);
        client.Send(FrameClient.Make(FrameClient.Ping, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8));
        FrameClient.Frame pong = client.Read()!;
        Assert.Equal((FrameClient.Ping, (byte)1), (pong.Type, pong.Flags));
    }

    /// <summary>The next process has no use for the connection: it is served here, told in time, and ended.</summary>
    [Fact]
    public void What_the_next_process_refuses_hears_of_it_and_is_answered()
    {
        using FrameClient client = new FrameClient(_proxy.Port).Start();
        Assert.StartsWith("GET /first ", client.Ask(1, "/first").Body, StringComparison.Ordinal);
        _proxy.Edit("frontend web", "frontend other");
        int old = _proxy.Reload();
        Assert.StartsWith("GET /second ", client.Ask(3, "/second").Body, StringComparison.Ordinal);
        Assert.Equal(0u, client.ReadToGoAway());
        Reloadable.WaitGone(old, Patience.Ms);
    }

    /// <summary>What a client may send goes by what it was told, not by what the next process tells others.</summary>
    [Fact]
    public void Windows_are_kept_that_were_given()
    {
        _proxy.Edit("nbthread 2", "nbthread 2\n    tune.h2.initial-window-size 65535");
        int old = _proxy.Reload();
        Reloadable.WaitGone(old, Patience.Ms);
        using FrameClient client = new FrameClient(_proxy.Port).Start();
        Assert.StartsWith("GET /first ", client.Ask(1, "/first").Body, StringComparison.Ordinal);
        _proxy.Edit("initial-window-size 65535", "initial-window-size 1048576");
        old = _proxy.Reload();
        Reloadable.WaitGone(old, Patience.Ms);
        // of eight windows half is more than what is sent
        byte[] piece = new byte[16_000];
        int stream = 3;
        for (int sent = 0; sent < 600_000; stream += 2)
        {
            client.SendHeaders(stream, FrameClient.Request("POST", "/up", ("content-length", "48000")), ends: false);
            for (int i = 0; i < 3; i++, sent += piece.Length)
                client.Send(FrameClient.Data, (byte)(i == 2 ? FrameClient.EndStream : 0), stream, piece);
            FrameClient.Frame update = client.ReadUntil(f => f.Stream == stream && (f.Ends || f.Type == FrameClient.RstStream));
            Assert.NotEqual(FrameClient.RstStream, update.Type);
        }
    }

    /// <summary>Under load that leaves no connection without a stream, reload upon reload: no request is lost, and none needs another
    /// connection.</summary>
    [Fact]
    public async Task Busy_connections_move_without_a_request_lost()
    {
        using var handler = new SocketsHttpHandler { EnableMultipleHttp2Connections = false };
        using var client = new HttpClient(handler)
        {
            BaseAddress = new Uri($"http://127.0.0.1:{_proxy.Port}"),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = TimeSpan.FromMilliseconds(Patience.Ms),
        };
        await client.GetStringAsync("/first", TestContext.Current.CancellationToken);
        bool isOver = false;
        int answered = 0;
        Task[] askers = Enumerable
            .Range(0, 8)
            .Select(n =>
                Task.Run(async () =>
                {
                    while (!Volatile.Read(ref isOver))
                    {
                        string body = await client.GetStringAsync($"/{n}");
                        Assert.StartsWith($"GET /{n} ", body, StringComparison.Ordinal);
                        Interlocked.Increment(ref answered);
                    }
                })
            )
            .ToArray();
        for (int i = 0; i < 4; i++)
        {
            int before = Volatile.Read(ref answered);
            int old = _proxy.Reload();
            Reloadable.WaitGone(old, Patience.Ms);
            SpinWait.SpinUntil(() => Volatile.Read(ref answered) > before + 20, Patience.Ms);
        }
        Volatile.Write(ref isOver, true);
        await Task.WhenAll(askers);
        Assert.True(answered > 80);
    }
}
