// The fine-grained record of the load generator (a row each 10 ms), cut into what happened in a reload's window and what did not.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Baton.Lab.Runs;

internal sealed class SlotTable
{
    /// <summary>What a reload may still cause after it was reported done, ms: the old process finishes, clients try again.</summary>
    public const double AftermathMs = 100;

    private readonly List<(double AtMs, long Requests, long Errors, long Max, (int Bucket, long Count)[] Latency)> _rows = [];
    private readonly double _slotMs;

    public SlotTable(string file, double slotMs)
    {
        _slotMs = slotMs;
        foreach (string line in File.ReadLines(file).Skip(1))
        {
            string[] w = line.Split(',');
            var latency = w[5]
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(p => p.Split(':'))
                .Select(p => ((int)Number(p[0]), Number(p[1])))
                .ToArray();
            _rows.Add((Number(w[0]), Number(w[1]), Number(w[2]), Number(w[4]), latency));
        }
    }

    /// <summary>The 99.9th percentile of the requests that ended inside the windows, or outside; null without any.</summary>
    public long? P999(IReadOnlyList<ReloadMark> marks, bool inside)
    {
        var sum = new SortedDictionary<int, long>();
        int next = 0;
        long max = 0;
        foreach (var row in _rows)
        {
            while (next < marks.Count && marks[next].EndMs + AftermathMs <= row.AtMs)
                next++;
            bool within = next < marks.Count && marks[next].StartMs < row.AtMs + _slotMs;
            if (within != inside)
                continue;
            Add(sum, row.Latency);
            max = Math.Max(max, row.Max);
        }
        return Percentile(sum, 0.999, max);
    }

    /// <summary>Rows of a step that suits a plot.</summary>
    public List<Interval> Intervals(double stepMs) =>
        [
            .. _rows
                .GroupBy(r => Math.Floor(r.AtMs / stepMs))
                .Select(g =>
                {
                    var sum = new SortedDictionary<int, long>();
                    foreach (var row in g)
                        Add(sum, row.Latency);
                    long max = g.Max(r => r.Max);
                    return new Interval(
                        g.Key * stepMs,
                        g.Sum(r => r.Requests),
                        g.Sum(r => r.Errors),
                        Percentile(sum, 0.999, max) ?? 0,
                        max
                    );
                }),
        ];

    private static void Add(SortedDictionary<int, long> sum, (int Bucket, long Count)[] latency)
    {
        foreach ((int bucket, long count) in latency)
            sum[bucket] = sum.GetValueOrDefault(bucket) + count;
    }

    /// <summary>The end of the bucket it is in, at most 12 % above, never more than the maximum.</summary>
    private static long? Percentile(SortedDictionary<int, long> sum, double p, long max)
    {
        long all = sum.Values.Sum(),
            seen = 0;
        if (all == 0)
            return null;
        foreach ((int bucket, long count) in sum)
            if ((seen += count) >= all * p)
                return Math.Min(UpperEnd(bucket), max);
        return null;
    }

    /// <summary>The largest value that counts in a bucket, µs: eight buckets an octave, see the load generator's Slots.</summary>
    internal static long UpperEnd(int bucket) => bucket < 16 ? bucket : ((9L + bucket % 8) << (bucket / 8 - 1)) - 1;

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
