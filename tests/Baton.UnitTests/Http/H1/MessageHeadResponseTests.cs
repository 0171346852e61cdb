// Response heads: framing by status and request method, tolerance where servers are sloppy.
using System.Text;
using Baton.Http.H1;
using Baton.Http.Messages;
using Xunit;

namespace Baton.UnitTests.Http.H1;

public sealed unsafe class MessageHeadResponseTests
{
    private static (ParseStatus, BodyKind, long, bool) Parse(string text, HttpMethod method = HttpMethod.Get)
    {
        using var bytes = new NativeBytes(NativeBytes.Latin1(text));
        var head = new MessageHead();
        var parser = new HeadParser(head);
        return (parser.ParseResponse(bytes.Pointer, bytes.Length, method, default), head.Body, head.ContentLength, head.KeepAlive);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", BodyKind.Length, 2, true)]
    [InlineData("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", BodyKind.None, 0, true)]
    [InlineData("HTTP/1.1 200 \nContent-Length: 2\n\n", BodyKind.Length, 2, true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 02\r\n\r\n", BodyKind.Length, 2, true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\n", BodyKind.Length, 2, true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", BodyKind.Chunked, -1, false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", BodyKind.Chunked, -1, true)]
    [InlineData("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n", BodyKind.UntilClose, -1, false)]
    [InlineData("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\n", BodyKind.Length, 1, true)]
    [InlineData("HTTP/1.1 204 No\r\nContent-Length: 2\r\n\r\n", BodyKind.None, -1, true)]
    [InlineData("HTTP/1.1 304 Not\r\nContent-Length: 2\r\n\r\n", BodyKind.None, 2, true)]
    [InlineData("HTTP/1.1 101 Switching\r\n\r\n", BodyKind.None, -1, true)]
    [InlineData("HTTP/1.1 999 \x80\r\n\r\n", BodyKind.UntilClose, -1, false)]
    public void Frames(string text, BodyKind body, long length, bool keepAlive)
    {
        Assert.Equal((ParseStatus.Complete, body, length, keepAlive), Parse(text));
    }

    [Fact]
    public void RequestMethodMatters()
    {
        Assert.Equal(
            (ParseStatus.Complete, BodyKind.None, 5L, true),
            Parse("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", HttpMethod.Head)
        );
        Assert.Equal((ParseStatus.Complete, BodyKind.None, -1L, true), Parse("HTTP/1.1 200 OK\r\n\r\n", HttpMethod.Connect));
        Assert.Equal(
            (ParseStatus.Complete, BodyKind.Length, 5L, true),
            Parse("HTTP/1.1 403 No\r\nContent-Length: 5\r\n\r\n", HttpMethod.Connect)
        );
    }

    [Theory]
    [InlineData("garbage\r\n\r\n")]
    [InlineData("ICY 200 OK\r\n\r\n")]
    [InlineData("\r\nHTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("HTTP/2.0 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 099 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2x0 OK\r\n\r\n")]
    [InlineData("HTTP/1.1  200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 O\x01K\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX : a\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n")]
    public void Refuses(string text) => Assert.Equal(ParseStatus.NotHttp, Parse(text).Item1);

    [Fact]
    public void BareLineFeedsAreMended()
    {
        using var bytes = new NativeBytes("HTTP/1.1 200\nA: b\n\n"u8);
        var head = new MessageHead();
        var parser = new HeadParser(head);
        Assert.Equal(ParseStatus.Complete, parser.ParseResponse(bytes.Pointer, bytes.Length, HttpMethod.Get, default));
        Assert.True(head.IsModified);
        byte[] output = new byte[HeadWriter.Length(head)];
        HeadWriter.Write(head, output);
        Assert.Equal("HTTP/1.1 200 \r\nA: b\r\n\r\n", Encoding.ASCII.GetString(output));
    }

    [Fact]
    public void StatusLineIsEditable()
    {
        using var bytes = new NativeBytes("HTTP/1.1 200 OK\r\nA: b\r\n\r\n"u8);
        using var arena = new NativeBytes(64);
        var head = new MessageHead();
        var parser = new HeadParser(head);
        using var spare = new NativeBytes(arena.Length);
        head.SetArena(arena.Pointer, spare.Pointer, arena.Length);
        Assert.Equal(ParseStatus.Complete, parser.ParseResponse(bytes.Pointer, bytes.Length, HttpMethod.Get, default));
        Assert.True(head.SetStatus(404) && head.SetReason("Gone fishing"u8));
        head.SetMinorVersion(0);
        byte[] output = new byte[HeadWriter.Length(head)];
        Assert.Equal(output.Length, HeadWriter.Write(head, output));
        Assert.Equal("HTTP/1.0 404 Gone fishing\r\nA: b\r\n\r\n", Encoding.ASCII.GetString(output));
    }
}
