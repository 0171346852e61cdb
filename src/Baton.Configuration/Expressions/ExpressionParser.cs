// Samples, ACLs, conditions and rules as written in the configuration. What exists is told by the catalog that the
// composition root fills from the engine's tables; this parser sees names, types and argument declarations only. Samples are read
// here; ArgumentBinder, ConditionParser and RuleParser read what they are made of and made into.
using System;
using System.Collections.Generic;
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Lexing;
using Baton.Configuration.Model;

namespace Baton.Configuration.Expressions;

public sealed class ExpressionParser : IExpressionParser
{
    private readonly ExpressionCatalog _catalog;
    private readonly DiagnosticSink _diagnostics;
    private readonly ArgumentBinder _arguments;
    private readonly RuleParser _rules;

    public ExpressionParser(ExpressionCatalog catalog, DiagnosticSink diagnostics)
    {
        _catalog = catalog;
        _diagnostics = diagnostics;
        _arguments = new ArgumentBinder(catalog, diagnostics, this);
        Conditions = new ConditionParser(catalog, diagnostics, this);
        _rules = new RuleParser(catalog, diagnostics, this, _arguments);
    }

    internal ConditionParser Conditions { get; }

    public VariableNames Variables => _catalog.Variables;

    public List<(string Name, SourcePosition At)> UserLists { get; } = [];
    public List<(string Name, SourcePosition At)> Resolvers { get; } = [];

    public List<StickTableReference> Tables { get; } = [];

    public List<(HttpReplyConfig Reply, ProxyConfig Proxy)> Replies { get; } = [];

    public List<ProxyReference> References { get; } = [];

    /// <summary>What the fetches so far ask of TLS.</summary>
    public TlsUses TlsUses { get; private set; }

    public ProxyConfig? Section { internal get; set; }

    public FilterKeyword? FindFilter(string name) => _catalog.Filters.GetValueOrDefault(name);

    /// <summary>What samples of formats may need here, and the rule set they stand in.</summary>
    internal SampleNeeds Available { get; private set; } = RuleContext.All;
    private RuleSets _set;
    private bool _warnsOfRaw;

    public LogFormatConfig? ParseFormat(string text, SourcePosition at, SampleNeeds available)
    {
        SampleNeeds before = Available;
        if (available != SampleNeeds.None)
            Available = available;
        LogFormatConfig? format = new LogFormatParser(_catalog, _diagnostics, this).Parse(text, at);
        Available = before;
        return format;
    }

    public LogFormatConfig? ParseLogFormat(string text, SourcePosition at) => ParseFormat(text, at, RuleContext.Log);

    public LogFormatConfig? ParseName(string text, RuleSets set, ProxyConfig proxy, SourcePosition at) =>
        ParseFormat(text, at, RuleContext.Available(set, proxy));

    /// <summary>The sample of a format that begins at <paramref name="from"/>, which is left behind it; null when it is wrong, or cannot be
    /// known where the format is written.</summary>
    internal SampleExpressionConfig? ParseSampleOfFormat(string format, ref int from, SourcePosition at)
    {
        if (ReadSample(format, ref from, at) is not { } sample)
            return null;
        if (!RuleContext.Knows(Available, sample.Needs))
        {
            _diagnostics.Error(
                at,
                $"sample fetch <{sample.Text}> needs '{RuleContext.Describe(sample.Needs)}', which is not available here.",
                sample.Fetch.Name
            );
            return null;
        }
        // COMPAT: it has its value all the same
        if (
            _warnsOfRaw
            && (_set & (RuleSets.AnyHttp | RuleSets.Redirect)) != 0
            && (sample.Needs & (SampleNeeds.RequestPayload | SampleNeeds.ResponsePayload)) != 0
        )
            _diagnostics.Warning(
                at,
                $"sample fetch '{sample.Text}' looks at raw bytes, which are not reliable where HTTP is processed.",
                sample.Fetch.Name
            );
        return sample;
    }

    public SampleExpressionConfig? ParseSample(ReadOnlySpan<Word> words, SourcePosition at, SampleNeeds available, out int consumed)
    {
        consumed = 1;
        return words.IsEmpty ? null : ParseSample(words[0].Text, at);
    }

    /// <summary>What an ACL looks at: as a sample, but that hdr() is always one of the request.</summary>
    internal SampleExpressionConfig? ParseCriterion(string text, SourcePosition at)
    {
        SampleNeeds before = Available;
        Available = RuleContext.All;
        SampleExpressionConfig? sample = ParseSample(text, at);
        Available = before;
        return sample;
    }

