// var(name[,default]): a variable, or the text to take when it is not set.
using System;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;
using Baton.Engine.Variables;

namespace Baton.Engine.Samples.Fetches;

internal static class VariableFetches
{
    private static bool Var(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        if (VariableAccess.TryGet(s, (VariableName)a[0].Value!, m, ref v)) return true;
        if (a[1].Absent) return false;
        v.SetText(m[..Encoding.UTF8.GetBytes(a[1].Text.AsSpan(0, Math.Min(a[1].Text.Length, m.Length / 3)), m)]);
        return true;
    }

    internal static readonly SampleFetch[] Rows =
    [
        new()
        {
            Name = "var", Output = SampleType.Any, Needs = SampleNeeds.None, Summary = "value of a variable", Evaluate = Var,
            Arguments = [new(ArgumentKind.Variable, "name"), new(ArgumentKind.String, "default", true)],
        },
    ];
}
