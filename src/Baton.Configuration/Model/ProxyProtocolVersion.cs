// Which version of the PROXY protocol is sent to a server.
namespace Baton.Configuration.Model;

public enum ProxyProtocolVersion : byte
{
    None,
    V1,
    V2,
}
