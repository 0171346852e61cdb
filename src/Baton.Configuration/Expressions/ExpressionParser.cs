// Samples, ACLs, conditions and rules as written in the configuration. What exists is told by the catalog that the
// composition root fills from the engine's tables; this parser sees names, types and argument declarations only.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Lexing;
using Baton.Configuration.Model;
using Baton.Configuration.Values;
using Baton.Core.Text;

namespace Baton.Configuration.Expressions;

public sealed class ExpressionParser(ExpressionCatalog catalog, DiagnosticSink diagnostics) : IExpressionParser
{
    private static readonly Dictionary<string, string> Predefined = new()
    {
        ["TRUE"] = "always_true",
        ["FALSE"] = "always_false",
        ["LOCALHOST"] = "src 127.0.0.1/8 ::1",
        ["HTTP"] = "req.proto_http",
        ["METH_GET"] = "method GET HEAD",
        ["METH_HEAD"] = "method HEAD",
        ["METH_POST"] = "method POST",
        ["METH_PUT"] = "method PUT",
        ["METH_DELETE"] = "method DELETE",
        ["METH_OPTIONS"] = "method OPTIONS",
        ["METH_TRACE"] = "method TRACE",
        ["METH_CONNECT"] = "method CONNECT",
        ["HTTP_1.0"] = "req.ver 1.0",
        ["HTTP_1.1"] = "req.ver 1.1",
        ["HTTP_2.0"] = "req.ver 2.0",
        ["HTTP_3.0"] = "req.ver 3.0",
        ["HTTP_CONTENT"] = "req.hdr_val(content-length) gt 0",
        ["HTTP_URL_ABS"] = "url_reg ^[^/:]*://",
        ["HTTP_URL_SLASH"] = "url_beg /",
        ["HTTP_URL_STAR"] = "url *",
        ["REQ_CONTENT"] = "req.len gt 0",
        ["RDP_COOKIE"] = "req.rdp_cookie_cnt gt 0",
        ["WAIT_END"] = "wait_end",
    };

    /// <summary>Names of the ACLs that need no line of their own.</summary>
    public static IEnumerable<string> PredefinedAcls => Predefined.Keys;

    /// <summary>ACLs whose lines were refused, each with its section: there was an error for them already.</summary>
    private readonly HashSet<(ProxyConfig, string)> _faultyAcls = [];

    private readonly AclParser _acls = new(catalog, diagnostics);

    public VariableNames Variables => catalog.Variables;

    public List<(string Name, SourcePosition At)> UserLists { get; } = [];

    public List<(HttpReplyConfig Reply, ProxyConfig Proxy)> Replies { get; } = [];

    public List<ProxyReference> References { get; } = [];

    public ProxyConfig? Section { private get; set; }

    /// <summary>What samples of formats may need here, and the rule set they stand in.</summary>
    private SampleNeeds _available = RuleContext.All;
    private RuleSets _set;

