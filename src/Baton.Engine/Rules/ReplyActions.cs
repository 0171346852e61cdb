// deny, tarpit, allow: rules that refuse a request, or end the rules, and what an answer of a rule is made of.
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

/// <summary>The answer of a rule: its own, or what the proxies have for its status.</summary>
internal sealed class RuleReply(RuleConfig rule)
{
    private readonly int _status = rule.Reply!.Status;
    private readonly HttpReply? _own = rule.Reply.Payload == HttpReplyPayload.DefaultErrorFiles ? null : new HttpReply(rule.Reply);

    public HttpReply For(HttpStream stream) => _own ?? stream.Answers.Find(_status);
}

internal sealed class AllowAction : RuleAction
{
    public override Verdict Run(HttpStream stream) => Verdict.Stop;
}

/// <summary>http-request tarpit: refuses after "timeout tarpit", so that a flood costs its sender something.</summary>
internal sealed class TarpitAction(RuleConfig rule) : RuleAction
{
    private readonly RuleReply _reply = new(rule);

    public override Verdict Run(HttpStream stream)
    {
        stream.Rules.CountDenied();
        stream.Answers.Tarpit(_reply.For(stream));
        return Verdict.Answered;
    }
}

internal sealed class DenyAction(RuleConfig rule) : RuleAction
{
    private readonly RuleReply _reply = new(rule);

    public override Verdict Run(HttpStream stream)
    {
        stream.Rules.CountDenied();
        stream.Answers.Deny(_reply.For(stream));
        return Verdict.Answered;
    }
}
