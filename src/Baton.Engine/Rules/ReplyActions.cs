// return, deny, tarpit, allow: rules that answer, or end the rules.
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

/// <summary>The answer of a rule: its own, or what the proxies have for its status.</summary>
internal sealed class RuleReply(RuleConfig rule)
{
    private readonly int _status = rule.Reply!.Status;
    private readonly HttpReply? _own = rule.Reply.Payload == HttpReplyPayload.DefaultErrorFiles ? null : new HttpReply(rule.Reply);

    public HttpReply For(HttpStream stream) => _own ?? stream.FindReply(_status);
}

/// <summary>return: an answer made here.</summary>
internal sealed class ReturnAction(RuleConfig rule) : RuleAction
{
    private readonly RuleReply _reply = new(rule);

    public override Verdict Run(HttpStream stream)
    {
        stream.Answer(_reply.For(stream));
        return Verdict.Answered;
    }

    internal static readonly EngineAction[] Rows =
    [
        new()
        {
            Name = "return",
            ValidIn = RuleSets.HttpRequest | RuleSets.HttpResponse,
            Final = true,
            HasReply = true,
            DefaultStatus = 200,
            Summary = "answers the request here",
            Build = r => new ReturnAction(r),
        },
        new()
        {
            Name = "deny",
            ValidIn = RuleSets.HttpRequest | RuleSets.HttpResponse,
            Final = true,
            HasReply = true,
            Summary = "refuses the request",
            Build = r => new DenyAction(r),
        },
        new()
        {
            Name = "tarpit",
            ValidIn = RuleSets.HttpRequest,
            Final = true,
            HasReply = true,
            DefaultStatus = 500,
            Summary = "refuses the request after a while",
            Build = r => new TarpitAction(r),
        },
        new()
        {
            Name = "allow",
            ValidIn = RuleSets.AnyHttp,
            Final = true,
            Summary = "ends the rules",
            Build = _ => new AllowAction(),
        },
    ];
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
        stream.CountDenied();
        stream.Tarpit(_reply.For(stream));
        return Verdict.Answered;
    }
}

internal sealed class DenyAction(RuleConfig rule) : RuleAction
{
    private readonly RuleReply _reply = new(rule);

    public override Verdict Run(HttpStream stream)
    {
        stream.CountDenied();
        stream.Refuse(_reply.For(stream));
        return Verdict.Answered;
    }
}
