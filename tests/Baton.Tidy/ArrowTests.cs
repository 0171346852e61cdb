// Which room may use which: between projects, and between the layers of the engine. Arrows point down.
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using Xunit;

namespace Baton.Tidy;

public sealed class ArrowTests
{
    /// <summary>Each project and what it may name, as the design draws it.</summary>
    private static readonly Dictionary<string, string[]> Projects = new()
    {
        ["Baton.Core"] = [],
        ["Baton.Interop"] = ["Baton.Core"],
        ["Baton.Http"] = ["Baton.Core"],
        ["Baton.Configuration"] = ["Baton.Core"],
        ["Baton.Engine"] = ["Baton.Configuration", "Baton.Http", "Baton.Interop", "Baton.Core"],
        ["Baton.Handover"] = ["Baton.Engine", "Baton.Configuration", "Baton.Http", "Baton.Interop", "Baton.Core"],
        ["Baton.Control"] = ["Baton.Handover", "Baton.Engine", "Baton.Configuration", "Baton.Http", "Baton.Interop", "Baton.Core"],
        ["Baton"] = ["Baton.Control", "Baton.Handover", "Baton.Engine", "Baton.Configuration", "Baton.Http", "Baton.Interop", "Baton.Core"],
    };

    /// <summary>The engine's folders from the ground up. A folder may use those of its own layer and of the layers before it.</summary>
    private static readonly string[][] Layers =
    [
        ["Loop", "Patterns", "Traces"],
        ["Connections", "Listeners", "Tls"],
        ["Servers", "Balancing", "Queues", "Checks", "Resolvers"],
        [
            "Proxies",
            "Streams",
            "Muxes",
            "StickTables",
            "Peers",
            "Mails",
            "OcspUpdates",
            "Filters",
            "Services",
            "Rules",
            "Samples",
            "Acls",
            "Variables",
            "Logs",
            "Auth",
        ],
        ["Handover", "Build"],
    ];

    [Fact]
    public void Projects_declare_what_they_use_and_use_only_what_lies_below()
    {
        List<string> complaints = [];
        foreach ((string project, string[] below) in Projects)
        {
            string file = $"src/{project}/{project}.csproj";
            XDocument document = XDocument.Load(Path.Combine(Tree.Top, file));
            HashSet<string> declared =
            [
                .. document.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension((string)r.Attribute("Include")!)),
            ];
            complaints.AddRange(declared.Except(below).Select(d => $"{file}: refers to {d}, which does not lie below it"));
        }
        Assert.True(complaints.Count == 0, string.Join('\n', complaints));
    }

    [Fact]
    public void A_project_sees_only_what_it_refers_to() =>
        Assert.Contains(
            "<DisableTransitiveProjectReferences>true</DisableTransitiveProjectReferences>",
            File.ReadAllText(Path.Combine(Tree.Top, "Directory.Build.props"))
        );

    [Fact]
    public void Every_folder_of_the_engine_has_its_layer() =>
        Assert.All(Directory.EnumerateDirectories(Path.Combine(Tree.Top, "src/Baton.Engine")), folder =>
            Assert.Contains(Layers, layer => layer.Contains(Path.GetFileName(folder)))
        );

    [Fact]
    public void Layers_of_the_engine_use_only_what_lies_below() =>
        Exceptions.Check(
            "layer",
            from file in Tree.Product
            where file.Path.StartsWith("src/Baton.Engine/")
            let parts = file.Path.Split('/')
            where parts.Length > 3
            let own = LayerOf(parts[2])
            from use in file.Root.Usings
            let name = use.Name?.ToString() ?? ""
            where name.StartsWith("Baton.Engine.")
            let other = name.Split('.')[2]
            where LayerOf(other) > own
            select new Finding(file.Path, SourceFile.LineOf(use), $"{parts[2]} lies below {other}")
        );

    /// <summary>A message is the same whichever wire it came by: no form of one is known to it.</summary>
    [Fact]
    public void Messages_know_no_form() =>
        Assert.DoesNotContain(
            from file in Tree.Product
            where file.Path.StartsWith("src/Baton.Http/Messages/") || file.Path.StartsWith("src/Baton.Http/Headers/")
            from use in file.Root.Usings
            select $"{file.Path} uses {use.Name}",
            use => use.EndsWith(" Baton.Http.H1", System.StringComparison.Ordinal)
        );

    private static int LayerOf(string folder) => System.Array.FindIndex(Layers, l => l.Contains(folder));
}
