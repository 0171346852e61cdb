// Where the fault of a malformed head lies: positions and states as haproxy 2.6 reports them for the same bytes, and the same
// when the bytes come one by one.
using System;
using Baton.Http.H1;
using Baton.Http.Messages;
using Xunit;

namespace Baton.UnitTests.Http.H1;

public sealed unsafe class HeadFaultTests
{
    private static HeadFault Find(string text, bool response, bool torn)
    {
        using var bytes = new NativeBytes(NativeBytes.Latin1(text));
        var head = new MessageHead();
        var parser = new HeadParser(head);
        ParseStatus status = ParseStatus.Incomplete;
        int seen = torn ? 0 : bytes.Length - 1;
        while (status == ParseStatus.Incomplete && seen < bytes.Length)
        {
            seen++;
            status = response
                ? parser.ParseResponse(bytes.Pointer, seen, HttpMethod.Get, default)
                : parser.ParseRequest(bytes.Pointer, seen, default);
        }
        Assert.NotEqual(ParseStatus.Complete, status);
        return parser.FindFault(new ReadOnlySpan<byte>(bytes.Pointer, seen));
    }

    private static void Expect(string text, int position, HeadState state, bool response)
    {
        Assert.Equal((text, new HeadFault(position, state)), (text, Find(text, response, torn: false)));
        Assert.Equal((text, new HeadFault(position, state)), (text, Find(text, response, torn: true)));
    }

    [Theory]
    [InlineData("GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", 5, HeadState.RqUri)]
    [InlineData("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 6, HeadState.RqUri)]
    [InlineData("G@T / HTTP/1.1\r\nHost: a\r\n\r\n", 1, HeadState.RqMeth)]
    [InlineData("\x16\x03\x01\r\n", 0, HeadState.RqBefore)]
    [InlineData("GET / HTTX/1.1\r\nHost: a\r\n\r\n", 6, HeadState.Data)]
    [InlineData("GET /\r\n\r\n", 5, HeadState.Data)]
    [InlineData("BAD\r\n\r\n", 3, HeadState.Data)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 60, HeadState.HdrL2Lws)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5x\r\n\r\n", 41, HeadState.HdrL2Lws)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 31, HeadState.HdrL2Lws)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 73, HeadState.HdrL2Lws)]
    [InlineData("GET / HTTP/1.1\r\n: a\r\n\r\n", 16, HeadState.HdrName)]
    [InlineData("GET / HTTP/1.1\r\nHost\r\n\r\n", 20, HeadState.HdrName)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n", 28, HeadState.HdrName)]
    [InlineData("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n", 30, HeadState.HdrName)]
    [InlineData("GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", 30, HeadState.LastLf)]
    [InlineData("CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n", 8, HeadState.LastLf)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nA: b\rc\r\n\r\n", 30, HeadState.HdrL2Lf)]
    [InlineData("GET / HTTP/1.0\r\nContent-Length: 3\r\n\r\n", 37, HeadState.Data)]
    public void Requests(string text, int position, HeadState state) => Expect(text, position, state, response: false);

    /// <summary>What haproxy lets through and Baton does not.</summary>
    [Theory]
    [InlineData("GET / HTTP/1.1\nHost: a\n\n", 14, HeadState.RqLineEnd)]
    [InlineData("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 6, HeadState.Data)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 25, HeadState.HdrName)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nA: b\0c\r\n\r\n", 29, HeadState.HdrVal)]
    [InlineData("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 4, HeadState.RqUri)]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 66, HeadState.Data)]
    public void Stricter_requests(string text, int position, HeadState state) => Expect(text, position, state, response: false);

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nBad Header: x\r\n\r\n", 20, HeadState.HdrName)]
    [InlineData("GARBAGE\r\n\r\n", 7, HeadState.RpVer)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 52, HeadState.HdrL2Lws)]
    [InlineData("HTTP/1.1 2x0 OK\r\n\r\n", 10, HeadState.RpCode)]
    [InlineData("HTTP/2.0 200 OK\r\n\r\n", 0, HeadState.RpVer)]
    [InlineData("HTTP/1.1 200 O\x01K\r\n\r\n", 14, HeadState.RpReason)]
    public void Responses(string text, int position, HeadState state) => Expect(text, position, state, response: true);

    [Theory]
    [InlineData("GET /ok\xE9 HTTP/1.1\r\nX@y: b\r\n\r\n", 7)]
    [InlineData("GET /ok HTTP/1.1\r\nHost: a\r\nX@(y): b\r\n\r\n", 28)]
    [InlineData("GET /ok#a HTTP/1.1\r\nHost: a\r\n\r\n", 7)]
    [InlineData("GET /ok HTTP/1.1\r\nHost: a\r\n\r\n", -1)]
    public void The_first_accepted_violation_is_remembered(string text, int offset)
    {
        using var bytes = new NativeBytes(NativeBytes.Latin1(text));
        var head = new MessageHead();
        var parser = new HeadParser(head);
        for (int seen = 1; seen < bytes.Length; seen++)
            Assert.Equal(
                ParseStatus.Incomplete,
                parser.ParseRequest(bytes.Pointer, seen, new ParseOptions { AcceptUnsafeViolations = true })
            );
        Assert.Equal(
            ParseStatus.Complete,
            parser.ParseRequest(bytes.Pointer, bytes.Length, new ParseOptions { AcceptUnsafeViolations = true })
        );
        Assert.Equal(offset, parser.ViolationOffset);
        head.Reset();
        Assert.Equal(-1, parser.ViolationOffset);
    }

    [Fact]
    public void A_head_that_does_not_fit_ends_at_its_end()
    {
        string text = "GET / HTTP/1.1\r\nA: " + new string('x', 100);
        using var bytes = new NativeBytes(NativeBytes.Latin1(text));
        var head = new MessageHead();
        var parser = new HeadParser(head);
        Assert.Equal(ParseStatus.Incomplete, parser.ParseRequest(bytes.Pointer, bytes.Length, default));
        Assert.Equal(new HeadFault(text.Length, HeadState.HdrVal), parser.FindFault(new ReadOnlySpan<byte>(bytes.Pointer, bytes.Length)));
    }
}
