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
