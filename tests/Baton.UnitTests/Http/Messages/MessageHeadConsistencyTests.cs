// Edits of Content-Length, Transfer-Encoding, Host and the target: what is written says what the message is.
using System;
using System.Text;
using Baton.Http.H1;
using Baton.Http.Messages;
using Baton.UnitTests.Http.H1;
using Xunit;

namespace Baton.UnitTests.Http.Messages;

public sealed unsafe class MessageHeadConsistencyTests
{
    /// <summary>Edits are "name=value" to set, "+name=value" to add, "-name" to remove, "uri=target".</summary>
    private static string Edited(string text, bool response, string edits)
    {
        using var bytes = new NativeBytes(NativeBytes.Latin1(text));
        using var arena = new NativeBytes(1000);
        using var spare = new NativeBytes(1000);
        var head = new MessageHead();
        var parser = new HeadParser(head);
        head.SetArena(arena.Pointer, spare.Pointer, arena.Length);
        ParseStatus parsed = response
            ? parser.ParseResponse(bytes.Pointer, bytes.Length, HttpMethod.Get, default)
            : parser.ParseRequest(bytes.Pointer, bytes.Length, default);
        Assert.Equal(ParseStatus.Complete, parsed);
        foreach (string edit in edits.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = edit.TrimStart('-', '+').Split('=', 2);
            byte[] name = Encoding.ASCII.GetBytes(pair[0]),
                value = Encoding.ASCII.GetBytes(pair[^1]);
            if (edit[0] == '-')
                head.RemoveAll(name);
            else
                Assert.True(
                    edit[0] == '+' ? head.AddField(name, value)
                    : pair[0] == "uri" ? head.SetTarget(value)
                    : head.SetField(name, value)
                );
        }
        Assert.True(HeadWriter.RestoreFraming(head));
        byte[] written = new byte[HeadWriter.Length(head)];
        Assert.Equal(written.Length, HeadWriter.Write(head, written));
        return Encoding.Latin1.GetString(written).ToLowerInvariant().Replace("\r\n", "|");
    }

    [Theory]
    [InlineData("Content-Length: 5", "-content-length", "content-length: 5")]
    [InlineData("Content-Length: 5", "content-length=2", "content-length: 5")]
    [InlineData("Content-Length: 5", "+content-length=7", "content-length: 5")]
    [InlineData("Content-Length: 5", "transfer-encoding=chunked", "content-length: 5")]
    [InlineData("Content-Length: 5", "x=y", "content-length: 5|x: y")]
    [InlineData("Content-Length: 0", "-content-length", "content-length: 0")]
    [InlineData("Content-Length: 0", "content-length=5", "content-length: 0")]
    [InlineData("X: y", "content-length=5", "x: y")]
    [InlineData("X: y", "transfer-encoding=chunked", "x: y")]
    [InlineData("Transfer-Encoding: chunked", "-transfer-encoding", "transfer-encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked", "transfer-encoding=gzip content-length=5", "transfer-encoding: chunked")]
    public void A_request_is_framed_as_it_came(string field, string edits, string fields) =>
        Assert.Equal($"post / http/1.1|{fields}||", Edited($"POST / HTTP/1.1\r\n{field}\r\n\r\n", false, edits));

    [Theory]
    [InlineData("200 OK", "Content-Length: 5", "-content-length", "content-length: 5|")]
    [InlineData("200 OK", "Content-Length: 0", "-content-length", "content-length: 0|")]
    [InlineData("200 OK", "X: y", "content-length=5 transfer-encoding=chunked", "x: y|")]
    [InlineData("204 No", "X: y", "content-length=5", "x: y|")]
    [InlineData("304 No", "Content-Length: 7", "-content-length", "")]
    [InlineData("304 No", "Content-Length: 7", "content-length=9", "content-length: 9|")]
    public void A_response_is_framed_as_it_came(string status, string field, string edits, string fields) =>
        Assert.Equal($"http/1.1 {status.ToLowerInvariant()}|{fields}|", Edited($"HTTP/1.1 {status}\r\n{field}\r\n\r\n", true, edits));

