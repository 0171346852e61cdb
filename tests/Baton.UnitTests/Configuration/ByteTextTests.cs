using System.Collections.Generic;
using Baton.Configuration.Lexing;
using Baton.Core.Text;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Configuration;

public class ByteTextTests
{
    [Fact]
    public void Any_bytes_survive_being_text() =>
        Gen.Byte.Array.Sample(bytes => Assert.Equal(bytes, ByteText.GetBytes(ByteText.Decode(bytes))));

    [Fact]
    public void Text_is_its_UTF8() => Assert.Equal([0xC3, 0xA9, 0xF0, 0x9F, 0x98, 0x80], ByteText.GetBytes("é😀"));

    /// <summary>haproxy 2.6 sends the header value "\xe9z" as the bytes E9 7A.</summary>
    [Fact]
    public void A_hexadecimal_escape_is_one_byte()
    {
        Assert.True(new LineLexer(_ => null).Split("\\xe9z \\xc3\\xa9", out List<Word> words, out _));
        Assert.Equal([0xE9, 0x7A], ByteText.GetBytes(words[0].Text));
        Assert.Equal([0xC3, 0xA9], ByteText.GetBytes(words[1].Text));
    }
}
