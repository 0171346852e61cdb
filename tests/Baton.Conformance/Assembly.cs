// Scenarios mostly wait (for time-outs, for processes): many run at a time. Those that measure are in the collection "alone".
using Xunit;
using Xunit.v3;

[assembly: Parallelization(MaxThreads = 8)]

namespace Baton.Conformance;

[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class Alone;
