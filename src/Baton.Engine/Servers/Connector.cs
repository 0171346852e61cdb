// Opening a socket as a plan says: family, namespace, source address, options, non-blocking connect. What has to be said on it before
// anything else is the connection's part (OutgoingConnection).
// SAFETY: the sockaddr lies on the stack with room for any family, for one call.
using System;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Interop.Linux;

namespace Baton.Engine.Servers;

public static unsafe class Connector
{
    /// <summary>
    /// A connecting (or connected) descriptor, or minus errno; <see cref="NoPort"/> when every port of the source's range is taken.
    /// </summary>
    public static int Open(Worker worker, in ConnectPlan plan, out bool connected)
    {
        int fd = OpenOnce(worker, plan, out connected, out bool portTaken);
        if (!portTaken)
            return fd;
        int ports = SourceBinding.Ports(plan.Source);
        for (int tries = Math.Min(ports, SourcePorts.MaxTries); tries > 1 && portTaken; tries--)
            fd = OpenOnce(worker, plan, out connected, out portTaken);
        while (portTaken && SourcePorts.FreeOne(worker, plan.Endpoint!))
            for (int tries = Math.Min(ports, SourcePorts.MaxTries); tries > 0 && portTaken; tries--)
                fd = OpenOnce(worker, plan, out connected, out portTaken);
        return portTaken ? -NoPort : fd;
    }

    /// <summary>No port is left to connect from.</summary>
    public const int NoPort = Errno.EADDRINUSE;

    /// <param name="portTaken">The port the source's range had next leads to that server already, or is somebody else's.</param>
    private static int OpenOnce(Worker worker, in ConnectPlan plan, out bool connected, out bool portTaken)
    {
        portTaken = false;
        connected = false;
        if (plan.Endpoint is null || !plan.Target.IsSet)
            return -Errno.EADDRNOTAVAIL;
        int family = plan.Socks4?.Family ?? plan.Target.Family;
        int fd = NetworkNamespaces.Socket(plan.Namespace, family, Sockets.SOCK_STREAM | Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC);
        if (fd < 0)
            return -Sockets.Last;
        if (fd >= worker.Descriptors.Limit)
        {
            Files.close(fd);
            return -Errno.EMFILE;
        }
        int error = Prepare(fd, plan, family, worker.Engine.Config.Global);
        bool bound = error == 0;
        if (bound)
            error = Connect(fd, plan, out connected);
        if (error == 0)
            return fd;
        Files.close(fd);
        // bind() lets several sockets have one port, connect() does not towards one address
        portTaken = (bound ? error == Errno.EADDRNOTAVAIL : error == Errno.EADDRINUSE) && SourceBinding.Ports(plan.Source) > 0;
        return -error;
    }

    private static int Connect(int fd, in ConnectPlan plan, out bool connected)
    {
        connected = false;
        int result;
        if (plan.Socks4 is { } socks)
            result = socks.Connect(fd);
        else if (plan.GoesToTarget)
        {
            byte* sockaddr = stackalloc byte[SocketAddress.StorageSize];
            int length = plan.Target.Write(sockaddr);
            result = Sockets.connect(fd, sockaddr, length);
        }
        else
            result = plan.Endpoint!.Connect(fd);
        if (result == 0)
        {
            connected = true;
            return 0;
        }
        int errno = Sockets.Last;
        // a full UNIX backlog answers EAGAIN: there is no waiting for it, so it counts as refused
        return errno == Errno.EINPROGRESS ? 0 : errno;
    }

    private static int Prepare(int fd, in ConnectPlan plan, int family, GlobalConfig global)
    {
        if (family == Sockets.AF_UNIX)
            return 0;
        if ((plan.Proxy.Options & ProxyOptions.ServerTcpKeepAlive) != 0)
            SocketKeepAlive.TurnOn(fd, plan.Proxy.ServerKeepAlive);
        plan.Marks.Apply(fd, family);
        if (plan.TcpUserTimeoutMs > 0)
            Sockets.SetOption(fd, Sockets.IPPROTO_TCP, Sockets.TCP_USER_TIMEOUT, plan.TcpUserTimeoutMs);
        if (plan.TcpFastOpen)
            Sockets.SetOption(fd, Sockets.IPPROTO_TCP, Sockets.TCP_FASTOPEN_CONNECT, 1);
        if (global.RcvBufServer > 0)
            Sockets.SetOption(fd, Sockets.SOL_SOCKET, Sockets.SO_RCVBUF, global.RcvBufServer);
        if (global.SndBufServer > 0)
            Sockets.SetOption(fd, Sockets.SOL_SOCKET, Sockets.SO_SNDBUF, global.SndBufServer);
        return plan.Source is null ? 0 : SourceBinding.Bind(fd, plan.Source, plan.ClientAddress);
    }
}
