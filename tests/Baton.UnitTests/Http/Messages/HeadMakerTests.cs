// Heads made field by field: they are judged as the parser of text judges the same message, read like any other, and edited by the same
// rules; what comes in frames has rules of its own besides.
using System;
using System.Linq;
using System.Text;
using Baton.Http.H1;
using Baton.Http.Headers;
using Baton.Http.Messages;
using Baton.UnitTests.Http.H1;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Http.Messages;

public sealed unsafe class HeadMakerTests : IDisposable
{
    private const int Room = 1000;
    private readonly NativeBytes _arena = new(Room),
        _spare = new(Room);
    private readonly MessageHead _head = new(20);

    /// <summary>The text last read, for as long as its head is looked at.</summary>
    private NativeBytes? _text;

    public HeadMakerTests() => _head.SetArena(_arena.Pointer, _spare.Pointer, Room);

    public void Dispose()
    {
        _arena.Dispose();
        _spare.Dispose();
        _text?.Dispose();
    }

    private ParseStatus Request(params string[] pairs) => PairForm.Read(PairForm.Of(pairs), _head, false, HttpMethod.Other, hasBody: false);

    private string Written()
    {
        Assert.True(HeadWriter.RestoreFraming(_head));
        byte[] text = new byte[HeadWriter.Length(_head)];
        Assert.Equal(text.Length, HeadWriter.Write(_head, text));
        return Encoding.Latin1.GetString(text).Replace("\r\n", "|");
    }

    private static byte[] Bytes(string text) => NativeBytes.Latin1(text);

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>The start and the fields of a message, before anybody has looked at them.</summary>
    private sealed record Parts(string Method, string Whole, string Path, (string Name, string Value)[] Fields, bool Unsafe);

    private static Gen<T> Pick<T>(params T[] choices) => Gen.Int[0, choices.Length - 1].Select(i => choices[i]);

    private static readonly Gen<(string, string)[]> AnyFields = Gen.Select(
        Pick("x", "Host", "hOST", "content-length", "Transfer-Encoding", "connection", "cookie", "TE", "a b", "", "x(", "x\x80", "\x01"),
        Pick(
            "",
            "a",
            "A:80",
            "5",
            "05",
            "5, 5",
            "99999999999999999999",
            "chunked",
            "gzip",
            "a\x01",
            "a\x7f",
            "a\tb",
            " a\t",
            "a\0b",
            "\x80"
        )
    ).Array[0, 4];
    private static readonly Gen<Parts> AnyRequest = Gen.Select(
        Pick("GET", "GET", "POST", "POST", "CONNECT", "OPTIONS", "PRI", "F(", "", "x\x80"),
        Pick("", "", "http://a", "https://A:443", "ftp://[::1]", "1://a", "http://u@a", "http://a b"),
        Pick("/", "/", "/p?q", "*", "a", "", "/a b", "/\x01", "/\x80", "/#", "a:80", "a:", ":80"),
        AnyFields,
        Gen.Bool,
        (m, w, p, f, u) => new Parts(m, w, p, f, u)
    );

