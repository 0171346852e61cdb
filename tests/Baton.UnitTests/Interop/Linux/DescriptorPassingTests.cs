// Descriptors sent beside bytes: as many as the kernel takes, no more, and none left over.
using System;
using System.Linq;
using Baton.Interop.Linux;
using Xunit;

namespace Baton.UnitTests.Interop.Linux;

public sealed class DescriptorPassingTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(DescriptorPassing.MaxPerMessage)]
    public void What_is_sent_arrives(int count)
    {
        Assert.True(SocketNames.Pair(out int one, out int other));
        int[] got = new int[DescriptorPassing.MaxPerMessage];
        byte[] bytes = new byte[8];

        Assert.Equal(3, DescriptorPassing.Send(one, "abc"u8, Enumerable.Repeat(one, count).ToArray()));
        Assert.Equal(3, DescriptorPassing.Receive(other, bytes, got, out int received));

        Assert.Equal(count, received);
        Assert.Equal("abc"u8, bytes.AsSpan(0, 3));
        // each is another number for the same socket, and close-on-exec
        foreach (int fd in got.AsSpan(0, received))
        {
            Assert.Equal(SocketNames.Cookie(one), SocketNames.Cookie(fd));
            Assert.Equal(Files.FD_CLOEXEC, Files.fcntl(fd, Files.F_GETFD, 0));
            Files.close(fd);
        }
        Files.close(one);
        Files.close(other);
    }

    [Fact]
    public void More_than_a_message_carries_are_refused_before_anything_is_written()
    {
        Assert.True(SocketNames.Pair(out int one, out int other));
        int[] many = Enumerable.Repeat(one, DescriptorPassing.MaxPerMessage + 1).ToArray();

        Assert.Throws<ArgumentOutOfRangeException>(() => DescriptorPassing.Send(one, "abc"u8, many));

        Assert.True(Files.SetNonBlocking(other));
        Assert.Equal(-1, Files.Read(other, new byte[8]));
        Files.close(one);
        Files.close(other);
    }

    [Fact]
    public void Descriptors_without_a_place_are_closed()
    {
        Assert.True(SocketNames.Pair(out int one, out int other));
        Assert.True(Files.Pipe(out int readEnd, out int writeEnd));
        DescriptorPassing.Send(one, "a"u8, [writeEnd, writeEnd, writeEnd]);
        Files.close(writeEnd);

        Assert.Equal(-1, DescriptorPassing.Receive(other, new byte[1], new int[2], out int count));

        Assert.Equal(0, count);
        // nobody can write any more: the end of the pipe is seen, not a wait
        Assert.True(Files.SetNonBlocking(readEnd));
        Assert.Equal(0, Files.Read(readEnd, new byte[1]));
        foreach (int fd in (int[])[one, other, readEnd])
            Files.close(fd);
    }
}
