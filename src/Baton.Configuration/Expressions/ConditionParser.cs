// "acl" lines, and the conditions behind "if" and "unless": which ACLs there are, what they are tested for, and warnings of what can
// never hold (manual 7.1 and 7.2). AclParser reads what stands behind an ACL's name.
using System;
using System.Collections.Generic;
using System.Linq;
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Lexing;
using Baton.Configuration.Model;

namespace Baton.Configuration.Expressions;

/// <summary>Each method reports its own errors and returns null then.</summary>
internal sealed class ConditionParser(ExpressionCatalog catalog, DiagnosticSink diagnostics, ExpressionParser parser)
{
    /// <summary>ACLs whose lines were refused, each with its section: there was an error for them already.</summary>
    private readonly HashSet<(ProxyConfig, string)> _faultyAcls = [];

    private readonly AclParser _acls = new(catalog, diagnostics);

    public AclConfig? AclLine(ReadOnlySpan<Word> words, ProxyConfig proxy, SourcePosition at)
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
        AclExpressionConfig? expression = _acls.Parse(name, ExpressionParser.Texts(words[1..]), parser.Section, parser, at);
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

    public AclConditionConfig? Condition(ReadOnlySpan<Word> words, ProxyConfig proxy, SourcePosition at, RuleSets set)
    {
        List<string> texts = ExpressionParser.Texts(words);
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
        AclExpressionConfig? expression = _acls.Parse("", texts.GetRange(i + 1, close - i - 1), parser.Section, parser, at);
        i = close;
        return expression is null ? null : new AclConfig { Name = "", Alternatives = { expression } };
    }

    public AclConfig? Named(string name, ProxyConfig proxy, SourcePosition at)
    {
        if (proxy.FindAcl(name) is { } acl)
            return acl;
        if (PredefinedAcls.Texts.TryGetValue(name, out string? text))
        {
            AclExpressionConfig? expression = _acls.Parse(name, [.. text.Split(' ')], parser.Section, parser, at);
            return expression is null ? null : new AclConfig { Name = name, Alternatives = { expression } };
        }
        if (!_faultyAcls.Contains((proxy, name)))
            diagnostics.Error(
                at,
                $"no such ACL : '{name}'{Spelling.Hint(name, [.. proxy.Acls.Select(static a => a.Name), .. PredefinedAcls.Names, "or"])}.",
                name
            );
        return null;
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
}
