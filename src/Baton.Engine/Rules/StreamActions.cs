// What rules may do to the stream itself: log level, time-outs, strictness, retries, waiting for the body, dropping it.
using System;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.Samples;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

/// <summary>set-log-level: the severity of this stream's log line, or "silent" for none.</summary>
internal sealed class SetLogLevelAction(RuleConfig rule) : StreamAction
{
    private static readonly string[] Levels = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];
    private static readonly string[] Words = [.. Levels, "silent"];

    private readonly int _level =
        rule.Arguments[0].Text == "silent" ? ProxyStream.LogSilent : Array.IndexOf(Levels, rule.Arguments[0].Text);

    public override Verdict RunOn(ProxyStream stream)
    {
        stream.LogLevel = _level;
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
            stream.SetTimeout(_which, (int)Math.Clamp(ms, 0, int.MaxValue));
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

/// <summary>wait-for-body time TIME [at-least SIZE]: the rules go on when so much of the body is here, all of it, or the buffer is full;
/// 408 after the time.</summary>
internal sealed class WaitForBodyAction : RuleAction
{
    private readonly int _ms;
    private readonly long _atLeast;

    public WaitForBodyAction(RuleConfig rule)
    {
        foreach ((ActionOptionSpec option, Argument[] a) in rule.Options)
        {
            if (option.Name == "time")
                _ms = (int)a[0].Number;
            else
                _atLeast = a[0].Number;
        }
    }

    public override Verdict Run(HttpStream stream) =>
        (stream.ResponseHeadIsReadable ? stream.WaitForResponseBody(_ms, _atLeast) : stream.WaitForBody(_ms, _atLeast))
            ? Verdict.Continue
            : Verdict.Wait;

    internal static readonly EngineAction[] Rows =
    [
        new()
        {
            Name = "wait-for-body",
            ValidIn = RuleSets.HttpRequest | RuleSets.HttpResponse,
            Check = r => r.Options.Exists(o => o.Option.Name == "time") ? null : "expects time <time> [ at-least <bytes> ]",
            Summary = "waits for the body before the next rule",
            Build = r => new WaitForBodyAction(r),
            Options = [new("time", [new(ArgumentKind.Time, "time")]), new("at-least", [new(ArgumentKind.Size, "size")])],
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
            stream.RetriesOfRule = (int)Math.Clamp(number, 0, int.MaxValue);
        return Verdict.Continue;
    }
}

/// <summary>pause TIME: the rules go on after that time.</summary>
internal sealed class PauseAction(RuleConfig rule) : RuleAction
{
    private readonly NumberArgument _time = new(rule.Arguments[0]);

    public override Verdict Run(HttpStream stream) =>
        !_time.TryGet(stream, out long ms) || ms <= 0 || stream.Pause(ms) ? Verdict.Continue : Verdict.Wait;
}

/// <summary>disable-l7-retry: this request is sent once.</summary>
internal sealed class DisableRetryAction : RuleAction
{
    public override Verdict Run(HttpStream stream)
    {
        stream.RetriesDisabled = true;
        return Verdict.Continue;
    }
}

/// <summary>http-request reject: no answer.</summary>
internal sealed class RejectAction : RuleAction
{
    public override Verdict Run(HttpStream stream)
    {
        stream.CountDenied();
        return Verdict.Refused;
    }
}

/// <summary>strict-mode on|off: whether a rewrite that does not fit ends the stream with an error.</summary>
internal sealed class StrictModeAction(RuleConfig rule) : RuleAction
{
    private readonly bool _on = rule.Arguments[0].Text == "on";

    public override Verdict Run(HttpStream stream)
    {
        stream.StrictRewriting = _on;
        return Verdict.Continue;
    }
}

internal static class SmallActions
{
    internal static readonly EngineAction[] Rows =
    [
        new()
        {
            Name = "disable-l7-retry",
            ValidIn = RuleSets.HttpRequest,
            Summary = "sends this request once, whatever retry-on says",
            Build = _ => new DisableRetryAction(),
        },
        new()
        {
            Name = "set-retries",
            ValidIn = RuleSets.TcpRequestContent | RuleSets.HttpRequest,
            Summary = "number of connect retries of this stream",
            Arguments = [new(ArgumentKind.IntegerOrSample, "number")],
            Build = r => new SetRetriesAction(r),
        },
        new()
        {
            Name = "pause",
            ValidIn = RuleSets.HttpRequest | RuleSets.HttpResponse,
            Summary = "waits before the next rule",
            Arguments = [new(ArgumentKind.TimeOrSample, "time")],
            Build = r => new PauseAction(r),
        },
        // no request is taken before its handshake is over
        new()
        {
            Name = "wait-for-handshake",
            ValidIn = RuleSets.HttpRequest,
            Summary = "waits until the handshake of the client's connection is over",
            Build = _ => new VerdictAction(Verdict.Continue),
        },
        new()
        {
            Name = "reject",
            ValidIn = RuleSets.HttpRequest,
            Final = true,
            Summary = "closes the connection without an answer",
            Build = _ => new RejectAction(),
        },
        new()
        {
            Name = "strict-mode",
            ValidIn = RuleSets.AnyHttp,
            Summary = "whether a failed rewrite is an error",
            Arguments = [new(ArgumentKind.Choice, "mode", false, ["on", "off"])],
            Build = r => new StrictModeAction(r),
        },
    ];
}
