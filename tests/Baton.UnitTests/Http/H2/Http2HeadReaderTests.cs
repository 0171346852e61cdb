// Field blocks that become heads, and heads that become field blocks: what HTTP/1 text is made of them, and what is refused and how.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Baton.Http.H1;
using Baton.Http.H2;
using Baton.Http.H2.Hpack;
using Baton.Http.Headers;
using Baton.Http.Messages;
using Baton.UnitTests.Http.H1;
using Xunit;

namespace Baton.UnitTests.Http.H2;

public sealed unsafe class Http2HeadReaderTests : IDisposable
{
    private const int Room = 2000;
    private readonly NativeBytes _arena = new(Room),
        _spare = new(Room);
    private readonly MessageHead _head = new(200);
    private HpackDecoder _decoder = new();

    public Http2HeadReaderTests() => _head.SetArena(_arena.Pointer, _spare.Pointer, Room);

    public void Dispose()
    {
        _arena.Dispose();
        _spare.Dispose();
        foreach (NativeBytes text in _texts)
            text.Dispose();
        _decoder.Release();
    }

    private static byte[] Bytes(string text) => NativeBytes.Latin1(text);

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>Names and values in turn, none of it indexed; "!" before a name that never is.</summary>
    private static byte[] Block(params string[] words) =>
        [
            .. Enumerable
                .Range(0, words.Length / 2)
                .SelectMany(i =>
                    (byte[])
                        [
                            words[2 * i].StartsWith('!') ? (byte)0x10 : (byte)0,
                            .. HpackDecoderTests.Number(0, 0x7F, words[2 * i].TrimStart('!').Length),
                            .. Bytes(words[2 * i].TrimStart('!')),
                            .. HpackDecoderTests.Number(0, 0x7F, words[2 * i + 1].Length),
                            .. Bytes(words[2 * i + 1]),
                        ]
                ),
        ];

    private HeadReading Request(bool endsStream, params string[] words) => Request(endsStream, default, Block(words));

    private HeadReading Request(bool endsStream, HeadLimits limits, byte[] block) =>
        Http2HeadReader.ReadRequest(ref _decoder, block, new byte[HpackDecoder.ScratchSize(block.Length)], _head, limits, endsStream);

    private string Written()
    {
        Assert.True(HeadWriter.RestoreFraming(_head));
        byte[] text = new byte[HeadWriter.Length(_head)];
        Assert.Equal(text.Length, HeadWriter.Write(_head, text));
        return Text(text).Replace("\r\n", "|");
    }

    private static readonly string[] s_start = [":method", "GET", ":scheme", "http", ":authority", "a.test", ":path", "/p?q"];

    [Theory]
    [InlineData("GET /p?q HTTP/1.1|host: a.test||")]
    [InlineData("GET /p?q HTTP/1.1|host: a.test|x: y||", "x", "y")]
    [InlineData("GET /p?q HTTP/1.1|host: a.test|cookie: a=b; c=d|x: y||", "cookie", "a=b", "x", "y", "cookie", "c=d")]
    [InlineData("GET /p?q HTTP/1.1|host: a.test|te: trailers||", "host", "A.TEST:80", "te", "trailers")]
    [InlineData("GET /p?q HTTP/1.1|host: a.test|content-length: 0||", "content-length", "0")]
    public void Requests(string text, params string[] words)
    {
        HeadReading reading = Request(true, [.. s_start, .. words]);
        Assert.Equal((HeadVerdict.Fine, ParseStatus.Complete), (reading.Verdict, reading.Status));
        Assert.Equal(4 + words.Length / 2, reading.Fields);
        Assert.Equal(text, Written());
    }

    [Theory]
    [InlineData("POST /p?q HTTP/1.1|host: a.test|transfer-encoding: chunked||", -1)]
    [InlineData("POST /p?q HTTP/1.1|host: a.test|content-length: 3||", 3, "content-length", "3")]
    public void Requests_with_a_body(string text, long length, params string[] words)
    {
        Assert.True(Request(false, [":method", "POST", .. s_start[2..], .. words]).IsFine);
        Assert.Equal(length, _head.ContentLength);
        Assert.Equal(text, Written());
    }

