// wait-for-body: the rules of a request or response wait until its body is here.
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

/// <summary>wait-for-body time TIME [at-least SIZE]: the rules go on when so much of the body is here, all of it, or the buffer is full;
/// 408 after the time.</summary>
internal sealed class WaitForBodyAction : RuleAction
{
    private readonly int _ms;
    private readonly long _atLeast;

    public WaitForBodyAction(RuleConfig rule)
    {
        foreach ((ActionOptionSpec option, Argument[] a) in rule.Options)
        {
            if (option.Name == "time")
                _ms = (int)a[0].Number;
            else
                _atLeast = a[0].Number;
        }
    }

    public override Verdict Run(HttpStream stream) =>
        (stream.Rules.InResponse ? stream.BodyStart.AwaitResponse(_ms, _atLeast) : stream.BodyStart.AwaitRequest(_ms, _atLeast))
            ? Verdict.Continue
            : Verdict.Wait;

    internal static readonly EngineAction[] Rows =
    [
        new()
        {
            Name = "wait-for-body",
            ValidIn = RuleSets.HttpRequest | RuleSets.HttpResponse,
            Check = r => r.Options.Exists(o => o.Option.Name == "time") ? null : "expects time <time> [ at-least <bytes> ]",
            Summary = "waits for the body before the next rule",
            Build = r => new WaitForBodyAction(r),
            Options = [new("time", [new(ArgumentKind.Time, "time")]), new("at-least", [new(ArgumentKind.Size, "size")])],
        },
    ];
}
