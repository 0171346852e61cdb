// An address as written behind bind, server, source, stats socket, log and nameserver.
// The parser (Baton.Configuration/Values) produces it; the engine turns it into a sockaddr.
namespace Baton.Configuration.Model;

public sealed record AddressConfig
{
    public required AddressKind Kind { get; init; }

    /// <summary>As the user wrote it, environment expanded; used in messages.</summary>
    public required string Text { get; init; }

    /// <summary>4 or 16 bytes in network order for IPv4 and IPv6, else empty.</summary>
    public byte[] Ip { get; init; } = [];
    public string HostName { get; init; } = "";
    public string Path { get; init; } = "";
    public int FileDescriptor { get; init; } = -1;
    public PortKind PortKind { get; init; }
    public int Port { get; init; }

    /// <summary>Last port of a range ("80-84"); equals <see cref="Port"/> when there is none.</summary>
    public int PortHigh { get; init; }

    /// <summary>True for ipv4@ or ipv6@ before a name: only that family is resolved.</summary>
    public AddressKind ForcedFamily { get; init; } = AddressKind.Any;
}
