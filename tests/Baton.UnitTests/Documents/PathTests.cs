// Files that the documents send a reader to exist.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace Baton.UnitTests.Documents;

public sealed partial class PathTests
{
    /// <summary>A path of the tree as it stands in a text: from one of its folders on, up to what cannot be in a name.</summary>
    [GeneratedRegex(@"(?<![\w/.-])(?:src|tests|docs|bench|lab|tools|examples)/[\w./-]*\w")]
    private static partial Regex InTree();

    /// <summary>The target of a link within the tree.</summary>
    [GeneratedRegex(@"\]\((?!\w+:|#)([^)#]+)")]
    private static partial Regex Link();

    private static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Baton.slnx")))
            directory = Path.GetDirectoryName(directory);
        return directory ?? throw new DirectoryNotFoundException("Baton.slnx");
    }

    public static TheoryData<string> Documents =>
        [
            "README.md",
            "CONTRIBUTING.md",
            .. Directory
                .GetFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(Root, f)),
        ];

    [Theory, MemberData(nameof(Documents))]
    public void What_a_document_names_is_there(string document)
    {
        string text = File.ReadAllText(Path.Combine(Root, document)),
            folder = Path.GetDirectoryName(Path.Combine(Root, document))!;
        IEnumerable<string> paths = InTree().Matches(text).Select(m => m.Value).Where(p => !p.Contains("DATE", StringComparison.Ordinal));
        List<string> missing = [.. paths.Where(p => !Exists(Path.Combine(Root, p)))];
        missing.AddRange(Link().Matches(text).Select(m => m.Groups[1].Value).Where(p => !Exists(Path.Combine(folder, p))));
        Assert.Equal([], missing.Distinct());
    }

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);
}
