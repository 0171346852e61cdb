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

    /// <summary>The resolvers sections that rules name, and where.</summary>
    System.Collections.Generic.List<(string Name, SourcePosition At)> Resolvers { get; }

    /// <summary>Stick tables that expressions and rules name; they may be declared later.</summary>
    System.Collections.Generic.List<StickTableReference> Tables { get; }

    /// <summary>Answers of rules and their proxies; the http-errors sections they name may be declared later.</summary>
    System.Collections.Generic.List<(HttpReplyConfig Reply, ProxyConfig Proxy)> Replies { get; }

    /// <summary>Backends, frontends and servers that arguments name; they may be declared later.</summary>
    System.Collections.Generic.List<ProxyReference> References { get; }

    /// <summary>What the fetches so far ask of TLS.</summary>
    TlsUses TlsUses { get; }

    /// <summary>The section that is read, null outside of a proxy.</summary>
    ProxyConfig? Section { set; }

    /// <summary>The filter of that name, null when there is none.</summary>
    FilterKeyword? FindFilter(string name);

    /// <summary>A sample that needs nothing of what is <paramref name="available"/> is an error (None: as the rule around it
    /// says).</summary>
    LogFormatConfig? ParseFormat(string text, SourcePosition at, SampleNeeds available);

    /// <summary>A log format: what is available when the line is written.</summary>
    LogFormatConfig? ParseLogFormat(string text, SourcePosition at);

    /// <summary>The name a rule of this set makes of samples.</summary>
    LogFormatConfig? ParseName(string text, RuleSets set, ProxyConfig proxy, SourcePosition at);
    SampleExpressionConfig? ParseSample(ReadOnlySpan<Word> words, SourcePosition at, SampleNeeds available, out int consumed);
    AclConfig? ParseAclLine(ReadOnlySpan<Word> words, ProxyConfig proxy, SourcePosition at);

    /// <summary>Warns of what can never hold where <paramref name="set"/> says it is tested.</summary>
    AclConditionConfig? ParseCondition(ReadOnlySpan<Word> words, ProxyConfig proxy, SourcePosition at, RuleSets set = RuleSets.None);
    RuleConfig? ParseRule(RuleSets set, ReadOnlySpan<Word> words, ProxyConfig proxy, SourcePosition at);
}