    /// <summary>What the parser refuses is refused when it is made, and why; what it accepts comes out the same.</summary>
    [Fact]
    public void A_request_is_judged_as_its_text_is()
    {
        int complete = 0,
            refused = 0;
        AnyRequest.Sample(
            parts =>
            {
                string target = parts.Method == "CONNECT" ? parts.Path : parts.Whole + parts.Path;
                // in one text they would be something else
                if (parts.Whole.Length > 0 && !parts.Path.StartsWith('/') && parts.Method != "CONNECT")
                    return;
                // a second Host is never accepted beside an authority
                int hosts = parts.Fields.Count(f => f.Name.Equals("host", StringComparison.OrdinalIgnoreCase));
                if (parts.Unsafe && hosts > 1 && (parts.Whole.Length > 0 || parts.Method == "CONNECT"))
                    return;
                var options = new ParseOptions { AcceptUnsafeViolations = parts.Unsafe };
                ParseStatus expected = ReadText(
                    Lines($"{parts.Method} {target} HTTP/1.1", parts.Fields),
                    false,
                    options,
                    out MessageHead text
                );
                HeadMaker maker = HeadMaker.Request(_head, MessageOrigin.Own, options);
                maker.SetMethod(Bytes(parts.Method));
                if (parts.Method == "CONNECT")
                    maker.SetAuthority(Bytes(parts.Path));
                else
                {
                    if (parts.Whole.Length > 0)
                    {
                        string[] words = parts.Whole.Split("://");
                        maker.SetScheme(Bytes(words[0]));
                        maker.SetAuthority(Bytes(words[1]));
                    }
                    maker.SetPath(Bytes(parts.Path));
                }
                foreach ((string name, string value) in parts.Fields)
                    maker.Add(Bytes(name), Bytes(value));
                ParseStatus made = maker.End(hasBody: expected != ParseStatus.Complete || text.Body != BodyKind.None);
                Assert.Equal(expected, made);
                refused += made == ParseStatus.Complete ? 0 : 1;
                if (made != ParseStatus.Complete)
                    return;
                complete++;
                Assert.Equal(Described(text, withHost: false), Described(_head, withHost: false));
                Assert.Equal(target, Text(_head.Target));
            },
            iter: 40_000,
            threads: 1
        );
        Assert.True(complete > 500 && refused > 10_000, $"{complete} complete, {refused} refused");
    }

    [Fact]
    public void A_response_is_judged_as_its_text_is()
    {
        int complete = 0,
            refused = 0;
        Gen.Select(
                Pick(200, 204, 304, 103, 404, 999, 99, 1000, 0),
                Pick("OK", "", "a\x01"),
                AnyFields,
                Pick(HttpMethod.Get, HttpMethod.Head)
            )
            .Sample(
                (status, reason, fields, method) =>
                {
                    ParseStatus expected = ReadText(
                        Lines($"HTTP/1.1 {status:000} {reason}", fields),
                        true,
                        default,
                        out MessageHead text,
                        method
                    );
                    HeadMaker maker = HeadMaker.Response(_head, MessageOrigin.Own, method);
                    maker.SetStatus(status);
                    maker.SetReason(Bytes(reason));
                    foreach ((string name, string value) in fields)
                        maker.Add(Bytes(name), Bytes(value));
                    ParseStatus made = maker.End(hasBody: expected != ParseStatus.Complete || text.Body != BodyKind.None);
                    Assert.Equal(expected, made);
                    refused += made == ParseStatus.Complete ? 0 : 1;
                    if (made != ParseStatus.Complete)
                        return;
                    complete++;
                    Assert.Equal(Described(text, withHost: true), Described(_head, withHost: true));
                },
                iter: 20_000,
                threads: 1
            );
        Assert.True(complete > 1000 && refused > 5000, $"{complete} complete, {refused} refused");
    }

    private static string Lines(string start, (string Name, string Value)[] fields) =>
        $"{start}\r\n{string.Concat(fields.Select(f => $"{f.Name}: {f.Value}\r\n"))}\r\n";

    private ParseStatus ReadText(
        string text,
        bool response,
        in ParseOptions options,
        out MessageHead head,
        HttpMethod method = HttpMethod.Get
    )
    {
        head = new MessageHead(20);
        // the head points into it, and is asked after this
        _text?.Dispose();
        _text = new NativeBytes(Bytes(text));
        return response
            ? new HeadParser(head).ParseResponse(_text.Pointer, _text.Length, method, options)
            : new HeadParser(head).ParseRequest(_text.Pointer, _text.Length, options);
    }

