// The pictures of the lab: errors and latency over time with a mark for every reload, and one for all runs: errors per million by method.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Baton.Charts;
using Baton.Lab.Runs;

namespace Baton.Lab.Reports;

internal static class Plots
{
    private const int Height = 190,
        Left = 44,
        Right = 370,
        Top = 26,
        Bottom = 158;

    /// <summary>Writes the SVG files of a run and returns them for the report. Null where there would be nothing to see: no error, no
    /// answer.</summary>
    public static (string? Errors, string? Latency) Write(string directory, CaseResult r)
    {
        string name = $"{r.Number:00}-{r.Method}-{r.Target}-{r.Load}".ToLowerInvariant();
        return (
            r.Failed == 0 ? null : Save(Errors(r), directory, name + "-errors", $"Errors: {r.Name}"),
            r.Intervals.Count(static i => i.Requests > 0) < 2 ? null : Save(Latency(r), directory, name + "-latency", $"Latency: {r.Name}")
        );
    }

    /// <summary>Bars on a logarithmic axis, program by program under the name of each method.</summary>
    public static string? WriteOverview(string directory, IReadOnlyList<CaseResult> results)
    {
        CaseResult[] shown = [.. results.Where(static r => r.Unavailable is null && r.Requests + r.Failed > 0)];
        if (shown.Length == 0)
            return null;
        const int label = 126,
            end = 340,
            row = 17,
            head = 20;
        int groups = shown.Select(static r => (r.Number, r.Title)).Distinct().Count(),
            height = 46 + shown.Length * row + groups * head;
        var svg = new Svg(height);
        svg.Text(8, 14, "errors per million requests, logarithmic", kind: "title");
        // 0.1 per million has the place of nothing at all
        static double At(double perMillion) => label + (Math.Log10(Math.Max(perMillion, 0.1)) + 1) * (end - label) / 7;
        foreach (
            (double value, string text) in (ReadOnlySpan<(double, string)>)
                [(1, "1"), (100, "100"), (10_000, "10,000"), (1_000_000, "million")]
        )
        {
            svg.Line(At(value), 34, At(value), height - 8, "grid");
            svg.Text(At(value), 30, text, "middle", "soft");
        }
        double y = 38;
        string? group = null;
        foreach (CaseResult r in shown)
        {
            string title = $"{r.Number} {r.Title}";
            if (title != group)
            {
                svg.Text(8, y + 13, title, kind: "title");
                group = title;
                y += head;
            }
            string program = r.Target.ToString().ToLowerInvariant(),
                value = r.Failed == 0 ? "0" : r.PerMillion.ToString(r.PerMillion < 10 ? "0.00" : "#,##0", CultureInfo.InvariantCulture);
            svg.Text(label - 6, y + 10, $"{program} {r.Load.ToString().ToLowerInvariant()}", "end", "soft");
            double x = r.Failed == 0 ? label + 2 : At(r.PerMillion);
            svg.Rect(label, y + 1, x - label, row - 6, program);
            bool inside = x + 4 + Svg.WidthOf(value) > Svg.Width;
            svg.Text(inside ? x - 4 : x + 4, y + 10, value, inside ? "end" : "start", inside ? "inside" : "value");
            y += row;
        }
        return Save(svg, directory, "overview", "Errors per million requests, by method");
    }

    private static Svg Errors(CaseResult r)
    {
        double top = r.Intervals.Max(static i => i.Errors),
            step = r.Intervals.Count > 1 ? Spacing(r) : 0.1;
        Svg svg = Frame(r, "errors in each interval", top, smallestStep: 1);
        double width = Math.Max(1.5, step / Seconds(r) * (Right - Left));
        foreach (Interval i in r.Intervals)
        {
            if (i.Errors == 0)
                continue;
            double y = Y(i.Errors, top);
            svg.Rect(Math.Min(X(r, i.AtMs / 1000), Right - width), y, width, Bottom - y, "bad");
        }
        return svg;
    }

    private static Svg Latency(CaseResult r)
    {
        Interval[] shown = [.. r.Intervals.Where(static i => i.Requests > 0)];
        double top = Math.Max(1, shown.Max(static i => i.P999) / 1000.0);
        Svg svg = Frame(r, "p99.9 of latency in ms", top);
        svg.Path([.. shown.Select(i => (X(r, i.AtMs / 1000), Y(i.P999 / 1000.0, top)))], r.Target.ToString().ToLowerInvariant());
        return svg;
    }

    private static double Seconds(CaseResult r) => Math.Max(r.Seconds, 1);

    private static double X(CaseResult r, double seconds) => Left + Math.Min(seconds / Seconds(r), 1) * (Right - Left);

    private static double Y(double value, double top) => Bottom - value / (top * 1.05) * (Bottom - Top);

    /// <summary>Axes with their numbers, and a line where each reload began; thousands of them would hide the rest.</summary>
    private static Svg Frame(CaseResult r, string title, double top, double smallestStep = 0)
    {
        var svg = new Svg(Height);
        svg.Text(8, 14, title, kind: "title");
        int every = Math.Max(1, r.Marks.Count / 150);
        for (int i = 0; i < r.Marks.Count; i += every)
            svg.Line(X(r, r.Marks[i].StartMs / 1000), Top, X(r, r.Marks[i].StartMs / 1000), Bottom, "mark");
        double step = Math.Max(Svg.Step(top), smallestStep);
        for (double v = 0; v <= top; v += step)
        {
            svg.Line(Left, Y(v, top), Right, Y(v, top), "grid");
            svg.Text(Left - 4, Y(v, top) + 4, v.ToString(step < 1 ? "0.0" : "#,##0", CultureInfo.InvariantCulture), "end", "soft");
        }
        step = Math.Max(1, Svg.Step(Seconds(r)));
        for (double s = 0; s <= Seconds(r); s += step)
            svg.Text(X(r, s), Bottom + 14, s.ToString("#,##0", CultureInfo.InvariantCulture), "middle", "soft");
        svg.Text((Left + Right) / 2, Bottom + 28, r.Marks.Count > 0 ? "seconds; a grey line is a reload" : "seconds", "middle", "soft");
        return svg;
    }

    private static double Spacing(CaseResult r) =>
        r.Intervals.Zip(r.Intervals.Skip(1)).Min(static p => p.Second.AtMs - p.First.AtMs) / 1000;

    private static string Save(Svg svg, string directory, string name, string title)
    {
        File.WriteAllText(Path.Combine(directory, name + ".svg"), svg.File(title));
        return svg.Inline(title);
    }
}
