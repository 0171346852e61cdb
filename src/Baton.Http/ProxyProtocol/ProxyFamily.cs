// The address families of the PROXY protocol, numbered as on the wire in version 2.
namespace Baton.Http.ProxyProtocol;

/// <summary>Address family of a PROXY header.</summary>
public enum ProxyFamily : byte
{
    Unspecified = 0,
    IPv4 = 1,
    IPv6 = 2,
    Unix = 3,
}
