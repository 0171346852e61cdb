// The benchmarks' bodies against bench/allocation-budget.json: nobody allocates more for an operation than was agreed on.
using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using Baton.Microbench.Bodies;
using Xunit;

namespace Baton.UnitTests.Microbench;

public sealed class AllocationBudgetTests
{
    private const int Warmup = 200,
        Measured = 1000;

    private static Dictionary<string, double> Budget()
    {
        string? d = AppContext.BaseDirectory;
        while (d is not null && !File.Exists(Path.Combine(d, "Baton.slnx")))
            d = Path.GetDirectoryName(d);
        return JsonSerializer.Deserialize<Dictionary<string, double>>(
            File.ReadAllText(Path.Combine(d!, "bench", "allocation-budget.json"))
        )!;
    }

    public static TheoryData<string> Names() => [.. AllBodies.Create().Keys];

    [Theory, MemberData(nameof(Names))]
    public void Within_budget(string name)
    {
        double perOperation = BytesPerOperation(AllBodies.Create()[name]),
            budget = Budget()[name];
        Assert.True(
            perOperation <= budget,
            $"{name} allocates {perOperation} bytes an operation, {budget} are allowed by bench/allocation-budget.json"
        );
    }

    [Fact]
    public void Every_benchmark_has_a_budget_and_every_budget_a_benchmark() => Assert.Equal(AllBodies.Create().Keys, Sorted(Budget().Keys));

    /// <summary>The measure itself sees what is there to see.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(40, 64)]
    [InlineData(1000, 1024)]
    public void What_is_allocated_is_counted(int array, double expected) =>
        Assert.Equal(
            expected,
            BytesPerOperation(() =>
            {
                if (array > 0)
                    Keep = new byte[array];
            })
        );

    private static byte[]? Keep { get; set; }

    private static double BytesPerOperation(Action body)
    {
        for (int i = 0; i < Warmup; i++)
            body();
        // the least of three: what the runtime does once, in its own time, is not the operation's
        long least = long.MaxValue;
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Measured; i++)
                body();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least / (double)Measured;
    }

    private static SortedSet<string> Sorted(IEnumerable<string> names) => new(names, StringComparer.Ordinal);
}
