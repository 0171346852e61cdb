// Responses read from files: what of their heads is taken, brought into one form, or refused.
using System.Text;
using Baton.Configuration.Values;
using Xunit;

namespace Baton.UnitTests.Configuration;

public sealed class ErrorFileTests
{
    private static string? Read(string file, out string error) =>
        ErrorFile.Normalize(Encoding.Latin1.GetBytes(file), out error) is { } response ? Encoding.Latin1.GetString(response) : null;

    [Theory]
    [InlineData("A: b\r\n c\r\n\td", "a: b   c  \td\r\n")]
    [InlineData("Content-Length:\r\n 3", "content-length: 3\r\n")]
    [InlineData("Content-Length: 3\r\nA: b\r\nContent-Length: 3", "content-length: 3\r\na: b\r\n")]
    [InlineData("Content-Length: 3, 3", "content-length: 3\r\n")]
    [InlineData("Content-Length: 3\r\n ", "content-length: 3\r\n")]
    public void Headers_take_one_form(string headers, string expected)
    {
        string? response = Read($"HTTP/1.1 200 OK\r\n{headers}\r\n\r\nabc", out string error);
        Assert.Equal("", error);
        Assert.Equal($"HTTP/1.1 200 OK\r\n{expected}\r\nabc", response);
    }

    [Theory]
    [InlineData("Content-Length: 3\r\n 200 OK\r\nContent-Length: 3", 33)]
    [InlineData("Content-Length: 3\r\n 3", 33)]
    [InlineData("Content-Length: 3, 4", 33)]
    [InlineData("Content-Length: 3\r\nContent-Length: 4", 52)]
    [InlineData(" Content-Length: 3", 17)]
    public void A_length_that_is_no_number_is_refused(string headers, int offset)
    {
        Assert.Null(Read($"HTTP/1.1 200 OK\r\n{headers}\r\n\r\nabc", out string error));
        Assert.Equal($"unable to parse headers (error offset: {offset})", error);
    }
}
