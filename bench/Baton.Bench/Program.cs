// baton-bench: Baton beside Debian's haproxy and nginx in one run. Started by bench/run.sh, in the project's directory.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using Baton.Bench;
using Baton.Bench.Cases;
using Baton.Bench.Contestants;
using Baton.Bench.Reports;
using Spectre.Console;

Options options = Options.Parse(args);
if (options.Help)
{
    Console.Write(Options.Usage);
    return 0;
}
if (options.Error is not null)
{
    Console.Error.WriteLine($"baton-bench: {options.Error}\n{Options.Usage}");
    return 1;
}
if (options.List)
{
    foreach (Case c in AllCases.For(0))
        Console.WriteLine($"{c.Name, -16} {c.Title}");
    return 0;
}

string directory = Directory.CreateTempSubdirectory("baton-bench-").FullName;
Contestant[] contestants =
[
    new HaproxyLanguage("baton", directory, Path.GetFullPath(options.Binary), []),
    new HaproxyLanguage("haproxy", directory, "haproxy", ["-db"]),
    new Nginx(directory),
];

// an interrupt ends what was started, as the end does
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ =>
{
    foreach (Contestant c in contestants)
        c.Stop();
});

// clients and origin stay away from the proxy's core
Commands.Shell($"taskset -apc {Cores.Load(1)} {Environment.ProcessId}");
try
{
    using var origin = new OriginServer(directory);
    List<Case> cases =
    [
        .. AllCases
            .For(origin.Port)
            .Where(c => options.Only.Count == 0 || options.Only.Any(o => c.Name.StartsWith(o, StringComparison.Ordinal))),
    ];
    if (cases.Count == 0)
    {
        Console.Error.WriteLine("baton-bench: no such case; --list shows them");
        return 1;
    }
    Dictionary<string, KeptRatio> earlier = ResultFile.Earlier(options);
    var gate = new Gate(earlier);
    var results = new List<CaseResult>();
    long start = Stopwatch.GetTimestamp();
    void Go(Action<string> say)
    {
        var progress = new RunProgress(cases.Count);
        var runner = new Runner(options, contestants, text => say($"{progress} {text}"));
        foreach (Case c in cases)
        {
            CaseResult result = runner.Run(c);
            // once more before anybody is blamed: what else the machine did may have hit one side
            if (options.Gate && gate.IsWorse(result))
                result.Add(runner.Run(c));
            results.Add(result);
            progress.Done++;
        }
    }
    if (AnsiConsole.Profile.Capabilities.Interactive)
        AnsiConsole.Status().Start("starting", status => Go(text => status.Status(Markup.Escape(text))));
    else
        Go(Console.Error.WriteLine);
    IAnsiConsole console = AnsiConsole.Console;
    if (!console.Profile.Out.IsTerminal)
        console.Profile.Width = 140;
    ResultTable.Print(console, results, earlier);
    if (options.Gate)
    {
        IReadOnlyList<string> complaints = gate.Judge(results);
        foreach (string complaint in complaints)
            Console.Error.WriteLine($"gate: {complaint}");
        bool passed = complaints.Count == 0;
        console.WriteLine(
            $"{Stopwatch.GetElapsedTime(start).TotalSeconds:0} s; {Machine.Describe()}; gate: {(passed ? "passed" : "FAILED")}"
        );
        return passed ? 0 : 3;
    }
    string name = ResultFile.Write(options, results, contestants.Select(c => c.Version));
    Chart.Write(name, results, Machine.Describe());
    console.WriteLine($"{Stopwatch.GetElapsedTime(start).TotalSeconds:0} s; {Machine.Describe()}; {name}.json, .svg");
    return 0;
}
catch (InvalidOperationException e)
{
    Console.Error.WriteLine($"baton-bench: {e.Message}");
    foreach (string log in Directory.GetFiles(directory, "*.log").Concat(Directory.GetFiles(directory, "*.err")))
    foreach (string line in File.ReadLines(log).TakeLast(5))
        Console.Error.WriteLine($"{Path.GetFileName(log)}: {line}");
    return 1;
}
finally
{
    foreach (Contestant c in contestants)
        c.Stop();
    Directory.Delete(directory, recursive: true);
}
