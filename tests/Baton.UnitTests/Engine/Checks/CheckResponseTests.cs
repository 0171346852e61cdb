// How long an answer to a check is, for connections that go on behind it: as a whole, torn at every byte, and where it cannot be said.
using System.Text;
using Baton.Engine.Checks;
using Xunit;

namespace Baton.UnitTests.Engine.Checks;

public sealed class CheckResponseTests
{
    private static int LengthKept(string text, bool isHead = false) =>
        CheckResponse.Parse(Encoding.ASCII.GetBytes(text), out CheckResponse response) == CheckVerdict.Passed
            ? response.LengthKept(isHead)
            : 0;

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\no", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n", true)]
    [InlineData("HTTP/1.1 204 No\r\n\r\n", false)]
    [InlineData("HTTP/1.1 304 No\r\nContent-Length: 7\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\na;x=y\r\n0123456789\r\n0\r\n\r\n", false)]
    public void A_whole_answer_ends_where_it_ends(string text, bool isHead)
    {
        for (int length = 0; length < text.Length; length++)
            Assert.Equal(0, LengthKept(text[..length], isHead));
        Assert.Equal(text.Length, LengthKept(text, isHead));
        Assert.Equal(text.Length, LengthKept(text + "HTTP/1.1 500 More\r\n\r\n", isHead));
    }

    [Theory]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HTTP/1.1 100 Go\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nok")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: x, close\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nok")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2x\r\n\r\nok")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nok")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nTrailer: t\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokay\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n")]
    public void What_is_said_otherwise_is_not_kept(string text) => Assert.Equal(-1, LengthKept(text));
}