    public LogFormatConfig? ParseFormat(string text, SourcePosition at, SampleNeeds available)
    {
        SampleNeeds before = _available;
        if (available != SampleNeeds.None)
            _available = available;
        LogFormatConfig? format = new LogFormatParser(catalog, diagnostics, this).Parse(text, at);
        _available = before;
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
        if (!RuleContext.Knows(_available, sample.Needs))
        {
            diagnostics.Error(
                at,
                $"sample fetch <{sample.Text}> needs '{RuleContext.Describe(sample.Needs)}', which is not available here.",
                sample.Fetch.Name
            );
            return null;
        }
        // COMPAT: it has its value all the same
        if (
            (_set & (RuleSets.AnyHttp | RuleSets.Redirect)) != 0
            && (sample.Needs & (SampleNeeds.RequestPayload | SampleNeeds.ResponsePayload)) != 0
        )
            diagnostics.Warning(
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

    /// <summary>"fetch(args),converter(args),...": the whole text.</summary>
    internal SampleExpressionConfig? ParseSample(string text, SourcePosition at)
    {
        int from = 0;
        if (ReadSample(text, ref from, at) is not { } sample)
            return null;
        if (from == text.Length)
            return sample;
        diagnostics.Error(at, $"syntax error in sample expression '{text}': '{text[from..]}' cannot stand behind '{text[..from]}'.", text);
        return null;
    }

    private SampleExpressionConfig? ReadSample(string text, ref int from, SourcePosition at)
    {
        int begin = from;
        if (SampleScanner.Expression(text, ref from, out string problem) is not { } calls)
        {
            diagnostics.Error(at, $"syntax error in sample expression '{text[begin..]}': {problem}.", text);
            return null;
        }
        string name = calls[0].Name;
        if (!catalog.Fetches.TryGetValue(name, out SampleFetchKeyword? fetch))
        {
            diagnostics.Error(at, KeywordVerdict.Of(KeywordFamily.SampleFetch, "fetch method", name).Message, name);
            return null;
        }
        if (Arguments(fetch.Arguments, calls[0].Arguments, name, at) is not { } bound)
            return null;
        if (fetch.Check?.Invoke(bound) is { } wrong)
        {
            diagnostics.Error(at, $"invalid args in fetch method '{name}' : {wrong}", name);
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
            Text = text[begin..from],
            Fetch = fetch,
            Arguments = bound,
            Output = type,
        }.With(converters);
    }

    private (ConverterKeyword Converter, Argument[] Arguments)? ReadConverter(SampleCall call, ref SampleType type, SourcePosition at)
    {
        string name = call.Name;
        if (!catalog.Converters.TryGetValue(name, out ConverterKeyword? converter))
        {
            diagnostics.Error(at, KeywordVerdict.Of(KeywordFamily.Converter, "converter", name).Message, name);
            return null;
        }
        if (!SampleCasts.Exists(type, converter.Input))
        {
            diagnostics.Error(at, $"converter '{name}' cannot be applied", name);
            return null;
        }
        if (Arguments(converter.Arguments, call.Arguments, name, at) is not { } bound)
            return null;
        string? wrong = converter.CheckAt is { } check ? check(bound, at) : converter.Check?.Invoke(bound);
        if (wrong is not null)
        {
            diagnostics.Error(at, $"invalid args in converter '{name}' : {wrong}", name);
            return null;
        }
        if (converter.Output != SampleType.Same)
            type = converter.Output;
        return (converter, bound);
    }

    /// <summary>Arguments in parentheses. COMPAT: a single text may be left out altogether, and is empty then; parentheses behind what
    /// takes no argument hold nothing.</summary>
    private Argument[]? Arguments(ArgumentSpec[] specs, List<CallArgument>? given, string name, SourcePosition at)
    {
        if (specs.Length == 0 && given is not (null or [{ Text: "", Quoted: false }]))
        {
            diagnostics.Error(at, $"too many arguments for '{name}'.", name);
            return null;
        }
        if (given is not null)
            return Bind(specs, given.ConvertAll(a => a.Text), name, at);
        bool isText = specs is [{ Optional: false, Kind: ArgumentKind.String }, ..] && Array.TrueForAll(specs[1..], s => s.Optional);
        return Bind(specs, isText ? [""] : [], name, at);
    }

    private Argument[]? Bind(ArgumentSpec[] specs, List<string> given, string name, SourcePosition at)
    {
        // "name()" is one empty argument where one is needed, else none
        if (
            given is [""]
            && (specs.Length == 0 || specs[0].Optional || specs[0].Kind is not (ArgumentKind.String or ArgumentKind.IntegerOrVariable))
        )
            given = [];
        if (given.Count > specs.Length)
        {
            diagnostics.Error(at, $"too many arguments for '{name}'.", name);
            return null;
        }
        var bound = new Argument[specs.Length];
        for (int i = 0; i < specs.Length; i++)
        {
            if (i >= given.Count || given[i].Length == 0 && specs[i].Optional && specs[i].Kind != ArgumentKind.String)
            {
                NoteReference(specs[i].Kind, "", name, at);
                if (!specs[i].Optional)
                {
                    diagnostics.Error(at, $"missing argument <{specs[i].Name}> for '{name}'.", name);
                    return null;
                }
                bound[i] = new Argument(specs[i].Kind) { Absent = true };
                continue;
            }
            // "i" among the flags behind a regular expression concerns its compilation
            bool ignoreCase =
                specs[i].Kind == ArgumentKind.Regex
                && Array.FindIndex(specs, s => s.Kind == ArgumentKind.RegexFlags) is > 0 and var f
                && f < given.Count
                && given[f].Contains('i');
            if (
                (specs[i].Kind == ArgumentKind.Regex ? RegexValue(given[i], ignoreCase, name, at) : Value(specs[i], given[i], name, at))
                is not { } value
            )
                return null;
            bound[i] = value;
        }
        return bound;
    }

    /// <summary>What the whole configuration has to say about it.</summary>
    private void NoteReference(ArgumentKind kind, string text, string keyword, SourcePosition at)
    {
        if (kind is ArgumentKind.Backend or ArgumentKind.Frontend or ArgumentKind.Server)
            References.Add(new ProxyReference(kind, text, keyword, Section, at));
    }

    private Argument? RegexValue(string text, bool ignoreCase, string owner, SourcePosition at)
    {
        if (text.Length == 0)
        {
            diagnostics.Error(at, $"'{owner}' : missing regular expression.", owner);
            return null;
        }
        (object? compiled, string error) = catalog.CompileRegex(text, ignoreCase);
        if (compiled is not null)
            return new Argument(ArgumentKind.Regex, 0, text, compiled);
        diagnostics.Error(at, $"'{owner}' : {error}", text);
        return null;
    }

    private Argument? Value(ArgumentSpec spec, string text, string owner, SourcePosition at)
    {
        switch (spec.Kind)
        {
            case ArgumentKind.IntegerOrSample when text.Length > 0 && !char.IsAsciiDigit(text[0]) && text[0] != '-':
                return ParseSample(text, at) is { } computed ? new Argument(spec.Kind, 0, text, computed) : null;
            case ArgumentKind.Integer or ArgumentKind.Status or ArgumentKind.IntegerOrSample:
                if (
                    text.StartsWith("0x", StringComparison.Ordinal)
                    && long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long hexadecimal)
                )
                    return new Argument(spec.Kind, hexadecimal, text);
                if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
                    return new Argument(spec.Kind, number, text);
                diagnostics.Error(at, $"'{owner}' expects an integer for <{spec.Name}>, got '{text}'.", text);
                return null;
            case ArgumentKind.Format:
                return ParseFormat(text, at, SampleNeeds.None) is { } format ? new Argument(spec.Kind, 0, text, format) : null;
            case ArgumentKind.UserList:
                UserLists.Add((text, at));
                return new Argument(spec.Kind, 0, text);
            case ArgumentKind.Backend or ArgumentKind.Frontend or ArgumentKind.Server:
                NoteReference(spec.Kind, text, owner, at);
                return new Argument(spec.Kind, 0, text, ByteText.GetBytes(text));
            case ArgumentKind.Acl when Section is null:
                diagnostics.Error(at, $"'{owner}' : there are no ACLs here.", text);
                return null;
            case ArgumentKind.Acl:
                return Named(text.TrimStart('!'), Section, at) is { } acl
                    ? new Argument(spec.Kind, 0, text, new AclTerm(acl, text[0] == '!'))
                    : null;
            case ArgumentKind.Bytes:
                return new Argument(spec.Kind, 0, text, ByteText.GetBytes(text));
            case ArgumentKind.RegexFlags when text.AsSpan().Trim("gi").Length > 0:
                diagnostics.Error(at, $"'{owner}' : invalid regex flag '{text}', only 'g' and 'i' are known.", text);
                return null;
            case ArgumentKind.Time or ArgumentKind.Size:
                if (
                    (
                        spec.Kind == ArgumentKind.Time
                            ? UnitParser.Time(text, TimeUnit.Millisecond, out long amount)
                            : UnitParser.Size(text, out amount)
                    )
                    is not { } wrong
                )
                    return new Argument(spec.Kind, amount, text);
                diagnostics.Error(at, $"'{owner}' : <{spec.Name}> : {wrong}", text);
                return null;
            case ArgumentKind.TimeOrSample:
                if (UnitParser.Time(text, TimeUnit.Millisecond, out long time) is null)
                    return new Argument(spec.Kind, time, text);
                return ParseSample(text, at) is { } given ? new Argument(spec.Kind, -1, text, given) : null;
            case ArgumentKind.Sample:
                return ParseSample(text, at) is { } sample ? new Argument(spec.Kind, 0, text, sample) : null;
            // COMPAT: nothing counts as zero
            case ArgumentKind.IntegerOrVariable when text.Length == 0:
                return new Argument(spec.Kind, 0, text);
            case ArgumentKind.IntegerOrVariable
                when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long constant):
                return new Argument(spec.Kind, constant, text);
            case ArgumentKind.TextOrVariable:
                return new Argument(spec.Kind, 0, text, catalog.Variables.Resolve(text, out _));
            case ArgumentKind.Variable or ArgumentKind.IntegerOrVariable:
                if (catalog.Variables.Resolve(text, out string problem) is { } variable)
                    return new Argument(spec.Kind, variable.Index, text, variable);
                diagnostics.Error(at, $"'{owner}' : {problem}", text);
                return null;
            case ArgumentKind.Choice when spec.Choices is not null && Array.IndexOf(spec.Choices, text) < 0:
                diagnostics.Error(
                    at,
                    $"'{owner}' expects one of {string.Join(", ", spec.Choices)} (got '{text}'){Spelling.Hint(text, spec.Choices)}.",
                    text
                );
                return null;
            case ArgumentKind.String:
                return new Argument(spec.Kind, 0, text, ByteText.GetBytes(text));
            default:
                return new Argument(spec.Kind, 0, text);
        }
    }