    private static string Described(MessageHead head, bool withHost)
    {
        var text = new StringBuilder($"{Text(head.MethodSpan)} {head.Form} {head.Status} {head.HasHopByHopHeader}\n");
        foreach (ref HeaderField field in head.Fields)
            if (withHost || field.Id != HeaderId.Host)
                text.Append($"{Text(field.NameSpan)}: {Text(field.ValueSpan)} {field.Id}\n");
        BodyKind body = head.Body == BodyKind.UntilClose ? BodyKind.Chunked : head.Body;
        // the end of the connection is one that text alone knows
        if (head.Body != BodyKind.UntilClose && body != BodyKind.Chunked)
            text.Append(head.KeepAlive);
        // an answer without a body says so in text
        return text.Append($"{body} {(head.IsResponse && body == BodyKind.None ? 0 : head.ContentLength)}").ToString();
    }

    [Fact]
    public void A_request_is_read_like_any_other()
    {
        Assert.Equal(
            ParseStatus.Complete,
            Request(":authority", "a.test", ":path", "/p?q", ":scheme", "https", ":method", "PUT", "x", "y", "content-length", "0")
        );
        Assert.Equal(("PUT", HttpMethod.Put, TargetForm.Absolute), (Text(_head.MethodSpan), _head.Method, _head.Form));
        Assert.Equal(("https", "a.test", "/p", "q"), (Text(_head.Scheme), Text(_head.Authority), Text(_head.Path), Text(_head.Query)));
        Assert.Equal(("https://a.test/p?q", "2.0", true), (Text(_head.Target), Text(_head.VersionText), _head.KeepAlive));
        Assert.Equal("a.test", Text(_head.Field(_head.Find(HeaderId.Host)).ValueSpan));
        Assert.Equal("y", Text(_head.Field(_head.Find("X"u8)).ValueSpan));
        Assert.Equal("PUT /p?q HTTP/1.1|host: a.test|x: y|content-length: 0||", Written());
    }

    [Theory]
    [InlineData("GET /p HTTP/1.1|x: y||", ":path", "/p", "x", "y")]
    [InlineData("GET /p HTTP/1.1|x: y|host: a||", ":path", "/p", "x", "y", "host", "a")]
    [InlineData("GET /p HTTP/1.1|host: a|x: y||", ":path", "/p", ":authority", "a", "x", "y", "host", "a:443")]
    [InlineData("GET /p HTTP/1.1|host: a|te: trailers||", ":path", "/p", ":authority", "a", "te", "trailers")]
    [InlineData(
        "GET /p HTTP/1.1|host: a|x: y|cookie: a=b; c=d; e=f|z: ||",
        ":path",
        "/p",
        ":authority",
        "a",
        "x",
        "y",
        "cookie",
        "a=b",
        "cookie",
        "c=d",
        "z",
        "",
        "cookie",
        "e=f"
    )]
    [InlineData("GET /p HTTP/1.1|cookie: a=b; c=d||", ":path", "/p", "cookie", "", "cookie", "a=b", "cookie", "c=d", "cookie", "")]
    public void Frames_become_text(string text, params string[] pairs)
    {
        Assert.Equal(ParseStatus.Complete, Request([":method", "GET", ":scheme", "https", .. pairs]));
        Assert.Equal(text, Written());
    }

    [Fact]
    public void Host_completes_a_target_that_has_a_scheme()
    {
        Assert.Equal(ParseStatus.Complete, Request(":method", "GET", ":scheme", "https", ":path", "/p", "host", "a:8443"));
        Assert.Equal(("https://a:8443/p", TargetForm.Absolute), (Text(_head.Target), _head.Form));
    }

    [Fact]
    public void Methods_with_targets_of_their_own()
    {
        Assert.Equal(ParseStatus.Complete, Request(":method", "CONNECT", ":authority", "a:443"));
        Assert.Equal("CONNECT a:443 HTTP/1.1|host: a:443||", Written());
        Assert.Equal(ParseStatus.Complete, Request(":method", "OPTIONS", ":scheme", "http", ":authority", "a", ":path", "*"));
        Assert.Equal("OPTIONS * HTTP/1.1|host: a||", Written());
    }

