// An algorithm of "balance" as everything that is not the balancer itself needs to know it.
namespace Baton.Configuration.Model;

/// <param name="Name">The word of the configuration.</param>
/// <param name="Kind">What chooses the server.</param>
/// <param name="Key">What of a request is hashed; None unless <paramref name="Kind"/> is Hash.</param>
public sealed record BalanceAlgorithm(string Name, BalancerKind Kind, BalanceKeySource Key = BalanceKeySource.None)
{
    /// <summary>What a backend without "balance" does.</summary>
    public static readonly BalanceAlgorithm RoundRobin = new("roundrobin", BalancerKind.RoundRobin);

    /// <summary>Its column in "show stat". COMPAT: haproxy 2.6 has no word for random there.</summary>
    public string NameInStatistics => Kind == BalancerKind.Random ? "unknown" : Name;

    /// <summary>Its key is part of an HTTP request.</summary>
    public bool NeedsHttp => Key is BalanceKeySource.Uri or BalanceKeySource.UrlParameter or BalanceKeySource.Header;

    /// <summary>The next request gets another server, as far as nothing else binds it.</summary>
    public bool Alternates => Kind is BalancerKind.RoundRobin or BalancerKind.StaticRoundRobin or BalancerKind.Random;
}
