// global: h1-case-adjust and h1-case-adjust-file.
using System;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Values;
using Baton.Core.Text;

namespace Baton.Configuration.Sections;

internal static class HeaderCaseLines
{
    private static void One(DirectiveContext c)
    {
        if (c.Expect(2, 2, "<from> and <to> as argument"))
            Add(c, c[0], c[1]);
    }

    private static void Add(DirectiveContext c, string from, string to)
    {
        if (from != from.ToLowerInvariant() || !from.Equals(to, StringComparison.OrdinalIgnoreCase))
            c.Error(
                $"'{c.Keyword}' : <from> must be in lower case and <to> must only differ from it in case (got '{from}' and '{to}').",
                to
            );
        else if (!c.Global.HeaderSpellings.TryAdd(from, to))
            c.Error($"'{c.Keyword}' : duplicate entry '{from}'.", from);
    }

    private static void FromFile(DirectiveContext c)
    {
        if (!c.Expect(1, 1, "a file"))
            return;
        if (FileBytes.Read(c[0], out _) is not { } bytes)
        {
            c.Error($"'{c.Keyword}' : unable to open file '{c[0]}'.", c[0]);
            return;
        }
        foreach (string line in ByteText.Decode(bytes).Split('\n'))
        {
            string[] words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 || words[0][0] == '#')
                continue;
            if (words.Length == 2)
                Add(c, words[0], words[1]);
            else
                c.Error($"'{c.Keyword}' : expects two header names a line in '{c[0]}' (got '{line.Trim()}').", c[0]);
        }
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("h1-case-adjust", SectionKinds.Global, One),
        new("h1-case-adjust-file", SectionKinds.Global, FromFile),
    ];
}
