// The http-request rules (and then the redirects) of one proxy.
using System.Collections.Generic;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.Acls;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

public sealed class RuleList
{
    private readonly List<(Condition? Condition, RuleAction Action)> _rules = [];

    /// <summary>Null when the proxy has no rules, so that the hot path tests one reference.</summary>
    public static RuleList? Create(ProxyConfig proxy)
    {
        if (proxy.HttpRequest.Count == 0 && proxy.Redirects.Count == 0) return null;
        var list = new RuleList();
        foreach (RuleConfig r in proxy.HttpRequest) list.Add(r);
        foreach (RuleConfig r in proxy.Redirects) list.Add(r);
        return list;
    }

    private void Add(RuleConfig rule) => _rules.Add((rule.Condition is null ? null : new Condition(rule.Condition), ((EngineAction)rule.Action).Build(rule)));

    public Verdict Run(HttpStream stream)
    {
        foreach ((Condition? condition, RuleAction action) in _rules)
        {
            if (condition is not null && !condition.Holds(stream)) continue;
            Verdict verdict = action.Run(stream);
            if (verdict != Verdict.Continue) return verdict;
        }
        return Verdict.Continue;
    }
}
