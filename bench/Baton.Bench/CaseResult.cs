// All samples of one case, and the medians that are quoted.
using System.Collections.Generic;
using System.Linq;
using Baton.Bench.Cases;

namespace Baton.Bench;

public sealed record CaseResult(string Name, string Title, string Unit, string BesideUnit)
{
    /// <summary>The samples of each contestant, in the order of the rounds.</summary>
    public Dictionary<string, List<Sample>> Samples { get; } = [];

    /// <summary>Takes in the samples of another run of the case.</summary>
    public void Add(CaseResult more)
    {
        foreach ((string contestant, List<Sample> samples) in more.Samples)
            if (Samples.TryGetValue(contestant, out List<Sample>? own))
                own.AddRange(samples);
            else
                Samples[contestant] = samples;
    }

    public bool Has(string contestant) => Samples.TryGetValue(contestant, out List<Sample>? s) && s.Count > 0;

    public double Cost(string contestant) => Median(Samples[contestant].Select(s => s.Cost));

    public double Beside(string contestant) => Median(Samples[contestant].Select(s => s.Beside));

    /// <summary>Baton's median over another's: under 1 Baton is cheaper. NaN when one of them was not measured.</summary>
    public double Ratio(string contestant) => Has("baton") && Has(contestant) ? Cost("baton") / Cost(contestant) : double.NaN;

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
