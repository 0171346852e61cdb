// The gate: no case may cost more, as a share of what haproxy costs, than it did in the result that was kept last.
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Baton.Bench.Reports;

/// <param name="kept">By the names of the cases.</param>
public sealed class Gate(IReadOnlyDictionary<string, KeptRatio> kept)
{
    /// <summary>By how much a ratio may be worse: a change below this is the machine's noise.</summary>
    public const double Limit = 0.05;

    /// <summary>Change of the ratio since the kept result, 0.1 for ten percent worse; null when there is nothing to compare.</summary>
    public double? Change(CaseResult result)
    {
        double now = result.Ratio("haproxy");
        return double.IsNaN(now) || !kept.TryGetValue(result.Name, out KeptRatio last) ? null : now / last.Ratio - 1;
    }

    public bool IsWorse(CaseResult result) => Change(result) > Limit;

    /// <summary>A line for each case that may not pass; empty when all may. A comparison of nothing does not pass.</summary>
    public IReadOnlyList<string> Judge(IReadOnlyList<CaseResult> results)
    {
        if (!results.Any(r => Change(r) is not null))
            return ["no kept result has any of these cases: nothing was compared"];
        return [.. results.Where(IsWorse).Select(Complaint)];
    }

    private string Complaint(CaseResult result)
    {
        (double ratio, string commit) = kept[result.Name];
        (double now, double? worse) = (result.Ratio("haproxy"), Change(result) * 100);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Name}: {now:0.000} of haproxy's cost, {ratio:0.000} at {commit}: {worse:0.0} % worse"
        );
    }
}
