// The collection of the tests that narrow the memory budget of the process: they run alone.
using Xunit;

namespace Baton.UnitTests.Core.Buffers;

/// <summary>Tests that narrow the process's budget: nobody else may allocate meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class BudgetCollection
{
    public const string Name = "memory budget";
}
