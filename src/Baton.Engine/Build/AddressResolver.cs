// AddressConfig -> SocketEndpoint.
using System.Collections.Generic;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Interop.Linux;

namespace Baton.Engine.Build;

public static class AddressResolver
{
    /// <summary>Where to listen; null when a name has no address.</summary>
    public static SocketEndpoint? BindEndpoint(AddressConfig address, int port, BindConfig bind, GlobalConfig global)
    {
        switch (address.Kind)
        {
            case AddressKind.Unix:
                return SocketEndpoint.FromPath(global.UnixBindPrefix + address.Path, false);
            case AddressKind.Abstract:
                return SocketEndpoint.FromPath(address.Path, true);
            case AddressKind.Any:
                bool v6 = bind.V6Only || bind.V4V6 || address.ForcedFamily == AddressKind.IPv6;
                return SocketEndpoint.FromAddress(SocketAddress.From(v6 ? new byte[16] : new byte[4], port));
            default:
                byte[]? ip = Ip(address, AddressKind.IPv4);
                return ip is null ? null : SocketEndpoint.FromAddress(SocketAddress.From(ip, port));
        }
    }

    /// <summary>Where to connect; null when a name has no address. A server at any address is reached at the client's
    /// destination.</summary>
    public static SocketEndpoint? ServerEndpoint(AddressConfig address, AddressKind prefer, Resolvers.AcceptedFamilies? families = null)
    {
        switch (address.Kind)
        {
            case AddressKind.Unix:
                return SocketEndpoint.FromPath(address.Path, false);
            case AddressKind.Abstract:
                return SocketEndpoint.FromPath(address.Path, true);
            case AddressKind.Any:
                return SocketEndpoint.FromAddress(SocketAddress.From(new byte[4], address.Port));
            default:
                byte[]? ip = Ip(address, prefer, families);
                return ip is null
                    ? null
                    : SocketEndpoint.FromAddress(SocketAddress.From(ip, address.PortKind == PortKind.Absolute ? address.Port : 0));
        }
    }

    private static byte[]? Ip(AddressConfig address, AddressKind prefer, Resolvers.AcceptedFamilies? families = null)
    {
        if (address.Ip.Length > 0)
            return address.Ip;
        int family = address.ForcedFamily switch
        {
            AddressKind.IPv4 => Sockets.AF_INET,
            AddressKind.IPv6 => Sockets.AF_INET6,
            _ => Sockets.AF_UNSPEC,
        };
        List<byte[]> found = NameResolution.Resolve(address.HostName, family);
        if (families is not null)
            found.RemoveAll(ip => ip.Length == 4 ? !families.IPv4 : !families.IPv6);
        if (found.Count == 0)
            return null;
        // COMPAT: libc's order decides at start, as in HAProxy; the preference is for run-time resolution
        return found.Find(ip => prefer == AddressKind.IPv4 && ip.Length == 4) ?? found[0];
    }
}
