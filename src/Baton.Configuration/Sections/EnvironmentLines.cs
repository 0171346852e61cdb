// global: setenv, presetenv, unsetenv, resetenv. They work at once, for the lines that follow.
using System;
using System.Collections.Generic;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;

namespace Baton.Configuration.Sections;

internal static class EnvironmentLines
{
    private static void Set(DirectiveContext c, bool replace)
    {
        if (!c.Expect(2, 2, "a name and a value")) return;
        if (replace || Environment.GetEnvironmentVariable(c[0]) is null) Environment.SetEnvironmentVariable(c[0], c[1]);
    }

    private static void Unset(DirectiveContext c)
    {
        for (int i = 0; i < c.Count; i++) Environment.SetEnvironmentVariable(c[i], null);
    }

    private static void Reset(DirectiveContext c)
    {
        var keep = new HashSet<string>();
        for (int i = 0; i < c.Count; i++) keep.Add(c[i]);
        foreach (System.Collections.DictionaryEntry e in Environment.GetEnvironmentVariables())
            if (!keep.Contains((string)e.Key)) Environment.SetEnvironmentVariable((string)e.Key, null);
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("setenv", SectionKinds.Global, c => Set(c, true)),
        new("presetenv", SectionKinds.Global, c => Set(c, false)),
        new("unsetenv", SectionKinds.Global, Unset),
        new("resetenv", SectionKinds.Global, Reset),
    ];
}