    /// <summary>RFC 8441: a GET with Upgrade, as HTTP/1 has it; what follows is no body.</summary>
    [Fact]
    public void An_extended_CONNECT()
    {
        HeadReading reading = Request(
            false,
            [":method", "CONNECT", ":protocol", "websocket", .. s_start[2..], "sec-websocket-version", "13"]
        );
        Assert.True(reading.IsFine && reading.IsExtendedConnect);
        Assert.Equal(BodyKind.None, _head.Body);
        Assert.True(_head.ConnectionUpgrade && _head.HasUpgradeHeader);
        Assert.Equal("GET /p?q HTTP/1.1|host: a.test|connection: upgrade|upgrade: websocket|sec-websocket-version: 13||", Written());
        // and back again
        Assert.Equal(
            ":method: CONNECT\n:protocol: websocket\n:scheme: http\n:path: /p?q\n:authority: a.test\nsec-websocket-version: 13",
            Decoded(HeadBlockWriter.WriteRequest(_head, "https"u8, _block, opensTunnel: true))
        );
        // any other stays what it is
        Assert.True(Request(false, ":method", "CONNECT", ":authority", "a.test:443").IsFine);
        Assert.Equal("CONNECT a.test:443 HTTP/1.1|host: a.test:443||", Written());
        Assert.Equal(
            ":method: CONNECT\n:authority: a.test:443",
            Decoded(HeadBlockWriter.WriteRequest(_head, "https"u8, _block, opensTunnel: true))
        );
    }

    private readonly byte[] _block = new byte[4000];

    private string? Decoded(int length)
    {
        var decoder = new HpackDecoder();
        return FieldList.Decode(ref decoder, _block.AsSpan(0, length));
    }

    [Theory]
    [InlineData(":method", "GET", ":scheme", "http", ":authority", "a")]
    [InlineData(":method", "GET", ":authority", "a", ":path", "/")]
    [InlineData(":scheme", "http", ":authority", "a", ":path", "/")]
    [InlineData(":method", "GET", ":scheme", "http", ":authority", "", ":path", "/")]
    [InlineData(":method", "GET", ":scheme", "http", ":authority", "a", ":path", "")]
    [InlineData(":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/", ":path", "/")]
    [InlineData(":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/", "x", "y", ":authority", "a")]
    [InlineData(":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/", ":status", "200")]
    [InlineData(":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/", ":protocol", "websocket")]
    [InlineData(":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/", ":other", "x")]
    [InlineData(":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/", "", "x")]
    [InlineData(":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/", "X", "x")]
    [InlineData(":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/", "x", "a\nb")]
    [InlineData(":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/", "x", "a\0b")]
    [InlineData(":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/", "connection", "x")]
    [InlineData(":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/", "transfer-encoding", "chunked")]
    [InlineData(":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/", "te", "gzip")]
    [InlineData(":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/", "host", "b")]
    [InlineData(":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/", "content-length", "3")]
    [InlineData(":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/", "content-length", "+0")]
    [InlineData(":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/", "content-length", "0", "content-length", "1")]
    [InlineData(":method", "CONNECT", ":protocol", "websocket", ":scheme", "http", ":authority", "a")]
    [InlineData(":method", "CONNECT", ":protocol", "websocket", ":scheme", "http", ":path", "/")]
    [InlineData(":method", "CONNECT", ":protocol", "websocket", ":authority", "a:1")]
    [InlineData(":method", "CONNECT", ":protocol", "", ":scheme", "http", ":authority", "a", ":path", "/")]
    [InlineData(":method", "CONNECT", ":protocol", "a b", ":scheme", "http", ":authority", "a", ":path", "/")]
    [InlineData(":method", "CONNECT", ":protocol", "x", ":protocol", "x", ":scheme", "http", ":authority", "a", ":path", "/")]
    [InlineData(":method", "CONNECT", ":protocol", "x", ":scheme", "http", ":authority", "a", ":path", "*")]
    public void Malformed_requests(params string[] words)
    {
        HeadReading reading = Request(true, words);
        Assert.Equal((HeadVerdict.Malformed, ParseStatus.BadRequest), (reading.Verdict, reading.Status));
        Assert.Equal(words.Contains("") && words[^2].Length == 0 ? 1 : 0, reading.Glitches);
    }

