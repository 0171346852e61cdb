// "balance" of a backend as the user wrote it.
using Baton.Configuration.Expressions;

namespace Baton.Configuration.Model;

/// <summary>"balance ..." with its arguments.</summary>
public sealed record BalanceConfig
{
    public BalanceAlgorithm Algorithm { get; init; } = BalanceAlgorithm.RoundRobin;

    /// <summary>random(N): how many draws; default 2.</summary>
    public int Draws { get; init; } = 2;

    /// <summary>uri: len N, depth N, whole, path-only. 0 when unset.</summary>
    public int UriLength { get; init; }
    public int UriDepth { get; init; }
    public bool UriWhole { get; init; }
    public bool UriPathOnly { get; init; }

    /// <summary>url_param, hdr, rdp-cookie: the name.</summary>
    public string Argument { get; init; } = "";
    public bool UseDomainOnly { get; init; }

    /// <summary>url_param: a parameter that is not in the query is looked for in the body of a POST.</summary>
    public bool ChecksPost { get; init; }
    public SampleExpressionConfig? Hash { get; init; }
}
