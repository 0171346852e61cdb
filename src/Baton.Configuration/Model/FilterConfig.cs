// A "filter" line of a proxy: what its keyword has read. Each filter has settings of its own, in a type beside its code.
using Baton.Configuration.Expressions;

namespace Baton.Configuration.Model;

public abstract class FilterConfig
{
    public required FilterKeyword Keyword { get; init; }

    /// <summary>What rules and messages call it.</summary>
    public required string Name { get; init; }
    public required SourcePosition Position { get; init; }
}
