// HPACK as RFC 7541 has it: its own examples, each rule that a block can break, and a table that goes from process to process.
using System;
using System.Linq;
using System.Text;
using Baton.Http.H2.Hpack;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Http.H2;

public sealed class HpackDecoderTests : IDisposable
{
    private HpackDecoder _decoder = new();

    public void Dispose() => _decoder.Release();

    private string? Decode(string hex) => FieldList.Decode(ref _decoder, Convert.FromHexString(hex.Replace(" ", "")));

    /// <summary>RFC 7541 appendix C.2: one of each kind.</summary>
    [Theory]
    [InlineData("400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572", "custom-key: custom-header", 55)]
    [InlineData("040c 2f73 616d 706c 652f 7061 7468", ":path: /sample/path", 0)]
    [InlineData("1008 7061 7373 776f 7264 0673 6563 7265 74", "!password: secret", 0)]
    [InlineData("82", ":method: GET", 0)]
    public void Fields_of_each_kind(string hex, string fields, int size)
    {
        Assert.Equal(fields, Decode(hex));
        Assert.Equal(size, _decoder.TableSize);
    }

    /// <summary>Appendix C.3 and C.4: requests on one connection, as they are and encoded.</summary>
    [Theory]
    [InlineData(
        "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
        "8286 84be 5808 6e6f 2d63 6163 6865",
        "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65"
    )]
    [InlineData(
        "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
        "8286 84be 5886 a8eb 1064 9cbf",
        "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf"
    )]
    public void Requests_of_one_connection(params string[] blocks)
    {
        Assert.Equal(":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com", Decode(blocks[0]));
        Assert.Equal((1, 57), (_decoder.TableCount, _decoder.TableSize));
        Assert.Equal(":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com\ncache-control: no-cache", Decode(blocks[1]));
        Assert.Equal((2, 110), (_decoder.TableCount, _decoder.TableSize));
        Assert.Equal(
            ":method: GET\n:scheme: https\n:path: /index.html\n:authority: www.example.com\ncustom-key: custom-value",
            Decode(blocks[2])
        );
        Assert.Equal((3, 164), (_decoder.TableCount, _decoder.TableSize));
    }

    /// <summary>Appendix C.5 and C.6: answers with a table of 256 octets, from which entries go.</summary>
    [Theory]
    [InlineData(
        "4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 546e"
            + "1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
        "4803 3330 37c1 c0bf",
        "88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a"
            + "4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31"
    )]
    [InlineData(
        "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae"
            + "82ae 43d3",
        "4883 640e ffc1 c0bf",
        "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960"
            + "d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07"
    )]
    public void Answers_of_one_connection(params string[] blocks)
    {
        _decoder.SetTableLimit(256);
        string location = "location: https://www.example.com";
        Assert.Equal(
            $":status: 302\ncache-control: private\ndate: Mon, 21 Oct 2013 20:13:21 GMT\n{location}",
            // the peer has to say that it keeps to the new size
            Decode("3fe101" + blocks[0])
        );
        Assert.Equal((4, 222), (_decoder.TableCount, _decoder.TableSize));
        Assert.Equal($":status: 307\ncache-control: private\ndate: Mon, 21 Oct 2013 20:13:21 GMT\n{location}", Decode(blocks[1]));
        Assert.Equal((4, 222), (_decoder.TableCount, _decoder.TableSize));
        Assert.Equal(
            $":status: 200\ncache-control: private\ndate: Mon, 21 Oct 2013 20:13:22 GMT\n{location}\ncontent-encoding: gzip\n"
                + "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
            Decode(blocks[2])
        );
        Assert.Equal((3, 215), (_decoder.TableCount, _decoder.TableSize));
    }

