// The benchmark's gate: what it lets pass and what it says, on figures that are given to it.
using System.Collections.Generic;
using Baton.Bench;
using Baton.Bench.Cases;
using Baton.Bench.Reports;
using Xunit;

namespace Baton.LabTests;

public sealed class GateTests
{
    private static readonly Gate Kept = new(new Dictionary<string, KeptRatio> { ["short"] = new(0.8, "abc1234") });

    private static CaseResult Measured(string name, double baton, params double[] haproxy)
    {
        var result = new CaseResult(name, name, "µs/request", "req/s");
        result.Samples["baton"] = [new Sample(baton, 1)];
        result.Samples["haproxy"] = [];
        foreach (double cost in haproxy)
            result.Samples["haproxy"].Add(new Sample(cost, 1));
        return result;
    }

    [Theory]
    [InlineData(80, true)]
    [InlineData(60, true)]
    [InlineData(83.9, true)]
    [InlineData(84.1, false)]
    [InlineData(160, false)]
    public void Five_percent_of_the_ratio_may_be_noise(double baton, bool passes) =>
        Assert.Equal(passes, Kept.Judge([Measured("short", baton, 100)]).Count == 0);

    [Fact]
    public void It_says_which_case_and_since_when() =>
        Assert.Equal(
            ["short: 0.880 of haproxy's cost, 0.800 at abc1234: 10.0 % worse"],
            Kept.Judge([Measured("new", 9, 1), Measured("short", 88, 100)])
        );

    [Fact]
    public void Comparing_nothing_is_no_success()
    {
        Assert.Single(Kept.Judge([Measured("new", 1, 1)]));
        // haproxy could not be measured
        Assert.Single(Kept.Judge([Measured("short", 1)]));
        Assert.Single(Kept.Judge([]));
    }

    [Fact]
    public void A_second_measurement_counts_with_the_first()
    {
        CaseResult first = Measured("short", 90, 100),
            second = Measured("short", 70, 100);
        Assert.True(Kept.IsWorse(first));
        first.Add(second);
        Assert.Equal(80, first.Cost("baton"));
        Assert.False(Kept.IsWorse(first));
    }

    [Fact]
    public void Figures_not_to_be_quoted_are_no_gate()
    {
        Assert.Null(Options.Parse(["--gate", "--only", "short"]).Error);
        Assert.NotNull(Options.Parse(["--gate", "--quick"]).Error);
    }
}
