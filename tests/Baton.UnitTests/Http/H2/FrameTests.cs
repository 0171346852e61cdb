// Frames by themselves: headers as they lie on the wire, what each type must be like, what is taken off its payload, and the frames that
// we send.
using System;
using System.Linq;
using Baton.Http.H2;
using Xunit;

namespace Baton.UnitTests.Http.H2;

public sealed class FrameTests
{
    private static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", ""));

    private static string Text(FrameVerdict verdict) =>
        verdict.Scope <= FrameScope.PassOver ? $"{verdict.Scope}" : $"{verdict.Scope} {verdict.Error}";

    [Fact]
    public void A_header_is_nine_octets()
    {
        byte[] bytes = Hex("012345 09 04 80000103");
        for (int length = 0; length < bytes.Length; length++)
            Assert.False(FrameHeader.TryRead(bytes.AsSpan(0, length), out _));
        Assert.True(FrameHeader.TryRead(bytes, out FrameHeader header));
        Assert.Equal(
            (0x12345, FrameType.Continuation, FrameFlags.EndHeaders, 0x103),
            (header.Length, header.Type, header.Flags, header.StreamId)
        );
        Assert.True(header.Has(FrameFlags.EndHeaders) && !header.Has(FrameFlags.EndHeaders | FrameFlags.Padded));
        byte[] written = new byte[FrameHeader.Size];
        Assert.Equal(FrameHeader.Size, header.Write(written));
        Assert.Equal(Hex("012345 09 04 00000103"), written);
        Assert.True(FrameHeader.TryRead(Hex("ffffff ff ff ffffffff"), out header));
        Assert.Equal((0xFFFFFF, (FrameType)255, int.MaxValue), (header.Length, header.Type, header.StreamId));
    }

    /// <summary>RFC 9113 §4.2 and §6: streams and lengths.</summary>
    [Theory]
    [InlineData(FrameType.Data, 0, 1, 0, "Fine")]
    [InlineData(FrameType.Data, 0, 1, 16384, "Fine")]
    [InlineData(FrameType.Data, 0, 1, 16385, "Connection FrameSizeError")]
    [InlineData(FrameType.Data, 0, 0, 5, "Connection ProtocolError")]
    [InlineData(FrameType.Data, 8, 1, 0, "Connection FrameSizeError")]
    [InlineData(FrameType.Data, 8, 1, 1, "Fine")]
    [InlineData(FrameType.Headers, 4, 1, 0, "Fine")]
    [InlineData(FrameType.Headers, 4, 0, 5, "Connection ProtocolError")]
    [InlineData(FrameType.Headers, 32, 1, 4, "Connection FrameSizeError")]
    [InlineData(FrameType.Headers, 40, 1, 5, "Connection FrameSizeError")]
    [InlineData(FrameType.Headers, 40, 1, 6, "Fine")]
    [InlineData(FrameType.Priority, 0, 1, 5, "Fine")]
    [InlineData(FrameType.Priority, 0, 1, 4, "Connection FrameSizeError")]
    [InlineData(FrameType.Priority, 0, 1, 16000, "Connection FrameSizeError")]
    [InlineData(FrameType.Priority, 0, 0, 5, "Connection ProtocolError")]
    [InlineData(FrameType.RstStream, 0, 1, 4, "Fine")]
    [InlineData(FrameType.RstStream, 0, 1, 5, "Connection FrameSizeError")]
    [InlineData(FrameType.RstStream, 0, 0, 4, "Connection ProtocolError")]
    [InlineData(FrameType.Settings, 0, 0, 0, "Fine")]
    [InlineData(FrameType.Settings, 0, 0, 12, "Fine")]
    [InlineData(FrameType.Settings, 0, 0, 13, "Connection FrameSizeError")]
    [InlineData(FrameType.Settings, 1, 0, 0, "Fine")]
    [InlineData(FrameType.Settings, 1, 0, 6, "Connection FrameSizeError")]
    [InlineData(FrameType.Settings, 0, 1, 0, "Connection ProtocolError")]
    [InlineData(FrameType.PushPromise, 0, 1, 8, "Connection ProtocolError")]
    [InlineData(FrameType.Ping, 0, 0, 8, "Fine")]
    [InlineData(FrameType.Ping, 1, 0, 7, "Connection FrameSizeError")]
    [InlineData(FrameType.Ping, 0, 1, 8, "Connection ProtocolError")]
    [InlineData(FrameType.GoAway, 0, 0, 8, "Fine")]
    [InlineData(FrameType.GoAway, 0, 0, 7, "Connection FrameSizeError")]
    [InlineData(FrameType.GoAway, 0, 1, 8, "Connection ProtocolError")]
    [InlineData(FrameType.WindowUpdate, 0, 0, 4, "Fine")]
    [InlineData(FrameType.WindowUpdate, 0, 1, 4, "Fine")]
    [InlineData(FrameType.WindowUpdate, 0, 1, 3, "Connection FrameSizeError")]
    [InlineData(FrameType.Continuation, 4, 1, 5, "Connection ProtocolError")]
    [InlineData((FrameType)77, 255, 0, 5, "Fine")]
    [InlineData((FrameType)77, 255, 5, 5, "Fine")]
    [InlineData((FrameType)77, 255, 5, 16385, "Connection FrameSizeError")]
    public void Headers(FrameType type, int flags, int stream, int length, string verdict) =>
        Assert.Equal(verdict, Text(FrameChecks.CheckHeader(new FrameHeader(length, type, (FrameFlags)flags, stream), 16384, 0)));

