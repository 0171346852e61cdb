using Baton.Engine.Connections;

namespace Baton.Engine.Resolvers;

/// <summary>An address, or where a service is (RFC 2782).</summary>
/// <param name="Address">Of an A or AAAA record, without a port.</param>
/// <param name="Target">Of a SRV record, in lower case; empty otherwise.</param>
/// <param name="Weight">0 to 65535.</param>
public readonly record struct DnsRecord(SocketAddress Address, string Target = "", ushort Port = 0, ushort Weight = 0, ushort Priority = 0);