    /// <summary>What is too much is told from what is wrong, and the table stays in step whatever the verdict.</summary>
    [Fact]
    public void Limits()
    {
        byte[] inserted = Convert.FromHexString("40016101 62".Replace(" ", ""));
        byte[] many = [.. Block(s_start), .. inserted, .. Enumerable.Repeat((byte)0xBE, 1000), .. Convert.FromHexString("400163" + "0164")];
        HeadReading reading = Request(true, new HeadLimits { MaxFields = 100 }, many);
        Assert.Equal((HeadVerdict.TooLarge, ParseStatus.HeadTooLarge, 101), (reading.Verdict, reading.Status, reading.Fields));
        reading = Request(true, new HeadLimits { MaxListSize = 1000 }, [.. Block(s_start), .. Enumerable.Repeat((byte)0xBE, 1000)]);
        Assert.Equal((HeadVerdict.TooLarge, ParseStatus.HeadTooLarge), (reading.Verdict, reading.Status));
        Assert.InRange(reading.ListSize, 1001, 1034);
        // the head's own limits
        Assert.Equal(ParseStatus.HeadTooLarge, Request(true, default, many).Status);
        Assert.True(_head.FieldCount <= 200);
        Assert.Equal(ParseStatus.HeadTooLarge, Request(true, [.. s_start, "x", new string('y', Room)]).Status);
        Assert.Equal(ParseStatus.UriTooLong, Request(true, [.. s_start[..6], ":path", "/" + new string('y', Room)]).Status);
        // what was inserted behind the limit is there
        Assert.True(Request(true, default, [.. Block(s_start), 0xBE, 0xC0]).IsFine);
        Assert.Equal("GET /p?q HTTP/1.1|host: a.test|c: d|c: d||", Written());
        Assert.Equal(HeadVerdict.Undecodable, Request(true, default, [.. Block(s_start), 0x80]).Verdict);
    }

    /// <summary>Crumbs count each by itself: joined they would be one field (CVE-2026-49975).</summary>
    [Fact]
    public void Crumbs_are_counted()
    {
        byte[] crumb = Convert.FromHexString("6001" + "61");
        HeadReading reading = Request(
            true,
            new HeadLimits { MaxListSize = 2000 },
            [.. Block(s_start), .. crumb, .. Enumerable.Repeat((byte)0xBE, 5000)]
        );
        Assert.Equal(HeadVerdict.TooLarge, reading.Verdict);
        Assert.InRange(reading.Fields, 40, 60);
    }

    [Fact]
    public void What_is_not_wanted_is_passed_over()
    {
        byte[] scratch = new byte[100];
        Assert.True(Http2HeadReader.PassOver(ref _decoder, Convert.FromHexString("4001610162"), scratch));
        Assert.Equal(1, _decoder.TableCount);
        Assert.False(Http2HeadReader.PassOver(ref _decoder, [0x80], scratch));
    }

