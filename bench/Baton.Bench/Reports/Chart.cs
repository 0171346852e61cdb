// The picture of a run: for each case what Baton and nginx cost as a share of what haproxy costs.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using ScottPlot;

namespace Baton.Bench.Reports;

public static class Chart
{
    private static readonly (string Name, string Colour)[] Bars = [("baton", "#1f6feb"), ("nginx", "#9aa4af")];

    /// <summary>Writes NAME.svg and NAME.png.</summary>
    public static void Write(string name, IReadOnlyList<CaseResult> results, string machine)
    {
        CaseResult[] drawn = [.. results.Where(r => r.Has("haproxy") && r.Cost("haproxy") > 0)];
        if (drawn.Length == 0) return;
        using var plot = new Plot();
        for (int i = 0; i < drawn.Length; i++)
        {
            // the first case at the top
            double row = drawn.Length - 1 - i;
            for (int b = 0; b < Bars.Length; b++)
            {
                if (!drawn[i].Has(Bars[b].Name)) continue;
                double share = drawn[i].Cost(Bars[b].Name) / drawn[i].Cost("haproxy");
                var bar = new Bar
                {
                    Position = row + (b == 0 ? 0.19 : -0.19), Value = share, Size = 0.36, FillColor = Color.FromHex(Bars[b].Colour), LineWidth = 0,
                    Orientation = Orientation.Horizontal, Label = share.ToString("0.00", CultureInfo.InvariantCulture),
                };
                plot.Add.Bar(bar);
            }
        }
        plot.Add.VerticalLine(1, 1.5f, Color.FromHex("#d1242f"), LinePattern.Dashed);
        plot.Axes.Left.SetTicks([.. Enumerable.Range(0, drawn.Length).Select(i => (double)(drawn.Length - 1 - i))], [.. drawn.Select(r => r.Title)]);
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.HideGrid();
        foreach ((string who, string colour) in Bars) plot.Legend.ManualItems.Add(new LegendItem { LabelText = who, FillColor = Color.FromHex(colour), LineWidth = 0 });
        plot.Legend.ManualItems.Add(new LegendItem { LabelText = "haproxy = 1", LineColor = Color.FromHex("#d1242f"), LineWidth = 1.5f, LinePattern = LinePattern.Dashed });
        plot.ShowLegend(Alignment.LowerRight);
        plot.Title("Cost as a share of haproxy's (shorter is better)", 16);
        plot.XLabel(machine, 11);
        double widest = drawn.Max(r => Bars.Where(b => r.Has(b.Name)).Max(b => r.Cost(b.Name) / r.Cost("haproxy")));
        plot.Axes.SetLimits(0, Math.Max(1.1, widest * 1.12), -0.6, drawn.Length - 0.4);
        int height = 120 + drawn.Length * 46;
        plot.SaveSvg(name + ".svg", 1000, height);
        plot.SavePng(name + ".png", 1000, height);
    }
}
