// What the configuration asks of the socket of every accepted connection. What a listening socket can hand on to those it
// accepts is set there (ListenerBinder); what is here would stay on a socket that another process goes on with.
using Baton.Configuration.Model;
using Baton.Interop.Linux;

namespace Baton.Engine.Connections;

internal static class ClientSocket
{
    /// <summary>Whether <see cref="Prepare"/> has anything to do on connections of this proxy.</summary>
    public static bool NeedsPreparation(ProxyConfig proxy, GlobalConfig global) =>
        (proxy.Options & ProxyOptions.ClientTcpKeepAlive) != 0 || global.RcvBufClient > 0 || global.SndBufClient > 0;

    public static void Prepare(int fd, in SocketAddress source, ProxyConfig proxy, GlobalConfig global)
    {
        if (global.RcvBufClient > 0)
            Sockets.SetOption(fd, Sockets.SOL_SOCKET, Sockets.SO_RCVBUF, global.RcvBufClient);
        if (global.SndBufClient > 0)
            Sockets.SetOption(fd, Sockets.SOL_SOCKET, Sockets.SO_SNDBUF, global.SndBufClient);
        if (source.Family == Sockets.AF_UNIX)
            return;
        if ((proxy.Options & ProxyOptions.ClientTcpKeepAlive) != 0)
            SocketKeepAlive.TurnOn(fd, proxy.ClientKeepAlive);
    }
}
