// The statistics page: "stats enable" and its kin. One answer in the form that the target asks for, made row by row while the client takes
// it; or, to a POST, what became of the changes it wants.
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Baton.Configuration.Model;
using Baton.Control.Cli;
using Baton.Core.Text;
using Baton.Engine;
using Baton.Engine.Services;
using Baton.Engine.Streams;
using Baton.Http.Messages;

namespace Baton.Control.StatsPage;

public sealed class StatsService : ServiceEnd
{
    private readonly EngineState _engine;
    private readonly StatsAccess _access;
    private readonly StatsQuery _query;
    private readonly StringBuilder _text = new();
    private long _sent;

    /// <summary>Between figures, between signs of life, and between looks whether the process is leaving.</summary>
    private const int LeastPauseMs = 2000,
        BeatMs = 1000,
        LookMs = 100;

    /// <summary>Figures are sent as often as makes so much.</summary>
    private const int BytesInMs = 100;

    /// <summary>What became of a POST; null for a GET.</summary>
    private readonly string? _outcome;

    /// <param name="access">What the rules of the request have found out.</param>
    public StatsService(HttpStream stream, StatsAccess access)
        : base(stream)
    {
        _engine = stream.Worker.Engine;
        _access = access;
        MessageHead head = stream.RequestHead;
        ReadOnlySpan<byte> target = access.Page.Uri[0] == '/' ? head.PathAndQuery : head.Target;
        _query = StatsQuery.Read(target[ByteText.GetBytes(access.Page.Uri).Length..]);
        if (stream.Method == HttpMethod.Post)
            _outcome =
                !access.MayChange || !RequestOrigin.IsOwn(head) ? StatsAction.Denied
                : access.Form is null ? StatsAction.TooLong
                : new StatsAction(stream.Worker, stream.Session.Listener).Run(access.Form);
    }

    public override string LogName => "<STATS>";

    private StatsConfig Page => _access.Page;

    public override int WriteFields(ServiceFields fields)
    {
        // nothing between here and the browser may hold an event back to compress it
        fields.Add("cache-control", _query.Form == StatsForm.Events ? "no-cache, no-transform" : "no-cache");
        if (_outcome is not null)
        {
            fields.Add("content-type", "text/plain");
            fields.Add("location", Location());
            fields.IsWhole = true;
            return 303;
        }
        fields.Add(
            "content-type",
            _query.Form switch
            {
                StatsForm.Json or StatsForm.JsonSchema or StatsForm.Live => "application/json",
                StatsForm.Events => "text/event-stream",
                StatsForm.Page or StatsForm.Plain => "text/html; charset=utf-8",
                _ => "text/plain",
            }
        );
        // words of servers stand in all of them, and none is anything else than it says
        fields.Add("x-content-type-options", "nosniff");
        if (_query.Form == StatsForm.Page)
            PageText.AddFields(fields);
        // the page looks again by itself
        else if (Page.RefreshSeconds > 0 && !_query.NoRefresh && _query.Form != StatsForm.Events)
            fields.Add("refresh", Page.RefreshSeconds.ToString(CultureInfo.InvariantCulture));
        return 200;
    }

    /// <summary>COMPAT: where a form's sender looks next. What was left out stays left out.</summary>
    private string Location() =>
        $"{Page.Uri};st={_outcome}{(_query.OnlyUp ? ";up" : "")}{(_query.NoRefresh ? ";norefresh" : "")}{(_query.Scope.Length > 0 ? $"?scope={_query.Scope}" : "")}";

    protected override IEnumerator<bool> Make(IBufferWriter<byte> into)
    {
        switch (_query.Form)
        {
            case StatsForm.Page:
                PageText.Write(into, Page, _engine.Config.Global, _query.NoRefresh);
                return Nothing();
            case StatsForm.JsonSchema:
                into.Write(ByteText.GetBytes(JsonSchema.Text));
                return Nothing();
            case StatsForm.Events:
                return Events(into);
            default:
                return Figures(into);
        }
    }

    private static IEnumerator<bool> Nothing()
    {
        yield break;
    }

