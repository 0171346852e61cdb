// The bytes of the peers protocol, most of them as haproxy 2.6 sent them between two of its own processes.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Engine.Peers.Wire;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Engine.Peers;

public sealed class PeersBytesTests
{
    private const int MaxBody = 16384;

    /// <summary>What haproxy teaches: a table of every type, some entries known from elsewhere, words.</summary>
    private const string Taught =
        "0a820d06047462696e070804f0af91000a820d050474737472060d04f0af91000a820d040474696e74020404f0af91000a821d0304746970360510f0f1fe7af0af9100"
        + "15f0971c160317041805f0d3080a854a8000000100046b8c0000000000000000000000000000000100f6acbadb15000000000000000000f6acbadb150000f6acbadb15"
        + "0000f6acbadb150000f6acbadb150000f6acbadb1500000a822f02037469700404fff0fe00f0af910003f0e20305f8a00408f0df040af89d050cf0dc050ef89a0610f0"
        + "d90612f897070a85490000001300048fb27f000001000007f0fc03070007f0fc0307000000f6acbadb15000007f0fc03070000f6acbadb150000fc15f0fc03fc1500f7"
        + "06f0fc03f7060000f6acbadb1500000a821101032f74310615f431f0eda3010af0e2030a85110000000600092391032f6b3402f03702000a85110000000900092377"
        + "032f6b3501fa3501000a8512800000010008ff5a032f6b3102f0fc0302000a860e0008ff2d032f6b3201f4fa0301000a860e0008ff42032f6b3301f0f90301000a820e"
        + "0702736b061ff1f1fe00f0af91000a85120000000400048fb2032f6b340204010273320a860e00048f98032f6b350304020273330a850f8000000100046b7b032f6b31"
        + "0201010a860b00046b4d032f6b320301020a860b00046b63032f6b3302010100020003";

    [Theory]
    [InlineData(0, "00")]
    [InlineData(239, "EF")]
    [InlineData(240, "F000")]
    [InlineData(0x1234, "F49401")]
    [InlineData(2287, "FF7F")]
    [InlineData(2288, "F08000")]
    [InlineData(264432, "F0808000")]
    [InlineData(600000, "F0EDA301")]
    public void A_number_takes_as_many_bytes_as_the_protocol_says(long value, string hex)
    {
        byte[] to = new byte[EncodedInteger.MaxLength];
        Assert.Equal(hex, Convert.ToHexString(to, 0, EncodedInteger.Write(to, (ulong)value)));
    }

    [Fact]
    public void Every_number_is_read_as_it_was_written_and_none_before_its_last_byte() =>
        Gen.ULong.Sample(value =>
        {
            byte[] to = new byte[EncodedInteger.MaxLength];
            int length = EncodedInteger.Write(to, value);
            for (int torn = 0; torn < length; torn++)
                Assert.Equal(0, EncodedInteger.Read(to.AsSpan(0, torn), out _));
            Assert.Equal(length, EncodedInteger.Read(to, out ulong read));
            Assert.Equal(value, read);
        });

    [Fact]
    public void A_number_without_end_is_none() =>
        Assert.Equal(-1, EncodedInteger.Read(Convert.FromHexString("FFFFFFFFFFFFFFFFFFFFFFFF"), out _));

    private sealed record Seen(string Table, uint Number, int ExpireMs, string Key, string Values, string? Word);

    /// <summary>Entries of a stream of messages, which comes in pieces of so many bytes.</summary>
    private static List<Seen> Read(byte[] stream, Func<int> piece)
    {
        var seen = new List<Seen>();
        var words = new ReceivedWords();
        var last = new Dictionary<uint, uint>();
        TableDefinition? table = null;
        byte[] held = [];
        for (int at = 0; at < stream.Length; )
        {
            int more = Math.Min(piece(), stream.Length - at);
            held = [.. held, .. stream[at..(at + more)]];
            at += more;
            while (PeerMessage.Take(held, MaxBody, out PeerMessage message, out int length) is var status and not MessageStatus.Incomplete)
            {
                Assert.Equal(MessageStatus.Whole, status);
                if (message.Type == MessageType.Definition)
                    table = Assert.IsType<TableDefinition>(TableDefinition.Read(message.Body));
                else if (EntryUpdate.IsUpdate(message.Type))
                {
                    ulong[] values = new ulong[table!.Numbers];
                    uint number = last.GetValueOrDefault(table.Id);
                    Assert.True(EntryUpdate.TryRead(message.Type, message.Body, table, ref number, words, values, out EntryUpdate update));
                    last[table.Id] = number;
                    string key = table.KeyType == KeyTypes.Text ? Encoding.ASCII.GetString(update.Key) : Convert.ToHexString(update.Key);
                    seen.Add(new(table.Name, number, update.ExpireMs, key, string.Join(' ', values), update.ServerKey));
                }
                held = held[length..];
            }
        }
        Assert.Empty(held);
        return seen;
    }

