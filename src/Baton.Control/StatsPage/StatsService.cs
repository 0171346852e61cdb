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
        fields.Add("cache-control", "no-cache");
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
                StatsForm.Page or StatsForm.Plain => "text/html; charset=utf-8",
                _ => "text/plain",
            }
        );
        // words of servers stand in all of them, and none is anything else than it says
        fields.Add("x-content-type-options", "nosniff");
        if (_query.Form == StatsForm.Page)
            PageText.AddFields(fields);
        // the page looks again by itself
        else if (Page.RefreshSeconds > 0 && !_query.NoRefresh)
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
                yield break;
            case StatsForm.JsonSchema:
                _text.Append(JsonSchema.Text);
                Flush(into);
                yield break;
        }
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
            case StatsForm.Live:
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
            case StatsForm.Live:
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
        _text.Clear();
    }
}