    [Theory]
    [InlineData(":method", "GET")]
    [InlineData(":method", "GET", ":path", "/")]
    [InlineData(":method", "GET", ":scheme", "https", ":path", "")]
    [InlineData(":scheme", "https", ":path", "/")]
    [InlineData(":method", "GET", ":method", "GET", ":scheme", "https", ":path", "/")]
    [InlineData(":method", "GET", ":scheme", "https", ":path", "/", ":path", "/")]
    [InlineData(":method", "GET", ":scheme", "https", "x", "y", ":path", "/")]
    [InlineData(":method", "GET", ":scheme", "https", ":path", "/", ":status", "200")]
    [InlineData(":method", "GET", ":scheme", "https", ":path", "/", ":unknown", "x")]
    [InlineData(":method", "GET", ":scheme", "https", ":path", "*")]
    [InlineData(":method", "CONNECT", ":scheme", "https", ":path", "/", ":authority", "a:1")]
    [InlineData(":method", "CONNECT", ":authority", "a")]
    [InlineData(":method", "GET", ":scheme", "https", ":path", "/", ":authority", "a", "host", "b")]
    [InlineData(":method", "GET", ":scheme", "https", ":path", "/", ":authority", "a", "host", "a", "host", "a")]
    [InlineData(":method", "GET", ":scheme", "https", ":path", "/", ":authority", "u@a")]
    [InlineData(":method", "GET", ":scheme", "https", ":path", "/", "X", "upper case")]
    [InlineData(":method", "GET", ":scheme", "https", ":path", "/", "x", " blank")]
    [InlineData(":method", "GET", ":scheme", "https", ":path", "/", "x", "blank\t")]
    [InlineData(":method", "GET", ":scheme", "https", ":path", "/", "x", "a\r\nb: c")]
    [InlineData(":method", "GET", ":scheme", "https", ":path", "/", "x\n", "a")]
    [InlineData(":method", "GET", ":scheme", "https", ":path", "/", "connection", "close")]
    [InlineData(":method", "GET", ":scheme", "https", ":path", "/", "keep-alive", "5")]
    [InlineData(":method", "GET", ":scheme", "https", ":path", "/", "proxy-connection", "close")]
    [InlineData(":method", "GET", ":scheme", "https", ":path", "/", "transfer-encoding", "chunked")]
    [InlineData(":method", "GET", ":scheme", "https", ":path", "/", "upgrade", "websocket")]
    [InlineData(":method", "GET", ":scheme", "https", ":path", "/", "te", "gzip")]
    [InlineData(":method", "GET", ":scheme", "https", ":path", "/", "content-length", "5")]
    public void Frames_that_are_no_request(params string[] pairs) => Assert.Equal(ParseStatus.BadRequest, Request(pairs));

    [Theory]
    [InlineData(":status", "101")]
    [InlineData(":status", "99")]
    [InlineData("x", "y")]
    [InlineData(":status", "200", "content-length", "5")]
    [InlineData(":status", "200", ":method", "GET")]
    public void Frames_that_are_no_answer(params string[] pairs) =>
        Assert.Equal(ParseStatus.NotHttp, PairForm.Read(PairForm.Of(pairs), _head, true, HttpMethod.Get, hasBody: false));

    [Theory]
    [InlineData("content-length", "5", true, BodyKind.Length, "content-length: 5|")]
    [InlineData("x", "y", true, BodyKind.Chunked, "x: y|transfer-encoding: chunked|")]
    [InlineData("x", "y", false, BodyKind.None, "x: y|")]
    [InlineData("content-length", "0", true, BodyKind.None, "content-length: 0|")]
    public void A_body_of_a_request(string name, string value, bool hasBody, BodyKind body, string fields)
    {
        byte[] pairs = PairForm.Of(":method", "POST", ":scheme", "http", ":path", "/", name, value);
        Assert.Equal(ParseStatus.Complete, PairForm.Read(pairs, _head, false, HttpMethod.Other, hasBody));
        Assert.Equal(body, _head.Body);
        Assert.Equal($"POST / HTTP/1.1|{fields}|", Written());
    }

