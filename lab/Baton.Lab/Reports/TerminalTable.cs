// What a person sees at the end of a run.
using System.Collections.Generic;
using System.Globalization;
using Baton.Lab.Runs;
using Spectre.Console;

namespace Baton.Lab.Reports;

internal static class TerminalTable
{
    /// <summary>The columns of every table: terminal, Markdown, HTML.</summary>
    public static readonly string[] Columns =
    [
        "method",
        "target",
        "load",
        "reloads",
        "requests",
        "errors per million",
        "refused",
        "reset",
        "time-out",
        "other",
        "p50",
        "p99",
        "p99.9",
        "max ms",
        "p99.9 in reloads",
        "outside",
        "one reload ms",
        "processes left",
        "memory left",
    ];

    public static string[] Cells(CaseResult r) =>
        [
            $"{r.Number} {r.Title}",
            r.Target.ToString().ToLowerInvariant(),
            r.Load.ToString().ToLowerInvariant(),
            N(r.Reloads),
            N(r.Requests),
            PerMillion(r),
            N(r.Error("refused")),
            N(r.Resets),
            N(r.Error("timeout")),
            N(r.Failed - r.Error("refused") - r.Resets - r.Error("timeout")),
            Ms(r.P50),
            Ms(r.P99),
            Ms(r.P999),
            Ms(r.Max),
            Ms(r.P999Inside),
            Ms(r.P999Outside),
            r.ReloadMedianMs.ToString("0", CultureInfo.InvariantCulture),
            N(r.ProcessesLeft),
            $"{r.BytesLeft / 1e6:0} MB",
        ];

    public static void Show(IReadOnlyList<CaseResult> results)
    {
        var table = new Table().RoundedBorder();
        foreach (string column in Columns)
            table.AddColumn(column is "method" or "target" or "load" ? new TableColumn(column) : new TableColumn(column).RightAligned());
        foreach (CaseResult r in results)
        {
            if (r.Unavailable is not null)
                continue;
            string[] cells = Cells(r);
            for (int i = 0; i < cells.Length; i++)
                cells[i] = Markup.Escape(cells[i]);
            cells[5] =
                r.Failed == 0 ? $"[green]{cells[5]}[/]"
                : r.ExpectedLossless == true ? $"[red bold]{cells[5]}[/]"
                : $"[yellow]{cells[5]}[/]";
            table.AddRow(cells);
        }
        if (AnsiConsole.Profile.Width < 220)
            AnsiConsole.Profile.Width = 220;
        if (table.Rows.Count > 0)
            AnsiConsole.Write(table);
        foreach (CaseResult r in results)
        {
            if (r.Unavailable is not null)
                AnsiConsole.WriteLine(
                    $"{r.Number} {r.Title}, {r.Target.ToString().ToLowerInvariant()}: not available here: {r.Unavailable}"
                );
            if (r.Trouble is not null)
                AnsiConsole.WriteLine($"{r.Name}: {r.Trouble}");
        }
    }

    private static string PerMillion(CaseResult r) =>
        r.PerMillion.ToString(r.PerMillion is > 0 and < 10 ? "0.00" : "#,##0", CultureInfo.InvariantCulture);

    private static string N(long n) => n.ToString("#,##0", CultureInfo.InvariantCulture);

    private static string Ms(long? us) =>
        us is { } n ? (n / 1000.0).ToString(n < 100_000 ? "0.0" : "0", CultureInfo.InvariantCulture) : "–";
}
