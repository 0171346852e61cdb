// One line of a rule set: an action with its arguments, its answer, its options and its condition.
using System;
using System.Collections.Generic;
using System.Linq;
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Lexing;
using Baton.Configuration.Model;

namespace Baton.Configuration.Expressions;

internal sealed class RuleParser(ExpressionCatalog catalog, DiagnosticSink diagnostics, ExpressionParser parser, ArgumentBinder arguments)
{
    /// <summary>Null when something is wrong with it, which has been said then.</summary>
    public RuleConfig? Parse(RuleSets set, ReadOnlySpan<Word> words, ProxyConfig proxy, SourcePosition at)
    {
        List<string> texts = ExpressionParser.Texts(words);
        int i = set == RuleSets.Redirect ? 0 : 1;
        if (FindAction(set, set == RuleSets.Redirect ? "redirect" : texts[0], at) is not { } found)
            return null;
        (ActionKeyword action, string name, List<CallArgument>? inParentheses) = found;
        if (arguments.BindParentheses(action.ParenthesisArguments, inParentheses, name, at) is not { } parenthesis)
            return null;
        if (arguments.Bind(action.Arguments, Positional(action, texts, ref i), name, at) is not { } bound)
            return null;
        HttpReplyConfig? reply = null;
        if (action.HasReply && (reply = Reply(set, action, texts, ref i, proxy, at)) is null)
            return null;
        if (Options(action, texts, ref i, at) is not { } options)
            return null;
        AclConditionConfig? condition = null;
        if (i < texts.Count && (condition = parser.ParseCondition(words[i..], proxy, at, set)) is null)
            return null;
        if (!CheckContext(bound, at) || !options.TrueForAll(o => CheckContext(o.Arguments, at)))
            return null;
        var rule = new RuleConfig
        {
            Action = action,
            Word = name,
            RuleSet = set,
            Position = at,
            Proxy = proxy,
            ParenthesisArguments = parenthesis,
            Arguments = bound,
            Condition = condition,
            Reply = reply,
        };
        rule.Options.AddRange(options);
        if (action.TakesTable)
            rule.Table = Table(rule);
        if (action.Check?.Invoke(rule) is not { } wrong)
            return rule;
        string written = set == RuleSets.Redirect ? "redirect rule" : $"'{RuleContext.Name(set)} {action.Name}' rule";
        diagnostics.Error(
            at,
            $"error detected in {RuleContext.Side(proxy)} '{proxy.Name}' while parsing {written} : {wrong}.",
            action.Name
        );
        return null;
    }

    /// <summary>The table of "table NAME", else that of the section.</summary>
    private StickTableReference Table(RuleConfig rule)
    {
        (ActionOptionSpec Option, Argument[] Arguments) named = rule.Options.Find(static o => o.Option.Name == "table");
        var reference = new StickTableReference(
            named.Arguments?[0].Text ?? "",
            rule.Word,
            rule.Proxy,
            ((SampleExpressionConfig)rule.Arguments[0].Value!).Output,
            rule.Position
        );
        parser.Tables.Add(reference);
        return reference;
    }

    private static bool IsCondition(string word) => word is "if" or "unless";

    /// <summary>The action that a word names, "set-var(txn.x)" with what stands in its parentheses.</summary>
    private (ActionKeyword Action, string Name, List<CallArgument>? InParentheses)? FindAction(RuleSets set, string word, SourcePosition at)
    {
        int end = 0;
        SampleCall? call = SampleScanner.Call(word, ref end, out _);
        if (call is null || end < word.Length && call.Arguments is not null)
        {
            diagnostics.Error(at, $"'{word}' : missing closing ')'.", word);
            return null;
        }
        string name = end < word.Length ? word : call.Name;
        List<ActionKeyword>? rows = catalog.Actions.GetValueOrDefault(name) ?? Numbered(name);
        if (rows?.Find(a => (a.ValidIn & set) != 0) is { } action)
            return (action, name, call.Arguments);
        KeywordVerdict verdict = rows is null
            ? KeywordVerdict.Of(KeywordFamily.Action, "action", name)
            : new(true, $"'{name}' is not supported as an action of '{RuleContext.Name(set)}'.");
        if (verdict.IsError)
            diagnostics.Error(at, verdict.Message, word);
        else
            diagnostics.Warning(at, verdict.Message, word);
        return null;
    }

