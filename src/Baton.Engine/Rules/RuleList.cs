// One rule set of one proxy: http-request with the statistics page and the redirects behind it, http-response, http-after-response.
using System;
using System.Collections.Generic;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.Acls;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

public sealed class RuleList
{
    private readonly List<(Condition? Condition, RuleAction Action, RuleConfig? Config)> _rules = [];

    /// <summary>Where the rules end that "allow" is about.</summary>
    private int _allowed = int.MaxValue;

    /// <summary>Null when there are no rules, so that the hot path tests one reference.</summary>
    public static RuleList? Create(List<RuleConfig> set)
    {
        var list = new RuleList();
        list.Add(set);
        return list._rules.Count == 0 ? null : list;
    }

    /// <summary>Of a section's requests: http-request, the statistics page, "redirect". COMPAT: what "http-request allow" lets pass still
    /// comes to the other two.</summary>
    public static RuleList? ForRequests(ProxyConfig proxy)
    {
        var list = new RuleList();
        list.Add(proxy.HttpRequest);
        list._allowed = list._rules.Count;
        if (proxy.Stats is { } page)
            list._rules.Add((null, new StatsRule(page, proxy), null));
        list.Add(proxy.Redirects);
        return list._rules.Count == 0 ? null : list;
    }

    private void Add(List<RuleConfig> set)
    {
        foreach (RuleConfig rule in set)
        {
            RuleAction action = ((EngineAction)rule.Action).Build(rule);
            if (action is EarlyHintAction && rule.Condition is null && _rules.Count > 0 && _rules[^1].Action is EarlyHintAction before)
                before.IsContinued = true;
            _rules.Add((rule.Condition is null ? null : new Condition(rule.Condition), action, rule));
        }
    }

    /// <summary>Runs the rules from <paramref name="at"/> on, which is left at the rule that waits when one does.</summary>
    public Verdict Run(HttpStream stream, ref int at)
    {
        DebugTrace? trace = stream.Worker.Engine.Trace;
        for (; at < _rules.Count; at++)
        {
            (Condition? condition, RuleAction action, RuleConfig? config) = _rules[at];
            bool holds = condition is null || condition.Holds(stream);
            if (trace is not null && config is not null)
                trace.Rule(stream, config, condition, holds);
            if (!holds)
                continue;
            // COMPAT: an answer that "deny" gives already knows its rule, one that "return" or "redirect" gives does not
            if (action is DenyAction)
                stream.LastRule = config;
            Verdict verdict = action.Run(stream);
            if (verdict == Verdict.Continue)
                continue;
            if (config is { Action.Final: true } && verdict != Verdict.Wait)
                stream.LastRule = config;
            if (verdict != Verdict.Stop || at >= _allowed)
                return verdict;
            at = _allowed - 1;
        }
        return Verdict.Continue;
    }

    /// <summary>Runs a set whose rules never wait.</summary>
    public Verdict Run(HttpStream stream)
    {
        int at = 0;
        return Run(stream, ref at);
    }
}
