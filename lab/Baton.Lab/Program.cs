// baton-lab: every known way to reload a load balancer, under load, measured and drawn. See docs/lab-report.md for a full run.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using Baton.Lab.Methods;
using Baton.Lab.Reports;
using Baton.Lab.Runs;
using Baton.Lab.Stages;

if (args is not ["run" or "methods", ..])
{
    Console.Write(LabOptions.Usage);
    return args is ["-h" or "--help"] ? 0 : 1;
}
LabOptions options = LabOptions.Parse(args[1..]);
if (options.Help)
{
    Console.Write(LabOptions.Usage);
    return 0;
}
if (options.Error is not null)
{
    Console.Error.WriteLine($"baton-lab: {options.Error}");
    return 1;
}

string? noNetwork = NetworkNamespace.Unavailable();
if (noNetwork is null)
    NetworkNamespace.RemoveStale();
if (args[0] == "methods")
{
    foreach (IReloadMethod m in options.Methods)
    foreach (Target t in options.Targets)
        Console.WriteLine(
            $"{m.Number, 2} {m.Name, -15} {t.ToString().ToLowerInvariant(), -8} {((noNetwork ?? m.Unavailable(options, t)) is { } why ? $"not available here: {why}" : "available")}"
        );
    return 0;
}

using var cancel = new CancellationTokenSource();

// the first signal ends the run in order: rules, namespaces and processes go; results so far are written
void Interrupt(PosixSignalContext c)
{
    c.Cancel = true;
    cancel.Cancel();
}
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
using PosixSignalRegistration hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Interrupt);

var runner = new CaseRunner(options, cancel.Token);
var results = new List<CaseResult>();
IEnumerable<LoadKind> LoadsOf(IReloadMethod method, Target target) => options.Loads.Count > 0 ? options.Loads : method.Loads(target);
int total = options.Methods.Sum(m =>
    options.Targets.Sum(t => noNetwork is null && m.Unavailable(options, t) is null ? LoadsOf(m, t).Count() : 1)
);

// what a run takes beside its load, until the first one has shown it
TimeSpan each = TimeSpan.FromSeconds(options.DurationSeconds + 4);
long began = Stopwatch.GetTimestamp();
int measured = 0;
foreach (IReloadMethod method in options.Methods)
{
    foreach (Target target in options.Targets)
    {
        foreach (LoadKind load in LoadsOf(method, target))
        {
            if (cancel.IsCancellationRequested)
                break;
            TimeSpan left = each * (total - results.Count);
            Console.Error.WriteLine(
                $"[{results.Count + 1} of {total}, about {(int)left.TotalMinutes}:{left.Seconds:00} left] {method.Number} {method.Title}, {target.ToString().ToLowerInvariant()}, {load.ToString().ToLowerInvariant()}"
            );
            var result = new CaseResult(method.Number, method.Name, method.Title, target, load) { Unavailable = noNetwork };
            if (noNetwork is null)
                result = runner.Run(method, target, load);
            results.Add(result);
            if (result.Unavailable is null)
                each = Stopwatch.GetElapsedTime(began) / ++measured;
            Console.Error.WriteLine(
                $"{result.Name}: {(result.Unavailable is { } why ? $"not available here: {why}" : $"{result.Reloads} reloads, {result.Failed} of {result.Requests + result.Failed} failed {result.Trouble}")}"
            );
            if (result.Unavailable is not null)
                break;
        }
    }
}

TerminalTable.Show(results);
Directory.CreateDirectory(options.Out);
JsonReport.Write(Path.Combine(options.Out, "lab.json"), options, results);
MarkdownReport.Write(Path.Combine(options.Out, "lab.md"), results);
HtmlReport.Write(options.Out, options, results);
Console.WriteLine($"written: {options.Out}/report.html, lab.json, lab.md, and the charts as SVG");
if (cancel.IsCancellationRequested)
    return 130;
return results.Any(r => r.Trouble is not null || (r.ExpectedLossless == true && r.Failed > 0)) ? 2 : 0;