    [Fact]
    public void What_haproxy_teaches_is_read()
    {
        List<Seen> seen = Read(Convert.FromHexString(Taught), () => int.MaxValue);
        Assert.Equal(12, seen.Count);
        Assert.Equal(new Seen("/t1", 6, 598929, "/k4", "2 1120 2 0", null), seen[2]);
        Assert.Equal((0x80000001, 589658, "/k1"), (seen[4].Number, seen[4].ExpireMs, seen[4].Key));
        Assert.Equal(0x80000003, seen[6].Number);
        Assert.Equal(new Seen("sk", 4, 298930, "/k4", "2", "s2"), seen[7]);
        Assert.Equal(new Seen("sk", 5, 298904, "/k5", "3", "s3"), seen[8]);
        // the word was told before
        Assert.Equal("s2", seen[9].Word);
        Assert.Equal("7F000001", seen[1].Key);
    }

    [Fact]
    public void Torn_anywhere_it_says_the_same()
    {
        byte[] stream = Convert.FromHexString(Taught);
        List<Seen> whole = Read(stream, () => int.MaxValue);
        Assert.Equal(whole, Read(stream, () => 1));
        var random = new Random(20260101);
        for (int i = 0; i < 20; i++)
            Assert.Equal(whole, Read(stream, () => random.Next(1, 40)));
    }

    [Fact]
    public void A_definition_is_written_as_haproxy_writes_it()
    {
        byte[] body = Convert.FromHexString("0304746970360510f0f1fe7af0af910015f0971c160317041805f0d308");
        TableDefinition table = Assert.IsType<TableDefinition>(TableDefinition.Read(body));
        Assert.Equal("tip6", table.Name);
        Assert.Equal(300_000u, table.ExpireMs);
        Assert.Equal(
            [(20, 1, 0u), (21, 1, 60_000u), (22, 3, 0u), (23, 4, 0u), (24, 5, 20_000u)],
            Array.ConvertAll(table.Fields, f => (f.Type, f.Elements, f.PeriodMs))
        );
        Assert.Equal(1 + 3 + 3 + 4 + 15, table.Numbers);
        byte[] to = new byte[1024];
        Assert.Equal(Convert.ToHexString(body), Convert.ToHexString(to, 0, table.Write(to)));
    }

    [Fact]
    public void Types_nobody_knows_end_what_is_read_of_an_entry()
    {
        byte[] body = [1, 1, (byte)'t', KeyTypes.Integer, 4, .. Number(4 | 1UL << 40 | 1UL << 41), 0];
        TableDefinition table = Assert.IsType<TableDefinition>(TableDefinition.Read(body));
        Assert.Equal(4ul, table.Bits);
        uint last = 0;
        ulong[] values = new ulong[1];
        byte[] entry = [0, 0, 0, 9, 0, 0, 0, 5, 7, 1, 2, 3];
        Assert.True(EntryUpdate.TryRead(MessageType.Update, entry, table, ref last, new ReceivedWords(), values, out EntryUpdate update));
        Assert.Equal((9u, 7ul), (update.Number, values[0]));
    }

    private static byte[] Number(ulong value)
    {
        byte[] to = new byte[EncodedInteger.MaxLength];
        return to[..EncodedInteger.Write(to, value)];
    }

