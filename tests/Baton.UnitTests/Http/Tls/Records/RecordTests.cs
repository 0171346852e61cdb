// Keys and records against the traces of RFC 8448, and what a record layer has to refuse.
using System;
using System.Security.Cryptography;
using Baton.Http.Tls.Records;
using Xunit;

namespace Baton.UnitTests.Http.Tls.Records;

public sealed class RecordTests
{
    private const string ClientSecret = "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5",
        ServerSecret = "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643";

    /// <summary>RFC 8448 §3: the client's 50 bytes 0 to 49, its first record of application data.</summary>
    private const string ClientRecord =
        "1703030043a23f7054b62c94d0affafe8228ba55cbefacea42f914aa66bcab3f2b9819a8a5b46b395bd54a9a20441e2b62974e1f5a6292a2977014bd1e3deae63a"
        + "eebb21694915e4";

    [Fact]
    public void Keys_of_TLS_1_3_are_those_of_the_trace()
    {
        DirectionKeys keys = default;
        KeySchedule.SetSecret(ref keys, CipherSuite.Of(0x1301), Convert.FromHexString(ClientSecret));
        Assert.Equal("17422dda596ed5d9acd890e3c63f5051", Convert.ToHexStringLower(keys.Key[..16]));
        Assert.Equal("5b78923dee08579033e523d9", Convert.ToHexStringLower(keys.Nonce));
        KeySchedule.SetSecret(ref keys, CipherSuite.Of(0x1301), Convert.FromHexString(ServerSecret));
        Assert.Equal("9f02283b6c9c07efc26bb9f2ac92e356", Convert.ToHexStringLower(keys.Key[..16]));
        Assert.Equal("cf782b88dd83549aadf1e984", Convert.ToHexStringLower(keys.Nonce));
    }

    /// <summary>The vectors that the TLS working group's list has for the P_hash of TLS 1.2 with SHA-256 and SHA-384.</summary>
    [Theory]
    [InlineData(
        false,
        "9bbe436ba940f017b17652849a71db35",
        "a0ba9f936cda311827a6f796ffd5198c",
        "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a"
    )]
    [InlineData(
        true,
        "b80b733d6ceefcdc71566ea48e5567df",
        "cd665cf6a8447dd6ff8b27555edb7465",
        "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cd"
    )]
    public void The_pseudo_random_function_gives_the_published_bytes(bool sha384, string secret, string seed, string begin)
    {
        byte[] bytes = new byte[100];
        KeySchedule.Prf(sha384, Convert.FromHexString(secret), "test label"u8, Convert.FromHexString(seed), bytes);
        Assert.Equal(begin, Convert.ToHexStringLower(bytes.AsSpan(0, 32)));
    }

    [Fact]
    public void A_record_of_the_trace_is_read_and_written()
    {
        RecordState reader = State(0x1301, isServer: true);
        byte[] record = Convert.FromHexString(ClientRecord),
            text = new byte[100];
        Assert.Equal(record.Length, RecordReader.Measure(ref reader, record));
        Assert.Equal(RecordEvent.Data, RecordReader.Read(ref reader, ManagedAead.Instance, record, text, out int length));
        Assert.Equal(50, length);
        for (int i = 0; i < length; i++)
            Assert.Equal(i, text[i]);
        RecordState writer = State(0x1301, isServer: false);
        byte[] made = new byte[200];
        int n = RecordWriter.Write(ref writer, ManagedAead.Instance, ContentType.ApplicationData, text.AsSpan(0, 50), made);
        Assert.Equal(ClientRecord, Convert.ToHexStringLower(made.AsSpan(0, n)));
    }

    private static RecordState State(ushort suite, bool isServer, ushort version = RecordState.Tls13)
    {
        RecordState state = default;
        (state.Version, state.CipherSuite, state.IsServer, state.LargestSent) = (version, suite, isServer, RecordState.LargestFragment);
        string own = isServer ? ServerSecret : ClientSecret,
            other = isServer ? ClientSecret : ServerSecret;
        if (version == RecordState.Tls13)
        {
            KeySchedule.SetSecret(ref state.Write, state.Suite, Secret(own));
            KeySchedule.SetSecret(ref state.Read, state.Suite, Secret(other));
            return state;
        }
        ref DirectionKeys client = ref isServer ? ref state.Read : ref state.Write;
        ref DirectionKeys server = ref isServer ? ref state.Write : ref state.Read;
        KeySchedule.SetMaster(ref client, ref server, state.Suite, new byte[48], new byte[32], new byte[32]);
        return state;
    }

