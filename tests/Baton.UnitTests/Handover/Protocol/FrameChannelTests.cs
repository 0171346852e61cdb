// Frames over a real socket pair: whole, torn, with descriptors, and everything that a frame must not be.
using System;
using System.Buffers.Binary;
using System.Linq;
using System.Threading;
using Baton.Handover.Protocol;
using Baton.Interop.Linux;
using Xunit;

namespace Baton.UnitTests.Handover.Protocol;

[Collection("descriptors")]
public sealed class FrameChannelTests : IDisposable
{
    private readonly int _near,
        _far;
    private readonly FrameChannel _channel;

    public FrameChannelTests()
    {
        Assert.True(SocketNames.Pair(out _near, out _far));
        _channel = new FrameChannel(_near);
        _channel.SetTimeout(5000);
    }

    public void Dispose()
    {
        Files.close(_near);
        Files.close(_far);
    }

    private static byte[] Header(int type, int descriptors, int length)
    {
        byte[] header = new byte[HandoverProtocol.HeaderSize];
        BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)type);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(2), (ushort)descriptors);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), length);
        return header;
    }

    /// <summary>More than a socket's buffer holds: the two ends have to go on by turns.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(3_000_000, HandoverProtocol.MaxDescriptors)]
    public void A_frame_arrives_as_it_was_sent(int length, int descriptors)
    {
        byte[] payload = new byte[length];
        new Random(1).NextBytes(payload);
        var sender = new FrameChannel(_far);
        sender.SetTimeout(5000);
        bool sent = false;
        var thread = new Thread(() => sent = sender.Send(FrameType.State, payload, Enumerable.Repeat(_far, descriptors).ToArray()));
        thread.Start();
        Assert.True(_channel.Receive(), _channel.Error);
        Assert.True(thread.Join(5000) && sent);
        Assert.Equal(FrameType.State, _channel.Type);
        Assert.True(_channel.Payload.SequenceEqual(payload));
        Assert.Equal(descriptors, _channel.Descriptors.Length);
        foreach (int fd in _channel.Descriptors)
            Assert.Equal(SocketNames.Cookie(_far), SocketNames.Cookie(fd));
        int[] came = _channel.Descriptors.ToArray();
        _channel.CloseDescriptors();
        // its number may be another socket of a parallel test by now
        foreach (int fd in came)
            Assert.False(Files.IsOpen(fd) && SocketNames.Cookie(fd) == SocketNames.Cookie(_far));
    }

    /// <summary>A thread that waits for the other process must not hold up a collection, which holds up all threads.</summary>
    [Fact]
    public void Whoever_waits_for_the_other_side_lets_collections_go_on()
    {
        var sender = new FrameChannel(_far);
        bool sent = false;
        var thread = new Thread(() => sent = sender.Send(FrameType.State, new byte[3_000_000])) { IsBackground = true };
        thread.Start();
        // it has begun, and does not get on
        Assert.True(Files.WaitReadable(_near, _near, 20_000));
        // the first one may end a call that has sent something; without a time-out the next call is begun again by the kernel
        for (int i = 0; i < 3; i++)
        {
            Thread.Sleep(50);
            var collection = new Thread(GC.Collect) { IsBackground = true };
            collection.Start();
            Assert.True(collection.Join(20_000), $"collection {i} waits for the conversation");
        }
        Assert.True(_channel.Receive(), _channel.Error);
        Assert.True(thread.Join(20_000) && sent);
    }

    [Fact]
    public void A_frame_may_come_byte_by_byte()
    {
        byte[] bytes = [.. Header((int)FrameType.Accepting, 0, 5), .. "hello"u8, .. Header((int)FrameType.Done, 0, 0)];
        var thread = new Thread(() =>
        {
            foreach (byte b in bytes)
                SocketNames.Send(_far, [b]);
        });
        thread.Start();
        Assert.True(_channel.Receive(), _channel.Error);
        Assert.Equal((FrameType.Accepting, "hello"), (_channel.Type, System.Text.Encoding.ASCII.GetString(_channel.Payload)));
        Assert.True(_channel.Receive(), _channel.Error);
        Assert.Equal((FrameType.Done, 0), (_channel.Type, _channel.Payload.Length));
        thread.Join();
    }

    [Theory]
    [InlineData(0, -1, "impossible length")]
    [InlineData(0, HandoverProtocol.MaxPayload + 1, "impossible length")]
    [InlineData(1, 0, "0 descriptors came instead of 1")]
    public void Nonsense_ends_the_conversation(int descriptors, int length, string why)
    {
        SocketNames.Send(_far, Header((int)FrameType.Connections, descriptors, length));
        SocketNames.Send(_far, Header((int)FrameType.Done, 0, 0));
        Assert.False(_channel.Receive());
        Assert.Contains(why, _channel.Error, StringComparison.Ordinal);
        // and it does not go on behind it
        Assert.False(_channel.Receive());
        Assert.False(_channel.Send(FrameType.Done));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(10)]
    public void An_end_within_a_frame_is_told(int bytes)
    {
        byte[] frame = [.. Header((int)FrameType.State, 0, 4), .. "abcd"u8];
        SocketNames.Send(_far, frame.AsSpan(0, bytes));
        Sockets.shutdown(_far, Sockets.SHUT_WR);
        Assert.False(_channel.Receive());
        Assert.Equal("closed", _channel.Error);
    }

    [Fact]
    public void A_wait_that_may_time_out_leaves_the_conversation_whole()
    {
        _channel.SetTimeout(20);
        Assert.False(_channel.Receive(mayTimeOut: true));
        Assert.Equal((true, null), (_channel.TimedOut, _channel.Error));
        SocketNames.Send(_far, Header((int)FrameType.Done, 0, 0));
        Assert.True(_channel.Receive(mayTimeOut: true));
        Assert.False(_channel.Receive());
        Assert.NotNull(_channel.Error);
    }

    /// <summary>A later version says things this one has never heard of; what it says of the things known here counts.</summary>
    [Fact]
    public void What_is_waited_for_is_found_behind_what_nobody_knows()
    {
        var other = new FrameChannel(_far);
        Assert.True(other.Send((FrameType)4711, "news"u8, [_far]));
        Assert.True(other.Send(FrameType.Stopped));
        Assert.True(_channel.Expect(FrameType.Stopped), _channel.Error);
        Assert.Equal(0, _channel.Descriptors.Length);
        other.Send(FrameType.Busy, "later"u8);
        Assert.False(_channel.Expect(FrameType.Commit));
        Assert.Equal("refused: later", _channel.Error);
    }

    [Fact]
    public void Another_known_frame_is_no_substitute()
    {
        new FrameChannel(_far).Send(FrameType.Withdraw);
        Assert.False(_channel.Expect(FrameType.Commit));
        Assert.Equal("Withdraw came instead of Commit", _channel.Error);
    }

    /// <summary>As a worker reads it: it takes what there is, and goes on with the same frame when more has come.</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(5, 3)]
    [InlineData(200, 0)]
    public void A_frame_that_comes_byte_by_byte_is_put_together(int length, int descriptors)
    {
        Files.SetNonBlocking(_near);
        var polled = new FrameChannel(_near) { IsPolled = true };
        byte[] payload = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
        byte[] frame = [.. Header((int)FrameType.Connections, descriptors, length), .. payload];
        // twice: nothing of the first one is left
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < frame.Length; i++)
            {
                Assert.False(polled.Receive());
                Assert.True(polled.TimedOut, polled.Error);
                DescriptorPassing.Send(_far, frame.AsSpan(i, 1), i == 0 ? Enumerable.Repeat(_far, descriptors).ToArray() : []);
            }
            Assert.True(polled.Receive(), polled.Error);
            Assert.Equal(FrameType.Connections, polled.Type);
            Assert.True(polled.Payload.SequenceEqual(payload));
            Assert.Equal(descriptors, polled.Descriptors.Length);
            polled.CloseDescriptors();
        }
        Sockets.shutdown(_far, Sockets.SHUT_WR);
        Assert.False(polled.Receive());
        Assert.False(polled.TimedOut);
        Assert.Equal("closed", polled.Error);
    }
}
