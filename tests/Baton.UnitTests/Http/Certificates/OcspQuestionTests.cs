// What an OCSP responder is asked, and what of its answer is the response.
using System;
using System.Text;
using Baton.Http.Certificates;
using Xunit;

namespace Baton.UnitTests.Http.Certificates;

public sealed class OcspQuestionTests
{
    [Theory]
    [InlineData("http://ocsp.example", "ocsp.example", 80, "", "ocsp.example")]
    [InlineData("HTTP://ocsp.example:8080/a/b/", "ocsp.example", 8080, "/a/b", "ocsp.example:8080")]
    [InlineData("http://[::1]:99/x", "::1", 99, "/x", "[::1]:99")]
    [InlineData("http://[::1]/", "::1", 80, "", "[::1]")]
    public void Addresses(string uri, string host, int port, string path, string authority)
    {
        ResponderAddress? address = ResponderAddress.Parse(uri);
        Assert.Equal((host, port, path, authority), (address!.Host, address.Port, address.Path, address.Authority));
    }

    [Theory]
    [InlineData("https://ocsp.example")]
    [InlineData("ldap://x")]
    [InlineData("http://")]
    [InlineData("http://a:0")]
    [InlineData("http://a:x/")]
    [InlineData("http://a b/")]
    [InlineData("http://a/\r\nX: y")]
    [InlineData("http://me@a/")]
    public void What_is_no_address_of_a_responder(string uri) => Assert.Null(ResponderAddress.Parse(uri));

    [Fact]
    public void Short_questions_are_asked_by_GET_and_long_ones_by_POST()
    {
        var address = new ResponderAddress("a.example", 81, "/ocsp");
        string text = Encoding.Latin1.GetString(OcspQuestion.Request(new byte[70], address, throughProxy: false));
        Assert.StartsWith("GET /ocsp/MEwwSjBIMEYA", text, StringComparison.Ordinal);
        Assert.EndsWith(" HTTP/1.0\r\nHost: a.example:81\r\nConnection: close\r\n\r\n", text, StringComparison.Ordinal);
        text = Encoding.Latin1.GetString(OcspQuestion.Request(new byte[300], address, throughProxy: true));
        Assert.StartsWith("POST http://a.example:81/ocsp HTTP/1.0\r\n", text, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Length: 316\r\n", text, StringComparison.Ordinal);
    }

    private const string Good = "HTTP/1.0 200 OK\r\nContent-type: application/ocsp-response\r\nContent-Length: 3\r\n\r\nabc";

    [Theory]
    [InlineData(Good, false, OcspAnswer.Response, "abc")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-type:application/ocsp-response\r\n\r\nabcd", true, OcspAnswer.Response, "abcd")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-type:application/ocsp-response\r\n\r\nabcd", false, OcspAnswer.Incomplete, "")]
    [InlineData("HTTP/1.1 404 No\r\ncontent-type:application/ocsp-response\r\n\r\nabcd", false, OcspAnswer.HttpError, "")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\nabcd", false, OcspAnswer.NoResponse, "")]
    [InlineData(
        "HTTP/1.1 200 OK\r\ncontent-type:application/ocsp-response\r\ncontent-length: 99\r\n\r\nab",
        true,
        OcspAnswer.HttpError,
        ""
    )]
    [InlineData(
        "HTTP/1.1 200 OK\r\ncontent-type:application/ocsp-response\r\ncontent-length: 99999\r\n\r\nab",
        false,
        OcspAnswer.HttpError,
        ""
    )]
    [InlineData("SSH-2.0-x\r\n\r\n", false, OcspAnswer.HttpError, "")]
    [InlineData("", true, OcspAnswer.HttpError, "")]
    public void Answers(string answer, bool isWhole, OcspAnswer expected, string response)
    {
        Assert.Equal(expected, OcspQuestion.Read(Encoding.Latin1.GetBytes(answer), isWhole, out ReadOnlySpan<byte> body));
        Assert.Equal(response, Encoding.Latin1.GetString(body));
    }

    [Fact]
    public void An_answer_may_come_byte_by_byte()
    {
        byte[] all = Encoding.Latin1.GetBytes(Good);
        for (int i = 0; i < all.Length; i++)
            Assert.Equal(OcspAnswer.Incomplete, OcspQuestion.Read(all.AsSpan(0, i), isWhole: false, out _));
    }
}
