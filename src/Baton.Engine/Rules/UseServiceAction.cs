// use-service NAME: the request is answered by a service.
using Baton.Configuration.Expressions;
using Baton.Engine.Services;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

internal sealed class UseServiceAction(RuleConfig rule) : RuleAction
{
    private readonly ServiceKeyword _service = ServiceCatalog.Find(rule.Arguments[0].Text)!;

    public override Verdict Run(HttpStream stream)
    {
        stream.Service.Serve(_service.Create(stream));
        return Verdict.Answered;
    }

    private static string? Check(RuleConfig rule) =>
        ServiceCatalog.Find(rule.Arguments[0].Text) is null
            ? $"there is no service '{rule.Arguments[0].Text}'; there is {string.Join(", ", ServiceCatalog.Names)}"
        : rule.RuleSet != RuleSets.HttpRequest ? $"service '{rule.Arguments[0].Text}' answers requests: http-request is the place for it"
        : null;

    internal static readonly EngineAction[] Rows =
    [
        new()
        {
            Name = "use-service",
            ValidIn = RuleSets.TcpRequestContent | RuleSets.HttpRequest,
            Final = true,
            Summary = "answers with a service",
            Arguments = [new(ArgumentKind.String, "name")],
            Check = Check,
            Build = r => new UseServiceAction(r),
        },
    ];
}