    public AclConfig? ParseAclLine(ReadOnlySpan<Word> words, ProxyConfig proxy, SourcePosition at)
    {
        if (words.Length < 2)
        {
            diagnostics.Error(at, "'acl' expects a name and a criterion.", "acl");
            return null;
        }
        string name = words[0].Text;
        if (NameFault(name) is { } wrong)
        {
            diagnostics.Error(at, wrong, name);
            return null;
        }
        AclConfig? acl = proxy.FindAcl(name);
        AclExpressionConfig? expression = _acls.Parse(name, Texts(words[1..]), Section, this, at);
        // its name stays known: what refers to it is not wrong as well
        if (expression is null)
        {
            _faultyAcls.Add((proxy, name));
            return null;
        }
        acl ??= new AclConfig { Name = name };
        acl.Alternatives.Add(expression);
        return acl;
    }

    private static string? NameFault(string name)
    {
        if (Sections.ServerLine.InvalidNameCharacter(name) is { } bad)
            return $"character '{bad}' is not permitted in acl name '{name}'.";
        return name.Equals("or", StringComparison.OrdinalIgnoreCase)
            ? $"acl name '{name}' will never match. 'or' is used to express a logical disjunction within a condition."
            : null;
    }

    public AclConditionConfig? ParseCondition(ReadOnlySpan<Word> words, ProxyConfig proxy, SourcePosition at, RuleSets set = RuleSets.None)
    {
        List<string> texts = Texts(words);
        var alternatives = new List<AclTerm[]>();
        var terms = new List<AclTerm>();
        for (int i = 1; i < texts.Count; i++)
        {
            string word = texts[i];
            bool negated = false;
            if (word == "||" || word.Equals("or", StringComparison.OrdinalIgnoreCase))
            {
                alternatives.Add(terms.ToArray());
                terms.Clear();
                continue;
            }
            while (word.StartsWith('!'))
            {
                negated = !negated;
                word =
                    word.Length > 1 ? word[1..]
                    : ++i < texts.Count ? texts[i]
                    : "";
            }
            AclConfig? acl = word == "{" ? Anonymous(texts, ref i, at) : Named(word, proxy, at);
            if (acl is null)
                return null;
            terms.Add(new AclTerm(acl, negated));
        }
        alternatives.Add(terms.ToArray());
        if (alternatives.Exists(a => a.Length == 0))
        {
            diagnostics.Error(at, $"'{texts[0]}' expects a condition.", texts[0]);
            return null;
        }
        var condition = new AclConditionConfig
        {
            Unless = texts[0] == "unless",
            Alternatives = alternatives.ToArray(),
            Position = at,
        };
        if (set != RuleSets.None)
            WarnOfCondition(set, condition, proxy, at);
        return condition;
    }

