// Which words the rooms implement, read from the tables that stand beside the implementations. A room that lands a table
// is added to Collect once; its rows then need nothing else to show up as supported.
using System.Collections.Generic;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Control.Cli;
using Baton.Engine.Rules;

namespace Baton.Control.Reference;

public static class BuiltKeywords
{
    /// <summary>Family and name of every word that works.</summary>
    public static HashSet<(KeywordFamily Family, string Name)> Collect()
    {
        var built = new HashSet<(KeywordFamily, string)>();
        foreach (DirectiveKeyword row in DirectiveTables.All)
        {
            // the catalog tells the three forms of "redirect" apart, the parser reads them as options of one
            if (row.Name == "redirect") foreach (string form in new[] { "location", "prefix", "scheme" }) built.Add((KeywordFamily.Directive, $"redirect {form}"));
            // and the name behind the one method of "persist" is part of that word
            else if (row.Name == "persist") built.Add((KeywordFamily.Directive, "persist rdp-cookie"));
            else built.Add((KeywordFamily.Directive, row.Name));
        }
        foreach (string name in DirectiveTables.BindOptions) built.Add((KeywordFamily.BindOption, name));
        foreach (string name in DirectiveTables.ServerOptions) built.Add((KeywordFamily.ServerOption, name));
        foreach (string name in DirectiveTables.BalanceAlgorithms) built.Add((KeywordFamily.BalanceAlgorithm, name));
        foreach (string name in new[] { "global", "defaults", "frontend", "backend", "listen", "userlist" }) built.Add((KeywordFamily.Section, name));
        foreach (CliCommand row in CliServer.OwnCommands) built.Add((KeywordFamily.Command, row.Words));
        Add(built, EngineCatalog.Create());
        return built;
    }

    /// <summary>Adds the fetches, converters, actions and aliases of a table that the configuration parser is given.</summary>
    public static void Add(HashSet<(KeywordFamily Family, string Name)> built, ExpressionCatalog table)
    {
        foreach (string name in table.Fetches.Keys) built.Add((KeywordFamily.SampleFetch, name));
        foreach (string name in table.Converters.Keys) built.Add((KeywordFamily.Converter, name));
        foreach (string name in table.Actions.Keys) built.Add((KeywordFamily.Action, name));
        foreach (string name in table.LogAliases.Keys) built.Add((KeywordFamily.LogFormatAlias, name));
    }
}
