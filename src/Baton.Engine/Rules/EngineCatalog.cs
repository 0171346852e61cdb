// All expression tables of the engine as one catalog for the configuration parser.
using System.Collections.Generic;
using Baton.Configuration.Expressions;
using Baton.Engine.Filters;
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
        foreach (IReadOnlyList<SampleFetchKeyword> rows in Fetches)
        foreach (SampleFetchKeyword row in rows)
            catalog.Fetches[row.Name] = row;
        foreach (ConverterKeyword[] rows in Converters)
        foreach (ConverterKeyword row in rows)
            catalog.Converters[row.Name] = row;
        foreach (LogFormatAlias row in LogAlias.Rows)
            catalog.LogAliases[row.Name] = row;
        foreach (ActionKeyword[] rows in Actions)
        foreach (ActionKeyword row in rows)
            Add(catalog, row);
        foreach (FilterKeyword[] rows in FilterCatalog.All)
        foreach (FilterKeyword row in rows)
            catalog.Filters[row.Name] = row;
        return catalog;
    }

    private static IReadOnlyList<SampleFetchKeyword>[] Fetches =>
        [
            ConnectionFetches.Rows,
            VariableFetches.Rows,
            StickFetches.Rows,
            CaptureFetches.Rows,
            AuthFetches.Rows,
            ResponseFetches.Rows,
            HeaderFetches.Rows,
            CookieFetches.Rows,
            ParameterFetches.Rows,
            ProcessFetches.Rows,
            ProxyFetches.Rows,
            TimerFetches.Rows,
            TransportFetches.Rows,
            TlsFetches.Rows,
            GreetingFetches.Rows,
            CertificateFetches.Rows,
            StreamFetches.Rows,
            AclFetch.Rows,
            PayloadFetches.Rows,
            RequestFetches.Rows,
        ];

    private static ConverterKeyword[][] Converters =>
        [
            RegexConverter.Rows,
            TextConverters.Rows,
            ArithmeticConverters.Rows,
            EncodingConverters.Rows,
            JsonConverters.Rows,
            JwtConverters.Rows,
            ProtobufConverters.Rows,
            FixConverters.Rows,
            MqttConverters.Rows,
            HashConverters.Rows,
            DigestConverters.Rows,
            CertificateConverters.Rows,
            TimeConverters.Rows,
            AddressConverters.Rows,
            ForwardedConverters.Rows,
            LookupConverters.Rows,
            MapConverters.Rows,
            VariableConverters.Rows,
            CaptureConverters.Rows,
            TableConverters.Rows,
        ];

    private static ActionKeyword[][] Actions =>
        [
            SetVariableAction.Rows,
            TrackAction.Rows,
            StickCounterAction.Rows,
            PatternAction.Rows,
            VerdictAction.Rows,
            SetAddressAction.Rows,
            MarkClientAction.Rows,
            MarkServerAction.Rows,
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
            DoResolveAction.Rows,
            ReturnAction.Rows,
            RedirectAction.Rows,
            UseServiceAction.Rows,
            SetBandwidthLimitAction.Rows,
        ];

    private static void Add(ExpressionCatalog catalog, ActionKeyword row)
    {
        if (!catalog.Actions.TryGetValue(row.Name, out List<ActionKeyword>? rows))
            catalog.Actions[row.Name] = rows = [];
        rows.Add(row);
    }
}
