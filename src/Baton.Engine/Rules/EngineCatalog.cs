// All expression tables of the engine as one catalog for the configuration parser.
using System.Collections.Generic;
using Baton.Configuration.Expressions;
using Baton.Engine.Logs.Format;
using Baton.Engine.Samples;
using Baton.Engine.Samples.Converters;
using Baton.Engine.Samples.Fetches;

namespace Baton.Engine.Rules;

public static class EngineCatalog
{
    /// <summary>With the given variables, or with none yet.</summary>
    public static ExpressionCatalog Create(VariableNames? variables = null)
    {
        var catalog = new ExpressionCatalog
        {
            Variables = variables ?? new VariableNames(),
            CompileRegex = static (text, ignoreCase) => (Samples.RegularExpression.Create(text, ignoreCase, out string error), error),
            BindPatterns = static config => (Patterns.PatternRegistry.Bind(config, out string error), error),
        };
        foreach (ConverterKeyword row in RegexConverter.Rows)
            catalog.Converters[row.Name] = row;
        foreach (SampleFetchKeyword row in ConnectionFetches.Rows)
            catalog.Fetches[row.Name] = row;
        foreach (SampleFetchKeyword row in VariableFetches.Rows)
            catalog.Fetches[row.Name] = row;
        foreach (SampleFetchKeyword row in CaptureFetches.Rows)
            catalog.Fetches[row.Name] = row;
        foreach (SampleFetchKeyword row in AuthFetches.Rows)
            catalog.Fetches[row.Name] = row;
        foreach (SampleFetchKeyword row in ResponseFetches.Rows)
            catalog.Fetches[row.Name] = row;
        foreach (
            SampleFetch[] rows in (SampleFetch[][])
                [
                    HeaderFetches.Rows,
                    CookieFetches.Rows,
                    ParameterFetches.Rows,
                    ProcessFetches.Rows,
                    ProxyFetches.Rows,
                    TimerFetches.Rows,
                    TransportFetches.Rows,
                    StreamFetches.Rows,
                    AclFetch.Rows,
                ]
        )
        foreach (SampleFetch row in rows)
            catalog.Fetches[row.Name] = row;
        foreach (SampleFetchKeyword row in PayloadFetches.Rows)
            catalog.Fetches[row.Name] = row;
        foreach (SampleFetchKeyword row in RequestFetches.Rows)
            catalog.Fetches[row.Name] = row;
        foreach (
            SampleConverter[] rows in (SampleConverter[][])
                [
                    TextConverters.Rows,
                    ArithmeticConverters.Rows,
                    EncodingConverters.Rows,
                    JsonConverters.Rows,
                    HashConverters.Rows,
                    DigestConverters.Rows,
                    TimeConverters.Rows,
                    AddressConverters.Rows,
                    ForwardedConverters.Rows,
                    LookupConverters.Rows,
                    MapConverters.Rows,
                    VariableConverters.Rows,
                ]
        )
        foreach (SampleConverter row in rows)
            catalog.Converters[row.Name] = row;
        foreach (LogFormatAlias row in LogAlias.Rows)
            catalog.LogAliases[row.Name] = row;
        foreach (ActionKeyword row in SetVariableAction.Rows)
            Add(catalog, row);
        foreach (ActionKeyword row in PatternAction.Rows)
            Add(catalog, row);
        foreach (ActionKeyword row in VerdictAction.Rows)
            Add(catalog, row);
        foreach (ActionKeyword row in SetAddressAction.Rows)
            Add(catalog, row);
        foreach (ActionKeyword row in MarkClientAction.Rows)
            Add(catalog, row);
        foreach (ActionKeyword row in MarkServerAction.Rows)
            Add(catalog, row);
        foreach (
            EngineAction[] rows in (EngineAction[][])
                [
                    HeaderAction.Rows,
                    DeleteHeaderAction.Rows,
                    SetStatusAction.Rows,
                    SetLogLevelAction.Rows,
                    SetTimeoutAction.Rows,
                    WaitForBodyAction.Rows,
                    SmallActions.Rows,
                    DoLogAction.Rows,
                    ReplaceAction.Rows,
                    CaptureAction.Rows,
                    AuthAction.Rows,
                    NormalizeUriAction.Rows,
                    EarlyHintAction.Rows,
                    PriorityAction.Rows,
                ]
        )
        foreach (EngineAction row in rows)
            Add(catalog, row);
        foreach (ActionKeyword row in ReturnAction.Rows)
            Add(catalog, row);
        foreach (ActionKeyword row in RedirectAction.Rows)
            Add(catalog, row);
        return catalog;
    }

    private static void Add(ExpressionCatalog catalog, ActionKeyword row)
    {
        if (!catalog.Actions.TryGetValue(row.Name, out List<ActionKeyword>? rows))
            catalog.Actions[row.Name] = rows = [];
        rows.Add(row);
    }
}
