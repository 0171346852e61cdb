// What directives ask of the expression parser (rules, ACLs, samples, log formats).
using System;
using Baton.Configuration.Lexing;
using Baton.Configuration.Model;

namespace Baton.Configuration.Expressions;

/// <summary>Each method reports its own errors and returns null then.</summary>
public interface IExpressionParser
{
    /// <summary>The variables seen so far.</summary>
    VariableNames Variables { get; }
    /// <summary>Userlists that expressions name; they may be declared later.</summary>
    System.Collections.Generic.List<(string Name, SourcePosition At)> UserLists { get; }
    /// <summary>Answers of rules and their proxies; the http-errors sections they name may be declared later.</summary>
    System.Collections.Generic.List<(HttpReplyConfig Reply, ProxyConfig Proxy)> Replies { get; }
    LogFormatConfig? ParseFormat(string text, SourcePosition at, SampleNeeds available);
    SampleExpressionConfig? ParseSample(ReadOnlySpan<Word> words, SourcePosition at, SampleNeeds available, out int consumed);
    AclConfig? ParseAclLine(ReadOnlySpan<Word> words, ProxyConfig proxy, SourcePosition at);
    AclConditionConfig? ParseCondition(ReadOnlySpan<Word> words, ProxyConfig proxy, SourcePosition at);
    RuleConfig? ParseRule(RuleSets set, ReadOnlySpan<Word> words, ProxyConfig proxy, SourcePosition at);
}