    private static byte[] Secret(string hex) => [.. Convert.FromHexString(hex), .. new byte[16]];

    public static TheoryData<ushort, ushort> Suites =>
        new()
        {
            { 0x1301, RecordState.Tls13 },
            { 0x1302, RecordState.Tls13 },
            { 0x1303, RecordState.Tls13 },
            { 0xC02B, RecordState.Tls12 },
            { 0xC030, RecordState.Tls12 },
            { 0xCCA8, RecordState.Tls12 },
        };

    /// <summary>Both ends of a connection.</summary>
    private struct Ends
    {
        public RecordState Client,
            Server;
        private byte[] _record;

        public Ends(ushort suite, ushort version)
        {
            Client = State(suite, isServer: false, version);
            Server = State(suite, isServer: true, version);
            _record = [];
        }

        /// <summary>The client writes a record; what it is to the server.</summary>
        public RecordEvent Pass(ContentType type, ReadOnlySpan<byte> text, out int length)
        {
            byte[] record = new byte[text.Length + 64];
            _record = record[..RecordWriter.Write(ref Client, ManagedAead.Instance, type, text, record)];
            return Again(out length);
        }

        /// <summary>The last record comes once more.</summary>
        public RecordEvent Again(out int length)
        {
            length = 0;
            return RecordReader.Measure(ref Server, _record) < 0
                ? RecordEvent.Fault
                : RecordReader.Read(ref Server, ManagedAead.Instance, _record, new byte[_record.Length], out length);
        }
    }

    [Theory, MemberData(nameof(Suites))]
    public void Every_suite_carries_bytes_in_order_and_nothing_twice(ushort suite, ushort version)
    {
        var ends = new Ends(suite, version);
        foreach (int size in (int[])[1, 2, 1023, 1024, 1025, RecordState.LargestFragment])
        {
            Assert.Equal(RecordEvent.Data, ends.Pass(ContentType.ApplicationData, new byte[size], out int length));
            Assert.Equal(size, length);
        }
        Assert.Equal(RecordEvent.Fault, ends.Again(out _));
        Assert.Equal(AlertDescription.BadRecordMac, ends.Server.LastAlert);
    }

    [Theory, MemberData(nameof(Suites))]
    public void An_end_is_an_end_and_an_alert_another(ushort suite, ushort version)
    {
        var ends = new Ends(suite, version);
        Assert.Equal(RecordEvent.Nothing, ends.Pass(ContentType.Alert, [1, 90], out _));
        Assert.Equal(RecordEvent.Closed, ends.Pass(ContentType.Alert, [1, 0], out _));
        Assert.True(ends.Server.HasReadEnd);
        Assert.Equal(RecordEvent.Aborted, ends.Pass(ContentType.Alert, [2, 42], out _));
        Assert.Equal(42, (int)ends.Server.LastAlert);
    }

    [Theory, MemberData(nameof(Suites))]
    public void Floods_end_the_connection(ushort suite, ushort version)
    {
        Flood(new Ends(suite, version), 32, ContentType.ApplicationData, []);
        Flood(new Ends(suite, version), 4, ContentType.Alert, [1, 90]);
        if (version == RecordState.Tls12)
            Flood(new Ends(suite, version), 1, ContentType.Handshake, [1, 0, 0, 0]);
    }

    private static void Flood(Ends ends, int allowed, ContentType type, byte[] text)
    {
        for (int i = 0; i < allowed; i++)
            Assert.NotEqual(RecordEvent.Fault, ends.Pass(type, text, out _));
        Assert.Equal(RecordEvent.Fault, ends.Pass(type, text, out _));
    }

    [Fact]
    public void Keys_are_updated_when_they_are_told_to_be()
    {
        var ends = new Ends(0x1301, RecordState.Tls13);
        for (int i = 0; i < 40; i++)
        {
            byte asks = (byte)(i % 2);
            RecordEvent expected = asks == 1 ? RecordEvent.KeyUpdateWanted : RecordEvent.KeyUpdated;
            Assert.Equal(expected, ends.Pass(ContentType.Handshake, [24, 0, 0, 1, asks], out _));
            KeySchedule.Advance(ref ends.Client.Write, ends.Client.Suite);
            Assert.Equal(RecordEvent.Data, ends.Pass(ContentType.ApplicationData, "x"u8, out _));
        }
        for (int i = 0; i < 32; i++)
        {
            Assert.Equal(RecordEvent.KeyUpdated, ends.Pass(ContentType.Handshake, [24, 0, 0, 1, 0], out _));
            KeySchedule.Advance(ref ends.Client.Write, ends.Client.Suite);
        }
        Assert.Equal(RecordEvent.Fault, ends.Pass(ContentType.Handshake, [24, 0, 0, 1, 0], out _));
    }

