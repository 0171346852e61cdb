// What the configuration asks of the socket of every accepted connection. What a listening socket can hand on to those it
// accepts is set there (ListenerBinder); what is here would stay on a socket that another process goes on with.
using Baton.Configuration.Model;
using Baton.Interop.Linux;

namespace Baton.Engine.Connections;

internal static class ClientSocket
{
    /// <summary>Whether <see cref="Prepare"/> has anything to do on connections of this proxy.</summary>
    public static bool NeedsPreparation(ProxyConfig proxy) => (proxy.Options & ProxyOptions.ClientTcpKeepAlive) != 0;

    public static void Prepare(int fd, in SocketAddress source, ProxyConfig proxy)
    {
        if (source.Family == Sockets.AF_UNIX) return;
        if ((proxy.Options & ProxyOptions.ClientTcpKeepAlive) != 0) SocketKeepAlive.TurnOn(fd, proxy.ClientKeepAlive);
    }
}
