// Entry point for afl++: baton-fuzz TARGET reads one input from the fuzzer and runs the target on it.
using System;
using System.IO;
using SharpFuzz;

namespace Baton.Fuzz;

public static class Program
{
    public static int Main(string[] arguments)
    {
        if (arguments.Length != 1 || !FuzzTargets.All.TryGetValue(arguments[0], out Action<byte[]>? target))
        {
            Console.Error.WriteLine("usage: Baton.Fuzz TARGET, one of: " + string.Join(" ", FuzzTargets.All.Keys));
            return 2;
        }
        Fuzzer.OutOfProcess.Run(stream =>
        {
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            target(copy.ToArray());
        });
        return 0;
    }
}
