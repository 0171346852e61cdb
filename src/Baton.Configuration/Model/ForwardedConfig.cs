using Baton.Configuration.Expressions;

namespace Baton.Configuration.Model;

/// <summary>"option forwarded": which parameters the Forwarded header gets.</summary>
public sealed record ForwardedConfig
{
    public bool Proto { get; init; }
    public ForwardedPart Host { get; init; }
    public ForwardedPart By { get; init; }
    public ForwardedPart ByPort { get; init; }
    public ForwardedPart For { get; init; }
    public ForwardedPart ForPort { get; init; }
}

/// <summary>Whether a parameter is there, and what it is made of: a sample, or without one the request and its connection.</summary>
public readonly record struct ForwardedPart(bool IsWanted, SampleExpressionConfig? Sample);
