// What came of reading a PROXY protocol header.
namespace Baton.Http.ProxyProtocol;

/// <summary>Outcome of <see cref="ProxyHeaderParser.Parse"/>.</summary>
public enum ProxyParseStatus : byte
{
    /// <summary>The header is there and valid.</summary>
    Complete,

    /// <summary>Valid so far.</summary>
    Incomplete,

    /// <summary>No PROXY header, or a malformed one: the connection is to be closed.</summary>
    Bad,
}
