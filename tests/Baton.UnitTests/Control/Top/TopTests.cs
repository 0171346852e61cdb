// "baton top" without a terminal: what it reads, how it sorts and filters, what its keys do, and what fits on the screen.
using System;
using System.Collections.Generic;
using System.Linq;
using Baton.Control.Top;
using Xunit;

namespace Baton.UnitTests.Control.Top;

public sealed class TopTests
{
    private static TopSample Sample(string statistics, long atMs = 0, string streams = "") =>
        new()
        {
            AtMs = atMs,
            Information = TopSample.ReadInformation("Name: HAProxy\nPid: 7\nCumReq: 10\n"),
            Statistics = CsvTable.Parse(statistics),
            Streams = TopSample.ReadStreams(streams),
        };

    private const string Names = "# pxname,svname,status,type,weight,bin,hrsp_5xx,desc,-,\n";

    private static TopSample Servers(int count) =>
        Sample(Names + string.Concat(Enumerable.Range(0, count).Select(i => $"b,s{i:00},UP,2,{i % 3},0,0,,-,\n")));

    [Fact]
    public void Csv_with_quotes_and_columns_that_are_not_there()
    {
        CsvTable table = CsvTable.Parse("# a,b,c\n1,\"x,\"\"y\"\"\",3\n4\n\n");
        Assert.Equal(2, table.Count);
        Assert.Equal("x,\"y\"", table[0, "b"]);
        Assert.Equal(3, table.Number(0, "c"));
        Assert.Equal("", table[1, "b"]);
        Assert.Equal("", table[0, "nothing"]);
        Assert.Equal(0, CsvTable.Parse("Permission denied\n").Count);
        Assert.Equal(0, CsvTable.Parse("").Count);
    }

    [Fact]
    public void Streams_are_read_in_both_programs_words()
    {
        List<Dictionary<string, string>> streams = TopSample.ReadStreams(
            "0x55aa: proto=tcpv4 src=10.0.0.1:5 fe=web be=<NONE> srv=<none> ts=00 age=1m5s rq[f=80h,i=0] s0=[7,8h] exp=10s\n"
                + "0x77: proto=unix_stream src=unix:1 fe=GLOBAL be=<NONE> age=0s\n\n"
        );
        Dictionary<string, string> one = Assert.Single(streams);
        Assert.Equal(("0x55aa", "web", "1m5s", "10s"), (one["id"], one["fe"], one["age"], one["exp"]));
    }

    [Fact]
    public void A_master_is_known_by_its_answer()
    {
        List<string[]>? processes = TopSample.ReadProcesses(
            "#<PID>          <type>  <reloads>  <uptime>  <version>\n10  master  1 [failed: 0]  0d00h  2.6\n# workers\n12  worker  0  0d00h  2.6\n"
                + "# old workers\n11  worker  1  0d00h  2.6\n# programs\n\n"
        );
        Assert.Equal(["10 master", "12 worker", "11 old worker"], processes!.ConvertAll(p => $"{p[0]} {p[1]}"));
        Assert.Equal("0d00h", processes[0][3]);
        Assert.Null(TopSample.ReadProcesses("Unknown command\n"));
    }

    [Fact]
    public void Rates_come_from_two_looks_and_never_below_0()
    {
        TopSample before = Sample(Names + "b,s,UP,2,1,1000,5,,-,\nb,t,UP,2,1,9000,0,,-,\n", 1000),
            now = Sample(Names + "b,t,UP,2,1,10,0,,-,\nb,s,UP,2,1,3048,9,,-,\nb,u,UP,2,1,5000,0,,-,\n", 3000);
        TopTable table = new TopTables(now, before).Make("servers");
        int bytes = table.IndexOf("in/s"),
            errors = table.IndexOf("5xx/s");
        Assert.Equal(["b/t", "b/s", "b/u"], table.Rows.ConvertAll(r => r.Key));
        Assert.Equal(["", "1.0kB", ""], table.Rows.ConvertAll(r => r.Cells[bytes].Text));
        Assert.Equal("2.0", table.Rows[1].Cells[errors].Text);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(99_999, "99,999")]
    [InlineData(1_234_567, "1.2M")]
    [InlineData(45_000_000_000, "45G")]
    public void Counts(double value, string text) => Assert.Equal(text, TopFormat.Count(value).Text);

