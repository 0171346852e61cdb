// What one run of one method measured. Latencies in microseconds.
using System.Collections.Generic;

namespace Baton.Lab.Runs;

internal sealed record CaseResult(int Number, string Method, string Title, Target Target, LoadKind Load)
{
    /// <summary>Why it was not run; everything else is zero then.</summary>
    public string? Unavailable { get; init; }

    /// <summary>What went wrong with the run itself: a reload that failed, a program that did not start.</summary>
    public string? Trouble { get; set; }

    /// <summary>What is to be expected; null when it depends on luck and load.</summary>
    public bool? ExpectedLossless { get; init; }

    public double Seconds { get; set; }
    public long Requests { get; set; }
    public long Connections { get; set; }
    public Dictionary<string, long> Errors { get; set; } = [];
    public int Reloads { get; set; }
    public double ReloadMedianMs { get; set; }
    public long P50 { get; set; }
    public long P99 { get; set; }
    public long P999 { get; set; }
    public long Max { get; set; }

    /// <summary>Inside the windows of the reloads, and outside; null when there is no time of the kind.</summary>
    public long? P999Inside { get; set; }
    public long? P999Outside { get; set; }
    public int ProcessesLeft { get; set; }
    public long BytesLeft { get; set; }
    public List<Interval> Intervals { get; set; } = [];

    /// <summary>Start and end of each reload, ms since the load's start.</summary>
    public List<ReloadMark> Marks { get; set; } = [];

    /// <summary>What clients saw: without the errors of the load generator's own machine.</summary>
    public long Failed
    {
        get
        {
            long sum = 0;
            foreach ((string kind, long n) in Errors)
                if (kind is not ("local" or "total"))
                    sum += n;
            return sum;
        }
    }

    public double PerMillion => Requests + Failed == 0 ? 0 : Failed * 1e6 / (Requests + Failed);

    /// <summary>Failures of one reload in a million requests that it met: the published figures are of this kind.</summary>
    public double FailedPerReload => Reloads == 0 ? 0 : (double)Failed / Reloads;

    public long Error(string kind) => Errors.GetValueOrDefault(kind);

    public long Resets => Error("reset_before") + Error("reset_after");
    public string Name => $"{Number} {Title}, {Target.ToString().ToLowerInvariant()}, {Load.ToString().ToLowerInvariant()}";
}

internal sealed record Interval(double AtMs, long Requests, long Errors, long P999, long Max);

internal sealed record ReloadMark(double StartMs, double EndMs);
