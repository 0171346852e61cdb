// global: "default-path": where relative file names start, while a file is read.
using System.IO;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class PathLine
{
    private static void DefaultPath(DirectiveContext c)
    {
        DefaultPathPolicy? policy = c[0] switch
        {
            "current" => DefaultPathPolicy.Current,
            "config" => DefaultPathPolicy.Config,
            "parent" => DefaultPathPolicy.Parent,
            "origin" => DefaultPathPolicy.Origin,
            _ => null,
        };
        if (policy is null)
        {
            c.Error(
                $"'default-path' expects one of 'current', 'config', 'parent' or 'origin'{Spelling.Hint(c[0], "current", "config", "parent", "origin")}.",
                c[0]
            );
            return;
        }
        if (
            !c.Expect(
                policy == DefaultPathPolicy.Origin ? 2 : 1,
                policy == DefaultPathPolicy.Origin ? 2 : 1,
                "a policy, and a directory after 'origin'"
            )
        )
            return;
        c.Global.DefaultPath = policy.Value;
        c.Global.DefaultPathOrigin = c[1];
        if (!Enter(c.Global, c.Position.File))
            c.Error($"'default-path' : cannot enter the directory for '{c[0]}'.", c[0]);
    }

    /// <summary>Changes to the directory that the policy names for a configuration file. False when it cannot be entered.</summary>
    internal static bool Enter(GlobalConfig global, string file)
    {
        string start = global.StartDirectory ??= Directory.GetCurrentDirectory();
        string own = Path.GetDirectoryName(Path.Combine(start, file)) ?? start;
        string wanted = global.DefaultPath switch
        {
            DefaultPathPolicy.Config => own,
            DefaultPathPolicy.Parent => Path.Combine(own, ".."),
            DefaultPathPolicy.Origin => Path.Combine(start, global.DefaultPathOrigin),
            _ => start,
        };
        if (!Directory.Exists(wanted))
            return false;
        Directory.SetCurrentDirectory(wanted);
        return true;
    }

    /// <summary>Back to where the process was started.</summary>
    internal static void Leave(GlobalConfig global)
    {
        if (global.StartDirectory is { } start)
            Directory.SetCurrentDirectory(start);
    }

    internal static readonly DirectiveKeyword[] Keywords = [new("default-path", SectionKinds.Global, DefaultPath)];
}
