// Two pictures a run: errors over time, and the 99.9th percentile of latency over time, with a mark for every reload. And one for all runs:
// errors per million by method.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Baton.Lab.Runs;
using ScottPlot;

namespace Baton.Lab.Reports;

internal static class Plots
{
    private const int Width = 760, Height = 240;

    private static readonly Color Ink = Color.FromHex("#1f4e79"), Alarm = Color.FromHex("#c0392b"), Mark = Color.FromHex("#c9c9c9");

    /// <summary>Writes PNG and SVG files of a run; the SVGs are returned for the report.</summary>
    public static (string Errors, string Latency) Write(string directory, CaseResult r)
    {
        string name = $"{r.Number:00}-{r.Method}-{r.Target}-{r.Load}".ToLowerInvariant();
        return (Save(Errors(r), directory, name + "-errors", Height), Save(Latency(r), directory, name + "-latency", Height));
    }

    public static string WriteOverview(string directory, IReadOnlyList<CaseResult> results)
    {
        var plot = new Plot();
        CaseResult[] shown = [.. results.Where(r => r.Unavailable is null && r.Requests > 0).Reverse()];
        // a logarithmic axis with a place for nothing at all: 0.1 per million stands for zero
        static double Log(double perMillion) => Math.Log10(Math.Max(perMillion, 0.1)) + 1;
        for (int i = 0; i < shown.Length; i++)
        {
            var bar = plot.Add.Bar(i, Log(shown[i].PerMillion));
            bar.Color = shown[i].Failed > 0 ? Alarm : Ink;
            bar.Horizontal = true;
            var text = plot.Add.Text(shown[i].Failed == 0 ? "0" : shown[i].PerMillion.ToString(shown[i].PerMillion < 10 ? "0.00" : "#,##0", System.Globalization.CultureInfo.InvariantCulture), Log(shown[i].PerMillion) + 0.05, i);
            text.LabelFontSize = 11;
            text.LabelAlignment = Alignment.MiddleLeft;
        }
        plot.Axes.Left.SetTicks([.. Enumerable.Range(0, shown.Length).Select(i => (double)i)], [.. shown.Select(r => r.Name)]);
        plot.Axes.Bottom.SetTicks([1, 2, 3, 4, 5, 6, 7], ["1", "10", "100", "1,000", "10,000", "100,000", "million"]);
        plot.Axes.SetLimits(0, 7.8, -0.6, shown.Length - 0.4);
        plot.Axes.Left.MinimumSize = 330;
        plot.XLabel("errors per million requests (logarithmic)");
        plot.Grid.YAxisStyle.IsVisible = false;
        return Save(plot, directory, "overview", 70 + 22 * Math.Max(shown.Length, 3), 980);
    }

    private static Plot Errors(CaseResult r)
    {
        var plot = Marked(r);
        double step = r.Intervals.Count > 1 ? Step(r) : 0.1;
        foreach (Interval i in r.Intervals)
        {
            if (i.Errors == 0) continue;
            var bar = plot.Add.Bar(i.AtMs / 1000 + step / 2, i.Errors);
            bar.Color = Alarm;
            foreach (Bar b in bar.Bars) (b.Size, b.LineWidth) = (Math.Max(step, r.Seconds / 300), 0);
        }
        plot.YLabel("errors");
        return Finish(plot, r, Math.Max(1, r.Intervals.Select(i => i.Errors).DefaultIfEmpty().Max()) * 1.1);
    }

    private static Plot Latency(CaseResult r)
    {
        var plot = Marked(r);
        Interval[] shown = [.. r.Intervals.Where(i => i.Requests > 0)];
        double[] at = [.. shown.Select(i => i.AtMs / 1000)], p999 = [.. shown.Select(i => i.P999 / 1000.0)];
        var line = plot.Add.ScatterLine(at, p999, Ink);
        line.LineWidth = 1.2f;
        plot.YLabel("p99.9 ms");
        return Finish(plot, r, Math.Max(1, shown.Select(i => i.P999 / 1000.0).DefaultIfEmpty().Max()) * 1.1);
    }

    /// <summary>A grey line where each reload began; thousands of them would hide the rest.</summary>
    private static Plot Marked(CaseResult r)
    {
        var plot = new Plot();
        int every = Math.Max(1, r.Marks.Count / 150);
        for (int i = 0; i < r.Marks.Count; i += every) plot.Add.VerticalLine(r.Marks[i].StartMs / 1000, 0.7f, Mark);
        return plot;
    }

    private static Plot Finish(Plot plot, CaseResult r, double top)
    {
        plot.XLabel("seconds; grey: reloads");
        plot.Axes.SetLimits(0, Math.Max(r.Seconds, 1), 0, top);
        return plot;
    }

    private static double Step(CaseResult r) => r.Intervals.Zip(r.Intervals.Skip(1)).Min(p => p.Second.AtMs - p.First.AtMs) / 1000;

    private static string Save(Plot plot, string directory, string name, int height, int width = Width)
    {
        plot.FigureBackground.Color = Colors.White;
        plot.SavePng(Path.Combine(directory, name + ".png"), width, height);
        string svg = plot.GetSvgXml(width, height);
        File.WriteAllText(Path.Combine(directory, name + ".svg"), svg);
        return svg;
    }
}