    /// <summary>RFC 9113 §6.10: a block is not interrupted, not even by what is unknown.</summary>
    [Theory]
    [InlineData(FrameType.Continuation, 3, "Fine")]
    [InlineData(FrameType.Continuation, 5, "Connection ProtocolError")]
    [InlineData(FrameType.Continuation, 0, "Connection ProtocolError")]
    [InlineData(FrameType.Headers, 3, "Connection ProtocolError")]
    [InlineData(FrameType.Data, 3, "Connection ProtocolError")]
    [InlineData(FrameType.Ping, 0, "Connection ProtocolError")]
    [InlineData((FrameType)77, 3, "Connection ProtocolError")]
    public void Within_a_block(FrameType type, int stream, string verdict) =>
        Assert.Equal(verdict, Text(FrameChecks.CheckHeader(new FrameHeader(8, type, FrameFlags.EndHeaders, stream), 16384, continuing: 3)));

    /// <summary>RFC 9113 §5.1.</summary>
    [Theory]
    [InlineData(FrameType.Data, "Connection ProtocolError", "Fine", "Stream StreamClosed", "PassOver", "Stream StreamClosed")]
    [InlineData(FrameType.Headers, "Fine", "Fine", "Stream StreamClosed", "PassOver", "Connection StreamClosed")]
    [InlineData(FrameType.RstStream, "Connection ProtocolError", "Fine", "Fine", "PassOver", "PassOver")]
    [InlineData(FrameType.WindowUpdate, "Connection ProtocolError", "Fine", "Fine", "PassOver", "PassOver")]
    [InlineData(FrameType.Priority, "Fine", "Fine", "Fine", "Fine", "Fine")]
    [InlineData((FrameType)77, "Fine", "Fine", "Fine", "Fine", "Fine")]
    public void By_the_state_of_the_stream(FrameType type, params string[] verdicts)
    {
        var header = new FrameHeader(4, type, FrameFlags.None, 3);
        foreach (StreamPhase phase in Enum.GetValues<StreamPhase>())
            Assert.Equal(verdicts[(int)phase], Text(FrameChecks.CheckPhase(header, phase, mayOpen: true)));
        if (type == FrameType.Headers)
            Assert.Equal("Connection ProtocolError", Text(FrameChecks.CheckPhase(header, StreamPhase.Idle, mayOpen: false)));
        Assert.Equal(
            "Fine",
            Text(FrameChecks.CheckPhase(new FrameHeader(4, FrameType.WindowUpdate, FrameFlags.None, 0), StreamPhase.Idle, mayOpen: false))
        );
    }

    [Theory]
    [InlineData(FrameType.Data, 0, "616263", "Fine", "616263")]
    [InlineData(FrameType.Data, 8, "00616263", "Fine", "616263")]
    [InlineData(FrameType.Data, 8, "0261626300", "Fine", "6162")]
    [InlineData(FrameType.Data, 8, "03616263", "Fine", "")]
    [InlineData(FrameType.Data, 8, "04616263", "Connection ProtocolError", null)]
    [InlineData(FrameType.Data, 8, "00", "Fine", "")]
    [InlineData(FrameType.Data, 8, "01", "Connection ProtocolError", null)]
    // the flag of priority is none of DATA
    [InlineData(FrameType.Data, 40, "00616263", "Fine", "616263")]
    [InlineData(FrameType.Headers, 36, "0000000510 82", "Fine", "82")]
    [InlineData(FrameType.Headers, 36, "8000000110 82", "Fine", "82")]
    [InlineData(FrameType.Headers, 36, "8000000310 82", "Stream ProtocolError", "82")]
    [InlineData(FrameType.Headers, 44, "01 0000000010 82 00", "Fine", "82")]
    [InlineData(FrameType.Headers, 44, "02 0000000010 82 00", "Fine", "")]
    [InlineData(FrameType.Headers, 44, "03 0000000010 82 00", "Connection ProtocolError", null)]
    public void What_is_around_a_payload(FrameType type, int flags, string payload, string verdict, string? left)
    {
        byte[] bytes = Hex(payload);
        ReadOnlySpan<byte> rest = bytes;
        Assert.Equal(verdict, Text(FrameChecks.Strip(new FrameHeader(bytes.Length, type, (FrameFlags)flags, 3), ref rest)));
        if (left is not null)
            Assert.Equal(Hex(left), rest.ToArray());
    }