    private AclConfig? Anonymous(List<string> texts, ref int i, SourcePosition at)
    {
        int close = texts.IndexOf("}", i);
        if (close <= i + 1)
        {
            diagnostics.Error(at, "missing closing '}' in condition.", "{");
            return null;
        }
        AclExpressionConfig? expression = _acls.Parse("", texts.GetRange(i + 1, close - i - 1), Section, this, at);
        i = close;
        return expression is null ? null : new AclConfig { Name = "", Alternatives = { expression } };
    }

    private AclConfig? Named(string name, ProxyConfig proxy, SourcePosition at)
    {
        if (proxy.FindAcl(name) is { } acl)
            return acl;
        if (Predefined.TryGetValue(name, out string? text))
        {
            AclExpressionConfig? expression = _acls.Parse(name, [.. text.Split(' ')], Section, this, at);
            return expression is null ? null : new AclConfig { Name = name, Alternatives = { expression } };
        }
        if (!_faultyAcls.Contains((proxy, name)))
            diagnostics.Error(
                at,
                $"no such ACL : '{name}'{Spelling.Hint(name, [.. proxy.Acls.Select(static a => a.Name), .. Predefined.Keys, "or"])}.",
                name
            );
        return null;
    }

    public RuleConfig? ParseRule(RuleSets set, ReadOnlySpan<Word> words, ProxyConfig proxy, SourcePosition at)
    {
        _set = set;
        _available = RuleContext.Available(set, proxy);
        RuleConfig? rule = Rule(set, words, proxy, at);
        _set = RuleSets.None;
        _available = RuleContext.All;
        return rule;
    }

