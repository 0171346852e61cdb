// A "nameserver" line of a resolvers section.
namespace Baton.Configuration.Model;

/// <param name="IsStream">Asked over TCP (tcp@), not by datagrams.</param>
public sealed record NameserverConfig(string Name, AddressConfig Address, bool IsStream, SourcePosition Position);
