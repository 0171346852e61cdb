// The views of "baton top", made of two looks at a process: what adds up is shown as what came in a second between them.
using System;
using System.Collections.Generic;
using System.Globalization;

namespace Baton.Control.Top;

/// <param name="now">The last look.</param>
/// <param name="before">The one before; null at first, when rates are those that the process tells itself.</param>
public sealed class TopTables(TopSample now, TopSample? before)
{
    /// <summary>In the order of their keys.</summary>
    public static readonly string[] Names = ["processes", "frontends", "backends", "servers", "streams", "reloads"];

    private readonly double _seconds = before is null ? 0 : (now.AtMs - before.AtMs) / 1000.0;
    private readonly Dictionary<string, int> _rowsBefore = RowsOf(before);

    public TopTable Make(string name) =>
        name switch
        {
            "processes" => Processes(),
            "frontends" => Frontends(),
            "backends" => Backends(),
            "servers" => Servers(),
            "streams" => Streams(),
            _ => Reloads(),
        };

    private static Dictionary<string, int> RowsOf(TopSample? sample)
    {
        var rows = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < (sample?.Statistics.Count ?? 0); i++)
            rows.TryAdd(KeyOf(sample!.Statistics, i), i);
        return rows;
    }

    private static string KeyOf(CsvTable table, int row) => $"{table[row, "pxname"]}/{table[row, "svname"]}";

    /// <summary>What was added to a column in a second; 0 after a reset.</summary>
    private double Rate(int row, string column)
    {
        if (_seconds <= 0 || !_rowsBefore.TryGetValue(KeyOf(now.Statistics, row), out int old))
            return 0;
        return Math.Max(0, now.Statistics.Number(row, column) - before!.Statistics.Number(old, column)) / _seconds;
    }

    private TopCell RateOf(int row, string column) => TopFormat.Rate(Rate(row, column));

    private TopCell BytesOf(int row, string column) => TopFormat.Bytes(Rate(row, column));

    private TopCell CountOf(int row, string column) => TopFormat.Count(now.Statistics.Number(row, column));

    private TopCell TextOf(int row, string column) => new(TopFormat.Readable(now.Statistics[row, column]));

    private TopCell TimeOf(int row, string column) => TopFormat.Milliseconds(now.Statistics[row, column]);

    private TopTable Processes()
    {
        TopColumn[] columns = [new("pid", true), new("kind"), new("reloads", true), new("uptime"), new("version")];
        var rows = new List<TopRow>();
        foreach (string[] words in now.Processes ?? [])
            rows.Add(
                new TopRow(
                    words[0],
                    words[1].StartsWith("old", StringComparison.Ordinal) ? TopMark.Waiting : TopMark.Good,
                    [
                        TopFormat.Plain(words[0]),
                        new(TopFormat.Readable(words[1])),
                        TopFormat.Plain(words[2]),
                        new(TopFormat.Readable(words[3])),
                        new(TopFormat.Readable(words.Length > 4 ? words[4] : "")),
                    ]
                )
            );
        if (now.Processes is null)
            rows.Add(
                new TopRow(
                    now.Information.GetValueOrDefault("Pid", ""),
                    now.Number("Stopping") > 0 ? TopMark.Waiting : TopMark.Good,
                    [
                        TopFormat.Plain(now.Information.GetValueOrDefault("Pid", "")),
                        new(now.Number("Stopping") > 0 ? "leaving" : "process"),
                        now.Reloads is { } reloads ? TopFormat.Count(reloads.Count) : new("-"),
                        new(TopFormat.Readable(now.Information.GetValueOrDefault("Uptime", ""))),
                        new(TopFormat.Readable(now.Information.GetValueOrDefault("Version", ""))),
                    ]
                )
            );
        return new("processes", columns, rows, "");
    }

    private TopTable Frontends()
    {
        TopColumn[] columns =
        [
            new("frontend"),
            new("status"),
            new("sess", true),
            new("limit", true),
            new("sess/s", true),
            new("req/s", true),
            new("5xx/s", true),
            new("denied/s", true),
            new("in/s", true),
            new("out/s", true),
            new("total", true),
        ];
        return new(
            "frontends",
            columns,
            Rows(
                static kind => kind == "0",
                i =>
                    [
                        TextOf(i, "pxname"),
                        TextOf(i, "status"),
                        CountOf(i, "scur"),
                        CountOf(i, "slim"),
                        CountOf(i, "rate"),
                        CountOf(i, "req_rate"),
                        RateOf(i, "hrsp_5xx"),
                        RateOf(i, "dreq"),
                        BytesOf(i, "bin"),
                        BytesOf(i, "bout"),
                        CountOf(i, "stot"),
                    ]
            ),
            "no frontends"
        );
    }

    private TopTable Backends()
    {
        TopColumn[] columns =
        [
            new("backend"),
            new("status"),
            new("up", true),
            new("backup", true),
            new("queue", true),
            new("sess", true),
            new("sess/s", true),
            new("5xx/s", true),
            new("errors/s", true),
            new("time", true),
            new("in/s", true),
            new("out/s", true),
            new("total", true),
        ];
        return new(
            "backends",
            columns,
            Rows(
                static kind => kind == "1",
                i =>
                    [
                        TextOf(i, "pxname"),
                        TextOf(i, "status"),
                        CountOf(i, "act"),
                        CountOf(i, "bck"),
                        CountOf(i, "qcur"),
                        CountOf(i, "scur"),
                        CountOf(i, "rate"),
                        RateOf(i, "hrsp_5xx"),
                        TopFormat.Rate(Rate(i, "econ") + Rate(i, "eresp")),
                        TimeOf(i, "ttime"),
                        BytesOf(i, "bin"),
                        BytesOf(i, "bout"),
                        CountOf(i, "stot"),
                    ]
            ),
            "no backends"
        );
    }

    private TopTable Servers()
    {
        TopColumn[] columns =
        [
            new("server"),
            new("status"),
            new("weight", true),
            new("check"),
            new("queue", true),
            new("sess", true),
            new("sess/s", true),
            new("5xx/s", true),
            new("errors/s", true),
            new("time", true),
            new("in/s", true),
            new("out/s", true),
            new("since", true),
            new("address"),
        ];
        return new(
            "servers",
            columns,
            Rows(
                static kind => kind == "2",
                i =>
                    [
                        new(TopFormat.Readable(KeyOf(now.Statistics, i))),
                        TextOf(i, "status"),
                        CountOf(i, "weight"),
                        TextOf(i, "check_status"),
                        CountOf(i, "qcur"),
                        CountOf(i, "scur"),
                        CountOf(i, "rate"),
                        RateOf(i, "hrsp_5xx"),
                        TopFormat.Rate(Rate(i, "econ") + Rate(i, "eresp")),
                        TimeOf(i, "ttime"),
                        BytesOf(i, "bin"),
                        BytesOf(i, "bout"),
                        TopFormat.Age(now.Statistics.Number(i, "lastchg")),
                        TextOf(i, "addr"),
                    ]
            ),
            "no servers"
        );
    }

    private List<TopRow> Rows(Func<string, bool> isKind, Func<int, TopCell[]> cells)
    {
        var rows = new List<TopRow>();
        for (int i = 0; i < now.Statistics.Count; i++)
            if (isKind(now.Statistics[i, "type"]))
                rows.Add(new TopRow(KeyOf(now.Statistics, i), MarkOf(now.Statistics[i, "status"]), cells(i)));
        return rows;
    }

    private static TopMark MarkOf(string status) =>
        status.StartsWith("UP", StringComparison.Ordinal) || status == "OPEN" ? TopMark.Good
        : status.StartsWith("DOWN", StringComparison.Ordinal) || status == "STOP" ? TopMark.Bad
        : status.StartsWith("no check", StringComparison.Ordinal) ? TopMark.None
        : TopMark.Waiting;

    private TopTable Streams()
    {
        TopColumn[] columns =
        [
            new("stream"),
            new("client"),
            new("frontend"),
            new("backend"),
            new("server"),
            new("age", true),
            new("expires", true),
            new("proto"),
        ];
        var rows = new List<TopRow>();
        foreach (Dictionary<string, string> s in now.Streams)
        {
            TopCell Word(string name) => new(TopFormat.Readable(s.GetValueOrDefault(name, "")));
            TopCell Span(string name) => TopFormat.Span(s.GetValueOrDefault(name, ""));
            rows.Add(
                new TopRow(
                    s["id"],
                    TopMark.None,
                    [Word("id"), Word("src"), Word("fe"), Word("be"), Word("srv"), Span("age"), Span("exp"), Word("proto")]
                )
            );
        }
        return new("streams", columns, rows, "no streams");
    }

    private TopTable Reloads()
    {
        TopColumn[] columns =
        [
            new("when"),
            new("from", true),
            new("to", true),
            new("took", true),
            new("moved in", true),
            new("left after", true),
            new("adopted", true),
            new("ended", true),
            new("what"),
        ];
        var rows = new List<TopRow>();
        // the last one first
        for (int i = (now.Reloads?.Count ?? 0) - 1; i >= 0; i--)
        {
            CsvTable r = now.Reloads!;
            string failure = r[i, "failure"],
                changes = r[i, "changes"];
            rows.Add(
                new TopRow(
                    $"{r[i, "at"]}/{r[i, "pid"]}",
                    failure.Length > 0 ? TopMark.Bad : TopMark.Good,
                    [
                        new(TopFormat.Moment((long)r.Number(i, "at"))),
                        TopFormat.Plain(r[i, "old_pid"]),
                        TopFormat.Plain(r[i, "pid"]),
                        TopFormat.Milliseconds(r[i, "prepared_ms"]),
                        TopFormat.Milliseconds(r[i, "moved_ms"]),
                        TopFormat.Milliseconds(r[i, "left_ms"]),
                        TopFormat.Count(r.Number(i, "adopted")),
                        TopFormat.Count(r.Number(i, "refused")),
                        new(
                            TopFormat.Readable(
                                failure.Length > 0 ? "failed: " + failure
                                : changes.Length > 0 ? changes.ReplaceLineEndings("; ")
                                : r[i, "changed"] == "0" ? "same configuration"
                                : ""
                            )
                        ),
                    ]
                )
            );
        }
        return new("reloads", columns, rows, now.Reloads is null ? "this program does not tell of its reloads" : "no reload yet");
    }
}
