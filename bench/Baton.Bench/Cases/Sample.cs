// One measurement of a case of the benchmark.
namespace Baton.Bench.Cases;

/// <summary>One measurement: the figure that is compared (less is better), and a second one to read beside it.</summary>
public readonly record struct Sample(double Cost, double Beside);
