// What of a request a hashing algorithm looks at.
namespace Baton.Configuration.Model;

/// <summary>Where the key comes from.</summary>
public enum BalanceKeySource : byte
{
    None,
    SourceAddress,
    Uri,
    UrlParameter,
    Header,
    RdpCookie,
    Sample,
}
