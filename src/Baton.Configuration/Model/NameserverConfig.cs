// A "nameserver" line of a resolvers section.
namespace Baton.Configuration.Model;

public sealed record NameserverConfig(string Name, AddressConfig Address, NameserverTransport Transport, SourcePosition Position);
