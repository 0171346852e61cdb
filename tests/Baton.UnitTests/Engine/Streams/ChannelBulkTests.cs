// A channel that carries much gets a larger block, and only as long as it does: what comes out is what went in, and what follows
// a message is never in a large block.
using System;
using System.Net;
using System.Net.Sockets;
using Baton.Core.Buffers;
using Baton.Engine.Connections;
using Baton.Engine.Streams;
using Baton.Http.Messages;
using Xunit;

namespace Baton.UnitTests.Engine.Streams;

public sealed unsafe class ChannelBulkTests
{
    private const int Block = 1024,
        Large = 4096,
        Following = 500;

    private sealed class Wire : Connection
    {
        private readonly SplicePipePool? _pipes;

        public Wire(Socket socket, SplicePipePool? pipes = null)
        {
            Fd = (int)socket.Handle;
            CanRead = CanWrite = true;
            _pipes = pipes;
        }

        public override SplicePipePool? Pipes => _pipes;

        public override void OnEvents(uint events) { }

        public override void OnTimer(long nowMs) { }

        public override void ReturnToPool() { }
    }

    [Theory]
    [InlineData(BodyKind.Length, 50_000, true)]
    [InlineData(BodyKind.Length, Large, false)]
    [InlineData(BodyKind.Length, Large + 2 * Block, false)]
    [InlineData(BodyKind.UntilClose, 50_000, true)]
    [InlineData(BodyKind.UntilClose, 900, false)]
    public void Large_blocks_for_bulk_only(BodyKind body, int length, bool large)
    {
        (Socket from, Socket source) = Pair();
        (Socket sink, Socket to) = Pair();
        var pool = new BufferPool(Block, Large);
        Channel channel = default;
        byte[] sent = new byte[length],
            got = new byte[length + Following];
        new Random(1).NextBytes(sent);
        from.Send(sent);
        int follows = body == BodyKind.Length ? Following : 0;
        if (follows > 0)
            from.Send(new byte[follows]);
        Assert.True(channel.BeginBody(body, length));
        Wire a = new(source),
            b = new(sink);
        bool seen = false;
        int arrived = 0;
        for (int i = 0; i < 1000 && arrived < length; i++)
        {
            a.CanRead = b.CanWrite = true;
            channel.Receive(a, pool);
            seen |= pool.Bulk!.Rented > 0;
            if (pool.Bulk.Rented > 0)
                Assert.Equal(0, channel.Unjudged);
            // now and then the sink takes nothing: the next read comes on top of what is there
            if (i % 3 == 2)
                channel.Send(b);
            while (to.Available > 0)
                arrived += to.Receive(got, arrived, got.Length - arrived, SocketFlags.None);
        }
        Assert.Equal(large, seen);
        Assert.Equal(length, arrived);
        Assert.True(got.AsSpan(0, length).SequenceEqual(sent));
        // nothing comes any more: a waiting channel holds no large block
        a.CanRead = true;
        channel.Receive(a, pool);
        Assert.Equal(0, pool.Bulk!.Rented);
        channel.Release(pool);
        Assert.Equal(0, pool.Rented);
        foreach (Socket s in (Socket[])[from, source, sink, to])
            s.Dispose();
    }

    [Theory]
    [InlineData(BodyKind.Length, 200_000, true, false)]
    [InlineData(BodyKind.Length, 200_000, true, true)]
    [InlineData(BodyKind.Length, 16_000, false, false)]
    [InlineData(BodyKind.UntilClose, 200_000, true, false)]
    [InlineData(BodyKind.UntilClose, 200_000, true, true)]
    public void Bulk_goes_through_a_pipe(BodyKind body, int length, bool spliced, bool bringBack)
    {
        (Socket from, Socket source) = Pair();
        (Socket sink, Socket to) = Pair();
        var pool = new BufferPool(Block, Large);
        var pipes = new SplicePipePool(1, 65536);
        Channel channel = default;
        byte[] sent = new byte[length],
            got = new byte[length + Following];
        new Random(1).NextBytes(sent);
        from.Send(sent);
        int follows = body == BodyKind.Length ? Following : 0;
        if (follows > 0)
            from.Send(new byte[follows]);
        Assert.True(channel.BeginBody(body, length));
        Wire a = new(source, pipes),
            b = new(sink);
        bool seen = false;
        int arrived = 0;
        for (int i = 0; i < 2000 && arrived < length; i++)
        {
            a.CanRead = b.CanWrite = true;
            channel.Receive(a, pool);
            if (channel.Pipe is { Held: > 0 })
            {
                seen = true;
                Assert.True(channel.HasUnsent);
                Assert.Equal(0, channel.End);
                // as when the connection is about to move to another process
                if (bringBack && i % 4 == 1)
                {
                    channel.BringBack(pool);
                    Assert.Equal(0, pipes.Used);
                }
            }
            if (i % 3 != 1)
                channel.Send(b);
            while (to.Available > 0)
                arrived += to.Receive(got, arrived, got.Length - arrived, SocketFlags.None);
        }
        Assert.Equal(spliced, seen);
        Assert.Equal(length, arrived);
        Assert.Equal(length, channel.Payload);
        Assert.Equal(length, channel.Sent);
        Assert.True(got.AsSpan(0, length).SequenceEqual(sent));
        channel.Release(pool);
        Assert.Equal(0, pool.Rented + pipes.Used);
        foreach (Socket s in (Socket[])[from, source, sink, to])
            s.Dispose();
    }

    [Theory]
    [InlineData(1, Block)]
    [InlineData(Block, Block)]
    [InlineData(Block + 1, Large)]
    [InlineData(Large + 1, Large + 1)]
    public void A_block_is_found_for_whatever_another_process_had_in_hand(int length, int expected)
    {
        var pool = new BufferPool(Block, Large);
        byte* block = pool.RentAtLeast(length, out int size);
        Assert.Equal(expected, size);
        new Span<byte>(block, length).Fill(1);
        pool.Return(block, size);
        Assert.Equal(0, pool.Rented + pool.Bulk!.Rented);
    }

    private static (Socket, Socket) Pair()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var a = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        a.Connect(listener.LocalEndPoint!);
        Socket b = listener.Accept();
        foreach (Socket s in (Socket[])[a, b])
            (s.Blocking, s.SendBufferSize, s.ReceiveBufferSize) = (false, 1 << 20, 1 << 20);
        return (a, b);
    }
}
