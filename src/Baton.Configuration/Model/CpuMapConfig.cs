// A "cpu-map" line as parsed: which threads run on which processors.
namespace Baton.Configuration.Model;

public sealed record CpuMapConfig(int[] Threads, int[] Cpus, bool Auto);
