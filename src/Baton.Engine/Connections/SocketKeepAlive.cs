// TCP keep-alive of a socket (tcp(7)): whether the kernel probes a silent peer, and how.
using Baton.Configuration.Model;
using Baton.Interop.Linux;

namespace Baton.Engine.Connections;

internal static class SocketKeepAlive
{
    /// <summary>Turns probing on, with the kernel's own values where none are configured.</summary>
    public static void TurnOn(int fd, in KeepAliveConfig settings)
    {
        Sockets.SetOption(fd, Sockets.SOL_SOCKET, Sockets.SO_KEEPALIVE, 1);
        if (settings.Count > 0)
            Sockets.SetOption(fd, Sockets.IPPROTO_TCP, Sockets.TCP_KEEPCNT, settings.Count);
        if (settings.Idle > 0)
            Sockets.SetOption(fd, Sockets.IPPROTO_TCP, Sockets.TCP_KEEPIDLE, settings.Idle);
        if (settings.Interval > 0)
            Sockets.SetOption(fd, Sockets.IPPROTO_TCP, Sockets.TCP_KEEPINTVL, settings.Interval);
    }
}
