// One descriptor, several holders: it is closed by the last one, and nobody gets hold of it afterwards.
using Baton.Engine.Listeners;
using Baton.Interop.Linux;
using Xunit;

namespace Baton.UnitTests.Engine.Listeners;

public sealed class ListeningSocketTests
{
    [Fact]
    public void The_last_holder_closes_it()
    {
        int fd = Epoll.eventfd(0, Files.O_CLOEXEC);
        var socket = new ListeningSocket(fd);
        Assert.Equal(fd, socket.Fd);
        Assert.True(socket.TryHold());
        socket.Release();
        Assert.True(Files.IsOpen(fd));
        socket.Release();
        Assert.False(socket.TryHold());
    }
}
