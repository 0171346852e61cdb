// Runs one case: everybody is started and warmed up, then sampled in turns, so that a drift of the machine hits all alike.
using System;
using System.Collections.Generic;
using System.Linq;
using Baton.Bench.Cases;
using Baton.Bench.Contestants;

namespace Baton.Bench;

/// <param name="say">Told what is being done.</param>
public sealed class Runner(Options options, IReadOnlyList<Contestant> contestants, Action<string> say)
{
    public CaseResult Run(Case one)
    {
        var result = new CaseResult(one.Name, one.Title, one.Unit, one.BesideUnit);
        List<Contestant> able = [.. contestants.Where(c => c.Can(one.Setup))];
        try
        {
            if (one.NeedsRunningProxy)
            {
                foreach (Contestant c in able)
                {
                    say($"{one.Title}: warming {c.Name} up");
                    c.Start(one.Setup);
                    one.Measure(c, Math.Min(1, options.Seconds));
                }
            }
            for (int round = 1; round <= options.Rounds; round++)
            {
                foreach (Contestant c in able)
                {
                    say($"{one.Title}: {c.Name}, round {round} of {options.Rounds}");
                    if (!result.Samples.TryGetValue(c.Name, out List<Sample>? samples))
                        result.Samples[c.Name] = samples = [];
                    samples.Add(one.Measure(c, options.Seconds));
                }
            }
            return result;
        }
        finally
        {
            foreach (Contestant c in able)
                c.Stop();
        }
    }
}
