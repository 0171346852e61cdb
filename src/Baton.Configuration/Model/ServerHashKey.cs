// What places a server on the ring of a consistent hash: the server option "hash-key".
namespace Baton.Configuration.Model;

/// <summary>hash-key: what places a server on the ring of a consistent hash.</summary>
public enum ServerHashKey : byte
{
    Id,
    Address,
    AddressAndPort,
}
