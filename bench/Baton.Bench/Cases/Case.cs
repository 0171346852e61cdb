// One thing to measure. A case is set up once for each contestant, warmed up, and sampled in interleaved rounds.
using Baton.Bench.Contestants;

namespace Baton.Bench.Cases;

/// <param name="name">As <c>--only</c> takes it.</param>
/// <param name="title">As the table shows it.</param>
/// <param name="unit">Of <see cref="Sample.Cost"/>.</param>
/// <param name="besideUnit">Of <see cref="Sample.Beside"/>.</param>
public abstract class Case(string name, string title, string unit, string besideUnit)
{
    public string Name => name;
    public string Title => title;
    public string Unit => unit;
    public string BesideUnit => besideUnit;

    /// <summary>What the contestants are configured with.</summary>
    public abstract Setup Setup { get; }

    /// <summary>False when each sample starts the proxy itself, or needs none running.</summary>
    public virtual bool NeedsRunningProxy => true;

    /// <summary>Measures once, for about <paramref name="seconds"/>.</summary>
    public abstract Sample Measure(Contestant proxy, double seconds);
}
