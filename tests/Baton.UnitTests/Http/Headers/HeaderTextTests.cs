// Lists, cookies, dates, URI text and error pages.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Http;
using Baton.Http.Headers;
using Baton.Http.Uri;
using Xunit;

namespace Baton.UnitTests.Http.Headers;

public sealed class HeaderTextTests
{
    [Theory]
    [InlineData("", "[]")]
    [InlineData("a", "[a]")]
    [InlineData("a, b ,\tc", "[a][b][c]")]
    [InlineData(",a,", "[][a][]")]
    [InlineData("\"a,b\", \"c\\\",d\"", "[\"a,b\"][\"c\\\",d\"]")]
    [InlineData("\"a, b", "[\"a, b]")]
    [InlineData("\"a\\", "[\"a\\]")]
    public void WalksLists(string value, string expected)
    {
        var seen = new StringBuilder();
        foreach (ReadOnlySpan<byte> element in new ListValue(Encoding.ASCII.GetBytes(value)))
        {
            seen.Append('[').Append(Encoding.ASCII.GetString(element)).Append(']');
        }
        Assert.Equal(expected, seen.ToString());
    }

    [Theory]
    [InlineData("a=b", 3)]
    [InlineData("a=b; c", 3)]
    [InlineData("a=b,c", 3)]
    [InlineData("a=\";,\\\";\";b", 9)]
    [InlineData("a=\";", 4)]
    [InlineData("", 0)]
    public void FindsTheEndOfACookie(string text, int end) => Assert.Equal(end, CookieText.EndOfPair(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void WritesAndReadsDates()
    {
        byte[] to = new byte[HttpDate.Length];
        Assert.True(HttpDate.TryFormat(784111777, to));
        Assert.Equal("Sun, 06 Nov 1994 08:49:37 GMT", Encoding.ASCII.GetString(to));
        Assert.True(HttpDate.TryParse(to, out long seconds));
        Assert.Equal(784111777, seconds);
        Assert.False(HttpDate.TryParse("Sunday, 06-Nov-94 08:49:37 GMT"u8, out _));
        Assert.False(HttpDate.TryFormat(0, to.AsSpan(1)));
        Assert.False(HttpDate.TryFormat(-1, to));
    }

    [Theory]
    [InlineData("a%20b+c", "a b c")]
    [InlineData("%41%4a%4A", "AJJ")]
    [InlineData("%4", null)]
    [InlineData("%", null)]
    [InlineData("%g0", null)]
    public void Decodes(string text, string? expected)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        int length = UriText.Decode(bytes, bytes, plusIsSpace: true);
        Assert.Equal(expected, length < 0 ? null : Encoding.ASCII.GetString(bytes, 0, length));
    }

    [Fact]
    public void FindsParameters()
    {
        Assert.True(UriText.TryGetParameter("a=1&bb=2=3&c"u8, "bb"u8, out ReadOnlySpan<byte> value) && value.SequenceEqual("2=3"u8));
        Assert.True(UriText.TryGetParameter("a=1&c"u8, "c"u8, out value) && value.IsEmpty);
        Assert.False(UriText.TryGetParameter("aa=1"u8, "a"u8, out _));
    }

    [Fact]
    public void ErrorPagesAreHaproxys()
    {
        Assert.Equal(
            "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 107\r\ncache-control: no-cache\r\ncontent-type: text/html\r\n\r\n<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n",
            Encoding.ASCII.GetString(ErrorPages.Response(503).Span)
        );
        Assert.Equal(
            "HTTP/1.1 400 Bad request\r\nContent-length: 90\r\nCache-Control: no-cache\r\nConnection: close\r\nContent-Type: text/html\r\n\r\n<html><body><h1>400 Bad request</h1>\nYour browser sent an invalid request.\n</body></html>\n",
            Encoding.ASCII.GetString(ErrorPages.EarlyResponse(400).Span)
        );
        foreach (
            (int status, int length) in new[]
            {
                (200, 58),
                (401, 112),
                (403, 93),
                (404, 83),
                (405, 146),
                (407, 112),
                (408, 110),
                (410, 114),
                (413, 106),
                (421, 104),
                (422, 116),
                (425, 80),
                (429, 117),
                (500, 97),
                (501, 136),
                (502, 107),
                (504, 92),
            }
        )
        {
            Assert.Equal(length, ErrorPages.Body(status).Length);
        }
    }
}