    /// <summary>A message may be cut anywhere, and goes on in the next process where it was cut.</summary>
    [Fact]
    public void A_message_may_be_cut_over_records()
    {
        var ends = new Ends(0x1301, RecordState.Tls13);
        foreach (byte b in (byte[])[24, 0, 0, 1])
        {
            Assert.Equal(RecordEvent.Nothing, ends.Pass(ContentType.Handshake, [b], out _));
            byte[] progress = ends.Server.Progress;
            Assert.True(ends.Server.SetProgress(progress));
            Assert.True(ends.Server.IsInMessage);
        }
        Assert.Equal(RecordEvent.KeyUpdateWanted, ends.Pass(ContentType.Handshake, [1], out _));
        Assert.False(ends.Server.IsInMessage);
    }

    [Theory]
    [InlineData("18000001", 2)] // a KeyUpdate whose value is no value
    [InlineData("18000000", -1)] // without one
    [InlineData("180000010000", -1)] // with something behind it
    [InlineData("04000000", -1)] // a ticket from a client
    [InlineData("01000000", -1)] // another greeting
    [InlineData("", -1)]
    public void Messages_that_may_not_come_end_the_connection(string hex, int last)
    {
        var ends = new Ends(0x1301, RecordState.Tls13);
        byte[] text = [.. Convert.FromHexString(hex), .. last < 0 ? (byte[])[] : [(byte)last]];
        Assert.Equal(RecordEvent.Fault, ends.Pass(ContentType.Handshake, text, out _));
    }

    [Fact]
    public void Data_in_the_middle_of_a_message_ends_the_connection()
    {
        var ends = new Ends(0x1301, RecordState.Tls13);
        Assert.Equal(RecordEvent.Nothing, ends.Pass(ContentType.Handshake, [24], out _));
        Assert.Equal(RecordEvent.Fault, ends.Pass(ContentType.ApplicationData, "x"u8, out _));
    }

    [Theory]
    [InlineData("1403030001", RecordState.Tls13)] // ChangeCipherSpec
    [InlineData("1503030013", RecordState.Tls13)] // an alert that is not sealed
    [InlineData("1403030001", RecordState.Tls12)]
    [InlineData("1803030001", RecordState.Tls12)]
    [InlineData("1702030020", RecordState.Tls13)]
    [InlineData("1703034101", RecordState.Tls13)]
    [InlineData("1703034801", RecordState.Tls12)]
    public void Headers_that_may_not_come_are_refused_at_once(string hex, ushort version)
    {
        RecordState state = State(version == RecordState.Tls13 ? (ushort)0x1301 : (ushort)0xC02B, isServer: true, version);
        Assert.Equal(-1, RecordReader.Measure(ref state, Convert.FromHexString(hex)));
        Assert.True(state.IsBroken);
    }

    [Theory, MemberData(nameof(Suites))]
    public void A_record_that_was_touched_is_refused(ushort suite, ushort version)
    {
        RecordState client = State(suite, isServer: false, version);
        byte[] record = new byte[100];
        record = record[..RecordWriter.Write(ref client, ManagedAead.Instance, ContentType.ApplicationData, "text"u8, record)];
        for (int i = 5; i < record.Length; i++)
        {
            RecordState server = State(suite, isServer: true, version);
            byte[] touched = [.. record];
            touched[i] ^= 1;
            Assert.Equal(RecordEvent.Fault, RecordReader.Read(ref server, ManagedAead.Instance, touched, new byte[100], out _));
        }
        for (int length = 5; length < record.Length; length++)
        {
            RecordState server = State(suite, isServer: true, version);
            Assert.Equal(
                RecordEvent.Fault,
                RecordReader.Read(ref server, ManagedAead.Instance, record.AsSpan(0, length), new byte[100], out _)
            );
        }
    }
}
