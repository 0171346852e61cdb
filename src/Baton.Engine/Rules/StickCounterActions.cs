// sc-inc-gpc, sc-add-gpc, sc-set-gpt and their kin: change what a stick counter tracks. What is not tracked, or not stored, is left as it
// is.
using System;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.StickTables;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

internal sealed class StickCounterAction : StreamAction
{
    private readonly StickDataType _number,
        _rate;
    private readonly int _index,
        _counter;
    private readonly NumberArgument _amount;
    private readonly bool _sets;

    private StickCounterAction(RuleConfig rule, StickDataType number, StickDataType rate, bool sets)
    {
        (_number, _rate, _sets) = (number, rate, sets);
        _counter = CounterOf(rule);
        _index = rule.ParenthesisArguments.Length > 1 ? (int)rule.ParenthesisArguments[0].Number : 0;
        _amount = new NumberArgument(rule.Arguments.Length > 0 ? rule.Arguments[0] : new Argument(ArgumentKind.Integer, 1));
    }

    public override Verdict RunOn(ProxyStream stream)
    {
        if (StickTracking.Find(stream, _counter) is not { Table: { } table } entry || !_amount.TryGet(stream, out long amount))
            return Verdict.Continue;
        if (_sets)
            table.TrySet(entry, _number, _index, amount, stream.Worker.NowMs, out _);
        else
            table.TryAdd(entry, _number, _rate, _index, amount, stream.Worker.NowMs, out _);
        return Verdict.Continue;
    }

    /// <summary>The last number in the parentheses.</summary>
    private static int CounterOf(RuleConfig rule) => (int)Math.Clamp(rule.ParenthesisArguments[^1].Number, -1, int.MaxValue);

    private static string? CheckIndex(RuleConfig rule) =>
        rule.ParenthesisArguments.Length > 1 && rule.ParenthesisArguments[0].Number is < 0 or > 99
            ? $"invalid array index '{rule.ParenthesisArguments[0].Text}': expects a number from 0 to 99"
            : null;

    private static readonly ArgumentSpec Counter = new(ArgumentKind.Integer, "counter"),
        Index = new(ArgumentKind.Integer, "index"),
        Amount = new(ArgumentKind.IntegerOrSample, "number");

    private static EngineAction Row(string name, bool isArray, bool hasAmount, StickDataType number, StickDataType rate, string summary) =>
        new()
        {
            Name = name,
            ValidIn = RuleSets.AnyTcp | RuleSets.AnyHttp,
            ParenthesisArguments = isArray ? [Index, Counter] : [Counter],
            Arguments = hasAmount ? [Amount] : [],
            Summary = summary,
            StickCounter = CounterOf,
            Check = CheckIndex,
            Build = r => new StickCounterAction(r, number, rate, sets: number is StickDataType.Gpt or StickDataType.Gpt0),
        };

    internal static readonly EngineAction[] Rows =
    [
        Row("sc-inc-gpc", true, false, StickDataType.Gpc, StickDataType.GpcRate, "increments a general counter of what is tracked"),
        Row(
            "sc-inc-gpc0",
            false,
            false,
            StickDataType.Gpc0,
            StickDataType.Gpc0Rate,
            "increments the first general counter of what is tracked"
        ),
        Row(
            "sc-inc-gpc1",
            false,
            false,
            StickDataType.Gpc1,
            StickDataType.Gpc1Rate,
            "increments the second general counter of what is tracked"
        ),
        Row("sc-add-gpc", true, true, StickDataType.Gpc, StickDataType.GpcRate, "adds to a general counter of what is tracked"),
        Row("sc-set-gpt", true, true, StickDataType.Gpt, StickDataType.Gpt, "sets a general tag of what is tracked"),
        Row("sc-set-gpt0", false, true, StickDataType.Gpt0, StickDataType.Gpt0, "sets the first general tag of what is tracked"),
    ];
}
