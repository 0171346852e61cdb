// Every test of a strategy measures: one at a time.
using Xunit;
using Xunit.v3;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
[assembly: Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
