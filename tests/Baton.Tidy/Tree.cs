// The checked tree: where it begins, its sources, and what is excused.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Baton.Tidy;

public static class Tree
{
    /// <summary>The folder of Baton.slnx above the test.</summary>
    public static string Top { get; } = FindTop();

    public static IReadOnlyList<SourceFile> Product { get; } = SourceFile.Under(Top, "src");

    /// <summary>The product and everything around it.</summary>
    public static IReadOnlyList<SourceFile> All { get; } =
    [.. Product, .. SourceFile.Under(Top, "tests"), .. SourceFile.Under(Top, "bench"), .. SourceFile.Under(Top, "lab")];

    private static string FindTop()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Baton.slnx")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("Baton.slnx is in no folder above the test");
    }
}
