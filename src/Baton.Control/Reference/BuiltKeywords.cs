// Which words the rooms implement, read from the tables that stand beside the implementations. A room that lands a table
// is added to Collect once; its rows then need nothing else to show up as supported.
using System.Collections.Generic;
using Baton.Configuration.Catalog;
using Baton.Configuration.Conditions;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Control.Cli;
using Baton.Control.Master;
using Baton.Control.Prometheus;
using Baton.Engine.Rules;

namespace Baton.Control.Reference;

public static class BuiltKeywords
{
    /// <summary>Family and name of every word that works.</summary>
    public static HashSet<(KeywordFamily Family, string Name)> Collect()
    {
        var built = new HashSet<(KeywordFamily, string)>();
        ExpressionCatalog expressions = EngineCatalog.Create();
        foreach (DirectiveKeyword row in DirectiveTables.All)
        {
            // its format needs samples of TLS
            if (row.Name == "option httpslog" && !expressions.Fetches.ContainsKey("ssl_fc_err"))
                continue;
            bool has = false;
            foreach ((string form, string parser) in Forms)
                if (parser == row.Name)
                    has = built.Add((KeywordFamily.Directive, form));
            if (!has)
                built.Add((KeywordFamily.Directive, row.Name));
        }
        foreach ((SectionKinds kind, string name) in SectionNames.All)
            if ((DirectiveTables.Sections & kind) != 0)
                built.Add((KeywordFamily.Section, name));
        Add(built, KeywordFamily.BindOption, DirectiveTables.BindOptions);
        Add(built, KeywordFamily.ServerOption, DirectiveTables.ServerOptions);
        Add(built, KeywordFamily.CertificateOption, DirectiveTables.CertificateOptions);
        Add(built, KeywordFamily.BalanceAlgorithm, DirectiveTables.BalanceAlgorithms);
        Add(built, KeywordFamily.PredefinedAcl, PredefinedAcls.Names);
        Add(built, KeywordFamily.Preprocessor, DirectiveTables.Preprocessor);
        Add(built, KeywordFamily.Predicate, ConditionEvaluator.Predicates);
        Add(built, KeywordFamily.Command, Commands);
        built.Add((KeywordFamily.Service, PrometheusExporter.Keyword.Name));
        Add(built, expressions);
        foreach (StickDataKind data in StickDataKind.All)
            built.Add((KeywordFamily.TableData, data.Name));
        // no value of its own: it sets flags for the rest of a format
        built.Add((KeywordFamily.LogFormatAlias, "o"));
        return built;
    }

    /// <summary>Words that the catalog tells apart, and the line keyword whose parser reads them as its arguments.</summary>
    private static readonly (string Form, string Parser)[] Forms =
    [
        ("redirect location", "redirect"),
        ("redirect prefix", "redirect"),
        ("redirect scheme", "redirect"),
        ("persist rdp-cookie", "persist"),
    ];

    /// <summary>In which sections a line keyword works.</summary>
    public static SectionKinds SectionsOf(string name)
    {
        foreach ((string form, string parser) in Forms)
            if (form == name)
                return DirectiveTables.SectionsOf(parser);
        return DirectiveTables.SectionsOf(name);
    }

    /// <summary>Commands of the stats sockets and of the master.</summary>
    private static IEnumerable<string> Commands
    {
        get
        {
            foreach (CliCommand row in CliServer.OwnCommands)
                yield return row.Words;
            foreach (CliCommand row in HandoverCommands.Rows(null))
                yield return row.Words;
            foreach (string words in CliServer.BuiltIn)
                yield return words;
            foreach (string words in MasterCommands.Names)
                yield return words;
        }
    }

    private static void Add(HashSet<(KeywordFamily Family, string Name)> built, KeywordFamily family, IEnumerable<string> names)
    {
        foreach (string name in names)
            built.Add((family, name));
    }

    /// <summary>Adds the fetches, converters, actions and aliases of a table that the configuration parser is given.</summary>
    public static void Add(HashSet<(KeywordFamily Family, string Name)> built, ExpressionCatalog table)
    {
        Add(built, KeywordFamily.SampleFetch, table.Fetches.Keys);
        Add(built, KeywordFamily.Converter, table.Converters.Keys);
        Add(built, KeywordFamily.Action, table.Actions.Keys);
        Add(built, KeywordFamily.LogFormatAlias, table.LogAliases.Keys);
        Add(built, KeywordFamily.Filter, table.Filters.Keys);
    }
}