    private RuleConfig? Rule(RuleSets set, ReadOnlySpan<Word> words, ProxyConfig proxy, SourcePosition at)
    {
        List<string> texts = Texts(words);
        string name = set == RuleSets.Redirect ? "redirect" : texts[0];
        int i = set == RuleSets.Redirect ? 0 : 1;
        int end = 0;
        SampleCall? call = SampleScanner.Call(name, ref end, out _);
        if (call is null || end < name.Length && call.Arguments is not null)
        {
            diagnostics.Error(at, $"'{name}' : missing closing ')'.", name);
            return null;
        }
        string called = end < name.Length ? name : call.Name;
        List<ActionKeyword>? rows = catalog.Actions.GetValueOrDefault(called);
        ActionKeyword? action = rows?.Find(a => (a.ValidIn & set) != 0);
        if (action is null)
        {
            KeywordVerdict verdict = rows is null
                ? KeywordVerdict.Of(KeywordFamily.Action, "action", called)
                : new(true, $"'{called}' is not supported as an action of '{RuleContext.Name(set)}'.");
            if (verdict.IsError)
                diagnostics.Error(at, verdict.Message, name);
            else
                diagnostics.Warning(at, verdict.Message, name);
            return null;
        }
        name = called;
        if (Arguments(action.ParenthesisArguments, call.Arguments, name, at) is not { } parenthesis)
            return null;
        var positional = new List<string>();
        while (positional.Count < action.Arguments.Length && i < texts.Count && texts[i] is not ("if" or "unless"))
            positional.Add(texts[i++]);
        // an empty word, as an unset variable gives it, is a missing one
        for (int n = 0; n < positional.Count; n++)
            if (positional[n].Length == 0 && !action.Arguments[n].Optional)
                positional.RemoveRange(n, positional.Count - n);
        if (Bind(action.Arguments, positional, name, at) is not { } arguments)
            return null;
        HttpReplyConfig? reply = null;
        if (action.HasReply && (reply = ParseReply(set, action, texts, ref i, proxy, at)) is null)
            return null;
        var options = new List<(ActionOptionSpec, Argument[])>();
        while (i < texts.Count && texts[i] is not ("if" or "unless"))
        {
            ActionOptionSpec? option = Array.Find(action.Options, o => o.Name == texts[i]);
            if (option is null || i + option.Arguments.Length >= texts.Count)
            {
                diagnostics.Error(
                    at,
                    $"'{name}' : unexpected or incomplete argument '{texts[i]}'{Spelling.Hint(texts[i], action.Options.Select(static o => o.Name))}.",
                    texts[i]
                );
                return null;
            }
            if (Bind(option.Arguments, texts.GetRange(i + 1, option.Arguments.Length), option.Name, at) is not { } values)
                return null;
            options.Add((option, values));
            i += 1 + option.Arguments.Length;
        }
        AclConditionConfig? condition = null;
        if (i < texts.Count && (condition = ParseCondition(words[i..], proxy, at, set)) is null)
            return null;
        if (!CheckContext(arguments, at))
            return null;
        var rule = new RuleConfig
        {
            Action = action,
            RuleSet = set,
            Position = at,
            Proxy = proxy,
            ParenthesisArguments = parenthesis,
            Arguments = arguments,
            Condition = condition,
            Reply = reply,
        };
        rule.Options.AddRange(options);
        if (action.Check?.Invoke(rule) is { } wrong)
        {
            string written = set == RuleSets.Redirect ? "redirect rule" : $"'{RuleContext.Name(set)} {action.Name}' rule";
            diagnostics.Error(
                at,
                $"error detected in {RuleContext.Side(proxy)} '{proxy.Name}' while parsing {written} : {wrong}.",
                action.Name
            );
            return null;
        }
        return rule;
    }

