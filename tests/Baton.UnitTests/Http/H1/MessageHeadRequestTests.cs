// Request heads: what is accepted, what is refused and with which status, and what the head says afterwards.
using System;
using System.Text;
using Baton.Http.H1;
using Baton.Http.Headers;
using Baton.Http.Messages;
using Xunit;

namespace Baton.UnitTests.Http.H1;

public sealed unsafe class MessageHeadRequestTests
{
    private static ParseStatus Parse(string text, ParseOptions options = default)
    {
        using var bytes = new NativeBytes(NativeBytes.Latin1(text));
        return new HeadParser(new MessageHead()).ParseRequest(bytes.Pointer, bytes.Length, options);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost:\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.b:80\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n")]
    [InlineData("\r\n\r\nGET / HTTP/1.0\r\n\r\n")]
    [InlineData("GET / HTTP/1.2\r\n\r\n")]
    [InlineData("get / HTTP/1.1\r\n\r\n")]
    [InlineData("G!#$%&'*+-.^_`|~T / HTTP/1.1\r\n\r\n")]
    [InlineData("GET /\"<>{}|\\^` HTTP/1.1\r\n\r\n")]
    [InlineData("OPTIONS * HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("CONNECT a:8080 HTTP/1.1\r\nHost: A:8080\r\n\r\n")]
    [InlineData("CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]\r\n\r\n")]
    [InlineData("GET http://a/ HTTP/1.1\r\n\r\n")]
    [InlineData("GET http://A:80/ HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET https://a/ HTTP/1.1\r\nHost: a:443\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nX:   a \t b \t \r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nX: \x80\xFF\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nX:\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 000000000000000000000000005\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 9223372036854775807\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: \tChunked \r\n\r\n")]
    [InlineData("GET / HTTP/1.0\r\nContent-Length: 0\r\n\r\n")]
    public void Accepts(string text) => Assert.Equal(ParseStatus.Complete, Parse(text));

    [Theory]
    [InlineData("GET / HTTP/1.1\nHost: a\n\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\n")]
    [InlineData("GET / HTTP/1.1\r\nX: a\rb\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nX: a\r\n b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n X: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nX : a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nContent-Length : 5\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nContent\rLength: 5\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n: a\r\n\r\n")]
    [InlineData("GET http://a?q HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nX\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nX: a\0b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nX: a\x01b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nX: a\x7f" + "b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nX(: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nX\x80: a\r\n\r\n")]
    [InlineData("GET /\x80 HTTP/1.1\r\n\r\n")]
    [InlineData("GET /\x01 HTTP/1.1\r\n\r\n")]
    [InlineData("GET /#a HTTP/1.1\r\n\r\n")]
    [InlineData("GET /a b HTTP/1.1\r\n\r\n")]
    [InlineData("GET  / HTTP/1.1\r\n\r\n")]
    [InlineData("GET /  HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1 \r\n\r\n")]
    [InlineData("GET\t/ HTTP/1.1\r\n\r\n")]
    [InlineData(" GET / HTTP/1.1\r\n\r\n")]
    [InlineData("\nGET / HTTP/1.1\r\n\r\n")]
    [InlineData("\rGET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET /\r\n\r\n")]
    [InlineData("GET / HTTP/0.9\r\n\r\n")]
    [InlineData("GET / HTTP/1\r\n\r\n")]
    [InlineData("GET / HTTP/1.10\r\n\r\n")]
    [InlineData("GET / http/1.1\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    [InlineData("PRI / HTTP/1.1\r\n\r\n")]
    [InlineData("G(T / HTTP/1.1\r\n\r\n")]
    [InlineData("GET * HTTP/1.1\r\n\r\n")]
    [InlineData("OPTIONS *a HTTP/1.1\r\n\r\n")]
    [InlineData("GET a:80 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT [::1] HTTP/1.1\r\nHost: [::1]\r\n\r\n")]
    [InlineData("CONNECT a HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT / HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a: HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a:x HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT http://a/ HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT a:80 HTTP/1.1\r\nHost: b:80\r\n\r\n")]
    [InlineData("CONNECT a:80 HTTP/1.1\r\nContent-Length: 5\r\n\r\n")]
    [InlineData("GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n")]
    [InlineData("GET http://a:443/ HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET http:/a HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET 1http://a/ HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a:80:90\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 5, 5\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length:\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: +5\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 0x5\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 5 5\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 9223372036854775808\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 18446744073709551616\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: chunked, chunked\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: identity\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: chunked,\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding:\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n")]
    public void Refuses(string text) => Assert.Equal(ParseStatus.BadRequest, Parse(text));

    [Theory]
    [InlineData("GET / HTTP/2.0\r\n\r\n", ParseStatus.VersionNotSupported)]
    [InlineData("GET / HTTP/3.1\r\n\r\n", ParseStatus.VersionNotSupported)]
    [InlineData("GET / HTTP/1.0\r\nContent-Length: 5\r\n\r\n", ParseStatus.BodyNotAllowed)]
    [InlineData("HEAD / HTTP/1.0\r\nContent-Length: 5\r\n\r\n", ParseStatus.BodyNotAllowed)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n", ParseStatus.Incomplete)]
    [InlineData("GET / HTTP/1.1\r", ParseStatus.Incomplete)]
    [InlineData("", ParseStatus.Incomplete)]
    [InlineData("\r\n", ParseStatus.Incomplete)]
    [InlineData("\x16\x03\x01", ParseStatus.BadRequest)]
    public void SaysWhy(string text, ParseStatus expected) => Assert.Equal(expected, Parse(text));

    [Fact]
    public void CountsFieldsLikeHaproxy()
    {
        var text = new StringBuilder("GET / HTTP/1.1\r\n");
        for (int i = 0; i < 100; i++)
        {
            text.Append("X: a\r\n");
        }
        Assert.Equal(ParseStatus.Complete, Parse(text + "\r\n"));
        Assert.Equal(ParseStatus.HeadTooLarge, Parse(text + "X: a\r\n\r\n"));
        Assert.Equal(ParseStatus.HeadTooLarge, Parse(text + "\r\n", new ParseOptions { MaxFields = 50 }));
    }

    [Fact]
    public void TellsWhatIsInIt()
    {
        using var bytes = new NativeBytes(
            "POST /a/b?c=d HTTP/1.1\r\nHost: h\r\nconnection: Keep-Alive, Upgrade\r\nUpgrade: websocket\r\nX-Unknown-And-Rather-Long: v\r\nContent-Length: 12\r\nExpect: 100-continue\r\n\r\nbody"u8
        );
        var head = new MessageHead();
        var parser = new HeadParser(head);
        Assert.Equal(ParseStatus.Complete, parser.ParseRequest(bytes.Pointer, bytes.Length, default));
        Assert.Equal(bytes.Length - 4, head.HeadLength);
        Assert.Equal(HttpMethod.Post, head.Method);
        Assert.True(head.Path.SequenceEqual("/a/b"u8));
        Assert.True(head.Query.SequenceEqual("c=d"u8));
        Assert.Equal(BodyKind.Length, head.Body);
        Assert.Equal(12, head.ContentLength);
        Assert.True(head.ConnectionKeepAlive && head.ConnectionUpgrade && head.HasUpgradeHeader && head.ExpectContinue && head.KeepAlive);
        Assert.False(head.ConnectionClose || head.IsModified);
        Assert.Equal(6, head.FieldCount);
        Assert.Equal(2, head.Find(HeaderId.Upgrade));
        Assert.Equal(3, head.Find("x-unknown-and-rather-long"u8));
        Assert.Equal(-1, head.Find(HeaderId.Cookie));
        Assert.Equal(HeaderId.Other, head.Field(3).Id);
    }

    /// <summary>However many bytes follow it, wherever it stands, however it arrives.</summary>
    [Theory]
    [InlineData(":")]
    [InlineData(": x")]
    [InlineData(":: x")]
    [InlineData(": chunked")]
    [InlineData(":a: b")]
    public void AFieldHasAName(string line)
    {
        foreach (string before in (string[])["", "Host: a\r\n", "X-Long-Enough-For-A-Vector: y\r\n"])
        {
            for (int padding = 0; padding < 40; padding++)
            {
                string fields = before + line + "\r\nX: " + new string('y', padding) + "\r\n\r\n";
                Assert.Equal(ParseStatus.BadRequest, Parse("GET / HTTP/1.1\r\n" + fields));
                using var request = new NativeBytes(NativeBytes.Latin1("GET / HTTP/1.1\r\n" + fields));
                using var response = new NativeBytes(NativeBytes.Latin1("HTTP/1.1 200 OK\r\n" + fields));
                HeadParser torn = new(new MessageHead()),
                    answer = new(new MessageHead());
                ParseStatus status = ParseStatus.Incomplete;
                for (int i = 0; i <= request.Length && status == ParseStatus.Incomplete; i++)
                    status = torn.ParseRequest(request.Pointer, i, default);
                Assert.Equal(ParseStatus.BadRequest, status);
                Assert.Equal(ParseStatus.NotHttp, answer.ParseResponse(response.Pointer, response.Length, HttpMethod.Get, default));
            }
        }
    }

    /// <summary>What other readers might read otherwise goes on as all of them read it.</summary>
    [Theory]
    [InlineData("POST / HTTP/1.1\r\nContent-Length:\t5\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 5 \t\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 0005\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 000\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n")]
    [InlineData(
        "POST / HTTP/1.1\r\nTransfer-Encoding:  chunked\t\r\nX:\ty\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nX:\ty\r\n\r\n"
    )]
    [InlineData("GET / HTTP/1.1\r\nHost:\ta\r\nX: y\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost:a\r\n\r\n", "GET / HTTP/1.1\r\nHost:a\r\n\r\n")]
    [InlineData("GET / HTTP/1.7\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.0\r\nHost: a\r\n\r\n", "GET / HTTP/1.0\r\nHost: a\r\n\r\n")]
    public void WhatTellsTheEndGoesOnPlainly(string received, string sent)
    {
        using var bytes = new NativeBytes(NativeBytes.Latin1(received));
        var head = new MessageHead();
        var parser = new HeadParser(head);
        Assert.Equal(ParseStatus.Complete, parser.ParseRequest(bytes.Pointer, bytes.Length, default));
        byte[] written = new byte[HeadWriter.Length(head)];
        Assert.Equal(written.Length, HeadWriter.Write(head, written));
        Assert.Equal(sent, Encoding.Latin1.GetString(written));
        Assert.Equal(received != sent, head.IsModified);
    }

    [Fact]
    public void UnsafeOptionTolerates()
    {
        var options = new ParseOptions { AcceptUnsafeViolations = true };
        Assert.Equal(ParseStatus.Complete, Parse("GET /\x80#a HTTP/1.1\r\nHost: a\r\nHost: a\r\nX(\x80: \x01\r\n\r\n", options));
        Assert.Equal(
            ParseStatus.Complete,
            Parse("POST / HTTP/1.1\r\nContent-Length: 5, 5\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", options)
        );
        Assert.Equal(ParseStatus.BadRequest, Parse("GET / HTTP/1.1\r\nX: a\0b\r\n\r\n", options));
        Assert.Equal(ParseStatus.BadRequest, Parse("GET / HTTP/1.1\r\nX: a\nb: c\r\n\r\n", options));
    }

    [Fact]
    public void WhenFullTellsTheStartLineFromFields()
    {
        using var bytes = new NativeBytes("GET /aaaaaaaaaaaaaaaaaa"u8);
        var head = new MessageHead();
        var parser = new HeadParser(head);
        Assert.Equal(ParseStatus.Incomplete, parser.ParseRequest(bytes.Pointer, bytes.Length, default));
        Assert.Equal(ParseStatus.UriTooLong, parser.WhenFull);
        using var more = new NativeBytes("GET / HTTP/1.1\r\nX: aaaa"u8);
        head.Reset();
        Assert.Equal(ParseStatus.Incomplete, parser.ParseRequest(more.Pointer, more.Length, default));
        Assert.Equal(ParseStatus.HeadTooLarge, parser.WhenFull);
    }
}
