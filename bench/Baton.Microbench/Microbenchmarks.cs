// One BenchmarkDotNet benchmark over all bodies, by name.
using System;
using System.Collections.Generic;
using System.Linq;
using Baton.Microbench.Bodies;
using BenchmarkDotNet.Attributes;

namespace Baton.Microbench;

[MemoryDiagnoser]
public class Microbenchmarks
{
    private Action _body = null!;

    [ParamsSource(nameof(Names))]
    public string Body { get; set; } = "";

    public static IEnumerable<string> Names => AllBodies.Create().Keys;

    [GlobalSetup]
    public void Setup() => _body = AllBodies.Create()[Body];

    [Benchmark]
    public void Run() => _body();
}
