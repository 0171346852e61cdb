// The collection of the tests that change the process's environment: they run one after the other.
using Xunit;

namespace Baton.UnitTests.Configuration;

/// <summary>Tests that change the process's environment.</summary>
[CollectionDefinition(nameof(EnvironmentCollection), DisableParallelization = true)]
public sealed class EnvironmentCollection;
