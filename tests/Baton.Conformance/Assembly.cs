// Scenarios mostly wait (for time-outs, for processes): many run at a time. Those that measure are in the collection "alone".
using Xunit;
using Xunit.v3;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
[assembly: AssemblyFixture(typeof(Baton.Conformance.Harness.PoolChecking))]
[assembly: Parallelization(Mode = Xunit.Sdk.ParallelMode.All, MaxThreads = 10)]

namespace Baton.Conformance;

[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class Alone;
