// set-timeout: one of a stream's timeouts, replaced for the rest of it.
using System;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

/// <summary>set-timeout client|connect|queue|server|tarpit|tunnel TIME: for this stream from here on.</summary>
internal sealed class SetTimeoutAction : RuleAction
{
    private readonly string _which;
    private readonly NumberArgument _time;

    public SetTimeoutAction(RuleConfig rule)
    {
        _which = rule.Arguments[0].Text;
        _time = new NumberArgument(rule.Arguments[1]);
    }

    public override Verdict Run(HttpStream stream)
    {
        if (_time.TryGet(stream, out long ms))
            stream.Timeouts.Set(_which, (int)Math.Clamp(ms, 0, int.MaxValue));
        return Verdict.Continue;
    }

    /// <summary>Where there is no such side, and for times that are none.</summary>
    private static string? Check(RuleConfig rule)
    {
        string which = rule.Arguments[0].Text;
        ProxyCapabilities side = which switch
        {
            "client" => ProxyCapabilities.Frontend,
            "tarpit" => ProxyCapabilities.Listen,
            _ => ProxyCapabilities.Backend,
        };
        if ((rule.Proxy.Capabilities & (side | ProxyCapabilities.Defaults)) == 0)
            return $"proxy '{rule.Proxy.Name}' has no {(side == ProxyCapabilities.Frontend ? "frontend" : "backend")} capability";
        if (rule.Arguments[1].Value is SampleExpressionConfig)
            return null;
        return rule.Arguments[1].Number switch
        {
            0 => $"null value is not valid for a 'set-timeout {which}' rule",
            > int.MaxValue =>
                $"timer overflow in argument '{rule.Arguments[1].Text}' to rule 'set-timeout {which}' (maximum value is {int.MaxValue} ms)",
            _ => null,
        };
    }

    internal static readonly EngineAction[] Rows =
    [
        new()
        {
            Name = "set-timeout",
            ValidIn = RuleSets.HttpRequest | RuleSets.HttpResponse,
            Summary = "changes a time-out of this stream",
            Check = Check,
            Arguments =
            [
                new(ArgumentKind.Choice, "which", false, ["client", "connect", "queue", "server", "tarpit", "tunnel"]),
                new(ArgumentKind.TimeOrSample, "time"),
            ],
            Build = r => new SetTimeoutAction(r),
        },
    ];
}
