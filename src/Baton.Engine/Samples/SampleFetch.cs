using Baton.Configuration.Expressions;

namespace Baton.Engine.Samples;

/// <summary>A fetch row with its implementation.</summary>
public sealed class SampleFetch : SampleFetchKeyword
{
    public required FetchFunction Evaluate { get; init; }

    /// <summary>Has several values, which an ACL tries one after the other.</summary>
    public bool Multiple { get; init; }

    /// <summary>Depends on nothing but the head of its message: as long as that is not edited, neither does the value change.</summary>
    public bool OfHeadAlone { get; init; }
}