    /// <summary>"fetch(args),converter(args),...": the whole text.</summary>
    internal SampleExpressionConfig? ParseSample(string text, SourcePosition at)
    {
        int from = 0;
        if (ReadSample(text, ref from, at) is not { } sample)
            return null;
        if (from == text.Length)
            return sample;
        _diagnostics.Error(at, $"syntax error in sample expression '{text}': '{text[from..]}' cannot stand behind '{text[..from]}'.", text);
        return null;
    }

    private SampleExpressionConfig? ReadSample(string text, ref int from, SourcePosition at)
    {
        int begin = from;
        if (SampleScanner.Expression(text, ref from, out string problem) is not { } calls)
        {
            _diagnostics.Error(at, $"syntax error in sample expression '{text[begin..]}': {problem}.", text);
            return null;
        }
        string name = calls[0].Name;
        // hdr() is one of the request, and of the response where only that is there
        bool ofResponse = name == "hdr" && (Available & (SampleNeeds.RequestHead | SampleNeeds.ResponseHead)) == SampleNeeds.ResponseHead;
        if (ofResponse)
            name = "res.hdr";
        if (!_catalog.Fetches.TryGetValue(name, out SampleFetchKeyword? fetch))
        {
            _diagnostics.Error(at, KeywordVerdict.Of(KeywordFamily.SampleFetch, "fetch method", name).Message, name);
            return null;
        }
        TlsUses |= fetch.Tls;
        if (_arguments.BindParentheses(fetch.Arguments, calls[0].Arguments, name, at) is not { } bound)
            return null;
        if (fetch.Check?.Invoke(bound) is { } wrong)
        {
            _diagnostics.Error(at, $"invalid args in fetch method '{name}' : {wrong}", name);
            return null;
        }
        SampleType type = fetch.Output;
        var converters = new List<(ConverterKeyword, Argument[])>(calls.Count - 1);
        for (int i = 1; i < calls.Count; i++)
        {
            if (ReadConverter(calls[i], ref type, at) is not { } converter)
                return null;
            converters.Add(converter);
        }
        return new SampleExpressionConfig
        {
            Text = ofResponse ? "res." + text[begin..from] : text[begin..from],
            Fetch = fetch,
            Arguments = bound,
            Output = type,
        }.With(converters);
    }

    private (ConverterKeyword Converter, Argument[] Arguments)? ReadConverter(SampleCall call, ref SampleType type, SourcePosition at)
    {
        string name = call.Name;
        if (!_catalog.Converters.TryGetValue(name, out ConverterKeyword? converter))
        {
            _diagnostics.Error(at, KeywordVerdict.Of(KeywordFamily.Converter, "converter", name).Message, name);
            return null;
        }
        if (!SampleCasts.Exists(type, converter.Input))
        {
            _diagnostics.Error(at, $"converter '{name}' cannot be applied", name);
            return null;
        }
        if (_arguments.BindParentheses(converter.Arguments, call.Arguments, name, at) is not { } bound)
            return null;
        string? wrong = converter.CheckAt is { } check ? check(bound, at) : converter.Check?.Invoke(bound);
        if (wrong is not null)
        {
            _diagnostics.Error(at, $"invalid args in converter '{name}' : {wrong}", name);
            return null;
        }
        if (converter.Output != SampleType.Same)
            type = converter.Output;
        return (converter, bound);
    }

    public AclConfig? ParseAclLine(ReadOnlySpan<Word> words, ProxyConfig proxy, SourcePosition at) => Conditions.AclLine(words, proxy, at);

    public AclConditionConfig? ParseCondition(
        ReadOnlySpan<Word> words,
        ProxyConfig proxy,
        SourcePosition at,
        RuleSets set = RuleSets.None
    ) => Conditions.Condition(words, proxy, at, set);

    public RuleConfig? ParseRule(RuleSets set, ReadOnlySpan<Word> words, ProxyConfig proxy, SourcePosition at)
    {
        _set = set;
        _warnsOfRaw = set == RuleSets.Redirect || !words[0].Text.StartsWith("set-var", StringComparison.Ordinal);
        Available = RuleContext.Available(set, proxy);
        RuleConfig? rule = _rules.Parse(set, words, proxy, at);
        _set = RuleSets.None;
        Available = RuleContext.All;
        return rule;
    }

    /// <summary>The words without where they stand.</summary>
    internal static List<string> Texts(ReadOnlySpan<Word> words)
    {
        var texts = new List<string>(words.Length);
        foreach (Word w in words)
            texts.Add(w.Text);
        return texts;
    }
}
