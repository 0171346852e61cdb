// track-sc0, track-sc1, …: a key's entry in a stick table counts what happens from here on (manual, "http-request track-sc0").
using System;
using System.Globalization;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.Samples;
using Baton.Engine.StickTables;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

internal sealed class TrackAction(RuleConfig rule) : StreamAction
{
    private readonly int _counter = CounterOf(rule);
    private readonly SampleExpressionConfig _key = (SampleExpressionConfig)rule.Arguments[0].Value!;
    private readonly StickTableReference _table = rule.Table!;

    /// <summary>For as long as the client is there.</summary>
    private readonly bool _ofSession = (rule.RuleSet & (RuleSets.TcpRequestConnection | RuleSets.TcpRequestSession)) != 0;
    private readonly bool _ofHttp = (rule.RuleSet & RuleSets.AnyHttp) != 0;

    public override Verdict RunOn(ProxyStream stream)
    {
        if (StickTracking.Find(stream, _counter).IsSet || StickTracking.TableOf(stream, _table) is not { } table)
            return Verdict.Continue;
        SampleValue value = default;
        Span<byte> all = stream.Worker.Scratch.SampleSpan,
            room = stream.Worker.Scratch.OutputSpan;
        if (!StickTracking.TryKey(stream, _key, table, all, room, ref value, out ReadOnlySpan<byte> key))
            return Verdict.Continue;
        StickEntry entry = StickTracking.Begin(
            stream,
            _ofSession,
            _counter,
            table,
            key,
            _ofHttp ? StickTrackStart.Request : StickTrackStart.Connection
        );
        if (entry.IsSet && rule.RuleSet == RuleSets.HttpResponse)
            CatchUp(table, entry, stream);
        return Verdict.Continue;
    }

    /// <summary>What has been counted of this exchange already, by those who tracked then.</summary>
    private void CatchUp(StickTableState table, in StickEntry entry, ProxyStream stream)
    {
        long now = stream.Worker.NowMs;
        if (stream is not HttpStream { ResponseSide.ServerStatus: > 0 and var status })
            return;
        GlobalConfig global = stream.Worker.Engine.Config.Global;
        if (global.HttpErrCodes.Has(status))
            table.Count(entry, StickDataType.HttpErrCnt, StickDataType.HttpErrRate, 1, now);
        if (global.HttpFailCodes.Has(status))
            table.Count(entry, StickDataType.HttpFailCnt, StickDataType.HttpFailRate, 1, now);
    }

    /// <summary>The number in the word.</summary>
    private static int CounterOf(RuleConfig rule) =>
        int.Parse(rule.Word.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture);

    private const string Prefix = "track-sc";
    private const int Named = 3;

    private static EngineAction Row(int counter) =>
        new()
        {
            Name = Prefix + counter.ToString(CultureInfo.InvariantCulture),
            IsNumbered = true,
            ValidIn =
                RuleSets.TcpRequestConnection
                | RuleSets.TcpRequestSession
                | RuleSets.TcpRequestContent
                | RuleSets.HttpRequest
                | RuleSets.HttpResponse,
            Arguments = [new(ArgumentKind.Sample, "key")],
            Options = [new("table", [new(ArgumentKind.String, "table")])],
            TakesTable = true,
            StickCounter = CounterOf,
            Summary = "tracks a key in a stick table",
            Build = r => new TrackAction(r),
        };

    internal static readonly EngineAction[] Rows = Array.ConvertAll(
        System.Linq.Enumerable.ToArray(System.Linq.Enumerable.Range(0, Named)),
        Row
    );
}
