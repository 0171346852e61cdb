// Counters as plain lists, the form in which they pass from one process to the next. New counters go to the end.
using System;
using Baton.Engine.Loop;

namespace Baton.Engine.Proxies;

public sealed partial class TrafficCounters
{
    /// <summary>Values that add up, and values of which the greatest counts.</summary>
    public const int SumCount = OwnSums + Http2Counters.SumCount,
        MaximumCount = 8;

    private const int OwnSums = 35;

    public void AddSumsTo(Span<long> sums)
    {
        ReadOnlySpan<long> mine =
        [
            Connections,
            Sessions,
            Requests,
            BytesIn,
            BytesOut,
            DeniedRequests,
            DeniedResponses,
            DeniedConnections,
            DeniedSessions,
            RequestErrors,
            ConnectionErrors,
            ResponseErrors,
            Retries,
            Redispatches,
            FailedRewrites,
            InternalErrors,
            ClientAborts,
            ServerAborts,
            Intercepted,
            ConnectionAttempts,
            ConnectionReuses,
            LoadBalanced,
            Responses[0],
            Responses[1],
            Responses[2],
            Responses[3],
            Responses[4],
            Responses[5],
            CompressedIn,
            CompressedOut,
            CompressionBypassed,
            CompressedResponses,
            FullTls,
            ResumedTls,
            FailedTls,
        ];
        for (int i = 0; i < mine.Length; i++)
            sums[i] += mine[i];
        Http2.AddTo(sums[OwnSums..]);
    }

    /// <summary>What of all workers is the greatest, as it is shown.</summary>
    public static void MaximaOf(PerWorker<TrafficCounters> workers, Span<long> maxima)
    {
        foreach (TrafficCounters c in workers)
        {
            maxima[0] = Math.Max(maxima[0], c.QueueTimeMax);
            maxima[1] = Math.Max(maxima[1], c.ConnectTimeMax);
            maxima[2] = Math.Max(maxima[2], c.ResponseTimeMax);
            maxima[3] = Math.Max(maxima[3], c.TotalTimeMax);
            maxima[7] = Math.Max(maxima[7], c.LastSessionMs);
        }
        maxima[4] = RateCounter.MaxOf(workers, static c => c.SessionRate);
        maxima[5] = RateCounter.MaxOf(workers, static c => c.RequestRate);
        maxima[6] = RateCounter.MaxOf(workers, static c => c.ConnectionRate);
    }

    /// <summary>Adds what another process has counted.</summary>
    public void Absorb(ReadOnlySpan<long> sums, ReadOnlySpan<long> maxima)
    {
        // the averages begin anew: their sums decay, and do not add up
        _absorbedRequests += sums[2];
        _absorbedBalanced += sums[21];
        Connections += sums[0];
        Sessions += sums[1];
        Requests += sums[2];
        BytesIn += sums[3];
        BytesOut += sums[4];
        DeniedRequests += sums[5];
        DeniedResponses += sums[6];
        DeniedConnections += sums[7];
        DeniedSessions += sums[8];
        RequestErrors += sums[9];
        ConnectionErrors += sums[10];
        ResponseErrors += sums[11];
        Retries += sums[12];
        Redispatches += sums[13];
        FailedRewrites += sums[14];
        InternalErrors += sums[15];
        ClientAborts += sums[16];
        ServerAborts += sums[17];
        Intercepted += sums[18];
        ConnectionAttempts += sums[19];
        ConnectionReuses += sums[20];
        LoadBalanced += sums[21];
        for (int i = 0; i < 6; i++)
            Responses[i] += sums[22 + i];
        CompressedIn += sums[28];
        CompressedOut += sums[29];
        CompressionBypassed += sums[30];
        CompressedResponses += sums[31];
        FullTls += sums[32];
        ResumedTls += sums[33];
        FailedTls += sums[34];
        Http2.Absorb(sums[OwnSums..]);
        QueueTimeMax = Math.Max(QueueTimeMax, maxima[0]);
        ConnectTimeMax = Math.Max(ConnectTimeMax, maxima[1]);
        ResponseTimeMax = Math.Max(ResponseTimeMax, maxima[2]);
        TotalTimeMax = Math.Max(TotalTimeMax, maxima[3]);
        SessionRate.RaiseMaxBefore(maxima[4]);
        RequestRate.RaiseMaxBefore(maxima[5]);
        ConnectionRate.RaiseMaxBefore(maxima[6]);
        LastSessionMs = Math.Max(LastSessionMs, maxima[7]);
    }
}
