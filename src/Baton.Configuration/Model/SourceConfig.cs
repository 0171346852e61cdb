// Where connections to a server come from: the "source" line or option as parsed.
namespace Baton.Configuration.Model;

/// <summary>"source ADDR[:PORT[-PORT]] [interface IF] [usesrc ...]".</summary>
public sealed record SourceConfig
{
    public required AddressConfig Address { get; init; }
    public string? Interface { get; init; }

    /// <summary>usesrc: what foreign address is shown to the server.</summary>
    public ForeignSource UseSource { get; init; }

    /// <summary>The address of <see cref="ForeignSource.Address"/>.</summary>
    public AddressConfig? ForeignAddress { get; init; }
}
