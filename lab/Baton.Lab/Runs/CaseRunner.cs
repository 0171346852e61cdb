// One run: a stage, a method on it, load, reloads at their times, and the sums afterwards.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Baton.Lab.Methods;
using Baton.Lab.Stages;

namespace Baton.Lab.Runs;

internal sealed class CaseRunner(LabOptions options, CancellationToken cancel)
{
    /// <summary>Between the load's start and the first reload, and between the last reload and the load's end.</summary>
    private const double LeadMs = 300,
        TailMs = 800;

    // an hour in slots of 10 ms would be a file of a gigabyte
    private int SlotMs => options.DurationSeconds > 300 ? 100 : 10;

    public CaseResult Run(IReloadMethod method, Target target, LoadKind load)
    {
        var result = new CaseResult(method.Number, method.Name, method.Title, target, load)
        {
            ExpectedLossless = method.Lossless(target, load),
        };
        if ((Missing(target) ?? method.Unavailable(options, target)) is { } why)
            return result with { Unavailable = why };
        using var stage = new Stage(options, target, load);
        try
        {
            method.Prepare(stage);
            stage.WriteConfiguration();
            method.Start(stage);
            stage.WaitServing();
            Play(method, stage, result);
        }
        catch (LabException e)
        {
            result.Trouble = e.Message;
        }
        return result;
    }

    private string? Missing(Target target)
    {
        if (!File.Exists(options.InjectProgram))
            return $"{options.InjectProgram} is not built (bench/publish.sh)";
        if (Shell.Find(target == Target.Baton ? options.BatonProgram : options.HaproxyProgram) is null)
            return $"{target.ToString().ToLowerInvariant()} is not installed";
        return null;
    }

    private void Play(IReloadMethod method, Stage stage, CaseResult result)
    {
        string json = Path.Combine(stage.Directory, "load.json"),
            slots = Path.Combine(stage.Directory, "slots.csv");
        using Process load = Shell.Start(
            stage.OnLoadCore([
                options.InjectProgram,
                .. LoadArguments(stage.Load),
                "-q",
                "--json",
                json,
                "--slots",
                slots,
                "--slot",
                Text(SlotMs),
                $"127.0.0.1:{Stage.Port}",
            ])
        );
        Task<string> said = load.StandardOutput.ReadToEndAsync(),
            complained = load.StandardError.ReadToEndAsync();
        long startedAt = Stopwatch.GetTimestamp();
        var reloads = new List<(long Start, long End)>();
        // a reload that fails ends the reloads, not the run: its result says so
        try
        {
            ReloadUntil(method, stage, startedAt + Ticks(options.DurationSeconds * 1000 - TailMs), startedAt, reloads);
        }
        catch (LabException e)
        {
            result.Trouble = e.Message;
        }
        // the last look before the load's end counts: sessions that end with it would let old processes go
        do
        {
            if (cancel.IsCancellationRequested)
                Kernel.Signal(load.Id, Kernel.SIGTERM);
            if (!load.HasExited)
                (result.ProcessesLeft, result.BytesLeft) = stage.ProxyProcesses();
        } while (!load.WaitForExit(150));
        method.Stop(stage);
        if (!File.Exists(json))
            throw new LabException($"the load generator: status {load.ExitCode}: {(said.Result + complained.Result).Trim()}");
        Read(result, json, slots, reloads);
    }

    private void ReloadUntil(IReloadMethod method, Stage stage, long end, long startedAt, List<(long, long)> reloads)
    {
        if (options.ReloadsPerSecond == 0)
            return;
        long next = startedAt + Ticks(LeadMs),
            step = Ticks(1000 / options.ReloadsPerSecond);
        while (!cancel.IsCancellationRequested)
        {
            long now = Stopwatch.GetTimestamp();
            if (Math.Max(now, next) >= end)
                return;
            if (now < next)
            {
                cancel.WaitHandle.WaitOne(TimeSpan.FromMilliseconds((next - now) * 1000.0 / Stopwatch.Frequency));
                if (cancel.IsCancellationRequested)
                    return;
            }
            long start = Stopwatch.GetTimestamp();
            method.Reload(stage);
            reloads.Add((start, Stopwatch.GetTimestamp()));
            // what is late is not made up for
            next = Math.Max(next + step, Stopwatch.GetTimestamp());
        }
    }

    private IEnumerable<string> LoadArguments(LoadKind load)
    {
        string[] common =
        [
            "-d",
            Real(options.DurationSeconds),
            "--sources",
            "250",
            "--interval",
            options.DurationSeconds > 300 ? "1000" : "100",
            .. options.ClosedLoop ? (string[])[] : ["-r", Real(options.Rate)],
        ];
        string live = Text(options.LiveConnections);
        return load switch
        {
            LoadKind.Short => ["-n", Text(options.Connections), .. common],
            LoadKind.KeepAlive => ["-k", "-n", live, .. common],
            LoadKind.Tunnel => ["-m", "tunnel", "--body", "1024", "-n", live, .. common],
            _ => ["-m", "websocket", "--body", "1024", "-n", live, .. common],
        };
    }

    private void Read(CaseResult result, string json, string slots, List<(long Start, long End)> reloads)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(json));
        JsonElement root = document.RootElement,
            latency = root.GetProperty("latency_us");
        long startNs = root.GetProperty("start_ns").GetInt64();
        result.Seconds = root.GetProperty("seconds").GetDouble();
        result.Requests = root.GetProperty("requests").GetInt64();
        result.Connections = root.GetProperty("opened").GetInt64();
        result.Errors = root.GetProperty("errors").EnumerateObject().ToDictionary(e => e.Name, e => e.Value.GetInt64());
        result.P50 = latency.GetProperty("p50").GetInt64();
        result.P99 = latency.GetProperty("p99").GetInt64();
        result.P999 = latency.GetProperty("p999").GetInt64();
        result.Max = latency.GetProperty("max").GetInt64();
        // both clocks are CLOCK_MONOTONIC in nanoseconds
        result.Marks = [.. reloads.Select(r => new ReloadMark((r.Start - startNs) / 1e6, (r.End - startNs) / 1e6))];
        result.Reloads = reloads.Count;
        double[] took = [.. result.Marks.Select(m => m.EndMs - m.StartMs).Order()];
        result.ReloadMedianMs = took.Length == 0 ? 0 : took[took.Length / 2];
        var table = new SlotTable(slots, SlotMs);
        result.P999Inside = table.P999(result.Marks, inside: true);
        result.P999Outside = table.P999(result.Marks, inside: false);
        result.Intervals = table.Intervals(Math.Max(SlotMs, options.DurationSeconds * 1000 / 400));
    }

    private static long Ticks(double ms) => (long)(ms * Stopwatch.Frequency / 1000);

    private static string Text(int n) => n.ToString(CultureInfo.InvariantCulture);

    private static string Real(double n) => n.ToString(CultureInfo.InvariantCulture);
}
