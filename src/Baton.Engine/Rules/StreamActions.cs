// What rules may do to the stream itself in one step: log level, strictness, retries, a pause, dropping it.
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

/// <summary>set-log-level: the severity of this stream's log line, or "silent" for none.</summary>
internal sealed class SetLogLevelAction(RuleConfig rule) : StreamAction
{
    private static readonly string[] Levels = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];
    private static readonly string[] Words = [.. Levels, "silent"];

    private readonly int _level = rule.Arguments[0].Text == "silent" ? StreamLog.Silent : Array.IndexOf(Levels, rule.Arguments[0].Text);

    public override Verdict RunOn(ProxyStream stream)
    {
        stream.Log.Level = _level;
        return Verdict.Continue;
    }

    internal static readonly EngineAction[] Rows =
    [
        new()
        {
            Name = "set-log-level",
            ValidIn = RuleSets.AnyHttp | RuleSets.TcpRequestContent | RuleSets.TcpResponseContent,
            Summary = "changes the severity of this stream's log line",
            Arguments = [new(ArgumentKind.Choice, "level", false, Words)],
            Build = r => new SetLogLevelAction(r),
        },
    ];
}

/// <summary>set-retries: how often a connect is tried again on this stream.</summary>
internal sealed class SetRetriesAction(RuleConfig rule) : StreamAction
{
    private readonly NumberArgument _number = new(rule.Arguments[0]);

    public override Verdict RunOn(ProxyStream stream)
    {
        if (_number.TryGet(stream, out long number))
            stream.Connecting.RetriesOfRule = (int)Math.Clamp(number, 0, int.MaxValue);
        return Verdict.Continue;
    }
}

/// <summary>pause TIME: the rules go on after that time.</summary>
internal sealed class PauseAction(RuleConfig rule) : RuleAction
{
    private readonly NumberArgument _time = new(rule.Arguments[0]);

    public override Verdict Run(HttpStream stream) =>
        !_time.TryGet(stream, out long ms) || ms <= 0 || stream.Rules.Pause(ms) ? Verdict.Continue : Verdict.Wait;
}

/// <summary>disable-l7-retry: this request is sent once.</summary>
internal sealed class DisableRetryAction : RuleAction
{
    public override Verdict Run(HttpStream stream)
    {
        stream.Delivery.RetriesDisabled = true;
        return Verdict.Continue;
    }
}

/// <summary>http-request reject: no answer.</summary>
internal sealed class RejectAction : RuleAction
{
    public override Verdict Run(HttpStream stream)
    {
        stream.Rules.CountDenied();
        return Verdict.Refused;
    }
}

/// <summary>strict-mode on|off: whether a rewrite that does not fit ends the stream with an error.</summary>
internal sealed class StrictModeAction(RuleConfig rule) : RuleAction
{
    private readonly bool _on = rule.Arguments[0].Text == "on";

    public override Verdict Run(HttpStream stream)
    {
        stream.Rules.IsStrict = _on;
        return Verdict.Continue;
    }
}
