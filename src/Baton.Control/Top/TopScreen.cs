// The frame that "baton top" shows, as text: with the sequences of a terminal, or without any where it is read by somebody else.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Baton.Control.Top;

/// <param name="colors">Sequences for colours are wanted.</param>
public sealed class TopScreen(bool colors)
{
    /// <summary>Lines that are not rows: three above, the titles, one below.</summary>
    public const int Frame = 5;
    private const string Reverse = "7",
        Bold = "1",
        Dim = "2";

    private readonly StringBuilder _text = new();

    /// <summary>Lines that are left on the screen.</summary>
    private int _room;

    /// <summary>The whole screen, from its first cell on.</summary>
    public string Draw(TopSample now, TopSample? before, TopView view, int width, int height)
    {
        _text.Clear();
        _room = height;
        // drawn in one go where the terminal can, so that no half of it is seen
        _text.Append("\x1b[?2026h\x1b[H");
        Line(Clip(Title(now), width), Bold);
        Line(Clip(Traffic(now, before), width));
        Line(Clip(Tabs(view), width));
        if (view.IsHelp)
            Help(width, height - Frame + 1);
        else
            Rows(view, width, height - Frame);
        _text.Append(Styled(Clip(Foot(view), width), view.Question is null ? Dim : Bold)).Append("\x1b[K\x1b[J\x1b[?2026l");
        return _text.ToString();
    }

    /// <summary>The same as plain text, with all rows.</summary>
    public string Print(TopSample now, TopSample? before, TopView view)
    {
        _text.Clear();
        _text.Append(Title(now).TrimEnd()).Append('\n').Append(Traffic(now, before)).Append("\n\n");
        int[] widths = Widths(view.Table, view.Rows, int.MaxValue);
        _text.Append(Titles(view, widths, false).TrimEnd()).Append('\n');
        foreach (TopRow row in view.Rows)
            _text.Append(Cells(view.Table, row, widths).TrimEnd()).Append('\n');
        if (view.Rows.Count == 0)
            _text.Append(Nothing(view)).Append('\n');
        return _text.ToString();
    }

    private static string Title(TopSample now)
    {
        string Field(string name) => TopFormat.Readable(now.Information.GetValueOrDefault(name, "?"));
        string leaving = now.Number("Stopping") > 0 ? "  LEAVING" : "";
        return $"{Field("Name")} {Field("Version")}  pid {Field("Pid")}  up {Field("Uptime")}  threads {Field("Nbthread")}{leaving}";
    }

