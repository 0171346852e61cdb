// Entry point: "Baton.Fuzz TARGET" reads one input from afl++ and runs the target on it; "Baton.Fuzz TARGET SECONDS CORPUS"
// mutates the files of a corpus by itself and stops at the first failure, which it prints.
using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using SharpFuzz;

namespace Baton.Fuzz;

public static class Program
{
    public static int Main(string[] arguments)
    {
        if (arguments.Length is not (1 or 3) || !FuzzTargets.All.TryGetValue(arguments[0], out Action<byte[]>? target))
        {
            Console.Error.WriteLine("usage: Baton.Fuzz TARGET [SECONDS CORPUS], one of: " + string.Join(" ", FuzzTargets.All.Keys));
            return 2;
        }
        if (arguments.Length == 3)
            return Loop(target, int.Parse(arguments[1], CultureInfo.InvariantCulture), arguments[2]);
        Fuzzer.OutOfProcess.Run(stream =>
        {
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            target(copy.ToArray());
        });
        return 0;
    }

    private static int Loop(Action<byte[]> target, int seconds, string corpus)
    {
        int seed = Environment.TickCount,
            count = 0;
        var mutations = new Mutations(corpus, seed);
        for (var watch = Stopwatch.StartNew(); watch.Elapsed.TotalSeconds < seconds; count++)
        {
            byte[] input = mutations.Next();
            try
            {
                target(input);
            }
            catch (Exception e)
            {
                Console.WriteLine($"seed {seed}, input {count}: {Convert.ToHexString(input)}\n{e}");
                return 1;
            }
        }
        Console.WriteLine($"{count} inputs");
        return 0;
    }
}
