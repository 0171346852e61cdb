// The microbenchmarks, by BenchmarkDotNet: dotnet run -c Release --project bench/Baton.Microbench -- --filter '*'
// What each does is in Bodies/; the unit tests run the same bodies against bench/allocation-budget.json.
using BenchmarkDotNet.Running;
using Baton.Microbench;

BenchmarkSwitcher.FromTypes([typeof(Microbenchmarks)]).Run(args);
