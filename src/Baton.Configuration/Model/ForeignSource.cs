// Which address that is not its own the balancer connects from: "usesrc" (transparent proxying).
namespace Baton.Configuration.Model;

/// <summary>usesrc: none, the client's address and port, its address alone, or an address that is not this machine's.</summary>
public enum ForeignSource : byte
{
    None,
    Client,
    ClientIp,
    Address,
}
