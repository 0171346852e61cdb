// SETTINGS: which values there are, which are errors, and what is written of them.
using System;
using Baton.Http.H2;
using Xunit;

namespace Baton.UnitTests.Http.H2;

public sealed class Http2SettingsTests
{
    [Theory]
    [InlineData(SettingsId.HeaderTableSize, uint.MaxValue, ErrorCode.NoError)]
    [InlineData(SettingsId.EnablePush, 0u, ErrorCode.NoError)]
    [InlineData(SettingsId.EnablePush, 1u, ErrorCode.NoError)]
    [InlineData(SettingsId.EnablePush, 2u, ErrorCode.ProtocolError)]
    [InlineData(SettingsId.MaxConcurrentStreams, 0u, ErrorCode.NoError)]
    [InlineData(SettingsId.InitialWindowSize, 0x7FFFFFFFu, ErrorCode.NoError)]
    [InlineData(SettingsId.InitialWindowSize, 0x80000000u, ErrorCode.FlowControlError)]
    [InlineData(SettingsId.MaxFrameSize, 16383u, ErrorCode.ProtocolError)]
    [InlineData(SettingsId.MaxFrameSize, 16384u, ErrorCode.NoError)]
    [InlineData(SettingsId.MaxFrameSize, 0xFFFFFFu, ErrorCode.NoError)]
    [InlineData(SettingsId.MaxFrameSize, 0x1000000u, ErrorCode.ProtocolError)]
    [InlineData(SettingsId.MaxHeaderListSize, 0u, ErrorCode.NoError)]
    [InlineData(SettingsId.EnableConnectProtocol, 1u, ErrorCode.NoError)]
    [InlineData(SettingsId.EnableConnectProtocol, 2u, ErrorCode.ProtocolError)]
    [InlineData(SettingsId.NoRfc7540Priorities, 2u, ErrorCode.ProtocolError)]
    [InlineData((SettingsId)0, 1u, ErrorCode.NoError)]
    [InlineData((SettingsId)0x1A2A, uint.MaxValue, ErrorCode.NoError)]
    public void Values(SettingsId id, uint value, ErrorCode error)
    {
        Http2Settings settings = Http2Settings.Initial;
        Assert.Equal(error, settings.Apply(id, value, fromServer: false));
        // what was refused has changed nothing
        if (error != ErrorCode.NoError)
            Assert.Equal(Http2Settings.Initial, settings);
    }

    [Fact]
    public void What_a_server_must_not_say()
    {
        Http2Settings settings = Http2Settings.Initial;
        Assert.Equal(ErrorCode.ProtocolError, settings.Apply(SettingsId.EnablePush, 1, fromServer: true));
        Assert.Equal(ErrorCode.NoError, settings.Apply(SettingsId.EnablePush, 0, fromServer: true));
        Assert.Equal(ErrorCode.NoError, settings.Apply(SettingsId.EnableConnectProtocol, 0, fromServer: true));
        Assert.Equal(ErrorCode.NoError, settings.Apply(SettingsId.EnableConnectProtocol, 1, fromServer: true));
        Assert.Equal(ErrorCode.ProtocolError, settings.Apply(SettingsId.EnableConnectProtocol, 0, fromServer: true));
    }

    [Fact]
    public void A_payload_comes_back()
    {
        byte[] frame = new byte[FrameWriter.MaxSettingsSize];
        Assert.Equal(FrameHeader.Size, FrameWriter.WriteSettings(frame, Http2Settings.Initial));
        Http2Settings settings = Http2Settings.Initial;
        settings.HeaderTableSize = 0;
        settings.MaxConcurrentStreams = 100;
        settings.InitialWindowSize = 1 << 20;
        settings.MaxFrameSize = 1 << 15;
        settings.MaxHeaderListSize = 1 << 16;
        settings.EnablePush = false;
        settings.EnableConnectProtocol = true;
        settings.NoRfc7540Priorities = true;
        int length = FrameWriter.WriteSettings(frame, settings);
        Assert.Equal(FrameWriter.MaxSettingsSize, length);
        Assert.True(FrameHeader.TryRead(frame, out FrameHeader header));
        Assert.True(FrameChecks.CheckHeader(header, 16384, 0).IsFine);
        Http2Settings read = Http2Settings.Initial;
        Assert.Equal(ErrorCode.NoError, read.Apply(frame.AsSpan(FrameHeader.Size, header.Length), fromServer: false));
        Assert.Equal(settings, read);
    }

    /// <summary>The last of several counts; behind an error nothing is looked at.</summary>
    [Fact]
    public void A_payload_in_its_order()
    {
        Http2Settings settings = Http2Settings.Initial;
        Assert.Equal(
            ErrorCode.FlowControlError,
            settings.Apply(Convert.FromHexString("000300000005" + "000300000007" + "000480000000" + "000300000009"), fromServer: false)
        );
        Assert.Equal(7u, settings.MaxConcurrentStreams);
    }
}
