using System.Collections.Generic;
using Baton.Configuration.Lexing;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Configuration;

public class LineLexerTests
{
    private static string[] Words(string line)
    {
        var lexer = new LineLexer(name =>
            name switch
            {
                "X" => "12",
                "Y" => "a b",
                _ => null,
            }
        );
        Assert.True(lexer.Split(line, out List<Word> words, out LexError error), error.Message);
        return words.ConvertAll(w => w.Text).ToArray();
    }

    /// <summary>Each expectation was read off haproxy 2.6.</summary>
    [Theory]
    [InlineData("a b\tc", "a|b|c")]
    [InlineData("  a # comment", "a")]
    [InlineData("a\\ b \\# \\\"", "a b|#|\"")]
    [InlineData("'a $X \\n' b", "a $X \\n|b")]
    [InlineData("bogus\"$X\"2 1", "bogus122|1")]
    [InlineData("bog\\x41us", "bogAus")]
    [InlineData("bogus${X}Z", "bogus${X}Z")]
    [InlineData("bogus\"${NOPE-def}\"3", "bogusdef3")]
    [InlineData("bogus\"${NOPE}\"4", "bogus4")]
    [InlineData("bo\\qgus", "bo\\qgus")]
    [InlineData("a\"${Y[*]}\"c", "aa|bc")]
    [InlineData("\"$X.y\" \"${X}.y\"", "12.y|12.y")]
    [InlineData("a \"${NOPE[*]}\" b", "a|b")]
    [InlineData("a \"${NOPE[*]}${NOPE[*]}\"", "a")]
    [InlineData("a x\"${NOPE[*]}\" \"${NOPE[*]-d e}\"", "a|x|d|e")]
    [InlineData("a \"$NOPE\" ''", "a||")]
    public void Splits_like_haproxy(string line, string expected) => Assert.Equal(expected.Split('|'), Words(line));

    [Theory]
    [InlineData("\"abc", "unmatched quote")]
    [InlineData("x 'abc", "unmatched quote")]
    [InlineData("\"x$-y\"", "forbidden first char in environment variable name")]
    [InlineData("\"${X\"", "unmatched brace in environment variable name")]
    [InlineData("\"${X.y}\"", "unmatched brace in environment variable name")]
    [InlineData("a\\x00b", "a NUL cannot be part of a word")]
    public void Refuses_malformed_lines(string line, string message)
    {
        Assert.False(new LineLexer(_ => null).Split(line, out _, out LexError error));
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Never_throws() => Gen.String.Sample(line => new LineLexer(_ => "v w").Split(line.Replace('\n', ' '), out _, out _) || true);
}