    private HttpReplyConfig? ParseReply(
        RuleSets set,
        ActionKeyword action,
        List<string> texts,
        ref int i,
        ProxyConfig proxy,
        SourcePosition at
    )
    {
        string rule = $"{RuleContext.Name(set)} {action.Name}";
        var parser = new HttpReplyParser(this, diagnostics, at, message =>
            $"error detected in {RuleContext.Side(proxy)} '{proxy.Name}' while parsing '{rule}' rule : {message}."
        )
        {
            Denies = action.Name != "return",
        };
        if (
            parser.Parse(
                texts,
                ref i,
                action.DefaultStatus > 0 ? action.DefaultStatus
                    : set == RuleSets.HttpResponse ? 502
                    : 403
            )
            is not { } reply
        )
            return null;
        if (i < texts.Count && texts[i] is not ("if" or "unless"))
        {
            diagnostics.Error(
                at,
                $"'{rule}' expects either 'if' or 'unless' followed by a condition but found '{texts[i]}'{Spelling.Hint(texts[i], [.. HttpReplyParser.Words, "unless"])}.",
                texts[i]
            );
            return null;
        }
        Replies.Add((reply, proxy));
        return reply;
    }

    /// <summary>An expression that cannot be known when the rule runs is an error.</summary>
    private bool CheckContext(Argument[] arguments, SourcePosition at)
    {
        foreach (Argument a in arguments)
        {
            if (a.Value is not SampleExpressionConfig sample || RuleContext.Knows(_available, sample.Needs))
                continue;
            diagnostics.Error(
                at,
                $"fetch method '{sample.Fetch.Name}' extracts information from '{RuleContext.Describe(sample.Needs)}', none of which is available here",
                sample.Fetch.Name
            );
            return false;
        }
        return true;
    }

    /// <summary>A condition that cannot be known is warned of, for it never holds.</summary>
    private void WarnOfCondition(RuleSets set, AclConditionConfig condition, ProxyConfig proxy, SourcePosition at)
    {
        foreach (AclTerm[] terms in condition.Alternatives)
        foreach (AclTerm term in terms)
        foreach (AclExpressionConfig e in term.Acl.Alternatives)
            if (!RuleContext.Knows(RuleContext.Available(set, proxy), e.Sample.Needs))
                WarnOfAcl(set, term.Acl.Name, e.Sample.Fetch.Name, proxy, at);
    }

    private void WarnOfAcl(RuleSets set, string acl, string fetch, ProxyConfig proxy, SourcePosition at) =>
        diagnostics.Warning(
            at,
            $"{(acl.Length == 0 ? "anonymous acl" : $"acl '{acl}'")} will never match in '{RuleContext.Name(set)}' because it uses keyword '{fetch}' which is incompatible with '{RuleContext.Side(proxy)} {RuleContext.Name(set)} rule'",
            fetch
        );

    private static List<string> Texts(ReadOnlySpan<Word> words)
    {
        var texts = new List<string>(words.Length);
        foreach (Word w in words)
            texts.Add(w.Text);
        return texts;
    }
}
