// capture EXPRESSION len N | id SLOT: keeps a sample in a capture slot of the frontend.
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Logs;
using Baton.Engine.Samples;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

internal sealed class CaptureAction : StreamAction
{
    private readonly SampleExpressionConfig _sample;
    private readonly int _slot;
    private readonly bool _isRequest;

    public CaptureAction(RuleConfig rule)
    {
        _sample = (SampleExpressionConfig)rule.Arguments[0].Value!;
        _slot = rule.CaptureSlot;
        _isRequest = rule.RuleSet is RuleSets.HttpRequest or RuleSets.TcpRequestContent;
    }

    public override Verdict RunOn(ProxyStream stream)
    {
        CaptureSlot[]? slots = _isRequest ? stream.Frontend.Captures?.Request : stream.Frontend.Captures?.Response;
        if (slots is null || _slot >= slots.Length)
            return Verdict.Continue;
        SampleValue value = default;
        if (!_sample.Evaluate(stream, -1, stream.Worker.Scratch.SampleSpan, ref value))
            return Verdict.Continue;
        Span<byte> number = stackalloc byte[48];
        stream.Captures.Keep(slots[_slot], value.AsText(number));
        return Verdict.Continue;
    }

    internal static readonly EngineAction[] Rows =
    [
        new()
        {
            Name = "capture",
            ValidIn = RuleSets.AnyHttp | RuleSets.TcpRequestContent,
            Arguments = [new(ArgumentKind.Sample, "expression")],
            Summary = "keeps a sample in a capture slot",
            Build = r => new CaptureAction(r),
            Options = [new("len", [new(ArgumentKind.Integer, "length")]), new("id", [new(ArgumentKind.Integer, "slot")])],
        },
    ];
}