    [Theory]
    [InlineData("1h5m", 3900)]
    [InlineData("250ms", 0.25)]
    [InlineData("10s", 10)]
    [InlineData("", 0)]
    [InlineData("2d3h", 183_600)]
    public void Spans(string text, double seconds) => Assert.Equal(seconds, TopFormat.Span(text).Value, 6);

    [Fact]
    public void What_comes_from_elsewhere_moves_no_cursor() => Assert.Equal("a?[2Jb??", TopFormat.Readable("a\x1b[2Jb\u009b\n"));

    [Fact]
    public void Keys_of_terminals()
    {
        ReadOnlySpan<byte> bytes = "a\x1b[A\x1bOB\x1b[5~\x1b[1;5C\x1b[Z\x1b[200~\r\x7f\x03\x1b"u8;
        var keys = new List<TopKey>();
        while (bytes.Length > 0)
            keys.Add(TopKeyboard.Take(ref bytes, out _));
        Assert.Equal(
            [
                TopKey.Letter,
                TopKey.Up,
                TopKey.Down,
                TopKey.PageUp,
                TopKey.Right,
                TopKey.BackTab,
                TopKey.None,
                TopKey.Enter,
                TopKey.Backspace,
                TopKey.Interrupt,
                TopKey.Escape,
            ],
            keys
        );
    }

    [Fact]
    public void The_selection_stays_on_its_row()
    {
        var view = new TopView();
        view.Show(new TopTables(Servers(30), null).Make("servers"), 10);
        for (int i = 0; i < 12; i++)
            view.Press(TopKey.Down, '\0');
        Assert.Equal("b/s12", view.Rows[view.Selection].Key);
        Assert.Equal(3, view.Offset);
        view.SortBy(view.Table.IndexOf("weight"), false);
        view.Show(view.Table, 10);
        Assert.Equal("b/s12", view.Rows[view.Selection].Key);
        Assert.InRange(view.Selection, view.Offset, view.Offset + 9);
        // equal ones in their old order
        Assert.Equal(["b/s02", "b/s05"], view.Rows.Take(2).Select(r => r.Key));
    }

    [Fact]
    public void Nothing_is_changed_without_a_yes()
    {
        var view = new TopView();
        view.Show(new TopTables(Servers(3), null).Make("servers"), 10);
        Assert.True(view.Press(TopKey.Letter, 'd'));
        Assert.Contains("drain b/s00", view.Question, StringComparison.Ordinal);
        // neither quits nor answers
        Assert.True(view.Press(TopKey.Letter, 'q'));
        Assert.Null(view.Question);
        Assert.Null(view.TakeCommand());
        view.Press(TopKey.Letter, 'm');
        view.Press(TopKey.Letter, 'y');
        Assert.Equal("set server b/s00 state maint", view.TakeCommand());
        Assert.Null(view.TakeCommand());
        Assert.False(view.Press(TopKey.Letter, 'q'));
    }

    [Fact]
    public void A_filter_is_typed_kept_and_given_up()
    {
        var view = new TopView();
        TopTable table = new TopTables(Servers(30), null).Make("servers");
        foreach (char c in "/S1")
            view.Press(TopKey.Letter, c);
        view.Press(TopKey.Enter, '\0');
        view.Show(table, 10);
        Assert.Equal(10, view.Rows.Count);
        view.Press(TopKey.Letter, '/');
        view.Press(TopKey.Letter, 'x');
        view.Press(TopKey.Escape, '\0');
        Assert.Equal("S1", view.Filter);
        view.Press(TopKey.Escape, '\0');
        Assert.Equal("", view.Filter);
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(20, 6)]
    [InlineData(1, 1)]
    [InlineData(500, 100)]
    public void A_frame_is_never_larger_than_the_screen(int width, int height)
    {
        foreach (string name in TopTables.Names)
        {
            TopSample sample = Servers(200);
            var view = new TopView();
            view.Choose(name);
            view.Show(new TopTables(sample, sample).Make(name), height - TopScreen.Frame);
            string frame = new TopScreen(colors: false).Draw(sample, null, view, width, height);
            string plain = System.Text.RegularExpressions.Regex.Replace(frame, "\x1b\\[[0-9;?]*[A-Za-z]", "");
            string[] lines = plain.Split("\r\n");
            Assert.True(lines.Length <= height, $"{name}: {lines.Length} lines of {height}");
            Assert.All(lines, line => Assert.True(line.Length <= width, line));
            Assert.DoesNotContain("\x1b[3", frame, StringComparison.Ordinal);
        }
    }
}
