// Looks at a process for "baton top", each time over connections of its own: they hold nothing up, and a reload between two is not felt.
using System;
using System.Diagnostics;
using Baton.Control.Top;

namespace Baton.Commands.Top;

/// <summary>Asks blocking, with a bound.</summary>
internal sealed class TopSource(string address, string process)
{
    private const int PatienceMs = 5000;

    private string? _prefix;

    /// <summary>Null, and why there is no answer.</summary>
    public TopSample? Look(string view, out string why)
    {
        string? processes = RuntimeClient.Ask(address, "show proc", PatienceMs, out why);
        if (processes is null)
            return null;
        var workers = TopSample.ReadProcesses(processes);
        _prefix = workers is null ? "" : process + " ";
        if (RuntimeClient.Ask(address, _prefix + "show info", PatienceMs, out why) is not { } information)
            return null;
        if (RuntimeClient.Ask(address, _prefix + "show stat", PatienceMs, out why) is not { } statistics)
            return null;
        string streams = view == "streams" ? RuntimeClient.Ask(address, _prefix + "show sess", PatienceMs, out _) ?? "" : "";
        string reloads = view is "reloads" or "processes"
            ? RuntimeClient.Ask(address, _prefix + "show reloads", PatienceMs, out _) ?? ""
            : "";
        var sample = new TopSample
        {
            AtMs = Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1000),
            Information = TopSample.ReadInformation(information),
            Statistics = CsvTable.Parse(statistics),
            Streams = TopSample.ReadStreams(streams),
            Reloads = reloads.StartsWith('#') ? CsvTable.Parse(reloads) : null,
            Processes = workers,
        };
        if (sample.Information.Count > 0)
            return sample;
        why = $"'{address}' answers no 'show info': {TopFormat.Readable(information.Trim())}";
        return null;
    }

    /// <summary>What the process says to a command, in one line; empty when it did it.</summary>
    public string Do(string command) =>
        RuntimeClient.Ask(address, (_prefix ?? "") + command, PatienceMs, out string why) is { } answer
            ? TopFormat.Readable(answer.Trim().ReplaceLineEndings(" "))
            : why;
}
