// The results for a person: one row a case, medians, ratios, and the change since the last run.
using System.Collections.Generic;
using System.Globalization;
using Spectre.Console;

namespace Baton.Bench.Reports;

public static class ResultTable
{
    public static void Print(IAnsiConsole console, IReadOnlyList<CaseResult> results, IReadOnlyDictionary<string, KeptRatio> earlier)
    {
        Table table = new Table().RoundedBorder();
        table.AddColumn("case");
        foreach (string column in (string[])["baton", "haproxy", "nginx"])
            table.AddColumn(new TableColumn(column).RightAligned());
        table.AddColumn("unit");
        foreach (string column in (string[])["/haproxy", "/nginx", "change"])
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (CaseResult r in results)
            table.AddRow(
                Markup.Escape(r.Title),
                Cell(r, "baton"),
                Cell(r, "haproxy"),
                Cell(r, "nginx"),
                Markup.Escape($"{r.Unit}\n({r.BesideUnit})"),
                Ratio(r.Ratio("haproxy")),
                Ratio(r.Ratio("nginx")),
                Change(r, earlier)
            );
        console.Write(table);
        console.MarkupLine(
            "[grey]medians; less is better; a ratio under 1: Baton is cheaper; change: of the ratio to haproxy since the last run of the case[/]"
        );
    }

    private static string Cell(CaseResult r, string who) => r.Has(who) ? $"{Number(r.Cost(who))}\n[grey]{Number(r.Beside(who))}[/]" : "–";

    private static string Ratio(double ratio) =>
        double.IsNaN(ratio) ? "–" : string.Create(CultureInfo.InvariantCulture, $"[{(ratio <= 1 ? "green" : "red")}]{ratio:0.00}[/]");

    private static string Change(CaseResult r, IReadOnlyDictionary<string, KeptRatio> earlier)
    {
        if (new Gate(earlier).Change(r) is not { } change)
            return "–";
        string colour =
            change > Gate.Limit ? "red"
            : change < -Gate.Limit ? "green"
            : "grey";
        return string.Create(CultureInfo.InvariantCulture, $"[{colour}]{change * 100:+0;-0;0} %[/]\n[grey]{earlier[r.Name].Commit}[/]");
    }

    /// <summary>Three significant figures, more for large numbers.</summary>
    private static string Number(double v) =>
        v.ToString(
            v >= 100 ? "#,0"
                : v >= 10 ? "0.0"
                : "0.00",
            CultureInfo.InvariantCulture
        );
}
