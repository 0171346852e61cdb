// dns-accept-family: which kinds of addresses names may stand for, at start and later.
using System;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class DnsFamilyLine
{
    private static readonly string[] s_words = ["auto", "ipv4", "ipv6"];

    private static void Families(DirectiveContext c)
    {
        if (!c.Expect(1, 1, "address families, separated by commas"))
            return;
        var families = DnsFamilies.None;
        foreach (string word in c[0].Split(','))
        {
            int at = Array.IndexOf(s_words, word);
            if (at < 0)
            {
                c.Error($"'{c.Keyword}' : expects 'auto', 'ipv4' or 'ipv6', got '{word}'{Spelling.Hint(word, s_words)}.", c[0]);
                return;
            }
            families |=
                at == 0 ? DnsFamilies.Auto
                : at == 1 ? DnsFamilies.IPv4
                : DnsFamilies.IPv6;
        }
        c.Global.DnsFamilies = families;
    }

    internal static readonly DirectiveKeyword[] Keywords = [new("dns-accept-family", SectionKinds.Global, Families)];
}
