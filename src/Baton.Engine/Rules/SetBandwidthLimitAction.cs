// set-bandwidth-limit NAME [limit SIZE] [period TIME]: a bandwidth limitation filter of the section begins to work for the stream.
using System;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.Filters;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

internal sealed class SetBandwidthLimitAction : StreamAction
{
    private readonly BandwidthLimitConfig _line;
    private readonly NumberArgument? _limit,
        _period;

    private SetBandwidthLimitAction(RuleConfig rule)
    {
        _line = FindLine(rule)!;
        foreach ((ActionOptionSpec option, Argument[] values) in rule.Options)
            if (option.Name == "limit")
                _limit = new NumberArgument(values[0]);
            else
                _period = new NumberArgument(values[0]);
    }

    public override Verdict RunOn(ProxyStream stream)
    {
        if (stream.Filters?.Find(_line) is not BandwidthLimit filter)
            return Verdict.Continue;
        // an expression without a value says nothing
        if (_line.Table is not null)
            filter.TurnOnShared(stream);
        else
            filter.TurnOn(ValueOf(_limit, stream), ValueOf(_period, stream));
        stream.PlaceFilters();
        return Verdict.Continue;
    }

    private static long ValueOf(in NumberArgument? argument, ProxyStream stream) =>
        argument is { } given && given.TryGet(stream, out long number) ? Math.Max(0, number) : 0;

    private static BandwidthLimitConfig? FindLine(RuleConfig rule) =>
        (BandwidthLimitConfig?)rule.Proxy.Filters.Find(f => f is BandwidthLimitConfig && f.Name == rule.Arguments[0].Text);

    private static string? Check(RuleConfig rule)
    {
        if (rule.Proxy.Capabilities == ProxyCapabilities.Defaults)
            return "a defaults section has no filters, so nothing can be set there";
        foreach ((ActionOptionSpec option, Argument[] values) in rule.Options)
            if (values[0] is { Value: null, Number: 0 })
                return $"'{option.Name}' must not be zero";
        return null;
    }

    /// <summary>The filter may stand behind the rule.</summary>
    private static string? CheckAtEnd(RuleConfig rule) =>
        FindLine(rule) is not { } line ? $"there is no bandwidth limitation filter '{rule.Arguments[0].Text}' in '{rule.Proxy.Name}'"
        : line.Table is not null && rule.Options.Count > 0
            ? $"'{rule.Options[0].Option.Name}' cannot be set of '{line.Name}', whose limit is shared between streams"
        : null;

    internal static readonly EngineAction[] Rows =
    [
        new()
        {
            Name = "set-bandwidth-limit",
            ValidIn = RuleSets.TcpRequestContent | RuleSets.TcpResponseContent | RuleSets.HttpRequest | RuleSets.HttpResponse,
            Summary = "turns a bandwidth limit on for the stream",
            Arguments = [new(ArgumentKind.String, "name")],
            Options = [new("limit", [new(ArgumentKind.SizeOrSample, "size")]), new("period", [new(ArgumentKind.TimeOrSample, "time")])],
            Check = Check,
            CheckAtEnd = CheckAtEnd,
            Build = r => new SetBandwidthLimitAction(r),
        },
    ];
}
