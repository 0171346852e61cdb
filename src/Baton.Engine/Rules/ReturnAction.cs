// return: the rule that answers from here, with any status, fields and body.
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

/// <summary>return: an answer made here.</summary>
internal sealed class ReturnAction(RuleConfig rule) : RuleAction
{
    private readonly RuleReply _reply = new(rule);

    public override Verdict Run(HttpStream stream)
    {
        stream.Answers.Return(_reply.For(stream));
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