    [Theory]
    [InlineData("80")] // index 0
    [InlineData("be")] // nothing in the table
    [InlineData("7e01 61")] // the same for a name
    [InlineData("ff")] // an index that ends with the block
    [InlineData("ffff ffff ffff ff01")] // more than any index is
    [InlineData("7fff ffff ff0f 0161")] // and more than a number holds
    [InlineData("40")] // no name
    [InlineData("4001 61")] // no value
    [InlineData("4002 61")] // a string that is longer than the block
    [InlineData("4001 6103 6161")]
    [InlineData("4001 617f")]
    [InlineData("00ff ffff ff7f 61")]
    [InlineData("82 20")] // a change of size behind a field
    [InlineData("3fe2 1f")] // 4097
    [InlineData("3fff ffff ff0f")]
    [InlineData("3f")]
    [InlineData("0001 6181 ff")] // eight ones are more padding than there may be
    [InlineData("0001 6181 f0")] // padding that is not of ones
    [InlineData("0001 6182 1cf0")]
    [InlineData("0001 6184 ffff ffff")] // the end of a string in it
    [InlineData("0001 6185 ffff ffff ff")]
    [InlineData("0001 6184 ffff fffc")]
    public void Blocks_that_cannot_be_decoded(string hex) => Assert.Null(Decode(hex));

    [Theory]
    [InlineData("", "")]
    [InlineData("20", "")] // a size alone
    [InlineData("20 3fe1 1f 82", ":method: GET")] // two of them
    [InlineData("00 00 00", ": ")] // nothing at all
    [InlineData("00 80 80", ": ")]
    [InlineData("00 01 61 81 1f", "a: a")]
    [InlineData("00 01 61 7f 00" + AsHex127, "a: " + As127)]
    [InlineData("00 01 61 7f 80 00" + AsHex127, "a: " + As127)] // a number longer than it need be
    public void Blocks_that_can(string hex, string fields) => Assert.Equal(fields, Decode(hex));

    private const string As127 =
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string AsHex127 =
        "61616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161"
        + "616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161";

    /// <summary>A field that refers to the name of the entry that it drives out (RFC 7541 §4.4), which is then nowhere else.</summary>
    [Fact]
    public void A_name_of_an_entry_that_goes()
    {
        byte[] name = Encoding.ASCII.GetBytes(new string('n', 100)),
            value = Encoding.ASCII.GetBytes(new string('v', 100));
        _decoder.SetTableLimit(300);
        FieldList.Decode(ref _decoder, [0x3F, 0x8D, 0x02, 0x40, 100, .. name, 100, .. value]);
        for (int i = 0; i < 300; i++)
        {
            value[i % 100]++;
            string? fields = FieldList.Decode(ref _decoder, [0x7E, 100, .. value]);
            Assert.Equal($"{new string('n', 100)}: {Encoding.Latin1.GetString(value)}", fields);
            Assert.Equal(fields, Decode("be"));
            Assert.Equal(1, _decoder.TableCount);
        }
        Assert.InRange(_decoder.Memory, 200, 304);
    }

    /// <summary>There is no memory where there is no entry, and a small table takes little.</summary>
    [Fact]
    public void Memory_is_there_when_it_is_needed()
    {
        Decode("8286 84");
        Assert.Equal(0, _decoder.Memory);
        Decode("4001 6101 62");
        Assert.Equal(256, _decoder.Memory);
        // an entry larger than the table leaves nothing
        FieldList.Decode(ref _decoder, [0x40, 1, (byte)'a', 0x7F, 0x81, 0x1F, .. new byte[4096]]);
        Assert.Equal((0, 0, 0), (_decoder.TableCount, _decoder.TableSize, _decoder.Memory));
        Decode("4001 6101 62");
        Decode("20");
        Assert.Equal((0, 0, 0), (_decoder.TableCount, _decoder.MaxSize, _decoder.Memory));
        Assert.Equal("a: b", Decode("4001 6101 62"));
        Assert.Null(Decode("be"));
    }

    /// <summary>A limit that was lowered has to be kept to by the next block; one that was raised need not be.</summary>
    [Fact]
    public void A_lower_limit_is_answered_for()
    {
        _decoder.SetTableLimit(100);
        Assert.Null(Decode("82"));
        Assert.Null(Decode("3fc6 00")); // 101
        Assert.Equal(":method: GET", Decode("3f45 82"));
        Assert.Equal(":method: GET", Decode("82"));
        _decoder.SetTableLimit(65535);
        Assert.Equal(":method: GET", Decode("82"));
        Assert.Equal(100, _decoder.MaxSize);
        Assert.Equal(":method: GET", Decode("3fe0 ff03 82"));
        Assert.Equal(65535, _decoder.MaxSize);
    }

