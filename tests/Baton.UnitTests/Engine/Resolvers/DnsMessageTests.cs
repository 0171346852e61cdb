// Questions and answers of DNS, byte by byte.
using System;
using System.Collections.Generic;
using Baton.Engine.Connections;
using Baton.Engine.Resolvers;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Engine.Resolvers;

public sealed class DnsMessageTests
{
    private readonly List<DnsRecord> _records = [];
    private readonly List<(string Name, SocketAddress Address)> _extra = [];

    private static byte[] Query(string name, DnsRecordType type, int payload = 512)
    {
        byte[] query = new byte[DnsMessage.LongestQuery];
        return query[..DnsMessage.WriteQuery(query, 0x1234, name, type, payload)];
    }

    /// <summary>The query turned into an answer with one record.</summary>
    private static byte[] Answer(byte[] query, int flags, byte type, byte[] data, byte count = 1)
    {
        byte[] question = query[12..^11];
        return
        [
            .. query[..2],
            (byte)(flags >> 8),
            (byte)flags,
            0,
            1,
            0,
            count,
            0,
            0,
            0,
            0,
            .. question,
            0xC0,
            12,
            0,
            type,
            0,
            1,
            0,
            0,
            0,
            30,
            0,
            (byte)data.Length,
            .. data,
        ];
    }

    [Fact]
    public void A_query_is_a_name_a_type_and_what_fits_a_datagram() =>
        Assert.Equal(
            "1234 0100 0001 0000 0000 0001 03617070 0474657374 00 001C 0001 00 0029 1000 00000000 0000".Replace(" ", ""),
            Convert.ToHexString(Query("app.test", DnsRecordType.Aaaa, 4096))
        );

    [Theory]
    [InlineData("a", true)]
    [InlineData("a.b.", true)]
    [InlineData("_http._tcp.a", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("a..b", false)]
    [InlineData(".a", false)]
    [InlineData("a b", false)]
    public void Some_texts_are_names(string text, bool isName) => Assert.Equal(isName, DnsMessage.IsName(text));

    [Fact]
    public void Names_are_bounded()
    {
        Assert.True(DnsMessage.IsName(new string('a', 63)));
        Assert.False(DnsMessage.IsName(new string('a', 64)));
        string longest = string.Join('.', new string('a', 63), new string('b', 63), new string('c', 63), new string('d', 61));
        Assert.True(DnsMessage.IsName(longest));
        Assert.False(DnsMessage.IsName(longest + "d"));
        Assert.Equal(DnsMessage.LongestQuery, Query(longest, DnsRecordType.A).Length);
    }

    [Theory]
    [InlineData(0x8180, 1, DnsStatus.Valid)]
    [InlineData(0x8183, 0, DnsStatus.NxDomain)]
    [InlineData(0x8185, 0, DnsStatus.Refused)]
    [InlineData(0x8182, 0, DnsStatus.Other)]
    [InlineData(0x8180, 0, DnsStatus.Empty)]
    [InlineData(0x8380, 1, DnsStatus.Truncated)]
    [InlineData(0x0180, 1, DnsStatus.Invalid)]
    [InlineData(0x9180, 1, DnsStatus.Invalid)]
    [InlineData(0x8180, 2, DnsStatus.Invalid)]
    public void An_answer_comes_to_a_status(int flags, byte count, DnsStatus expected)
    {
        byte[] answer = Answer(Query("app.test", DnsRecordType.A), flags, 1, [127, 0, 0, 2], count);
        Assert.Equal(expected, DnsMessage.Read(answer, "APP.test.", DnsRecordType.A, _records, _extra));
        if (expected == DnsStatus.Valid)
            Assert.Equal("127.0.0.2", Assert.Single(_records).Address.IpToString());
    }

    [Fact]
    public void Only_what_was_asked_for_is_an_answer()
    {
        byte[] answer = Answer(Query("app.test", DnsRecordType.A), 0x8180, 1, [127, 0, 0, 2]);
        Assert.Equal(DnsStatus.Invalid, DnsMessage.Read(answer, "apx.test", DnsRecordType.A, _records, _extra));
        Assert.Equal(DnsStatus.Invalid, DnsMessage.Read(answer, "app.test", DnsRecordType.Aaaa, _records, _extra));
        // an address that is too short for its kind
        Assert.Equal(
            DnsStatus.Invalid,
            DnsMessage.Read(Answer(Query("app.test", DnsRecordType.A), 0x8180, 1, [1, 2, 3]), "app.test", DnsRecordType.A, _records, _extra)
        );
    }

    [Fact]
    public void A_service_has_target_port_and_weight()
    {
        byte[] data = [0, 1, 0, 200, 0x1F, 0x41, 2, (byte)'H', (byte)'1', 0xC0, 16];
        byte[] answer = Answer(Query("app.test", DnsRecordType.Srv), 0x8180, 33, data);
        Assert.Equal(DnsStatus.Valid, DnsMessage.Read(answer, "app.test", DnsRecordType.Srv, _records, _extra));
        Assert.Equal(new DnsRecord(default, "h1.test", 8001, 200, 1), Assert.Single(_records));
    }

    [Fact]
    public void Nothing_that_comes_makes_it_fail()
    {
        byte[] right = Answer(Query("app.test", DnsRecordType.A), 0x8180, 1, [127, 0, 0, 2]);
        Gen.Select(Gen.Int[0, right.Length - 1], Gen.Byte, Gen.Int[0, right.Length])
            .Sample(s =>
            {
                byte[] changed = right[..s.Item3];
                if (s.Item1 < changed.Length)
                    changed[s.Item1] = s.Item2;
                List<DnsRecord> records = [];
                DnsMessage.Read(changed, "app.test", DnsRecordType.A, records, []);
            });
    }
}
