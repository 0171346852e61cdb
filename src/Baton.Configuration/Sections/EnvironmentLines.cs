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
        if (!c.Expect(2, 2, "a name and a value") || !IsName(c, c[0]))
            return;
        if (replace || Environment.GetEnvironmentVariable(c[0]) is null)
            Environment.SetEnvironmentVariable(c[0], c[1]);
    }

    private static void Unset(DirectiveContext c)
    {
        if (!c.Expect(1, int.MaxValue, "at least one variable name"))
            return;
        for (int i = 0; i < c.Count; i++)
            if (IsName(c, c[i]))
                Environment.SetEnvironmentVariable(c[i], null);
    }

    private static bool IsName(DirectiveContext c, string name)
    {
        if (name.Length > 0 && !name.Contains('=') && !name.Contains('\0'))
            return true;
        c.Error($"'{c.Keyword}' failed on variable '{name}' : Invalid argument.", name);
        return false;
    }

    private static void Reset(DirectiveContext c)
    {
        var keep = new HashSet<string>();
        for (int i = 0; i < c.Count; i++)
            keep.Add(c[i]);
        foreach (System.Collections.DictionaryEntry e in Environment.GetEnvironmentVariables())
            if (!keep.Contains((string)e.Key))
                Environment.SetEnvironmentVariable((string)e.Key, null);
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("setenv", SectionKinds.Global, c => Set(c, true)),
        new("presetenv", SectionKinds.Global, c => Set(c, false)),
        new("unsetenv", SectionKinds.Global, Unset),
        new("resetenv", SectionKinds.Global, Reset),
    ];
}
