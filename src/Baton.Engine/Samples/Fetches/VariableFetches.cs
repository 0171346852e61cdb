// var(name[,default]): a variable, or the text to take when it is not set.
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;
using Baton.Engine.Variables;

namespace Baton.Engine.Samples.Fetches;

internal static class VariableFetches
{
    private static bool Var(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        if (VariableAccess.TryGet(s, (VariableName)a[0].Value!, m, ref v))
            return true;
        if (a[1].Absent)
            return false;
        ReadOnlySpan<byte> text = (byte[])a[1].Value!;
        text = text[..Math.Min(text.Length, m.Length)];
        text.CopyTo(m);
        v.SetText(m[..text.Length]);
        return true;
    }

    internal static readonly SampleFetch[] Rows =
    [
        new()
        {
            Name = "var",
            Output = SampleType.Any,
            Needs = SampleNeeds.None,
            Summary = "value of a variable",
            Evaluate = Var,
            Arguments = [new(ArgumentKind.Variable, "name"), new(ArgumentKind.String, "default", true)],
        },
    ];
}
