// What was counted in one interval, by one thread or by all of them.
using System;
using HdrHistogram;

namespace Baton.Inject.Load;

/// <summary>Latencies are microseconds up to a minute, kept with three digits.</summary>
public sealed class Tally
{
    public const long MaxLatencyUs = 60_000_000;

    public readonly LongHistogram Latency = new(1, MaxLatencyUs, 3);
    public readonly long[] Errors = new long[ErrorKinds.Count];
    public long Requests,
        Connections,
        Bytes,
        SumUs;

    /// <summary>Requests still under way when the run ended: neither answered nor failed.</summary>
    public long Unfinished;

    /// <summary>The interval's number since the start.</summary>
    public int Index;

    public long TotalErrors
    {
        get
        {
            long sum = 0;
            foreach (long e in Errors)
                sum += e;
            return sum;
        }
    }

    public void Record(long latencyUs)
    {
        Requests++;
        SumUs += latencyUs;
        Latency.RecordValue(Math.Clamp(latencyUs, 1, MaxLatencyUs));
    }

    public void Add(Tally other)
    {
        if (other.Requests > 0)
            Latency.Add(other.Latency);
        for (int i = 0; i < Errors.Length; i++)
            Errors[i] += other.Errors[i];
        Requests += other.Requests;
        Unfinished += other.Unfinished;
        Connections += other.Connections;
        Bytes += other.Bytes;
        SumUs += other.SumUs;
    }

    /// <summary>Microseconds at a percentile; 0 without a request.</summary>
    public long Percentile(double p) => Requests == 0 ? 0 : Latency.GetValueAtPercentile(p);

    public long MaxUs => Requests == 0 ? 0 : Latency.GetMaxValue();
}
