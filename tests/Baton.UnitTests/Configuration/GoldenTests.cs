// Replays tests/golden: a configuration in, its diagnostics out, compared exactly.
using System;
using System.IO;
using System.Linq;
using System.Text;
using Baton.Configuration;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Expressions;
using Baton.Engine.Patterns;
using Baton.Engine.Rules;
using Xunit;

namespace Baton.UnitTests.Configuration;

/// <summary>Alone: configurations set environment variables.</summary>
[Collection(nameof(EnvironmentCollection))]
public sealed class GoldenTests
{
    private const string Separator = "----------\n";

    private static string Folder { get; } = FindFolder();

    private static string FindFolder()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Baton.slnx")))
            directory = Path.GetDirectoryName(directory);
        return Path.Combine(directory ?? throw new DirectoryNotFoundException("Baton.slnx"), "tests", "golden");
    }

    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Folder, "*.golden").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    /// <summary>What the parser says about a configuration, as "-c" would print it.</summary>
    internal static string Diagnose(string configuration, string name)
    {
        string directory = Directory.CreateTempSubdirectory("baton-golden-").FullName;
        string file = Path.Combine(directory, name + ".cfg");
        try
        {
            File.WriteAllBytes(file, Encoding.UTF8.GetBytes(configuration));
            PatternRegistry.Reset();
            var loader = new ConfigurationLoader(sink => new ExpressionParser(EngineCatalog.Create(), sink));
            loader.Load([file]);
            return DiagnosticFormatter.Format(loader.Diagnostics.All, 0).Replace(directory + "/", "", StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Diagnostics_are_as_written(string name)
    {
        string path = Path.Combine(Folder, name + ".golden"),
            text = File.ReadAllText(path);
        int cut = text.StartsWith(Separator, StringComparison.Ordinal) ? 0 : text.IndexOf("\n" + Separator, StringComparison.Ordinal) + 1;
        string configuration = text[..cut],
            expected = text[(cut + Separator.Length)..];
        // a file without a last newline cannot be written as one in front of the separator
        if (name == "missing-final-newline")
            configuration = configuration.TrimEnd('\n');
        string actual = Diagnose(configuration, name);
        if (Environment.GetEnvironmentVariable("BATON_GOLDEN") == "write")
            File.WriteAllText(path, text[..(cut + Separator.Length)] + actual);
        else
            Assert.True(
                expected == actual,
                $"{name}.golden: if this is wanted, run the test with BATON_GOLDEN=write and commit the file.\nexpected:\n{expected}\nactual:\n{actual}"
            );
    }

    [Fact]
    public void There_are_enough_of_them() => Assert.True(Files.Count >= 60);
}
