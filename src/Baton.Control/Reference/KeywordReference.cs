// The whole language with the state of each word: the facts of KeywordCatalog, and over them what the rooms implement.
// Read by "baton help", "baton coverage" and the generated docs/keywords.md; never by the daemon.
using System;
using System.Collections.Generic;
using System.Linq;
using Baton.Configuration.Catalog;

namespace Baton.Control.Reference;

public static class KeywordReference
{
    /// <summary>Every word, Built where <paramref name="built"/> names it, sorted by family and name. A line keyword that
    /// <paramref name="sectionsOf"/> says works in some of its sections only has a row for those and one for the rest.</summary>
    public static List<KnownKeyword> Build(
        IReadOnlySet<(KeywordFamily Family, string Name)> built,
        Func<string, SectionKinds>? sectionsOf = null
    )
    {
        var rows = new List<KnownKeyword>();
        foreach (KnownKeyword row in KeywordCatalog.All)
        {
            if (!built.Contains((row.Family, row.Name)))
            {
                rows.Add(row);
                continue;
            }
            SectionKinds where = row.Sections,
                works = row.Family == KeywordFamily.Directive && sectionsOf is not null ? where & sectionsOf(row.Name) : where;
            if (works != SectionKinds.None || where == SectionKinds.None)
                rows.Add(row with { Status = KeywordStatus.Built, Advice = null, Sections = works });
            // "server" works in a backend and waits in a ring: a row for each
            if (works != where)
                rows.Add(row with { Sections = where & ~works });
        }
        // of one name the row that works comes first
        return [.. rows.OrderBy(row => row.Family).ThenBy(row => row.Name, StringComparer.Ordinal).ThenBy(row => row.Status)];
    }

    /// <summary>The words as this program implements them.</summary>
    public static List<KnownKeyword> Build() => Build(BuiltKeywords.Collect(), BuiltKeywords.SectionsOf);

    public static string Title(KeywordFamily family) =>
        family switch
        {
            KeywordFamily.Section => "Sections",
            KeywordFamily.Directive => "Lines of sections",
            KeywordFamily.BindOption => "Options of bind",
            KeywordFamily.ServerOption => "Options of server",
            KeywordFamily.CertificateOption => "Options of certificates",
            KeywordFamily.Action => "Actions of rules",
            KeywordFamily.SampleFetch => "Sample fetches",
            KeywordFamily.Converter => "Converters",
            KeywordFamily.PredefinedAcl => "Predefined ACLs",
            KeywordFamily.LogFormatAlias => "Log-format aliases",
            KeywordFamily.BalanceAlgorithm => "Balance algorithms",
            KeywordFamily.Filter => "Filters",
            KeywordFamily.Service => "Services",
            KeywordFamily.TableData => "Stick-table data",
            KeywordFamily.Preprocessor => "Conditions and messages",
            KeywordFamily.Predicate => "Predicates of conditions",
            KeywordFamily.Command => "Runtime API commands",
            _ => throw new ArgumentOutOfRangeException(nameof(family)),
        };

    /// <summary>The state in words, for one keyword.</summary>
    public static string State(KnownKeyword row) =>
        row.Status switch
        {
            KeywordStatus.Built => "supported",
            KeywordStatus.Hint => "accepted with a warning: it changes nothing in Baton",
            KeywordStatus.Obsolete => row.Advice ?? "removed",
            _ => "known HAProxy keyword, not supported by Baton yet",
        };

    /// <summary>The state in one word, for tables and for --status.</summary>
    public static string Word(KeywordStatus status) =>
        status switch
        {
            KeywordStatus.Built => "built",
            KeywordStatus.Hint => "hint",
            KeywordStatus.Obsolete => "obsolete",
            _ => "refused",
        };

    /// <summary>Where the word may stand, for people: "line of frontend and listen", "action of http-request".</summary>
    public static string Place(KnownKeyword row) =>
        row.Family switch
        {
            KeywordFamily.Section => "section",
            KeywordFamily.Directive => "line of " + SectionNames.Describe(row.Sections),
            KeywordFamily.BindOption => "option of bind",
            KeywordFamily.ServerOption => "option of server and default-server",
            KeywordFamily.CertificateOption => "option of load in a crt-store, and in crt-list files",
            KeywordFamily.Action => "action of " + string.Join(", ", RuleSetNames.Of(row.RuleSets)),
            KeywordFamily.SampleFetch => "sample fetch, gives " + row.Output.ToString()!.ToLowerInvariant(),
            KeywordFamily.Converter =>
                $"converter, from {row.Input.ToString()!.ToLowerInvariant()} to {row.Output.ToString()!.ToLowerInvariant()}",
            KeywordFamily.PredefinedAcl => "predefined ACL",
            KeywordFamily.LogFormatAlias => "log-format alias",
            KeywordFamily.BalanceAlgorithm => "algorithm of balance",
            KeywordFamily.Filter => "filter",
            KeywordFamily.Service => "service of use-service",
            KeywordFamily.TableData => "data that a stick-table stores",
            KeywordFamily.Preprocessor => "line of any place in a file",
            KeywordFamily.Predicate => "predicate of .if, .elif and -cc",
            _ => "runtime API command",
        };
}
