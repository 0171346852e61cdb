// The algorithms of "balance".
namespace Baton.Configuration.Model;

public enum BalanceAlgorithm : byte
{
    None,
    RoundRobin,
    StaticRoundRobin,
    LeastConn,
    First,
    Source,
    Random,
    Uri,
    UrlParam,
    Header,
    RdpCookie,
    Hash,
    Sticky,
}
