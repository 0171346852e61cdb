// The rules of one tcp-request or tcp-response set of a proxy.
using System.Collections.Generic;
using Baton.Configuration.Expressions;
using Baton.Engine.Acls;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

/// <summary>Built once, shared by the workers.</summary>
public sealed class TcpRuleList
{
    private readonly (Condition? Condition, RuleAction Action, RuleConfig Config)[] _rules;

    private TcpRuleList(List<RuleConfig> rules) =>
        _rules = rules
            .ConvertAll(r => (r.Condition is null ? null : new Condition(r.Condition), ((EngineAction)r.Action).Build(r), r))
            .ToArray();

    /// <summary>Null when there are no rules, so that the hot path tests one reference.</summary>
    public static TcpRuleList? Create(List<RuleConfig> rules) => rules.Count == 0 ? null : new TcpRuleList(rules);

    /// <summary>
    /// Continue when no rule ended it, Stop for "accept", Refused for "reject". Wait when a condition depends on bytes that
    /// may still come and <paramref name="final"/> does not say otherwise. COMPAT: the next run begins with the first rule again.
    /// </summary>
    public Verdict Run(ProxyStream stream, bool final)
    {
        foreach ((Condition? condition, RuleAction action, RuleConfig config) in _rules)
        {
            if (condition is not null)
            {
                AclResult result = condition.Test(stream, final);
                if (result == AclResult.Pending)
                    return Verdict.Wait;
                if (result == AclResult.Fail)
                {
                    stream.Worker.Engine.Trace?.Rule(stream, config, condition, holds: false);
                    continue;
                }
            }
            stream.Worker.Engine.Trace?.Rule(stream, config, condition, holds: true);
            if (config.Action.Final)
                stream.LastRule = config;
            Verdict verdict = action.RunOn(stream);
            if (verdict != Verdict.Continue)
                return verdict;
        }
        return Verdict.Continue;
    }
}
