// How far a run is: the case of so many, and the time that is probably left.
using System;
using System.Diagnostics;

namespace Baton.Bench;

/// <param name="total">Cases in all.</param>
public sealed class RunProgress(int total)
{
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>Cases that are finished.</summary>
    public int Done { get; set; }

    /// <summary>"[3 of 14, about 2:10 left]"; no time before the first case has shown how long one takes.</summary>
    public override string ToString()
    {
        TimeSpan left = Done == 0 ? default : Stopwatch.GetElapsedTime(_start) / Done * (total - Done);
        return $"[{Math.Min(Done + 1, total)} of {total}{(Done == 0 ? "" : $@", about {(int)left.TotalMinutes}:{left.Seconds:00} left")}]";
    }
}