    /// <summary>An answer whose status rules have changed: what the client takes the body to be is what it is told.</summary>
    [Theory]
    [InlineData("GET", "200 OK", "Content-Length: 5", 204, "", false)]
    [InlineData("GET", "200 OK", "Content-Length: 0", 204, "", true)]
    [InlineData("GET", "200 OK", "Transfer-Encoding: chunked", 204, "", false)]
    [InlineData("GET", "200 OK", "X: y", 204, "x: y|", false)]
    [InlineData("GET", "200 OK", "Content-Length: 5", 304, "content-length: 5|", false)]
    [InlineData("GET", "200 OK", "Transfer-Encoding: chunked", 304, "", false)]
    [InlineData("GET", "204 No", "X: y", 200, "x: y|content-length: 0|", true)]
    [InlineData("GET", "304 No", "Content-Length: 7", 200, "content-length: 0|", true)]
    [InlineData("GET", "304 No", "Transfer-Encoding: chunked", 200, "content-length: 0|", true)]
    [InlineData("GET", "304 No", "Content-Length: 7", 204, "", true)]
    [InlineData("HEAD", "200 OK", "Transfer-Encoding: chunked", 304, "", true)]
    [InlineData("GET", "200 OK", "Content-Length: 5", 404, "content-length: 5|", true)]
    [InlineData("HEAD", "200 OK", "Content-Length: 5", 404, "content-length: 5|", true)]
    [InlineData("HEAD", "200 OK", "Content-Length: 5", 204, "", true)]
    [InlineData("HEAD", "204 No", "X: y", 200, "x: y|", true)]
    [InlineData("CONNECT", "403 No", "Content-Length: 5", 200, "content-length: 5|", false)]
    public void An_answer_says_what_the_client_will_read(
        string method,
        string was,
        string field,
        int status,
        string fields,
        bool bodyGoesOn
    )
    {
        HttpMethod sent = Enum.Parse<HttpMethod>(method, ignoreCase: true);
        using var bytes = new NativeBytes(NativeBytes.Latin1($"HTTP/1.1 {was}\r\n{field}\r\n\r\n"));
        using var arena = new NativeBytes(1000);
        using var spare = new NativeBytes(1000);
        var head = new MessageHead();
        var parser = new HeadParser(head);
        head.SetArena(arena.Pointer, spare.Pointer, arena.Length);
        Assert.Equal(ParseStatus.Complete, parser.ParseResponse(bytes.Pointer, bytes.Length, sent, default));
        Assert.True(head.SetStatus(status));
        Assert.Equal(bodyGoesOn, BodyFraming.FrameFor(head, sent));
        Assert.True(HeadWriter.RestoreFraming(head));
        byte[] written = new byte[HeadWriter.Length(head)];
        Assert.Equal(written.Length, HeadWriter.Write(head, written));
        Assert.Equal(fields, Encoding.Latin1.GetString(written).ToLowerInvariant().Replace("\r\n", "|").Split('|', 2)[1][..^1]);
    }

    /// <summary>The server was asked for something else than the client asked for.</summary>
    [Theory]
    [InlineData("HEAD", "GET", BodyKind.Length, 5, "content-length: 5|")]
    [InlineData("GET", "HEAD", BodyKind.None, 0, "content-length: 0|")]
    [InlineData("CONNECT", "GET", BodyKind.Length, 5, "content-length: 5|")]
    [InlineData("GET", "CONNECT", BodyKind.None, 0, "content-length: 0|")]
    public void An_answer_to_another_method_too(string method, string sent, BodyKind received, int length, string fields)
    {
        using var bytes = new NativeBytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"u8);
        using var arena = new NativeBytes(1000);
        using var spare = new NativeBytes(1000);
        var head = new MessageHead();
        var parser = new HeadParser(head);
        head.SetArena(arena.Pointer, spare.Pointer, arena.Length);
        Assert.Equal(
            ParseStatus.Complete,
            parser.ParseResponse(bytes.Pointer, bytes.Length, Enum.Parse<HttpMethod>(sent, ignoreCase: true), default)
        );
        Assert.Equal(received, head.Body);
        Assert.Equal(received == BodyKind.None, BodyFraming.FrameFor(head, Enum.Parse<HttpMethod>(method, ignoreCase: true)));
        Assert.True(HeadWriter.RestoreFraming(head));
        Assert.Equal((BodyKind.None, length), (head.Body, (int)head.ContentLength));
        byte[] written = new byte[HeadWriter.Length(head)];
        Assert.Equal(written.Length, HeadWriter.Write(head, written));
        Assert.Equal(fields, Encoding.Latin1.GetString(written).ToLowerInvariant().Replace("\r\n", "|").Split('|', 2)[1][..^1]);
    }

    [Theory]
    [InlineData("http://a.com/x", "uri=http://u@h.com:81/y", "get http://u@h.com:81/y http/1.1|host: h.com:81||")]
    [InlineData("/x", "uri=http://h.com", "get http://h.com http/1.1|host: h.com||")]
    [InlineData("http://a.com/x", "uri=/y", "get /y http/1.1|host: a.com||")]
    [InlineData("http://a.com/x?y", "host=b", "get http://b/x?y http/1.1|host: b||")]
    [InlineData("http://a.com", "host=longer.example:8080", "get http://longer.example:8080 http/1.1|host: longer.example:8080||")]
    [InlineData("http://a.com/x", "-host", "get http://a.com/x http/1.1||")]
    [InlineData("/x", "host=b", "get /x http/1.1|host: b||")]
    public void Host_and_target_name_one_authority(string target, string edit, string head) =>
        Assert.Equal(head, Edited($"GET {target} HTTP/1.1\r\nHost: a.com\r\n\r\n", false, edit));
}
