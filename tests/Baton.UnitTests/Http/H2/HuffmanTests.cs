// The code of strings: what is encoded decodes to what it was, and what is torn or has too little room does not.
using System;
using Baton.Http.H2.Hpack;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Http.H2;

public sealed class HuffmanTests
{
    private static readonly Gen<byte[]> AnyText = Gen.OneOf(
        Gen.Byte.Array[0, 60],
        Gen.Byte[0x61, 0x7A].Array[0, 200],
        Gen.Byte[0x20, 0x7E].Array[0, 200]
    );

    [Fact]
    public void Text_comes_back()
    {
        AnyText.Sample(
            text =>
            {
                byte[] encoded = new byte[Huffman.EncodedLength(text)];
                Assert.Equal(encoded.Length, Huffman.Encode(text, encoded));
                Assert.True(Huffman.MaxDecoded(encoded.Length) >= text.Length);
                byte[] decoded = new byte[text.Length];
                Assert.Equal(text.Length, Huffman.Decode(encoded, decoded));
                Assert.Equal(text, decoded);
                // more room changes nothing, and less is too little
                byte[] more = new byte[text.Length + 40];
                Assert.Equal(text.Length, Huffman.Decode(encoded, more));
                Assert.Equal(text, more[..text.Length]);
                if (text.Length > 0)
                    Assert.Equal(Huffman.TooLong, Huffman.Decode(encoded, decoded.AsSpan(1)));
            },
            iter: 20_000,
            threads: 1
        );
    }

    /// <summary>Any octets: what decodes is the only encoding of what comes out.</summary>
    [Fact]
    public void There_is_one_encoding()
    {
        int decodable = 0;
        Gen.OneOf(Gen.Byte.Array[0, 20], Gen.Byte.Array[0, 3])
            .Sample(
                bytes =>
                {
                    byte[] text = new byte[Huffman.MaxDecoded(bytes.Length)];
                    int length = Huffman.Decode(bytes, text);
                    if (length < 0)
                        return;
                    decodable++;
                    byte[] again = new byte[Huffman.EncodedLength(text.AsSpan(0, length))];
                    Huffman.Encode(text.AsSpan(0, length), again);
                    Assert.Equal(bytes, again);
                },
                iter: 50_000,
                threads: 1
            );
        Assert.True(decodable > 1000, $"{decodable}");
    }
}
