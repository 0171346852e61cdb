// Replays every corpus file through its fuzz target, and a few thousand mutations of them.
using System;
using System.IO;
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
        var mutations = new Mutations(Folder(target), 20260101);
        // targets that read a whole configuration each time are slower
        int count = target is "configuration" or "expression" ? 2000 : 5000;
        for (int i = 0; i < count; i++)
            FuzzTargets.All[target](mutations.Next());
    }
}
