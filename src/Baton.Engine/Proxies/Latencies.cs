// The times of a backend's requests: to the head of the answer, and in all.
namespace Baton.Engine.Proxies;

/// <summary>OWNER: as the counters that it is a part of.</summary>
public sealed class Latencies
{
    public readonly LatencyHistogram Response = new(),
        Total = new();
}