    /// <summary>Fields that nobody wants are decoded all the same.</summary>
    [Fact]
    public void The_table_stays_in_step_with_fields_not_wanted()
    {
        Assert.Equal(":method: GET", FieldList.Decode(ref _decoder, Convert.FromHexString("8240016101628240016301648682"), wanted: 1));
        Assert.Equal("c: d\na: b", Decode("bebf"));
    }

    /// <summary>What is longer than the scratch memory is not told; the table is in step all the same.</summary>
    [Fact]
    public void A_field_that_is_longer_than_there_is_room()
    {
        // a value of 5000 zeros, five bits each
        byte[] encoded = [.. Number(0x80, 0x7F, 3125), .. new byte[3125]],
            after = Convert.FromHexString("4001610162");
        byte[] block = [.. after, 0x82, 0x00, 0x01, (byte)'n', .. encoded, .. after, 0x83];
        Assert.Equal("a: b\n:method: GET\ntoo long", FieldList.Decode(ref _decoder, block, scratchSize: 4096));
        Assert.Equal("a: b\na: b", FieldList.Decode(ref _decoder, [0xBE, 0xBF], scratchSize: 4096));
        // one that is to be inserted drives all others out
        Assert.Equal("too long", FieldList.Decode(ref _decoder, [0x40, 0x01, (byte)'n', .. encoded], scratchSize: 4096));
        Assert.Equal((0, 0), (_decoder.TableCount, _decoder.Memory));
        // where that cannot be known for want of memory, the table is out of step
        Assert.Null(FieldList.Decode(ref _decoder, [0x40, 0x01, (byte)'n', .. encoded], scratchSize: 4095));
    }

    private static readonly Gen<byte[]> AnyText = Gen.Byte.Array[0, 40];

    /// <summary>What refers to a table that was taken to another decoder means the same there.</summary>
    [Fact]
    public void A_table_moves()
    {
        Gen.Select(Gen.Select(AnyText, AnyText).Array[0, 200], Gen.Int[0, 3000], Gen.Bool)
            .Sample(
                (fields, size, isDue) =>
                {
                    var from = new HpackDecoder();
                    from.SetTableLimit(size);
                    byte[] block = [.. SizeUpdate(size), .. fields.SelectMany(f => (byte[])[0x40, .. Text(f.Item1), .. Text(f.Item2)])];
                    Assert.NotNull(FieldList.Decode(ref from, block));
                    if (isDue)
                        from.SetTableLimit(size / 2);
                    byte[] image = new byte[from.ImageSize];
                    Assert.Equal(image.Length, from.Export(image));
                    var to = new HpackDecoder();
                    Assert.True(to.Import(image));
                    Assert.Equal(
                        (from.TableSize, from.TableCount, from.MaxSize, from.TableLimit),
                        (to.TableSize, to.TableCount, to.MaxSize, to.TableLimit)
                    );
                    if (isDue && size > 1)
                        Assert.Null(FieldList.Decode(ref to, [0x82]));
                    byte[] start = isDue ? SizeUpdate(size / 2) : [];
                    for (int i = 0; i <= from.TableCount; i++)
                    {
                        byte[] reference = [.. start, .. Number(0x80, 0x7F, 62 + i)];
                        Assert.Equal(FieldList.Decode(ref from, reference), FieldList.Decode(ref to, reference));
                    }
                    for (int cut = 0; cut < image.Length; cut++)
                    {
                        Assert.False(to.Import(image.AsSpan(0, cut)));
                        Assert.Equal(0, to.Memory);
                    }
                    from.Release();
                    to.Release();
                },
                iter: 300,
                threads: 1
            );
    }

    private static byte[] SizeUpdate(int size) => Number(0x20, 0x1F, size);

    private static byte[] Text(byte[] text) => [.. Number(0, 0x7F, text.Length), .. text];

    internal static byte[] Number(int kind, int prefix, int value)
    {
        if (value < prefix)
            return [(byte)(kind | value)];
        byte[] number = [(byte)(kind | prefix)];
        for (value -= prefix; value >= 0x80; value >>= 7)
            number = [.. number, (byte)(value | 0x80)];
        return [.. number, (byte)value];
    }
}