    [Theory]
    [InlineData(0, 100, 1u, "Fine", 101)]
    [InlineData(3, -100, 0x80000001u, "Fine", -99)]
    [InlineData(3, 0, 0x7FFFFFFFu, "Fine", int.MaxValue)]
    [InlineData(0, 100, 0u, "Connection ProtocolError", 100)]
    [InlineData(3, 100, 0x80000000u, "Stream ProtocolError", 100)]
    [InlineData(0, 1, 0x7FFFFFFFu, "Connection FlowControlError", 1)]
    [InlineData(3, int.MaxValue, 1u, "Stream FlowControlError", int.MaxValue)]
    public void Windows_that_are_opened(int stream, int window, uint increment, string verdict, int after)
    {
        byte[] payload = new byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(payload, increment);
        var header = new FrameHeader(4, FrameType.WindowUpdate, FrameFlags.None, stream);
        Assert.Equal(verdict, Text(FrameChecks.CheckWindowUpdate(header, payload, ref window)));
        Assert.Equal(after, window);
    }

    [Theory]
    [InlineData(0, 65535, 0, -65535)]
    [InlineData(-65535, 0, 65535, 0)]
    [InlineData(int.MaxValue, 65535, 65534, int.MaxValue - 1)]
    [InlineData(int.MaxValue, 65535, 65536, null)]
    public void Windows_whose_start_changes(int window, int before, int after, int? expected)
    {
        Assert.Equal(expected is not null, FrameChecks.TryResize(ref window, before, after));
        if (expected is not null)
            Assert.Equal(expected, window);
    }

    [Fact]
    public void Frames_of_ours()
    {
        Assert.Equal("000000040100000000", Written(to => FrameWriter.WriteSettingsAck(to)));
        Assert.Equal("0000080600000000000102030405060708", Written(to => FrameWriter.WritePing(to, Hex("0102030405060708"), isAck: false)));
        Assert.Equal("0000080601000000000102030405060708", Written(to => FrameWriter.WritePing(to, Hex("0102030405060708"), isAck: true)));
        Assert.Equal("000008070000000000000000070000000b", Written(to => FrameWriter.WriteGoAway(to, 7, ErrorCode.EnhanceYourCalm)));
        Assert.Equal("00000403000000000700000008", Written(to => FrameWriter.WriteRstStream(to, 7, ErrorCode.Cancel)));
        Assert.Equal("0000040800000000077fffffff", Written(to => FrameWriter.WriteWindowUpdate(to, 7, int.MaxValue)));
        Assert.Equal("000005000100000007", Written(to => FrameWriter.WriteDataHeader(to, 7, 5, endStream: true)));
        Assert.Equal("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", System.Text.Encoding.ASCII.GetString(FrameWriter.Preface));
    }

    private delegate int Writer(Span<byte> to);

    private static string Written(Writer writer)
    {
        byte[] bytes = new byte[100];
        int length = writer(bytes);
        return Convert.ToHexStringLower(bytes, 0, length);
    }

    /// <summary>A block in frames of any size is the block again, in a HEADERS and as many CONTINUATION as it takes.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(20)]
    [InlineData(95)]
    public void A_block_in_frames(int length)
    {
        const int MaxFrame = 10;
        byte[] block = [.. Enumerable.Range(1, length).Select(i => (byte)i)];
        int total = length + FrameWriter.FramingOf(length, MaxFrame);
        byte[] frames = new byte[Math.Max(total, length + FrameHeader.Size)];
        block.CopyTo(frames, FrameHeader.Size);
        if (length > MaxFrame)
            Assert.Equal(-1, FrameWriter.FrameBlock(frames.AsSpan(0, total - 1), length, 5, MaxFrame, endStream: true));
        Assert.Equal(total, FrameWriter.FrameBlock(frames, length, 5, MaxFrame, endStream: true));
        ReadOnlySpan<byte> rest = frames.AsSpan(0, total);
        byte[] again = [];
        int continuing = 0;
        while (FrameHeader.TryRead(rest, out FrameHeader header))
        {
            Assert.True(FrameChecks.CheckHeader(header, MaxFrame, continuing).IsFine);
            Assert.Equal(continuing == 0, header.Has(FrameFlags.EndStream));
            again = [.. again, .. rest.Slice(FrameHeader.Size, header.Length)];
            rest = rest[(FrameHeader.Size + header.Length)..];
            Assert.Equal(rest.IsEmpty, header.Has(FrameFlags.EndHeaders));
            continuing = 5;
        }
        Assert.Equal(block, again);
    }
}
