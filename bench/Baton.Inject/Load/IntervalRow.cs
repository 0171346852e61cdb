// A finished interval without its histogram: what a run of an hour can keep.
namespace Baton.Inject.Load;

/// <summary>Latencies in microseconds.</summary>
public sealed record IntervalRow(
    int Index,
    long Requests,
    long Connections,
    long Bytes,
    long[] Errors,
    long TotalErrors,
    long P50,
    long P99,
    long P999,
    long Max
)
{
    public static IntervalRow Of(Tally t) =>
        new(
            t.Index,
            t.Requests,
            t.Connections,
            t.Bytes,
            t.Errors,
            t.TotalErrors,
            t.Percentile(50),
            t.Percentile(99),
            t.Percentile(99.9),
            t.MaxUs
        );
}
