// Which families of addresses names may stand for ("dns-accept-family"), "auto" looked up once: whether there is a way to IPv6.
// SAFETY: the sockaddr lies on the stack with room for any family, for one call.
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Interop.Linux;

namespace Baton.Engine.Resolvers;

public sealed unsafe class AcceptedFamilies
{
    /// <summary>Some address that is reached over the default route: nothing is sent there.</summary>
    private static readonly byte[] s_far = [0x20, 0x01, 0x48, 0x60, 0x48, 0x60, 0, 0, 0, 0, 0, 0, 0, 0, 0x88, 0x88];
    private const int DnsPort = 53;

    public AcceptedFamilies(DnsFamilies families)
    {
        bool auto = (families & DnsFamilies.Auto) != 0;
        IPv4 = auto || (families & DnsFamilies.IPv4) != 0;
        IPv6 = (families & DnsFamilies.IPv6) != 0 || auto && HasRoute();
    }

    public bool IPv4 { get; }
    public bool IPv6 { get; }

    /// <summary>Only one of them.</summary>
    public bool IsOne => IPv4 != IPv6;

    /// <summary>What a name is asked for first where that family is preferred.</summary>
    public DnsRecordType First(AddressKind preferred) =>
        IPv4 && (preferred == AddressKind.IPv4 || !IPv6) ? DnsRecordType.A : DnsRecordType.Aaaa;

    private static bool HasRoute()
    {
        int fd = Sockets.socket(Sockets.AF_INET6, Sockets.SOCK_DGRAM | Sockets.SOCK_CLOEXEC, 0);
        if (fd < 0)
            return false;
        byte* sockaddr = stackalloc byte[SocketAddress.StorageSize];
        int length = SocketAddress.From(s_far, DnsPort).Write(sockaddr);
        bool found = Sockets.connect(fd, sockaddr, length) == 0;
        Files.close(fd);
        return found;
    }
}
