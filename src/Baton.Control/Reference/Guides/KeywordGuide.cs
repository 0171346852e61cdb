// What "baton help" says about a word beyond its row in the catalog: its arguments with a sentence each, and a line that shows
// it in use. The tables stand beside this file; a test runs every example through the parser.
using System;
using System.Collections.Generic;
using Baton.Configuration.Catalog;

namespace Baton.Control.Reference.Guides;

/// <param name="Family">What kind of word it is.</param>
/// <param name="Name">As in the catalog.</param>
/// <param name="Example">A line that uses it as it stands, or several.</param>
/// <param name="Arguments">What may stand behind it, and what that does.</param>
public sealed record KeywordGuide(KeywordFamily Family, string Name, string Example, (string Word, string Says)[] Arguments)
{
    /// <summary>Where a word means one thing in one section and another elsewhere: the section it speaks of; else every one.</summary>
    public SectionKinds Section { get; init; } = SectionKinds.None;

    private static readonly KeywordGuide[][] s_tables =
    [
        GlobalGuides.Rows,
        ProxyGuides.Rows,
        TrafficGuides.Rows,
        OptionGuides.Rows,
        TlsGuides.Rows,
        CheckGuides.Rows,
        StickGuides.Rows,
        ActionGuides.Rows,
        SectionGuides.Rows,
    ];

    /// <summary>Every guide.</summary>
    public static IEnumerable<KeywordGuide> All
    {
        get
        {
            foreach (KeywordGuide[] table in s_tables)
            foreach (KeywordGuide row in table)
                yield return row;
        }
    }

    /// <summary>The guide of a row, or null.</summary>
    public static KeywordGuide? Find(KnownKeyword row)
    {
        KeywordGuide? general = null;
        foreach (KeywordGuide guide in All)
        {
            if (guide.Family != row.Family || guide.Name != row.Name)
                continue;
            if (guide.Section == SectionKinds.None)
                general ??= guide;
            else if ((guide.Section & row.Sections) != 0)
                return guide;
        }
        return general;
    }

    /// <summary>Words of other families that stand behind a word: what they are comes from the catalog.</summary>
    public static List<KnownKeyword> Following(KnownKeyword row, List<KnownKeyword> rows)
    {
        if (row.Family != KeywordFamily.Directive)
            return [];
        return row.Name switch
        {
            "balance" => rows.FindAll(static r => r.Family == KeywordFamily.BalanceAlgorithm),
            "bind" or "stats socket" => rows.FindAll(static r => r.Family == KeywordFamily.BindOption),
            "server" or "default-server" or "server-template" => rows.FindAll(static r => r.Family == KeywordFamily.ServerOption),
            "filter" => rows.FindAll(static r => r.Family == KeywordFamily.Filter),
            "stick-table" => rows.FindAll(static r => r.Family == KeywordFamily.TableData),
            _ => rows.FindAll(r => r.Family == KeywordFamily.Action && Array.IndexOf([.. RuleSetNames.Of(r.RuleSets)], row.Name) >= 0),
        };
    }
}
