// set-var(name[,condition...]) and unset-var(name) in the middle of an expression; the sample passes through unchanged. COMPAT:
// what type it has is not known behind them, so an ACL has to say how it matches.
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;
using Baton.Engine.Variables;

namespace Baton.Engine.Samples.Converters;

internal static class VariableConverters
{
    private static bool Set(ProxyStream s, Argument[] a, Span<byte> m, ref SampleValue v)
    {
        var name = (VariableName)a[0].Value!;
        if (VariableConditions.Read(a).Allow(s, name, v))
            VariableAccess.Set(s, name, v);
        return true;
    }

    private static bool Unset(ProxyStream s, Argument[] a, Span<byte> m, ref SampleValue v)
    {
        VariableAccess.Unset(s, (VariableName)a[0].Value!);
        return true;
    }

    private static bool Same(Argument[] a, Span<byte> m, ref SampleValue v) => true;

    internal static readonly SampleConverter[] Rows =
    [
        new()
        {
            Name = "set-var",
            Input = SampleType.Any,
            Output = SampleType.Any,
            Summary = "stores the sample in a variable",
            Convert = Same,
            ConvertOn = Set,
            Arguments = [new(ArgumentKind.Variable, "name"), .. VariableConditions.Arguments],
        },
        new()
        {
            Name = "unset-var",
            Input = SampleType.Any,
            Output = SampleType.Any,
            Summary = "forgets a variable",
            Convert = Same,
            ConvertOn = Unset,
            Arguments = [new(ArgumentKind.Variable, "name")],
        },
    ];
}