    /// <summary>"track-sc7" is "track-sc0" with another number.</summary>
    private List<ActionKeyword>? Numbered(string name)
    {
        string stem = name.TrimEnd(s_digits);
        bool isNumber = stem.Length < name.Length && name.Length - stem.Length <= 3;
        return isNumber && catalog.Actions.GetValueOrDefault(stem + "0") is { } rows && rows.Exists(static r => r.IsNumbered) ? rows : null;
    }

    private static readonly char[] s_digits = [.. "0123456789"];

    private static List<string> Positional(ActionKeyword action, List<string> texts, ref int i)
    {
        var positional = new List<string>();
        while (positional.Count < action.Arguments.Length && i < texts.Count && !IsCondition(texts[i]))
            positional.Add(texts[i++]);
        // an empty word, as an unset variable gives it, is a missing one
        for (int n = 0; n < positional.Count; n++)
            if (positional[n].Length == 0 && !action.Arguments[n].Optional)
                positional.RemoveRange(n, positional.Count - n);
        return positional;
    }

    /// <summary>The named options up to the condition, in any order.</summary>
    private List<(ActionOptionSpec Option, Argument[] Arguments)>? Options(
        ActionKeyword action,
        List<string> texts,
        ref int i,
        SourcePosition at
    )
    {
        var options = new List<(ActionOptionSpec, Argument[])>();
        while (i < texts.Count && !IsCondition(texts[i]))
        {
            string word = texts[i];
            ActionOptionSpec? option = Array.Find(action.Options, o => o.Name == word);
            if (option is null || i + option.Arguments.Length >= texts.Count)
            {
                string hint = Spelling.Hint(word, action.Options.Select(static o => o.Name));
                diagnostics.Error(at, $"'{action.Name}' : unexpected or incomplete argument '{word}'{hint}.", word);
                return null;
            }
            if (arguments.Bind(option.Arguments, texts.GetRange(i + 1, option.Arguments.Length), option.Name, at) is not { } values)
                return null;
            options.Add((option, values));
            i += 1 + option.Arguments.Length;
        }
        return options;
    }

    private HttpReplyConfig? Reply(RuleSets set, ActionKeyword action, List<string> texts, ref int i, ProxyConfig proxy, SourcePosition at)
    {
        string rule = $"{RuleContext.Name(set)} {action.Name}";
        var answer = new HttpReplyParser(parser, diagnostics, at, message =>
            $"error detected in {RuleContext.Side(proxy)} '{proxy.Name}' while parsing '{rule}' rule : {message}."
        )
        {
            Denies = action.Name != "return",
        };
        if (
            answer.Parse(
                texts,
                ref i,
                action.DefaultStatus > 0 ? action.DefaultStatus
                    : set == RuleSets.HttpResponse ? 502
                    : 403
            )
            is not { } reply
        )
            return null;
        if (i < texts.Count && !IsCondition(texts[i]))
        {
            diagnostics.Error(
                at,
                $"'{rule}' expects either 'if' or 'unless' followed by a condition but found '{texts[i]}'{Spelling.Hint(texts[i], [.. HttpReplyParser.Words, "unless"])}.",
                texts[i]
            );
            return null;
        }
        parser.Replies.Add((reply, proxy));
        return reply;
    }

    /// <summary>An expression that cannot be known when the rule runs is an error.</summary>
    private bool CheckContext(Argument[] bound, SourcePosition at)
    {
        foreach (Argument a in bound)
        {
            if (a.Value is not SampleExpressionConfig sample || RuleContext.Knows(parser.Available, sample.Needs))
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
}
