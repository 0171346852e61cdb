// What the statistics page shows, in as few bytes as JSON can be: the columns once, then each section with its rows as arrays. A row
// ends where nothing but columns that do not apply would follow.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Baton.Configuration.Model;
using Baton.Control.Cli;
using Baton.Engine;
using Baton.Engine.Handover;

namespace Baton.Control.StatsPage;

internal static class LiveStatistics
{
    /// <summary>Columns of "show stat" in the rows of each kind; those that seldom apply come last.</summary>
    private static readonly (char Kind, string[] Columns)[] s_kinds =
    [
        (
            'F',
            [
                .. "status scur smax slim rate rate_max stot bin bout dreq ereq dcon dses".Split(' '),
                .. "req_rate req_tot hrsp_2xx hrsp_3xx hrsp_4xx hrsp_5xx intercepted".Split(' '),
            ]
        ),
        ('L', [.. "svname status scur smax slim stot bin bout dreq ereq addr".Split(' ')]),
        (
            'S',
            [
                .. "svname status weight bck qcur scur smax rate stot bin bout econ eresp wretr wredis lastchg rtime ttime".Split(' '),
                .. "req_tot hrsp_5xx addr slim chkfail chkdown downtime check_status last_chk agent_status last_agt throttle cookie".Split(
                    ' '
                ),
            ]
        ),
        (
            'B',
            [
                .. "status weight act bck qcur qmax scur smax slim rate rate_max stot bin bout dreq econ eresp wretr wredis".Split(' '),
                .. "lastchg lastsess qtime ctime rtime ttime req_tot hrsp_2xx hrsp_3xx hrsp_4xx hrsp_5xx".Split(' '),
                .. "chkdown downtime algo cookie".Split(' '),
            ]
        ),
    ];

    /// <summary>Lines of "show info" that the page shows.</summary>
    private static readonly string[] s_process =
    [
        .. "Pid Uptime_sec Nbthread CurrConns Maxconn ConnRate SessRate CumReq Idle_pct Stopping Memmax_bytes".Split(' '),
    ];

    private static readonly Dictionary<char, int[]> s_indexes = Indexes();

    private static Dictionary<char, int[]> Indexes()
    {
        var indexes = new Dictionary<char, int[]>();
        foreach ((char kind, string[] columns) in s_kinds)
            indexes.Add(kind, Array.ConvertAll(columns, StatisticsColumns.IndexOf));
        return indexes;
    }

    /// <summary>What stands before the sections, up to the opening bracket of their array.</summary>
    public static void Begin(StringBuilder a, EngineState engine, StatsConfig page, bool mayChange)
    {
        a.Append("{\"process\":{");
        foreach (string line in s_process)
            if (ProcessTable.Find(engine, line) is ({ } field, { } value))
            {
                Name(a, line);
                Value(a, field, value);
                a.Append(',');
            }
        Name(a, "version");
        TypedText.AppendString(a, page.HideVersion ? "" : InformationCommands.Version);
        a.Append("},\"reloads\":[");
        Reloads(a, engine, page);
        a.Append("],\"admin\":").Append(mayChange ? "true" : "false").Append(",\"columns\":{");
        foreach ((char kind, string[] columns) in s_kinds)
            a.Append(kind == 'F' ? "\"" : ",\"").Append(kind).Append("\":[\"").AppendJoin("\",\"", columns).Append("\"]");
        a.Append("},\"sections\":[");
    }

    /// <summary>The last one first.</summary>
    private static void Reloads(StringBuilder a, EngineState engine, StatsConfig page)
    {
        ReloadRecord[] all = engine.Reloads.Snapshot();
        for (int i = all.Length - 1; i >= 0; i--)
        {
            ReloadRecord r = all[i];
            string changed = r.IsChanged is { } known ? (known ? "true" : "false") : "null";
            a.Append(
                CultureInfo.InvariantCulture,
                $"{{\"at\":{r.At},\"old\":{r.OldPid},\"pid\":{r.Pid},\"changed\":{changed},\"prepared\":{r.PreparedMs},\"moved\":{r.MovedMs},\"left\":{r.LeftMs},"
            );
            a.Append(CultureInfo.InvariantCulture, $"\"adopted\":{r.Adopted},\"refused\":{r.Refused},\"failure\":");
            TypedText.AppendString(a, r.Failure);
            a.Append(",\"changes\":");
            // who may see some sections only is not told of the others
            TypedText.AppendString(a, page.Scopes.Count > 0 ? "" : r.Changes);
            a.Append(",\"versions\":[");
            TypedText.AppendString(a, page.HideVersion ? "" : r.OldVersion);
            a.Append(',');
            TypedText.AppendString(a, page.HideVersion ? "" : r.Version);
            a.Append(i > 0 ? "]}," : "]}");
        }
    }

    private static void Name(StringBuilder a, string name) => a.Append('"').Append(name).Append("\":");

    private static void Value(StringBuilder a, TypedField field, string value)
    {
        if (field.IsText)
            TypedText.AppendString(a, value);
        else
            a.Append(value);
    }

    /// <summary>Opens a section: its name, number, mode, then rows until <see cref="EndSection"/>.</summary>
    public static void BeginSection(StringBuilder a, StatisticsRow first, bool isFirst)
    {
        a.Append(isFirst ? "{" : ",{");
        Name(a, "name");
        TypedText.AppendString(a, first.Values[StatisticsColumns.IndexOf("pxname")]!);
        a.Append(",\"id\":").Append(first.ProxyId).Append(",\"mode\":\"").Append(first.Values[StatisticsColumns.IndexOf("mode")]);
        a.Append("\",\"rows\":[");
    }

    public static void EndSection(StringBuilder a) => a.Append("]}");

    /// <summary>A row: its kind, then the values of that kind's columns.</summary>
    public static void Row(StringBuilder a, StatisticsRow row, bool isFirst)
    {
        a.Append(isFirst ? "[\"" : ",[\"").Append(row.Kind).Append('"');
        int[] indexes = s_indexes[row.Kind];
        int count = indexes.Length;
        while (count > 0 && row.Values[indexes[count - 1]] is null)
            count--;
        for (int i = 0; i < count; i++)
        {
            a.Append(',');
            if (row.Values[indexes[i]] is { } value)
                Value(a, StatisticsColumns.All[indexes[i]], value);
            else
                a.Append("null");
        }
        a.Append(']');
    }
}
