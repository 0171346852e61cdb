// Opening a socket towards a server: family, source address, options, non-blocking connect.
// SAFETY: the sockaddr lies on the stack with room for any family, for one call.
using System;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Proxies;
using Baton.Engine.Streams;
using Baton.Interop.Linux;

namespace Baton.Engine.Servers;

public static unsafe class ServerSocket
{
    /// <summary>
    /// A connecting (or connected) descriptor, or minus errno; <see cref="NoPort"/> when every port of the source's range is taken.
    /// </summary>
    public static int Open(ProxyStream stream, ServerState server, out bool connected)
    {
        int fd = OpenOnce(stream, server, out connected, out bool portTaken);
        if (!portTaken)
            return fd;
        int ports = SourceBinding.Ports(SourcePorts.SourceOf(server));
        for (int tries = Math.Min(ports, SourcePorts.MaxTries); tries > 1 && portTaken; tries--)
            fd = OpenOnce(stream, server, out connected, out portTaken);
        while (portTaken && SourcePorts.FreeOne(stream.Worker, server))
            for (int tries = Math.Min(ports, SourcePorts.MaxTries); tries > 0 && portTaken; tries--)
                fd = OpenOnce(stream, server, out connected, out portTaken);
        return portTaken ? -NoPort : fd;
    }

    /// <summary>No port is left to connect from.</summary>
    public const int NoPort = Errno.EADDRINUSE;

    /// <param name="portTaken">The port the source's range had next leads to that server already, or is somebody else's.</param>
    private static int OpenOnce(ProxyStream stream, ServerState server, out bool connected, out bool portTaken)
    {
        portTaken = false;
        connected = false;
        SocketEndpoint? endpoint = server.Endpoint;
        if (endpoint is null)
            return -Errno.EADDRNOTAVAIL;
        SocketAddress target = server.IsReachedAtClientsDestination ? server.TargetFor(stream) : endpoint.Address;
        if (!target.IsSet)
            return -Errno.EADDRNOTAVAIL;
        int family = server.Socks4?.Family ?? target.Family;
        int fd = NetworkNamespaces.Socket(
            server.Config.Namespace,
            family,
            Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC
        );
        if (fd < 0)
            return -Sockets.Last;
        if (fd >= stream.Worker.Descriptors.Limit)
        {
            Files.close(fd);
            return -Errno.EMFILE;
        }
        int error = Prepare(fd, stream, server, family);
        bool bound = error == 0;
        if (bound)
            error = Connect(fd, server, endpoint, target, out connected);
        if (error == 0)
            return fd;
        Files.close(fd);
        // bind() lets several sockets have one port, connect() does not towards one address
        portTaken =
            (bound ? error == Errno.EADDRNOTAVAIL : error == Errno.EADDRINUSE) && SourceBinding.Ports(SourcePorts.SourceOf(server)) > 0;
        return -error;
    }

    private static int Connect(int fd, ServerState server, SocketEndpoint endpoint, in SocketAddress target, out bool connected)
    {
        connected = false;
        int result;
        if (server.Socks4 is { } socks)
            result = socks.Connect(fd);
        else if (server.IsReachedAtClientsDestination)
        {
            byte* sockaddr = stackalloc byte[SocketAddress.StorageSize];
            int length = target.Write(sockaddr);
            result = Sockets.connect(fd, sockaddr, length);
        }
        else
            result = endpoint.Connect(fd);
        if (result == 0)
        {
            connected = true;
            return 0;
        }
        int errno = Sockets.Last;
        // a full UNIX backlog answers EAGAIN: there is no waiting for it, so it counts as refused
        return errno == Errno.EINPROGRESS ? 0 : errno;
    }

    private static int Prepare(int fd, ProxyStream stream, ServerState server, int family)
    {
        if (family == Sockets.AF_UNIX)
            return 0;
        ProxyConfig proxy = stream.Backend!.Config;
        if ((proxy.Options & ProxyOptions.ServerTcpKeepAlive) != 0)
            SocketKeepAlive.TurnOn(fd, proxy.ServerKeepAlive);
        stream.ServerMarks.Apply(fd, family);
        if (server.Config.TcpUserTimeoutMs > 0)
            Sockets.SetOption(fd, Sockets.IPPROTO_TCP, Sockets.TCP_USER_TIMEOUT, server.Config.TcpUserTimeoutMs);
        if (server.Config.TcpFastOpen)
            Sockets.SetOption(fd, Sockets.IPPROTO_TCP, Sockets.TCP_FASTOPEN_CONNECT, 1);
        GlobalConfig global = stream.Worker.Engine.Config.Global;
        if (global.RcvBufServer > 0)
            Sockets.SetOption(fd, Sockets.SOL_SOCKET, Sockets.SO_RCVBUF, global.RcvBufServer);
        if (global.SndBufServer > 0)
            Sockets.SetOption(fd, Sockets.SOL_SOCKET, Sockets.SO_SNDBUF, global.SndBufServer);
        SourceConfig? source = SourcePorts.SourceOf(server);
        return source is null ? 0 : SourceBinding.Bind(fd, source, stream);
    }
}