    private HeadReading Response(HttpMethod method, bool endsStream, params string[] words)
    {
        byte[] block = Block(words);
        return Http2HeadReader.ReadResponse(
            ref _decoder,
            block,
            new byte[HpackDecoder.ScratchSize(block.Length)],
            _head,
            method,
            default,
            endsStream
        );
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK|x: y|transfer-encoding: chunked||", false, ":status", "200", "x", "y")]
    [InlineData("HTTP/1.1 200 OK|content-length: 5||", false, ":status", "200", "content-length", "5")]
    [InlineData("HTTP/1.1 404 Not Found|content-length: 0||", true, ":status", "404")]
    [InlineData("HTTP/1.1 103 Early Hints|link: </a>||", false, ":status", "103", "link", "</a>")]
    [InlineData("HTTP/1.1 204 No Content||", true, ":status", "204")]
    public void Answers(string text, bool endsStream, params string[] words)
    {
        Assert.True(Response(HttpMethod.Get, endsStream, words).IsFine);
        Assert.Equal(text, Written());
    }

    [Theory]
    [InlineData(":status", "0200")]
    [InlineData(":status", "20")]
    [InlineData(":status", "2x0")]
    [InlineData(":status", "099")]
    [InlineData(":status", "101")]
    [InlineData(":status", "200", ":status", "200")]
    [InlineData(":status", "200", ":path", "/")]
    [InlineData(":status", "200", "connection", "close")]
    [InlineData(":status", "200", "content-length", "5")]
    [InlineData("x", "y")]
    public void Malformed_answers(params string[] words) =>
        Assert.Equal(HeadVerdict.Malformed, Response(HttpMethod.Get, true, words).Verdict);

    private HeadReading Trailers(byte[] text, params string[] words)
    {
        byte[] block = Block(words);
        return Http2HeadReader.ReadTrailers(
            ref _decoder,
            block,
            new byte[HpackDecoder.ScratchSize(block.Length)],
            text,
            new HeadLimits { MaxFields = 5 }
        );
    }

    [Fact]
    public void Trailers_become_text()
    {
        byte[] text = new byte[60];
        HeadReading reading = Trailers(text, "grpc-status", "0", "x", "", "cookie", "a");
        Assert.True(reading.IsFine);
        Assert.Equal("grpc-status: 0\r\nx: \r\ncookie: a\r\n", Text(text.AsSpan(0, reading.Written)));
        // and back
        Assert.Equal("grpc-status: 0\nx: \ncookie: a", Decoded(HeadBlockWriter.WriteTrailers(text.AsSpan(0, reading.Written), _block)));
        Assert.Equal(0, Trailers(text).Written);
        Assert.Equal(HeadVerdict.TooLarge, Trailers(text, "x", new string('y', 60)).Verdict);
        Assert.Equal(HeadVerdict.TooLarge, Trailers(text, [.. Enumerable.Repeat("x", 12)]).Verdict);
    }

    [Theory]
    [InlineData(":status", "200")]
    [InlineData(":path", "/")]
    [InlineData("X", "y")]
    [InlineData("", "y")]
    [InlineData("x", "a\r\nb: c")]
    [InlineData("x\n", "y")]
    [InlineData("x", " y")]
    [InlineData("connection", "close")]
    [InlineData("transfer-encoding", "chunked")]
    [InlineData("content-length", "5")]
    [InlineData("host", "a")]
    public void Malformed_trailers(string name, string value) =>
        Assert.Equal(HeadVerdict.Malformed, Trailers(new byte[100], "a", "b", name, value, "c", "d").Verdict);

    [Fact]
    public void Trailers_from_text()
    {
        string text = "Grpc-Status:  0 \r\nX-A: b\nno field\r\n: x\r\nContent-Length: 5\r\nTE: gzip\r\nHost: a\r\na b: c\r\nv: a\0\r\n\r\n";
        Assert.Equal("grpc-status: 0\nx-a: b", Decoded(HeadBlockWriter.WriteTrailers(Bytes(text), _block)));
        Assert.Equal(-1, HeadBlockWriter.WriteTrailers(Bytes(text), _block.AsSpan(0, 10)));
        Assert.Equal(0, HeadBlockWriter.WriteTrailers("\r\n"u8, _block));
    }

    private readonly List<NativeBytes> _texts = [];

    private void Parse(string text, bool isResponse)
    {
        // the head points into it
        _texts.Add(new NativeBytes(Bytes(text)));
        var parser = new HeadParser(_head);
        _head.Reset();
        ParseStatus status = isResponse
            ? parser.ParseResponse(_texts[^1].Pointer, _texts[^1].Length, HttpMethod.Get, default)
            : parser.ParseRequest(_texts[^1].Pointer, _texts[^1].Length, default);
        Assert.Equal(ParseStatus.Complete, status);
    }

    [Fact]
    public void Answers_in_text_become_blocks()
    {
        Parse(
            "HTTP/1.1 200 OK\r\nServer: x\r\nConnection: close\r\nKeep-Alive: 5\r\nTransfer-Encoding: chunked\r\nX-A: B\r\n\r\n",
            isResponse: true
        );
        Assert.Equal(":status: 200\nserver: x\nx-a: B", Decoded(HeadBlockWriter.WriteResponse(_head, _block)));
        Assert.Equal(-1, HeadBlockWriter.WriteResponse(_head, _block.AsSpan(0, 5)));
        Parse("HTTP/1.1 302 Found\r\nContent-Length: 5\r\nProxy-Connection: x\r\nUpgrade: y\r\n\r\n", isResponse: true);
        Assert.Equal(":status: 302\ncontent-length: 5", Decoded(HeadBlockWriter.WriteResponse(_head, _block)));
        // a rule has taken it out: the body is what it was
        _head.RemoveAll(HeaderId.ContentLength);
        Assert.True(_head.IsFramingEdited);
        Assert.Equal(":status: 302\ncontent-length: 5", Decoded(HeadBlockWriter.WriteResponse(_head, _block)));
        Assert.True(_head.AddField("Content-Length"u8, "7"u8));
        Assert.Equal(":status: 302\ncontent-length: 5", Decoded(HeadBlockWriter.WriteResponse(_head, _block)));
        Parse(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: x\r\nx: y\r\n\r\n",
            isResponse: true
        );
        Assert.Equal(":status: 200\nx: y", Decoded(HeadBlockWriter.WriteResponse(_head, _block, acceptsTunnel: true)));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1|Host: a||", ":method: GET|:scheme: https|:path: /|:authority: a")]
    [InlineData("GET http://a/p?q HTTP/1.1|Host: a||", ":method: GET|:scheme: http|:path: /p?q|:authority: a")]
    [InlineData("GET http://a HTTP/1.1|Host: a||", ":method: GET|:scheme: http|:path: /|:authority: a")]
    [InlineData("OPTIONS http://a HTTP/1.1|Host: a||", ":method: OPTIONS|:scheme: http|:path: *|:authority: a")]
    [InlineData("OPTIONS * HTTP/1.1|Host: a||", ":method: OPTIONS|:scheme: https|:path: *|:authority: a")]
    [InlineData("CONNECT a:1 HTTP/1.1|Host: a:1||", ":method: CONNECT|:authority: a:1")]
    [InlineData("GET / HTTP/1.0||", ":method: GET|:scheme: https|:path: /")]
    [InlineData(
        "POST / HTTP/1.1|Host: a|TE: trailers|Connection: TE|Content-Length: 5|X-Y: Z||",
        ":method: POST|:scheme: https|:path: /|:authority: a|te: trailers|content-length: 5|x-y: Z"
    )]
    [InlineData(
        "POST / HTTP/1.1|Host: a|TE: gzip|Transfer-Encoding: chunked|HTTP2-Settings: x|Upgrade: h2c||",
        ":method: POST|:scheme: https|:path: /|:authority: a"
    )]
    public void Requests_in_text_become_blocks(string text, string fields)
    {
        Parse(text.Replace("|", "\r\n"), isResponse: false);
        Assert.Equal(fields.Replace('|', '\n'), Decoded(HeadBlockWriter.WriteRequest(_head, "https"u8, _block)));
    }

    /// <summary>RFC 7541 §6.2.3: who said that a field is never to be indexed said it to everybody.</summary>
    [Fact]
    public void Secrets_stay_secret()
    {
        Assert.True(Request(true, [.. s_start, "!authorization", "x", "cookie", "a", "!cookie", "b", "x-a", "c", "!x-b", "d"]).IsFine);
        Assert.True(_head.AddField("x-c"u8, "e"u8));
        Assert.Equal(
            ":method: GET\n:scheme: http\n:path: /p?q\n:authority: a.test\n!authorization: x\n!cookie: a; b\nx-a: c\n!x-b: d\nx-c: e",
            Decoded(HeadBlockWriter.WriteRequest(_head, "https"u8, _block))
        );
    }
}
