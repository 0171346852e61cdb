namespace Baton.Configuration.Model;

/// <summary>A "healthcheck" section: a check that servers refer to by its name, instead of that of their backend.</summary>
/// <param name="Lines">What its lines say is what they would say in a backend.</param>
public sealed record HealthCheckSection(string Name, SourcePosition Position, ProxyConfig Lines)
{
    /// <summary>A "type" line was read.</summary>
    public bool HasType { get; set; }
}
