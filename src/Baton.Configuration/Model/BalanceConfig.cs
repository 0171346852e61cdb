// "balance" and "hash-type" of a backend as the user wrote them, and the names of their algorithms and functions.
using Baton.Configuration.Expressions;

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
    public SampleExpressionConfig? Hash { get; init; }
}

/// <summary>"hash-preserve-affinity": when a key may leave its server. Always: never; MaxConn: when the server is full; MaxQueue: when its
/// queue is full too.</summary>
public enum HashAffinity : byte
{
    Always,
    MaxConn,
    MaxQueue,
}

public enum HashMethod : byte
{
    MapBased,
    Consistent,
}

public enum HashFunction : byte
{
    Sdbm,
    Djb2,
    Wt6,
    Crc32,
    None,
}

public sealed record HashTypeConfig(HashMethod Method, HashFunction Function, bool Avalanche);
