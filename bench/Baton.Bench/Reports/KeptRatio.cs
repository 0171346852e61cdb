// What the gate compares a new result with.
namespace Baton.Bench.Reports;

/// <summary>Baton's ratio to haproxy in an earlier result, and the commit it was measured at.</summary>
public readonly record struct KeptRatio(double Ratio, string Commit);
