// set-priority-class and set-priority-offset: the place of this stream among those that wait for a server.
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Samples;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

internal sealed class PriorityAction(RuleConfig rule, bool offset) : StreamAction
{
    private const int MaxClass = 2047,
        MaxOffsetMs = 524287;

    private readonly SampleExpressionConfig _sample = (SampleExpressionConfig)rule.Arguments[0].Value!;

    public override Verdict RunOn(ProxyStream stream)
    {
        scoped SampleValue value = default;
        if (!_sample.Evaluate(stream, -1, stream.Worker.Scratch.SampleSpan, ref value) || !value.TryGetNumber(out long number))
            return Verdict.Continue;
        if (offset)
            stream.Choice.PriorityOffsetMs = (int)Math.Clamp(number, -MaxOffsetMs, MaxOffsetMs);
        else
            stream.Choice.PriorityClass = (int)Math.Clamp(number, -MaxClass, MaxClass);
        return Verdict.Continue;
    }

    private static EngineAction Row(string name, string summary, bool offset) =>
        new()
        {
            Name = name,
            ValidIn = RuleSets.TcpRequestContent | RuleSets.HttpRequest,
            Arguments = [new(ArgumentKind.Sample, "expression")],
            Summary = summary,
            Build = r => new PriorityAction(r, offset),
        };

    internal static readonly EngineAction[] Rows =
    [
        Row("set-priority-class", "class in the queues: lower ones first", offset: false),
        Row("set-priority-offset", "milliseconds that move the place in the queues within the class", offset: true),
    ];
}
