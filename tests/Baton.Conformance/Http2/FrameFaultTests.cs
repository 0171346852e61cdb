// Frames that are wrong, and what comes back: the error that RFC 9113 names, for the connection or for the stream alone, on both
// programs. What is sent in pieces is judged as what comes whole.
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;
using static Baton.Conformance.Http2.FrameClient;

namespace Baton.Conformance.Http2;

public sealed class FrameFaultTests : Scenario
{
    private const uint ProtocolError = 1,
        FlowControlError = 3,
        StreamClosed = 5,
        FrameSizeError = 6,
        CompressionError = 9;

    private ProxyProcess Serve(Product product)
    {
        OriginServer origin = Origin(c =>
        {
            // takes a head, and lets the client wait
            c.ReadHead();
            c.ReadToEnd();
        });
        return Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1} proto h2
                    http-request return status 200 content-type text/plain string hello if { path /hello }
                    default_backend be
                backend be
                    server s 127.0.0.1:{{origin.Port}}
                """
        );
    }

    private static byte[] Int(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Open(int stream) => Make(Headers, EndHeaders, stream, Request("POST", "/wait"));

    private static byte[] Join(params byte[][] frames) => [.. frames.SelectMany(f => f)];

    private static readonly Dictionary<string, (uint Error, byte[] Frames)> s_ofConnection = new()
    {
        ["PRIORITY of a wrong length"] = (FrameSizeError, Make(Priority, 0, 1, new byte[4])),
        ["PRIORITY that is long"] = (FrameSizeError, Make(Priority, 0, 1, new byte[16000])),
        ["PRIORITY of no stream"] = (ProtocolError, Make(Priority, 0, 0, new byte[5])),
        ["PUSH_PROMISE"] = (ProtocolError, Make(5, 4, 1, 0, 0, 0, 2, 0x82)),
        ["HEADERS of an even stream"] = (ProtocolError, Make(Headers, 5, 2, Request())),
        ["HEADERS of no stream"] = (ProtocolError, Make(Headers, 5, 0, Request())),
        ["HEADERS of a stream that is over"] = (
            StreamClosed,
            Join(Make(Headers, 5, 3, Request(path: "/hello")), Make(Headers, 5, 1, Request()))
        ),
        ["HEADERS that cannot be decoded"] = (CompressionError, Make(Headers, 5, 1, 0x80)),
        ["HEADERS padded too much"] = (ProtocolError, Make(Headers, 0xD, 1, [200, .. Request()])),
        ["DATA of an idle stream"] = (ProtocolError, Make(Data, 0, 1, 1)),
        ["DATA of no stream"] = (ProtocolError, Make(Data, 0, 0, 1)),
        ["DATA padded too much"] = (ProtocolError, Join(Open(1), Make(Data, 8, 1, 2, 0))),
        ["DATA too long"] = (FrameSizeError, Join(Open(1), Make(Data, 0, 1, new byte[16385]))),
        ["RST_STREAM of an idle stream"] = (ProtocolError, Make(RstStream, 0, 1, Int(8))),
        ["RST_STREAM of a wrong length"] = (FrameSizeError, Join(Open(1), Make(RstStream, 0, 1, new byte[5]))),
        ["SETTINGS of a wrong length"] = (FrameSizeError, Make(Settings, 0, 0, new byte[5])),
        ["SETTINGS of a stream"] = (ProtocolError, Make(Settings, 0, 1)),
        ["SETTINGS acknowledged with something"] = (FrameSizeError, Make(Settings, 1, 0, new byte[6])),
        ["SETTINGS with a large window"] = (FlowControlError, Make(Settings, 0, 0, [0, 4, .. Int(0x80000000)])),
        ["SETTINGS with a small frame"] = (ProtocolError, Make(Settings, 0, 0, [0, 5, .. Int(16383)])),
        ["PING of a wrong length"] = (FrameSizeError, Make(Ping, 0, 0, new byte[7])),
        ["PING of a stream"] = (ProtocolError, Make(Ping, 0, 1, new byte[8])),
        ["WINDOW_UPDATE of nothing"] = (ProtocolError, Make(WindowUpdate, 0, 0, Int(0))),
        ["WINDOW_UPDATE of too much"] = (FlowControlError, Make(WindowUpdate, 0, 0, Int(int.MaxValue))),
        ["WINDOW_UPDATE of a wrong length"] = (FrameSizeError, Make(WindowUpdate, 0, 0, new byte[5])),
        ["WINDOW_UPDATE of an idle stream"] = (ProtocolError, Make(WindowUpdate, 0, 1, Int(1))),
        ["CONTINUATION by itself"] = (ProtocolError, Make(Continuation, 4, 1, Request())),
        ["a block that is interrupted"] = (ProtocolError, Join(Make(Headers, 1, 1, Request()), Make(Ping, 0, 0, new byte[8]))),
    };

    private static readonly Dictionary<string, (uint Error, byte[] Frames)> s_ofStream = new()
    {
        ["DATA behind the end"] = (StreamClosed, Join(Make(Headers, 5, 1, Request(path: "/hello")), Make(Data, 0, 1, 1))),
        ["WINDOW_UPDATE of nothing"] = (ProtocolError, Join(Open(1), Make(WindowUpdate, 0, 1, Int(0)))),
        ["WINDOW_UPDATE of too much"] = (FlowControlError, Join(Open(1), Make(WindowUpdate, 0, 1, Int(int.MaxValue)))),
        ["a field of the connection"] = (ProtocolError, Make(Headers, 5, 1, Request("GET", "/hello", ("connection", "close")))),
        ["a name in upper case"] = (ProtocolError, Make(Headers, 5, 1, Request("GET", "/hello", ("X-A", "b")))),
        ["a line end in a value"] = (ProtocolError, Make(Headers, 5, 1, Request("GET", "/hello", ("x", "a\nb: c")))),
        ["no path"] = (ProtocolError, Make(Headers, 5, 1, Block((":method", "GET"), (":scheme", "http"), (":authority", "a")))),
        ["two methods"] = (
            ProtocolError,
            Make(Headers, 5, 1, Block([(":method", "GET"), (":method", "GET"), (":scheme", "http"), (":path", "/")]))
        ),
        ["a body shorter than was said"] = (
            ProtocolError,
            Join(Make(Headers, 4, 1, Request("POST", "/wait", ("content-length", "5"))), Make(Data, 1, 1, 1))
        ),
        ["a body longer than was said"] = (
            ProtocolError,
            Join(Make(Headers, 4, 1, Request("POST", "/wait", ("content-length", "1"))), Make(Data, 0, 1, 1, 2))
        ),
    };

    private static TheoryData<Product, string> OnBoth(IEnumerable<string> names) =>
        [
            .. from product in TestWire.On ? [Product.Baton] : (Product[])[Product.Baton, Product.Haproxy]
            from name in names
            select (product, name),
        ];

    public static TheoryData<Product, string> OfConnection => OnBoth(s_ofConnection.Keys);

    public static TheoryData<Product, string> OfStream => OnBoth(s_ofStream.Keys);

    [Theory, MemberData(nameof(OfConnection))]
    public void The_connection_ends(Product product, string fault)
    {
        ProxyProcess proxy = Serve(product);
        (uint error, byte[] frames) = s_ofConnection[fault];
        FrameClient client = Keep(new FrameClient(proxy.Port())).Start();
        client.Send(frames);
        Assert.Equal(error, client.ReadToGoAway());
        // in two pieces, cut in the last frame's middle, and in the first header
        foreach (int cut in (int[])[frames.Length / 2, 4])
        {
            client = Keep(new FrameClient(proxy.Port())).Start();
            client.Send(frames.AsSpan(0, cut));
            client.ReadUntil(f => f is { Type: Settings, Flags: 1 });
            client.Flood([frames[cut..]]);
            Assert.Equal(error, client.ReadToGoAway());
        }
        Assert.Equal("hello", Keep(new FrameClient(proxy.Port())).Start().Ask(1, "/hello").Body);
    }

    [Theory, MemberData(nameof(OfStream))]
    public void The_stream_ends(Product product, string fault)
    {
        ProxyProcess proxy = Serve(product);
        (uint error, byte[] frames) = s_ofStream[fault];
        FrameClient client = Keep(new FrameClient(proxy.Port())).Start();
        client.Send(frames);
        Assert.Equal(error, client.ReadUntil(f => f.Type == RstStream).Error);
        Assert.Equal("hello", client.Ask(5, "/hello").Body);
    }

    /// <summary>RFC 7541 §4.2: a peer that wants a smaller table is told that it is kept to, before the first block.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_smaller_table(Product product)
    {
        ProxyProcess proxy = Serve(product);
        FrameClient client = Keep(new FrameClient(proxy.Port())).Start((1, 0));
        Assert.Equal(0x20, client.Ask(1, "/hello").Head[0]);
        Assert.Equal(0x88, client.Ask(3, "/hello").Head[0]);
        client = Keep(new FrameClient(proxy.Port())).Start();
        Assert.Equal(0x88, client.Ask(1, "/hello").Head[0]);
    }
}