    private IEnumerator<bool> Figures(IBufferWriter<byte> into)
    {
        Begin();
        StatisticsRow? before = null;
        foreach (StatisticsRow row in Source().Read())
        {
            Write(row, before);
            before = row;
            Flush(into);
            yield return true;
        }
        End(before);
        Flush(into);
    }

    /// <summary>
    /// Figures again and again, as server-sent events (HTML Standard, 9.2), until another process takes over or this one stops: the
    /// answer ends there and the connection is free to move, and the browser asks again on it.
    /// </summary>
    private IEnumerator<bool> Events(IBufferWriter<byte> into)
    {
        into.Write("retry: 500\n"u8);
        while (!IsLeaving)
        {
            long began = Stream.Worker.NowMs,
                sent = _sent;
            into.Write("data: "u8);
            using (IEnumerator<bool> figures = Figures(into))
                while (figures.MoveNext())
                    yield return true;
            // its line ends where it ends
            into.Write("\n"u8);
            // no more often than is worth it
            long least = Math.Max(Page.RefreshSeconds > 0 ? Page.RefreshSeconds * 1000 : LeastPauseMs, (_sent - sent) / BytesInMs);
            for (long beat = began; Stream.Worker.NowMs - began < least && !IsLeaving; )
            {
                Rest(LookMs);
                yield return true;
                if (Stream.Worker.NowMs - beat < BeatMs)
                    continue;
                // no time-out strikes, and the browser knows that somebody is there
                into.Write("event: beat\ndata:\n\n"u8);
                beat = Stream.Worker.NowMs;
            }
        }
    }

    private bool IsLeaving => _engine.Stopping || _engine.Handover.IsUnderWay;

    private StatisticsSource Source() => new(_engine, Page.ShowLegends) { OnlyUp = _query.OnlyUp, Shows = IsShown };

    private bool IsShown(ProxyConfig proxy) =>
        (Page.Scopes.Count == 0 || Page.Scopes.Exists(s => s == proxy.Name || s == "." && proxy.Name == _access.Proxy.Name))
        && (_query.Scope.Length == 0 || proxy.Name.Contains(_query.Scope, StringComparison.Ordinal));

    private void Begin()
    {
        switch (_query.Form)
        {
            case StatsForm.Csv:
                StatisticsTable.AppendHeadings(_text);
                return;
            case StatsForm.Json:
                _text.Append('[');
                return;
            case StatsForm.Live or StatsForm.Events:
                LiveStatistics.Begin(_text, _engine, Page, _access.MayChange);
                return;
            case StatsForm.Plain:
                PlainText.Begin(_text, Page, _engine.Config.Global);
                return;
        }
    }

    private void Write(StatisticsRow row, StatisticsRow? before)
    {
        switch (_query.Form)
        {
            case StatsForm.Csv:
                StatisticsTable.AppendCsv(_text, row);
                return;
            case StatsForm.Typed:
                StatisticsTable.AppendTyped(_text, row, describe: false);
                return;
            case StatsForm.Json:
                StatisticsTable.AppendJson(_text, row, before is null);
                return;
            case StatsForm.Plain:
                PlainText.Row(_text, row);
                return;
        }
        bool opens = before?.ProxyId != row.ProxyId;
        if (opens && before is not null)
            LiveStatistics.EndSection(_text);
        if (opens)
            LiveStatistics.BeginSection(_text, row, before is null);
        LiveStatistics.Row(_text, row, opens);
    }

    private void End(StatisticsRow? last)
    {
        switch (_query.Form)
        {
            case StatsForm.Json:
                _text.Append("]\n");
                return;
            case StatsForm.Live or StatsForm.Events:
                if (last is not null)
                    LiveStatistics.EndSection(_text);
                _text.Append("]}\n");
                return;
            case StatsForm.Plain:
                _text.Append("</table>\n</html>\n");
                return;
        }
    }

    private void Flush(IBufferWriter<byte> into)
    {
        into.Write(ByteText.GetBytes(_text.ToString()));
        _sent += _text.Length;
        _text.Clear();
    }
}
