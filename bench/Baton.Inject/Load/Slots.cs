// A fine-grained record of a run (10 ms a slot): what is needed to tell the windows of a reload from the time between them.
using System;
using System.Globalization;
using System.IO;

namespace Baton.Inject.Load;

/// <summary>OWNER: one thread while the run lasts. A request counts in the slot in which it ended.</summary>
public sealed class Slots
{
    private const int BucketsAnOctave = 8,
        Buckets = 27 * BucketsAnOctave;

    private readonly int[] _count,
        _errors,
        _max,
        _buckets;
    private readonly long[] _sum;
    private readonly int _slotMs;

    public Slots(double seconds, int slotMs)
    {
        _slotMs = slotMs;
        int n = (int)(seconds * 1000 / slotMs) + 1000;
        (_count, _errors, _max, _sum) = (new int[n], new int[n], new int[n], new long[n]);
        _buckets = new int[n * Buckets];
    }

    public void Record(long sinceStartNs, long latencyUs)
    {
        int i = Index(sinceStartNs);
        _count[i]++;
        _sum[i] += latencyUs;
        _buckets[i * Buckets + Bucket(latencyUs)]++;
        if (latencyUs > _max[i])
            _max[i] = (int)Math.Min(latencyUs, int.MaxValue);
    }

    public void RecordError(long sinceStartNs) => _errors[Index(sinceStartNs)]++;

    /// <summary>Eight buckets an octave: 12 % of the value at most. Up to 15 the number is the value itself.</summary>
    private static int Bucket(long us)
    {
        if (us < 16)
            return (int)Math.Max(us, 0);
        int octave = 63 - System.Numerics.BitOperations.LeadingZeroCount((ulong)us);
        return Math.Min((octave - 2) * BucketsAnOctave + (int)(us >> (octave - 3) & 7), Buckets - 1);
    }

    private int Index(long ns) => (int)Math.Min(ns / 1_000_000 / _slotMs, _count.Length - 1);

    public void Add(Slots other)
    {
        for (int i = 0; i < _count.Length; i++)
        {
            _count[i] += other._count[i];
            _errors[i] += other._errors[i];
            _sum[i] += other._sum[i];
            _max[i] = Math.Max(_max[i], other._max[i]);
        }
        for (int i = 0; i < _buckets.Length; i++)
            _buckets[i] += other._buckets[i];
    }

    /// <summary>
    /// CSV: start of the slot in ms, requests, errors, mean and maximum latency in µs, and the latencies as BUCKET:COUNT pairs. Bucket b
    /// below
    /// 16 is b µs; above, octave o = b / 8 + 2 and eighth e = b % 8: from (8 + e) · 2^(o-3) µs on. Empty slots are left out.
    /// </summary>
    public void Write(string file)
    {
        using var to = new StreamWriter(file);
        to.WriteLine("ms,requests,errors,mean_us,max_us,latency_buckets");
        for (int i = 0; i < _count.Length; i++)
        {
            if (_count[i] == 0 && _errors[i] == 0)
                continue;
            long mean = _count[i] == 0 ? 0 : _sum[i] / _count[i];
            to.Write(string.Create(CultureInfo.InvariantCulture, $"{(long)i * _slotMs},{_count[i]},{_errors[i]},{mean},{_max[i]},"));
            string between = "";
            for (int b = 0; b < Buckets; b++)
            {
                int n = _buckets[i * Buckets + b];
                if (n == 0)
                    continue;
                to.Write(string.Create(CultureInfo.InvariantCulture, $"{between}{b}:{n}"));
                between = " ";
            }
            to.WriteLine();
        }
    }
}
