// The preface of HTTP/2, whole and in pieces, and what only looks like it.
using System.Text;
using Baton.Http.H2;
using Xunit;

namespace Baton.UnitTests.Http.H2;

public sealed class ClientPrefaceTests
{
    private static string Look(string text) => ClientPreface.Look(Encoding.ASCII.GetBytes(text)).ToString();

    [Theory]
    [InlineData("P", "Other")]
    [InlineData("PRI", "Other")]
    [InlineData("PRI ", "Begun")]
    [InlineData("PRI * HTTP/2.0\r\n\r", "Begun")]
    [InlineData("PRI * HTTP/2.0\r\n\r\n", "Preface")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "Preface")]
    [InlineData("PRI * HTTP/1.1\r\n\r\n", "Other")]
    [InlineData("PRIX", "Other")]
    [InlineData("POST / HTTP/1.1\r\n\r\n", "Other")]
    [InlineData("GET ", "Other")]
    public void First_bytes_are_told_apart(string text, string verdict) => Assert.Equal(verdict, Look(text));
}
