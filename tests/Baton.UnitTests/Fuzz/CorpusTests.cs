// Replays every corpus file through its fuzz target, and a few thousand mutations of them.
using System;
using System.IO;
using System.Linq;
using Baton.Fuzz;
using Xunit;

namespace Baton.UnitTests.Fuzz;

public sealed class CorpusTests
{
    public static TheoryData<string> Targets => [.. FuzzTargets.All.Keys];

    private static string Folder(string target)
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Baton.slnx")))
        {
            directory = Path.GetDirectoryName(directory);
        }
        return Path.Combine(directory ?? throw new DirectoryNotFoundException("Baton.slnx"), "tests", "Baton.Fuzz", "corpus", target);
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void CorpusPasses(string target)
    {
        string[] files = Directory.GetFiles(Folder(target));
        Assert.True(files.Length >= 8, target);
        foreach (string file in files)
        {
            FuzzTargets.All[target](File.ReadAllBytes(file));
        }
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void MutationsPass(string target)
    {
        byte[][] inputs = Directory.GetFiles(Folder(target)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).Where(b => b.Length < 300).ToArray();
        var random = new Random(20260101);
        for (int i = 0; i < 5000; i++)
        {
            byte[] first = inputs[random.Next(inputs.Length)];
            byte[] second = inputs[random.Next(inputs.Length)];
            byte[] input = random.Next(3) == 0 ? [.. first.AsSpan(0, random.Next(first.Length + 1)), .. second.AsSpan(random.Next(second.Length + 1))] : (byte[])first.Clone();
            for (int n = random.Next(3); n > 0 && input.Length > 0; n--)
            {
                input[random.Next(input.Length)] = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)"\r\n :,0/\t"[random.Next(8)];
            }
            FuzzTargets.All[target](input);
        }
    }
}