    [Theory]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("01F0FFFFFF0F74")] // a name longer than the message
    [InlineData("01017409040400")] // a type of keys there is not
    [InlineData("010174020004")] // keys of no length
    [InlineData("0101740204")] // no data types
    public void What_is_no_definition_is_refused(string hex) => Assert.Null(TableDefinition.Read(Convert.FromHexString(hex)));

    [Fact]
    public void An_array_that_is_too_long_or_not_said_is_not_read()
    {
        byte[] tooLong = [1, 1, (byte)'t', KeyTypes.Integer, 4, .. Number(1UL << DataTypes.Gpc | 4), 0, DataTypes.Gpc, 101];
        Assert.Equal(4ul, Assert.IsType<TableDefinition>(TableDefinition.Read(tooLong)).Bits);
        Assert.Equal(4ul, Assert.IsType<TableDefinition>(TableDefinition.Read(tooLong.AsSpan(..^2))).Bits);
    }

    private static readonly TableDefinition s_words = new()
    {
        Id = 7,
        Name = "sk",
        KeyType = KeyTypes.Text,
        KeyLength = 31,
        ExpireMs = 300_000,
        Fields = [new(DataTypes.ServerId, DataShape.Integer, 1, 0, 0), new(DataTypes.ServerKey, DataShape.Word, 1, 0, 1)],
    };

    [Theory]
    [InlineData("00000001036162630204810273320000")] // the number 129
    [InlineData("0000000103616263020400027332")] // the number 0
    [InlineData("000000010361626302F0FFFFFF0F0102")] // longer than the message
    [InlineData("0000000103616263020401097332")] // a word longer than its part
    [InlineData("000000010361626302")] // nothing of it
    [InlineData("0000000120")] // a key longer than the table's
    [InlineData("00000001056162")] // a key longer than the message
    [InlineData("0000")] // not even a number
    public void What_is_no_entry_is_refused(string hex)
    {
        uint last = 0;
        Assert.False(
            EntryUpdate.TryRead(MessageType.Update, Convert.FromHexString(hex), s_words, ref last, new ReceivedWords(), new ulong[1], out _)
        );
    }

    [Fact]
    public void A_word_that_was_never_told_is_none()
    {
        uint last = 0;
        byte[] body = Convert.FromHexString("0000000103616263020105");
        Assert.True(
            EntryUpdate.TryRead(MessageType.Update, body, s_words, ref last, new ReceivedWords(), new ulong[1], out EntryUpdate update)
        );
        Assert.Null(update.ServerKey);
    }

    [Fact]
    public void Words_are_told_once_and_the_oldest_number_is_given_again()
    {
        var sent = new SentWords();
        for (int i = 1; i <= ReceivedWords.Most; i++)
            Assert.Equal((i, true), (sent.NumberOf($"s{i}", out bool isNew), isNew));
        Assert.Equal((5, false), (sent.NumberOf("s5", out bool known), known));
        Assert.Equal((1, true), (sent.NumberOf("another", out bool more), more));
        Assert.Equal((2, true), (sent.NumberOf("s1", out bool again), again));
    }

    [Fact]
    public void An_entry_is_written_as_haproxy_writes_it()
    {
        byte[] to = new byte[1024];
        var words = new SentWords();
        var update = new EntryUpdate
        {
            Number = 4,
            ExpireMs = 0x048FB2,
            Key = "/k4"u8,
            Values = new ulong[] { 2 },
            ServerKey = "s2",
        };
        Assert.Equal(
            "0A85120000000400048FB2032F6B34020401027332",
            Convert.ToHexString(to, 0, update.WriteMessage(to, s_words, false, words))
        );
        update.ExpireMs = -1;
        update.Key = "/k5"u8;
        Assert.Equal("0A8107032F6B35020101", Convert.ToHexString(to, 0, update.WriteMessage(to, s_words, true, words)));
        Assert.Equal(0, update.WriteMessage(to.AsSpan(0, 40), s_words, true, words));
    }

    [Fact]
    public void A_message_that_is_too_long_is_known_by_its_length()
    {
        byte[] message = [10, MessageType.Update, .. Number(100_000)];
        Assert.Equal(MessageStatus.TooLong, PeerMessage.Take(message, MaxBody, out _, out _));
        byte[] endless = new byte[14];
        Array.Fill(endless, (byte)255);
        (endless[0], endless[1]) = (10, MessageType.Update);
        Assert.Equal(MessageStatus.Malformed, PeerMessage.Take(endless, MaxBody, out _, out _));
    }

    [Theory]
    [InlineData("HAProxyS 2.1\nA\nB 100 1\n", 0)]
    [InlineData("HAProxyS 2.0\nA\nB 100 1\n", 0)]
    [InlineData("HAProxyS 2.1\r\nA\r\nB 100 1\r\n", 0)]
    [InlineData("HAProxyS 2.2\nA\nB 100 1\n", 502)]
    [InlineData("HAProxyS 1.0\nA\nB 100 1\n", 502)]
    [InlineData("HAProxyS 3.0\n", 502)]
    [InlineData("GET / HTTP/1.0\r\n\r\n", 501)]
    [InlineData("GET /", 501)]
    [InlineData("HAProxyS 2.1\nA\nB\n", 501)]
    [InlineData("HAProxyS 2.1\nA\nB 1", -1)]
    [InlineData("HAP", -1)]
    [InlineData("", -1)]
    public void A_hello_is_judged_as_haproxy_judges_it(string text, int result)
    {
        Assert.Equal(result, PeerHello.Read(Encoding.ASCII.GetBytes(text), out PeerHello hello, out int length));
        if (result == 0)
            Assert.Equal(("A", "B", text.Length), (hello.To, hello.From, length));
    }

    [Fact]
    public void A_hello_without_end_is_none() =>
        Assert.Equal(501, PeerHello.Read(Encoding.ASCII.GetBytes("HAProxyS 2.1\n" + new string('A', PeerHello.MaxLength)), out _, out _));

    [Theory]
    [InlineData("200\n", 200, 4)]
    [InlineData("300\r\n", 300, 5)]
    [InlineData("20", 0, 0)]
    [InlineData("2000\n", -1, 5)]
    [InlineData("abc\n", -1, 4)]
    [InlineData("HTTP/1.1 400 Bad Request", -1, 0)]
    public void An_answer_is_three_digits_in_a_line(string text, int number, int length) =>
        Assert.Equal((number, length), (PeerHello.ReadAnswer(Encoding.ASCII.GetBytes(text), out int read), read));
}
