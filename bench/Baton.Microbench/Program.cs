// The microbenchmarks, by BenchmarkDotNet: dotnet run -c Release --project bench/Baton.Microbench -- --filter '*'
// In this process: a project generated beside ours would be built with our analyzers and output folders.
// What each does is in Bodies/; the unit tests run the same bodies against bench/allocation-budget.json.
using Baton.Microbench;
using BenchmarkDotNet.Running;

BenchmarkSwitcher.FromTypes([typeof(Microbenchmarks)]).Run(["--inProcess", .. args]);
