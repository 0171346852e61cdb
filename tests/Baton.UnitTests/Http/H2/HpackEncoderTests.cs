// The encoder where it has too little room, and where a peer wants a smaller table.
using System;
using Baton.Http.H2.Hpack;
using Baton.Http.Headers;
using Xunit;

namespace Baton.UnitTests.Http.H2;

public sealed unsafe class HpackEncoderTests
{
    /// <summary>In any room it writes whole fields and no byte more, and says that it could not write the rest.</summary>
    [Fact]
    public void No_byte_more_than_there_is_room()
    {
        byte[] whole = new byte[400];
        int length = Write(whole, 400, out bool isOverflown);
        Assert.False(isOverflown);
        for (int room = 0; room < length; room++)
        {
            byte[] block = new byte[400];
            int written = Write(block, room, out isOverflown);
            Assert.True(isOverflown && written <= room);
            Assert.False(block.AsSpan(written).ContainsAnyExcept((byte)0));
            var decoder = new HpackDecoder();
            Assert.NotNull(FieldList.Decode(ref decoder, block.AsSpan(0, written)));
        }
    }

    private static int Write(byte[] block, int room, out bool isOverflown)
    {
        fixed (byte* to = block)
        {
            var encoder = new HpackEncoder(to, room);
            encoder.WriteStatus(200);
            encoder.WriteStatus(302);
            encoder.WriteField(HeaderId.Server, "server"u8, "s"u8, false);
            encoder.WriteField(HeaderId.Other, "x-other"u8, new byte[200].AsSpan(), true);
            encoder.WriteAuthority("a"u8);
            encoder.WritePath("/"u8);
            isOverflown = encoder.IsOverflown;
            return encoder.Length;
        }
    }

    /// <summary>Every well-known name is told by its number where it has one.</summary>
    [Fact]
    public void Known_names()
    {
        byte[] block = new byte[100];
        int indexed = 0;
        foreach (HeaderId id in Enum.GetValues<HeaderId>())
        {
            if (id == HeaderId.Other)
                continue;
            ReadOnlySpan<byte> name = HeaderNames.Text(id);
            fixed (byte* to = block)
            {
                var encoder = new HpackEncoder(to, block.Length);
                encoder.WriteField(id, name, "v"u8, false);
                var decoder = new HpackDecoder();
                Assert.Equal(
                    System.Text.Encoding.ASCII.GetString(name) + ": v",
                    FieldList.Decode(ref decoder, block.AsSpan(0, encoder.Length))
                );
                indexed += encoder.Length < name.Length ? 1 : 0;
            }
        }
        Assert.InRange(indexed, 30, 50);
    }

    /// <summary>RFC 7541 §4.2: once, and not for a size that is no smaller.</summary>
    [Theory]
    [InlineData("", "4096")]
    [InlineData("", "65536,4096")]
    [InlineData("20", "4095")]
    [InlineData("20", "0,4096")]
    [InlineData("20", "100,0")]
    public void A_smaller_table(string update, string limits)
    {
        HpackSendTable table = default;
        byte[] block = new byte[HpackSendTable.MaxUpdate];
        foreach (string limit in limits.Split(','))
            table.SetLimit(uint.Parse(limit, System.Globalization.CultureInfo.InvariantCulture));
        var moved = new HpackSendTable { State = table.State };
        Assert.Equal(update, Convert.ToHexString(block, 0, moved.WriteUpdate(block)));
        moved.SetLimit(10);
        Assert.Equal(update.Length > 0 ? 0 : 1, moved.WriteUpdate(block));
        moved.SetLimit(0);
        Assert.Equal(0, moved.WriteUpdate(block));
    }
}
