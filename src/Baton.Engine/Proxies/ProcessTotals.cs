// What is counted of the process as a whole besides its connections and requests, over reloads ("show info").
using Baton.Engine.Tls;

namespace Baton.Engine.Proxies;

public readonly record struct ProcessTotals(
    long Streams,
    long TlsConnections,
    long CacheLookups,
    long CacheMisses,
    long MaxConnReached,
    long DroppedLogs
)
{
    /// <summary>How many numbers it is, in the order of their names here.</summary>
    internal const int Count = 6;

    /// <summary>Of this process and those before it.</summary>
    public static ProcessTotals Of(EngineState engine)
    {
        ProcessTotals all = engine.Before;
        long streams = 0,
            dropped = 0;
        foreach (Loop.Worker worker in engine.Workers)
        {
            streams += worker.StreamSequence;
            dropped += worker.DroppedLogs;
        }
        SessionCache? cache = engine.Certificates?.Sessions;
        return new(
            all.Streams + streams,
            all.TlsConnections + Tls.TlsConnections.Total,
            all.CacheLookups + (cache?.Lookups ?? 0),
            all.CacheMisses + (cache?.Misses ?? 0),
            all.MaxConnReached + engine.MaxConnReached,
            all.DroppedLogs + dropped
        );
    }

    internal void CopyTo(System.Span<long> into)
    {
        (into[0], into[1], into[2]) = (Streams, TlsConnections, CacheLookups);
        (into[3], into[4], into[5]) = (CacheMisses, MaxConnReached, DroppedLogs);
    }

    internal ProcessTotals With(System.ReadOnlySpan<long> more) =>
        new(
            Streams + more[0],
            TlsConnections + more[1],
            CacheLookups + more[2],
            CacheMisses + more[3],
            MaxConnReached + more[4],
            DroppedLogs + more[5]
        );
}
