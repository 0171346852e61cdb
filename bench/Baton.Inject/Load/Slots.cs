// A fine-grained record of a run (10 ms a slot): what is needed to tell the windows of a reload from the time between them.
using System;
using System.Globalization;
using System.IO;

namespace Baton.Inject.Load;

/// <summary>OWNER: one thread while the run lasts. A request counts in the slot in which it ended.</summary>
public sealed class Slots
{
    private readonly int[] _count, _errors, _max;
    private readonly long[] _sum;
    private readonly int _slotMs;

    public Slots(double seconds, int slotMs)
    {
        _slotMs = slotMs;
        int n = (int)(seconds * 1000 / slotMs) + 1000;
        (_count, _errors, _max, _sum) = (new int[n], new int[n], new int[n], new long[n]);
    }

    public void Record(long sinceStartNs, long latencyUs)
    {
        int i = Index(sinceStartNs);
        _count[i]++;
        _sum[i] += latencyUs;
        if (latencyUs > _max[i]) _max[i] = (int)Math.Min(latencyUs, int.MaxValue);
    }

    public void RecordError(long sinceStartNs) => _errors[Index(sinceStartNs)]++;

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
    }

    /// <summary>CSV: start of the slot in ms, requests, errors, mean and maximum latency in µs. Empty slots are left out.</summary>
    public void Write(string file)
    {
        using var to = new StreamWriter(file);
        to.WriteLine("ms,requests,errors,mean_us,max_us");
        for (int i = 0; i < _count.Length; i++)
        {
            if (_count[i] == 0 && _errors[i] == 0) continue;
            long mean = _count[i] == 0 ? 0 : _sum[i] / _count[i];
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(long)i * _slotMs},{_count[i]},{_errors[i]},{mean},{_max[i]}"));
        }
    }
}
