// What a client can make a proxy do by HTTP/2 with next to nothing (CVE-2023-44487, CVE-2025-8671, CVE-2019-9511 to
// 9518, CVE-2016-6581, the CONTINUATION floods): each is ended or takes no more than it should, and others are served meanwhile.
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;
using static Baton.Conformance.Http2.FrameClient;

namespace Baton.Conformance.Http2;

public sealed class FloodTests : Scenario
{
    /// <summary>What one client may make a process grow by, whatever it does (bytes).</summary>
    private const long MostMemory = 40_000_000;

    private OriginServer _origin = null!;

    private ProxyProcess Serve(Product product, string global = "", string timeout = "60s")
    {
        _origin = HttpOrigin(_ => $"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n{new string('x', 200_000)}");
        return Start(
            product,
            Defaults.Replace("global\n", $"global\n    {global}\n", StringComparison.Ordinal)
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} proto h2
                    timeout client {{timeout}}
                    http-request return status 200 content-type text/plain string hello if { path /hello }
                    default_backend be
                backend be
                    server s 127.0.0.1:{{_origin.Port}}
                """
        );
    }

    private FrameClient Client(ProxyProcess proxy, params (int, uint)[] settings) => Keep(new FrameClient(proxy.Port())).Start(settings);

    /// <summary>Somebody else is served as ever, and the process is as large as it was.</summary>
    private void ExpectUnharmed(ProxyProcess proxy, long before)
    {
        Assert.Equal("hello", Client(proxy).Ask(1, "/hello").Body);
        long now = proxy.ResidentBytes();
        Assert.True(now - before < MostMemory, $"{before} bytes before, {now} after");
        long used = Processor(proxy) - _processor;
        Assert.True(used < MostProcessorMs, $"{used} ms of a processor");
        Assert.False(proxy.HasExited);
    }

    /// <summary>What one flood may cost (ms of a processor): it is ended early, or it is slow.</summary>
    private const long MostProcessorMs = 3000;

    private long _processor;

    /// <summary>Milliseconds of processors that a process has used.</summary>
    private static long Processor(ProxyProcess proxy)
    {
        string stat = File.ReadAllText($"/proc/{proxy.Pid}/stat");
        string[] words = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        // user and system, in hundredths of a second
        return 10 * (long.Parse(words[11], CultureInfo.InvariantCulture) + long.Parse(words[12], CultureInfo.InvariantCulture));
    }

    private long Warm(ProxyProcess proxy)
    {
        _processor = Processor(proxy);
        Assert.Equal("hello", Client(proxy).Ask(1, "/hello").Body);
        return proxy.ResidentBytes();
    }

    private static byte[] Int(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Join(params byte[][] frames) => [.. frames.SelectMany(f => f)];

    /// <summary>So many times in a row, in pieces of a hundred.</summary>
    private static IEnumerable<byte[]> Times(int count, Func<int, byte[]> frame)
    {
        for (int i = 0; i < count; i += 100)
        {
            int from = i;
            yield return [.. Enumerable.Range(from, 100).SelectMany(frame)];
        }
    }

    /// <summary>Streams that are opened and reset at once.</summary>
    [Fact]
    public void Rapid_reset()
    {
        ProxyProcess proxy = Serve(Product.Baton);
        long before = Warm(proxy);
        FrameClient client = Client(proxy);
        byte[] request = Request(path: "/large");
        client.Flood(
            Times(20_000, i => Join(Make(Headers, EndHeaders | EndStream, 2 * i + 1, request), Make(RstStream, 0, 2 * i + 1, Int(8))))
        );
        Assert.Equal(EnhanceYourCalm, client.ReadToGoAway());
        ExpectUnharmed(proxy, before);
        // a server is not asked for what nobody waits for: some had gone out before their reset was read
        Assert.InRange(_origin.Connections, 0, 1200);
    }

    /// <summary>Streams that the proxy is made to reset.</summary>
    [Theory]
    [InlineData("window")]
    [InlineData("data")]
    [InlineData("priority")]
    [InlineData("malformed")]
    public void Made_you_reset(string kind)
    {
        ProxyProcess proxy = Serve(Product.Baton);
        long before = Warm(proxy);
        FrameClient client = Client(proxy);
        byte[] request = Request("POST", "/large"),
            malformed = Request("POST", "/large", ("connection", "close"));
        client.Flood(Times(10_000, i =>
            {
                int id = 2 * i + 1;
                return kind switch
                {
                    "window" => Join(Make(Headers, EndHeaders, id, request), Make(WindowUpdate, 0, id, Int(0))),
                    "data" => Join(Make(Headers, EndHeaders | EndStream, id, request), Make(Data, 0, id, 1)),
                    "priority" => Join(Make(Headers, EndHeaders, id, request), Make(Priority, 0, id, [.. Int((uint)id), 1])),
                    _ => Make(Headers, EndHeaders, id, malformed),
                };
            }));
        Assert.Equal(EnhanceYourCalm, client.ReadToGoAway());
        ExpectUnharmed(proxy, before);
    }

    /// <summary>A field block that never ends, in small pieces, in large ones and in none.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16000)]
    public void Continuation_flood(int size)
    {
        ProxyProcess proxy = Serve(Product.Baton);
        long before = Warm(proxy);
        FrameClient client = Client(proxy);
        byte[] piece = new byte[size];
        // a name that goes on and on
        piece.AsSpan().Fill((byte)'a');
        client.Send(Headers, 0, 1, [.. Request(), 0, 127, 0xFF, 0xFF, 0x3F]);
        client.Flood(Times(50_000, _ => Make(Continuation, 0, 1, piece)).Take(size > 1000 ? 10 : 500));
        Assert.NotNull(client.ReadToGoAway());
        ExpectUnharmed(proxy, before);
    }

    /// <summary>Frames that ask for an answer each, none of which is read.</summary>
    [Theory]
    [InlineData("settings")]
    [InlineData("settings-window")]
    [InlineData("ping")]
    public void Answers_that_nobody_reads(string kind)
    {
        ProxyProcess proxy = Serve(Product.Baton);
        long before = Warm(proxy);
        FrameClient client = Client(proxy);
        client.Flood(Times(100_000, i => kind switch
                {
                    "settings" => Make(Settings, 0, 0),
                    "settings-window" => Make(Settings, 0, 0, [0, 4, .. Int((uint)(1000 + i % 2))]),
                    _ => Make(Ping, 0, 0, new byte[8]),
                }));
        Assert.Equal(EnhanceYourCalm, client.ReadToGoAway());
        ExpectUnharmed(proxy, before);
    }

    /// <summary>Frames that are allowed and do nothing.</summary>
    [Theory]
    [InlineData("priority")]
    [InlineData("unknown")]
    [InlineData("data")]
    [InlineData("padding")]
    [InlineData("window")]
    [InlineData("names")]
    public void Frames_without_an_effect(string kind)
    {
        ProxyProcess proxy = Serve(Product.Baton);
        long before = Warm(proxy);
        FrameClient client = Client(proxy);
        client.Send(Headers, EndHeaders, 1, Request("POST", "/large"));
        byte[] nameless = Request("GET", "/large", ("", "x"));
        client.Flood(Times(100_000, i => kind switch
                {
                    "priority" => Make(Priority, 0, 2 * i + 1, 0, 0, 0, 0, 16),
                    "unknown" => Make(0x77, 0, 0, 1),
                    "data" => Make(Data, 0, 1),
                    "padding" => Make(Data, 8, 1, 3, 0, 0, 0),
                    "window" => Make(WindowUpdate, 0, 0, Int(1)),
                    _ => Make(Headers, EndHeaders | EndStream, 2 * i + 3, nameless),
                }));
        Assert.Equal(EnhanceYourCalm, client.ReadToGoAway());
        ExpectUnharmed(proxy, before);
    }

    /// <summary>A body in pieces of one byte: each is a frame, and a large part of a window that is never given back.</summary>
    [Fact]
    public void Small_pieces_of_a_body()
    {
        ProxyProcess proxy = Serve(Product.Baton);
        long before = Warm(proxy);
        FrameClient client = Client(proxy);
        client.Send(Headers, EndHeaders, 1, Request("POST", "/large"));
        client.Flood(Times(200_000, _ => Make(Data, 0, 1, 1)));
        uint? error = client.ReadToGoAway();
        // whichever comes first: the window is full, or it is too many
        Assert.True(error is EnhanceYourCalm or 3, $"{error}");
        ExpectUnharmed(proxy, before);
    }

    /// <summary>One octet that stands for four thousand, over and over, on as many streams as there may be.</summary>
    [Theory]
    [InlineData("x-a")]
    [InlineData("cookie")]
    public void Hpack_bomb(string name)
    {
        ProxyProcess proxy = Serve(Product.Baton);
        long before = Warm(proxy);
        FrameClient client = Client(proxy, (4, 0));
        // literal with indexing
        byte[] entry = Block((name, new string('v', 3900)));
        entry[0] = 0x40;
        client.Send(Headers, EndHeaders | EndStream, 1, [.. Request(path: "/large"), .. entry]);
        byte[] bomb = [.. Request(path: "/large"), .. Enumerable.Repeat((byte)0xBE, 12_000)];
        bool isOpen = client.Flood(Enumerable.Range(1, 90).Select(i => Make(Headers, EndHeaders | EndStream, 2 * i + 1, bomb)));
        ExpectUnharmed(proxy, before);
        if (!isOpen)
            return;
        // too large, and said so, or the connection is over
        Frame? answer;
        do answer = client.Read();
        while (answer is { Type: not (GoAway or RstStream) } && !(answer is { Type: Headers, Stream: > 1 }));
        Assert.True(answer is null or { Type: GoAway or RstStream or Headers });
    }

    /// <summary>Answers that are asked for and never taken: each holds what a stream may hold, until the client's time is over.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_window_of_nothing(Product product)
    {
        ProxyProcess proxy = Serve(product, timeout: "2s");
        long before = Warm(proxy);
        FrameClient client = Client(proxy, (4, 0));
        client.Flood(Enumerable.Range(0, 100).Select(i => Make(Headers, EndHeaders | EndStream, 2 * i + 1, Request(path: "/large"))));
        for (int i = 0; i < 100; i++)
            client.ReadUntil(f => f.Type == Headers);
        ExpectUnharmed(proxy, before);
        int over = 0;
        while (over < 100 && client.Read() is { } frame)
            over += frame.Type == RstStream ? 1 : 0;
        ExpectUnharmed(proxy, before);
    }

    /// <summary>More streams than were offered are refused, and may be tried again.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void More_streams_than_there_may_be(Product product)
    {
        ProxyProcess proxy = Serve(product, "tune.h2.max-concurrent-streams 10");
        FrameClient client = Client(proxy, (4, 0));
        Frame settings = client.ReadUntil(f => f.Type == Settings && f.Payload.Length > 0);
        Assert.Contains("00030000000A", Convert.ToHexString(settings.Payload), StringComparison.Ordinal);
        for (int i = 0; i < 11; i++)
            client.Send(Headers, EndHeaders | EndStream, 2 * i + 1, Request(path: "/large"));
        Frame reset = client.ReadUntil(f => f.Type == RstStream);
        Assert.Equal((21, 7u), (reset.Stream, reset.Error));
        // one that ends makes room
        client.Send(RstStream, 0, 1, Int(8));
        client.Send(Ping, 0, 0, new byte[8]);
        client.ReadUntil(f => f.Type == Ping);
        client.Send(Headers, EndHeaders | EndStream, 25, Request(path: "/hello"));
        client.ReadUntil(f => f is { Type: Headers, Stream: 25 });
    }
}
