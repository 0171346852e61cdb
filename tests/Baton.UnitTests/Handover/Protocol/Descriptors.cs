// The collection of the tests that count descriptors of the process: they run alone.
using Xunit;

namespace Baton.UnitTests.Handover.Protocol;

/// <summary>Descriptor numbers of a process are looked at: nobody else may open or close any meanwhile.</summary>
[CollectionDefinition("descriptors", DisableParallelization = true)]
public sealed class Descriptors;