    private static string Traffic(TopSample now, TopSample? before)
    {
        double seconds = before is null ? 0 : (now.AtMs - before.AtMs) / 1000.0;
        double requests = seconds > 0 ? Math.Max(0, now.Number("CumReq") - before!.Number("CumReq")) / seconds : 0;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"connections {TopFormat.Count(now.Number("CurrConns")).Text} of {TopFormat.Count(now.Number("Maxconn")).Text}"
                + $"  {TopFormat.Count(now.Number("ConnRate")).Text}/s   sessions {TopFormat.Count(now.Number("SessRate")).Text}/s"
                + $"   requests {TopFormat.Count(Math.Round(requests)).Text}/s"
                + $"   out {TopFormat.Bytes(now.Number("BytesOutRate")).Text.PadLeft(1, '0')}/s"
                + $"   idle {now.Number("Idle_pct"):0} %"
        );
    }

    private string Tabs(TopView view)
    {
        var tabs = new StringBuilder();
        for (int i = 0; i < TopTables.Names.Length; i++)
            tabs.Append(i == view.Index ? $"[{i + 1} {TopTables.Names[i]}]" : $" {i + 1} {TopTables.Names[i]} ");
        if (view.Filter.Length > 0 && !view.IsTypingFilter)
            tabs.Append($"  /{view.Filter}");
        if (view.IsPaused)
            tabs.Append("  PAUSED");
        return tabs.ToString();
    }

    private static string Foot(TopView view) =>
        view.Question is { } question ? $"{question} - y/n?"
        : view.IsTypingFilter ? $"filter: {view.Filter}_   (Enter keeps it, Esc does not)"
        : view.Message.Length > 0 ? view.Message
        : view.Name switch
        {
            "servers" => "q quit  ? help  1-6 view  s sort  / filter  d drain  m maint  r ready",
            "streams" => "q quit  ? help  1-6 view  s sort  / filter  x end the stream",
            _ => "q quit  ? help  1-6 view  s sort  R reverse  / filter  p pause",
        };

    private void Help(int width, int room)
    {
        string[] lines =
        [
            "1-6, Tab, arrows left and right   another view",
            "arrows, PgUp, PgDn, Home, End, j k   another row",
            "s S   the next or previous column decides the order; R the other way round",
            "/   shows rows with a text in them; Esc shows all again",
            "p   pauses;  + -   looks more or less often;  Ctrl-L   draws anew",
            "d m r   (servers)   drain, maintenance, ready: asks first",
            "x   (streams)   ends the stream: asks first",
            "q, Ctrl-C   leaves",
        ];
        for (int i = 0; i < room; i++)
            Line(i < lines.Length ? Clip(lines[i], width) : "");
    }

    private void Rows(TopView view, int width, int room)
    {
        int first = view.Offset,
            count = Math.Min(room, view.Rows.Count - first);
        List<TopRow> shown = count > 0 ? view.Rows.GetRange(first, count) : [];
        int[] widths = Widths(view.Table, shown, width);
        Line(Clip(Titles(view, widths, true), width).PadRight(Math.Min(width, 400)), Reverse);
        if (shown.Count == 0 && room > 0)
            Line(Clip(Nothing(view), width));
        for (int i = 0; i < shown.Count; i++)
            Line(
                Clip((first + i == view.Selection ? ">" : " ") + Cells(view.Table, shown[i], widths), width),
                first + i == view.Selection
                    ? Bold
                    : shown[i].Mark switch
                    {
                        TopMark.Good => "32",
                        TopMark.Waiting => "33",
                        TopMark.Bad => "31",
                        _ => "",
                    }
            );
        for (int i = Math.Max(1, shown.Count); i < room; i++)
            Line("");
    }

    private static string Nothing(TopView view) => view.Filter.Length > 0 ? $"nothing with '{view.Filter}' in it" : view.Table.Empty;

    /// <summary>As wide as what is in them; columns at the end that do not fit get 0, the last one that fits may be cut.</summary>
    private static int[] Widths(TopTable table, List<TopRow> rows, int room)
    {
        const int least = 6;
        int[] widths = new int[table.Columns.Length];
        for (int c = 0; c < widths.Length; c++)
        {
            int width = table.Columns[c].Title.Length + 1;
            foreach (TopRow row in rows)
                width = Math.Max(width, row.Cells[c].Text.Length);
            widths[c] = room >= least ? width : 0;
            room -= width + 2;
        }
        return widths;
    }

    private static string Titles(TopView view, int[] widths, bool withMark)
    {
        var line = new StringBuilder(withMark ? " " : "");
        for (int c = 0; c < widths.Length && widths[c] > 0; c++)
        {
            string title = view.Table.Columns[c].Title;
            if (c == view.Column && withMark)
                title += view.Table.Columns[c].IsNumber != view.IsReversed ? "v" : "^";
            Pad(line, title, widths[c], view.Table.Columns[c].IsNumber);
        }
        return line.ToString();
    }

    private static string Cells(TopTable table, TopRow row, int[] widths)
    {
        var line = new StringBuilder();
        for (int c = 0; c < widths.Length && widths[c] > 0; c++)
            Pad(line, row.Cells[c].Text, widths[c], table.Columns[c].IsNumber);
        return line.ToString();
    }

    private static void Pad(StringBuilder line, string text, int width, bool right) =>
        line.Append(right ? text.PadLeft(width) : text.PadRight(width)).Append("  ");

    private static string Clip(string text, int width) => text.Length <= width ? text : text[..Math.Max(0, width)];

    /// <summary>A line, if one is left besides that of the foot.</summary>
    private void Line(string text, string style = "")
    {
        if (_room <= 1)
            return;
        _room--;
        _text.Append(Styled(text, style)).Append("\x1b[K\r\n");
    }

    /// <summary>Without colours what is told by weight and by reversing stays.</summary>
    private string Styled(string text, string style) =>
        style.Length == 0 || !colors && style is not (Reverse or Bold or Dim) ? text : $"\x1b[{style}m{text}\x1b[0m";
}
