using System;
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Lexing;
using Baton.Configuration.Model;

namespace Baton.Configuration.Expressions;

/// <summary>An expression parser for a program without rules: every rule, ACL and format is refused by name.</summary>
public sealed class NoExpressions(DiagnosticSink diagnostics) : IExpressionParser
{
    public LogFormatConfig? ParseFormat(string text, SourcePosition at, SampleNeeds available)
    {
        if (text.Contains('%')) { Refuse(at, text); return null; }
        return new LogFormatConfig { Text = text, Position = at, Nodes = { new LogFormatNode { Literal = text } } };
    }

    public SampleExpressionConfig? ParseSample(ReadOnlySpan<Word> words, SourcePosition at, SampleNeeds available, out int consumed) { consumed = 0; Refuse(at, words[0].Text); return null; }
    public AclConfig? ParseAclLine(ReadOnlySpan<Word> words, ProxyConfig proxy, SourcePosition at) { Refuse(at, "acl"); return null; }
    public AclConditionConfig? ParseCondition(ReadOnlySpan<Word> words, ProxyConfig proxy, SourcePosition at) { Refuse(at, words[0].Text); return null; }
    public RuleConfig? ParseRule(RuleSets set, ReadOnlySpan<Word> words, ProxyConfig proxy, SourcePosition at) { Refuse(at, words[0].Text); return null; }

    private void Refuse(SourcePosition at, string word)
    {
        KeywordVerdict verdict = KeywordVerdict.Of(KeywordFamily.Action, "action", word);
        diagnostics.Error(at, verdict.Message, word);
    }
}
