// What "http-check" and "tcp-check" lines make of samples: formats, expressions and variables. A check has no client: what can be known is
// the backend, the server and what that has answered.
using System;
using System.Collections.Generic;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;

namespace Baton.Configuration.Sections;

internal static class CheckValues
{
    /// <summary>Aliases of log formats that say something where there is no client.</summary>
    private static readonly string[] Aliases = ["H", "b", "s", "si", "sp", "t", "T", "Tl", "Ts", "ms", "ac", "bc", "sc", "pid"];

    /// <summary>Null and a complaint when it is wrong, or needs what a check does not have.</summary>
    public static LogFormatConfig? Format(DirectiveContext c, string text)
    {
        if (c.Expressions.ParseFormat(text, c.Position, RuleContext.Check) is not { } format)
            return null;
        foreach (LogFormatNode node in format.Nodes)
            if (node.Alias is { } alias && Array.IndexOf(Aliases, alias.Name) < 0)
            {
                c.Error($"'{c.Keyword}' : '%{alias.Name}' says nothing in a check, which has no client.", text);
                return null;
            }
        return format;
    }

    /// <summary>The sample that the argument is; null and a complaint as for formats.</summary>
    public static SampleExpressionConfig? Sample(DirectiveContext c, int i)
    {
        if (c.Expressions.ParseSample(c.Arguments[i..(i + 1)], c.Position, RuleContext.Check, out _) is not { } sample)
            return null;
        if (RuleContext.Knows(RuleContext.Check, sample.Needs))
            return sample;
        c.Error($"'{c.Keyword}' : '{sample.Text}' needs '{RuleContext.Describe(sample.Needs)}', which is not available here.", sample.Text);
        return null;
    }

    /// <summary>"tcp-check send-lf", "tcp-check send-binary-lf".</summary>
    private static void Send(DirectiveContext c, bool isHex)
    {
        if (c.Count is not (1 or 3) || c.Count == 3 && c[1] != "comment" || c[0].Length == 0)
        {
            c.Error($"'{c.Keyword}' expects a log-format, and perhaps 'comment <msg>'.", c.Count > 1 ? c[1] : c.Keyword);
            return;
        }
        if (Format(c, c[0]) is not { } format)
            return;
        var rule = new CheckRuleConfig
        {
            Kind = CheckRuleKind.Send,
            Position = c.Position,
            Format = format,
            IsHex = isHex,
            Comment = c.Count == 3 ? c[2] : "",
        };
        c.Proxy.HealthCheck.Add(rule, http: false);
    }

    /// <summary>The first argument is the word with its parentheses: "set-var(check.x)".</summary>
    private static void Variable(DirectiveContext c, bool http)
    {
        string word = c.Keyword[(c.Keyword.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        if (!c[0].StartsWith(word + "(", StringComparison.Ordinal))
        {
            c.Error($"'{c.Keyword}' expects the name of a variable in parentheses behind '{word}'.", word);
            return;
        }
        if (c.Expressions.ParseRule(RuleSets.Check, c.Arguments, c.Proxy, c.Position) is not { } rule)
            return;
        if (rule.Condition is not null)
        {
            c.Error($"'{c.Keyword}' has no condition.", "if");
            return;
        }
        if (
            rule.ParenthesisArguments[0].Value is VariableName
            {
                Scope: not (VariableScope.Check or VariableScope.Session or VariableScope.Process)
            } name
        )
            c.Warning(
                $"'{c.Keyword}' : '{name.Text}' does not exist in a check, where variables are of 'check', 'sess' or 'proc'.",
                name.Text
            );
        c.Proxy.HealthCheck.Add(
            new CheckRuleConfig
            {
                Kind = CheckRuleKind.Variable,
                Position = c.Position,
                Variable = rule,
            },
            http
        );
    }

    private static IEnumerable<DirectiveKeyword> Both(string name) =>
        [
            new("http-check " + name, CheckLines.Sections, c => Variable(c, true)),
            new("tcp-check " + name, CheckLines.Sections, c => Variable(c, false)),
        ];

    internal static readonly DirectiveKeyword[] Keywords =
    [
        .. Both("set-var"),
        .. Both("set-var-fmt"),
        .. Both("unset-var"),
        new("tcp-check send-lf", CheckLines.Sections, static c => Send(c, false)),
        new("tcp-check send-binary-lf", CheckLines.Sections, static c => Send(c, true)),
    ];
}
