// The Forwarded header: what is a correct element, and the parts of its nodes.
using System;
using System.Text;
using Baton.Http.Headers;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Http.Headers;

public sealed class ForwardedTextTests
{
    [Theory]
    [InlineData("for=127.0.0.1;proto=http", true)]
    [InlineData("proto=HTTPS", true)]
    [InlineData("For=\"[2001:db8::1]:4711\";Host=\"a.test:80\"", true)]
    [InlineData("by=_hidden;for=unknown", true)]
    [InlineData("for=\"_a:_b\"", true)]
    [InlineData("proto=custom", false)]
    [InlineData("", false)]
    [InlineData("for=", false)]
    [InlineData("for=127.0.0.1:80", false)]
    [InlineData("for=[::1]", false)]
    [InlineData("for=\"[::1\"", false)]
    [InlineData("for=\"127.0.0.1", false)]
    [InlineData("for=1.2.3.4;for=1.2.3.5", false)]
    [InlineData("for=1.2.3.4, for=1.2.3.5", false)]
    [InlineData("for=1.2.3.4;", false)]
    [InlineData("for=1.2.3.4; proto=http", false)]
    [InlineData("secret=1", false)]
    [InlineData("host=\"a b\"", false)]
    [InlineData("for=\"1.2.3.4:65536\"", false)]
    [InlineData("for=\"1.2.3.4:\"", false)]
    [InlineData("for=_", false)]
    public void Judges(string header, bool valid) => Assert.Equal(valid, ForwardedText.IsValid(Encoding.ASCII.GetBytes(header)));

    [Theory]
    [InlineData("proto=http;host=\"h:1\";by=1.2.3.4;for=_x", "http|h:1|1.2.3.4|_x")]
    [InlineData("for=\"[::1]:5\"", "-|-|-|[::1]:5")]
    public void Finds(string header, string expected)
    {
        var seen = new StringBuilder();
        for (ForwardedParameter p = ForwardedParameter.Proto; p <= ForwardedParameter.For; p++)
            seen.Append(p == ForwardedParameter.Proto ? "" : "|")
                .Append(
                    ForwardedText.TryFind(Encoding.ASCII.GetBytes(header), p, out ReadOnlySpan<byte> value)
                        ? Encoding.ASCII.GetString(value)
                        : "-"
                );
        Assert.Equal(expected, seen.ToString());
    }

    [Fact]
    public void SurvivesAnything()
    {
        Gen<string> piece = Gen.Int[0, 13]
            .Select(i => new[] { "for", "by", "proto", "host", "=", ";", ",", "\"", "[", "]", ":", "::1", "1.2.3.4", "_" }[i]);
        piece
            .Array[0, 12]
            .Select(p => string.Concat(p))
            .Sample(
                text =>
                {
                    byte[] bytes = Encoding.ASCII.GetBytes(text);
                    bool any = false;
                    for (ForwardedParameter p = ForwardedParameter.Proto; p <= ForwardedParameter.For; p++)
                        any |= ForwardedText.TryFind(bytes, p, out _);
                    Assert.Equal(any, ForwardedText.IsValid(bytes));
                },
                iter: 20_000,
                threads: 1
            );
    }
}
