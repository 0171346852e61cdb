// do-resolve: the address of a name that only the request tells, in a variable (manual, "http-request do-resolve").
using System;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.Resolvers;
using Baton.Engine.Samples;
using Baton.Engine.Streams;
using Baton.Engine.Variables;

namespace Baton.Engine.Rules;

/// <summary>do-resolve(VARIABLE,SECTION[,FAMILY]) EXPRESSION: the rules wait for the answer. Without one the variable stays as it
/// was.</summary>
internal sealed class DoResolveAction(RuleConfig rule) : StreamAction
{
    private readonly VariableName _variable = (VariableName)rule.ParenthesisArguments[0].Value!;
    private readonly string _section = rule.ParenthesisArguments[1].Text;
    private readonly AddressKind _family =
        rule.ParenthesisArguments.Length > 2 && rule.ParenthesisArguments[2].Text == "ipv4" ? AddressKind.IPv4 : AddressKind.IPv6;
    private readonly SampleExpressionConfig _name = (SampleExpressionConfig)rule.Arguments[0].Value!;

    public override Verdict RunOn(ProxyStream stream)
    {
        DnsLookup? lookup = stream.Lookups?.Find(l => l.Rule == this);
        // COMPAT: nothing is waited for longer than rules wait for bytes
        if (lookup is not { IsDone: true } && stream.IsInspectionOver)
            return Verdict.Continue;
        if (lookup is null)
            return Ask(stream) ? Verdict.Wait : Verdict.Continue;
        if (!lookup.IsDone)
            return Verdict.Wait;
        if (lookup.Address.IsSet)
        {
            SampleValue value = default;
            value.SetAddress(lookup.Address);
            VariableAccess.Set(stream, _variable, value);
        }
        return Verdict.Continue;
    }

    /// <summary>False when there is nothing to ask.</summary>
    private bool Ask(ProxyStream stream)
    {
        SampleValue value = default;
        if (
            !_name.Evaluate(stream, -1, stream.Worker.Scratch.SampleSpan, ref value)
            || !value.HasText
            || value.Text.Length > byte.MaxValue
            || ResolversStart.Find(stream.Worker.Engine, _section) is not { } resolvers
        )
            return false;
        string name = Encoding.Latin1.GetString(value.Text);
        if (!DnsMessage.IsName(name))
            return false;
        var lookup = new DnsLookup(stream, this, name, _family);
        (stream.Lookups ??= []).Add(lookup);
        stream.Worker.Engine.Workers[0].Post(_ => resolvers.Ask(lookup));
        return true;
    }

    internal static readonly EngineAction[] Rows =
    [
        new()
        {
            Name = "do-resolve",
            ValidIn = RuleSets.TcpRequestContent | RuleSets.HttpRequest,
            ParenthesisArguments =
            [
                new(ArgumentKind.Variable, "variable"),
                new(ArgumentKind.Resolvers, "resolvers"),
                new(ArgumentKind.Choice, "family", true, ["ipv4", "ipv6"]),
            ],
            Arguments = [new(ArgumentKind.Sample, "expression")],
            Summary = "resolves a name into a variable",
            Build = r => new DoResolveAction(r),
        },
    ];
}
