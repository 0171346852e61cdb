// set-var, set-var-fmt, unset-var: the same in every rule set (manual, "http-request set-var").
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Logs;
using Baton.Engine.Samples;
using Baton.Engine.Streams;
using Baton.Engine.Variables;

namespace Baton.Engine.Rules;

/// <summary>Sets a variable to a sample or a formatted text; a sample that has no value leaves it as it was.</summary>
internal sealed class SetVariableAction(RuleConfig rule) : StreamAction
{
    private readonly VariableName _name = (VariableName)rule.ParenthesisArguments[0].Value!;
    private readonly VariableConditions _conditions = VariableConditions.Read(rule.ParenthesisArguments);
    private readonly SampleExpressionConfig? _sample = rule.Arguments[0].Value as SampleExpressionConfig;
    private readonly FormattedText? _format = rule.Arguments[0].Value is LogFormatConfig format
        ? new FormattedText(format, FormatUse.Variable)
        : null;

    public override Verdict RunOn(ProxyStream stream)
    {
        Span<byte> text = stream.Worker.Scratch.OutputSpan[..stream.Worker.Buffers.BlockSize];
        SampleValue value = default;
        if (_format is not null)
            value.SetText(text[.._format.Write(stream, text)]);
        else if (!_sample!.Evaluate(stream, -1, stream.Worker.Scratch.SampleSpan, ref value))
            return Verdict.Continue;
        if (_conditions.Allow(stream, _name, value))
            VariableAccess.Set(stream, _name, value);
        return Verdict.Continue;
    }

    private static readonly ArgumentSpec[] Name = [new(ArgumentKind.Variable, "name"), .. VariableConditions.Arguments];

    private const RuleSets Everywhere = RuleSets.AnyTcp | RuleSets.AnyHttp | RuleSets.Global | RuleSets.Check;

    internal static readonly EngineAction[] Rows =
    [
        new()
        {
            Name = "set-var",
            ValidIn = Everywhere,
            ParenthesisArguments = Name,
            Arguments = [new(ArgumentKind.Sample, "expression")],
            Summary = "sets a variable to a sample",
            Build = r => new SetVariableAction(r),
        },
        new()
        {
            Name = "set-var-fmt",
            ValidIn = Everywhere,
            ParenthesisArguments = Name,
            Arguments = [new(ArgumentKind.Format, "fmt")],
            Summary = "sets a variable to a formatted string",
            Build = r => new SetVariableAction(r),
        },
        new()
        {
            Name = "unset-var",
            ValidIn = Everywhere,
            ParenthesisArguments = [new(ArgumentKind.Variable, "name")],
            Summary = "forgets a variable",
            Build = r => new UnsetVariableAction(r),
        },
    ];
}

internal sealed class UnsetVariableAction(RuleConfig rule) : StreamAction
{
    private readonly VariableName _name = (VariableName)rule.ParenthesisArguments[0].Value!;

    public override Verdict RunOn(ProxyStream stream)
    {
        VariableAccess.Unset(stream, _name);
        return Verdict.Continue;
    }
}
