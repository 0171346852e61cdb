// The picture of a run: for each case what Baton and nginx cost as a share of what haproxy costs.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Baton.Charts;

namespace Baton.Bench.Reports;

public static class Chart
{
    private static readonly string[] s_programs = ["baton", "nginx"];

    /// <summary>Writes NAME.svg.</summary>
    public static void Write(string name, IReadOnlyList<CaseResult> results, string machine)
    {
        CaseResult[] drawn = [.. results.Where(r => r.Has("haproxy") && r.Cost("haproxy") > 0)];
        if (drawn.Length == 0)
            return;
        const int label = 52,
            end = 340,
            row = 15,
            head = 20,
            top = 62;
        int height = top + 12 + drawn.Sum(r => head + row * s_programs.Count(r.Has));
        double widest = Math.Max(1.1, drawn.Max(r => s_programs.Where(r.Has).Max(p => r.Cost(p) / r.Cost("haproxy"))));
        double At(double share) => label + share / widest * (end - label);
        var svg = new Svg(height);
        svg.Text(8, 14, "Cost as a share of haproxy's; shorter is better", kind: "title");
        svg.Text(8, 30, machine, kind: "soft");
        Legend(svg);
        svg.Line(At(1), top, At(1), height - 6, "one");
        double y = top;
        foreach (CaseResult r in drawn)
        {
            svg.Text(8, y + 13, r.Title, kind: "title");
            y += head;
            foreach (string program in s_programs.Where(r.Has))
            {
                double share = r.Cost(program) / r.Cost("haproxy"),
                    x = At(share);
                svg.Text(label - 6, y + 9, program, "end", "soft");
                svg.Rect(label, y, x - label, row - 4, program);
                svg.Text(x + 4, y + 9, share.ToString("0.00", CultureInfo.InvariantCulture), kind: "value");
                y += row;
            }
        }
        File.WriteAllText(name + ".svg", svg.File("Cost as a share of haproxy's"));
    }

    private static void Legend(Svg svg)
    {
        double x = 8;
        foreach (
            (string text, string kind) in (ReadOnlySpan<(string, string)>)
                [("Baton", "baton"), ("nginx", "nginx"), ("haproxy = 1", "haproxy")]
        )
        {
            svg.Rect(x, 40, 10, 10, kind);
            svg.Text(x + 14, 49, text, kind: "soft");
            x += 28 + Svg.WidthOf(text);
        }
    }
}