    [Theory]
    [InlineData(200, HttpMethod.Get, true, BodyKind.Chunked, "transfer-encoding: chunked|")]
    [InlineData(200, HttpMethod.Get, false, BodyKind.None, "content-length: 0|")]
    [InlineData(200, HttpMethod.Head, false, BodyKind.None, "")]
    [InlineData(204, HttpMethod.Get, false, BodyKind.None, "")]
    [InlineData(304, HttpMethod.Get, true, BodyKind.None, "")]
    public void A_body_of_an_answer(int status, HttpMethod method, bool hasBody, BodyKind body, string fields)
    {
        HeadMaker maker = HeadMaker.Response(_head, MessageOrigin.Own, method);
        maker.SetStatus(status);
        Assert.Equal(ParseStatus.Complete, maker.End(hasBody));
        Assert.Equal(body, _head.Body);
        Assert.Equal($"HTTP/1.1 {status} {Text(Baton.Http.StatusReason.Of(status))}|{fields}|", Written());
    }

    /// <summary>Rules do with it what they do with any other.</summary>
    [Fact]
    public void Edits()
    {
        Assert.Equal(ParseStatus.Complete, Request(":method", "GET", ":scheme", "https", ":authority", "a", ":path", "/p?q", "x", "y"));
        Assert.True(_head.ReplacePath("/new"u8, _head.Query, _head.HasQuery));
        Assert.True(_head.SetField("HOST"u8, "b:80"u8) && _head.AddField("z"u8, "1"u8));
        Assert.False(_head.ReplacePath(default, default, false));
        Assert.Equal("https://b:80/new?q", Text(_head.Target));
        Assert.Equal("GET /new?q HTTP/1.1|x: y|HOST: b:80|z: 1||", Written());
        // a target that a rule has set goes on as it set it
        Assert.True(_head.SetTarget("http://c/d"u8));
        Assert.Equal("GET http://c/d HTTP/1.1|x: y|HOST: c|z: 1||", Written());
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        string[] start = [":method", "GET", ":scheme", "https", ":authority", "a"];
        Assert.Equal(ParseStatus.UriTooLong, Request([.. start, ":path", "/" + new string('p', Room)]));
        Assert.Equal(ParseStatus.HeadTooLarge, Request([.. start, ":path", "/", "x", new string('y', Room)]));
        Assert.Equal(
            ParseStatus.HeadTooLarge,
            Request([.. start, ":path", "/", .. Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? "x" : "y")])
        );
        // parts, target and Host: the parts make room for what is made of them
        Assert.Equal(ParseStatus.Complete, Request([.. start, ":path", "/" + new string('p', Room - 100)]));
        Assert.Equal($"GET /{new string('p', Room - 100)} HTTP/1.1|host: a||", Written());
        Assert.Equal(
            ParseStatus.Complete,
            Request([.. start, ":path", "/", "cookie", new string('c', 400), "cookie", new string('d', 400)])
        );
        Assert.Contains("c; d", Written(), StringComparison.Ordinal);
    }

    /// <summary>What was edited makes room for the next edit, in a head of either kind.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Edits_find_room_again(bool response)
    {
        string[] pairs = response ? [":status", "200", "x", "y"] : [":method", "GET", ":scheme", "https", ":path", "/", "x", "y"];
        Assert.Equal(ParseStatus.Complete, PairForm.Read(PairForm.Of(pairs), _head, response, HttpMethod.Get, hasBody: false));
        for (int i = 0; i < 10; i++)
            Assert.True(_head.SetField("x"u8, Bytes(new string((char)('a' + i), Room / 3))));
        Assert.Contains(new string('j', Room / 3), Written(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_refused_stays_refused()
    {
        HeadMaker maker = HeadMaker.Request(_head, MessageOrigin.Own);
        Assert.True(maker.SetMethod("GET"u8));
        Assert.False(maker.SetPath("x"u8));
        Assert.False(maker.SetPath("/"u8));
        Assert.False(maker.Add("a"u8, "b"u8));
        Assert.Equal(ParseStatus.BadRequest, maker.End(hasBody: false));
    }
}
