// "source ADDR[:PORT[-PORT]] [interface IF] [usesrc client|clientip|ADDR]": what a connection to a server comes from.
// SAFETY: sockaddr and device name are on the stack or pinned for the call; a sockaddr has room for any family.
using System;
using System.Text;
using System.Threading;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Interop.Linux;

namespace Baton.Engine.Servers;

public static unsafe class SourceBinding
{
    private static int s_nextPort;

    /// <summary>Ports to connect from; 0 where the kernel chooses.</summary>
    public static int Ports(SourceConfig? source) =>
        source is { UseSource: ForeignSource.None, Address: { Port: > 0 } from } ? Math.Max(from.Port, from.PortHigh) - from.Port + 1 : 0;

    /// <summary>Binds the socket; 0 or an errno. A port range is walked in turn until a free port is found. <paramref name="client"/> is
    /// whom "usesrc client" means.</summary>
    public static int Bind(int fd, SourceConfig source, in SocketAddress client)
    {
        if (source.Interface is { } name)
        {
            byte[] device = Encoding.ASCII.GetBytes(name + "\0");
            fixed (byte* p = device)
                if (Sockets.setsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_BINDTODEVICE, p, device.Length) < 0)
                    return Sockets.Last;
        }
        SocketAddress address = Resolve(source, client);
        if (!address.IsSet)
            return 0;
        if (source.UseSource != ForeignSource.None)
        {
            int error = address.IsIPv6
                ? Sockets.SetOption(fd, Sockets.IPPROTO_IPV6, Sockets.IPV6_TRANSPARENT, 1)
                : Sockets.SetOption(fd, Sockets.IPPROTO_IP, Sockets.IP_TRANSPARENT, 1);
            if (error < 0)
                return Sockets.Last;
        }
        Sockets.SetOption(fd, Sockets.SOL_SOCKET, Sockets.SO_REUSEADDR, 1);
        int low = address.Port,
            high = Math.Max(low, source.Address.PortHigh);
        if (low == 0)
            Sockets.SetOption(fd, Sockets.IPPROTO_IP, Sockets.IP_BIND_ADDRESS_NO_PORT, 1);
        byte* sockaddr = stackalloc byte[SocketAddress.StorageSize];
        for (int i = 0; i <= high - low; i++)
        {
            if (high > low)
                address.Port = (ushort)(low + (uint)Interlocked.Increment(ref s_nextPort) % (uint)(high - low + 1));
            int length = address.Write(sockaddr);
            if (Sockets.bind(fd, sockaddr, length) == 0)
                return 0;
            if (Sockets.Last != Errno.EADDRINUSE)
                return Sockets.Last;
        }
        return Errno.EADDRINUSE;
    }

    private static SocketAddress Resolve(SourceConfig source, in SocketAddress client)
    {
        if (source.UseSource == ForeignSource.Client)
            return client;
        if (source.UseSource == ForeignSource.ClientIp)
        {
            SocketAddress a = client;
            a.Port = 0;
            return a;
        }
        AddressConfig address = source.ForeignAddress ?? source.Address;
        return address.Kind is AddressKind.IPv4 or AddressKind.IPv6 ? SocketAddress.From(address.Ip, address.Port) : default;
    }
}
