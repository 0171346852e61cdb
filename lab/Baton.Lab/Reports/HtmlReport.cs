// One file that a browser shows without anything else: the table, the overview, and the pictures of every run.
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using Baton.Charts;
using Baton.Lab.Runs;

namespace Baton.Lab.Reports;

internal static class HtmlReport
{
    private const string Style = """
        :root { color-scheme: light dark; --ink: #1f2328; --soft: #656d76; --line: #d8dee4; --paper: #fff; --head: #f6f8fa; --good: #1a7f37; --some: #9a6700; --bad: #cf222e; --link: #0969da }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e6edf3; --soft: #9198a1; --line: #30363d; --paper: #0d1117; --head: #161b22; --good: #3fb950; --some: #d29922; --bad: #ff7b72; --link: #58a6ff } }
        body { font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; color: var(--ink); background: var(--paper); max-width: 1240px; margin: 1.5rem auto; padding: 0 1rem }
        h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2rem; border-bottom: 1px solid var(--line) } h3 { font-size: 1rem; margin: 1.5rem 0 .2rem }
        table { border-collapse: collapse; width: 100%; font-size: 12.5px; font-variant-numeric: tabular-nums }
        th, td { padding: .25rem .35rem; border-bottom: 1px solid var(--line); text-align: right } th { vertical-align: bottom; background: var(--head) }
        td:nth-child(-n+3), th:nth-child(-n+3) { text-align: left } td:first-child { min-width: 9rem }
        .none { color: var(--good); font-weight: 600 } .some { color: var(--some); font-weight: 600 } .bad { color: var(--bad); font-weight: 700 }
        .note, p.facts { color: var(--soft) } a { color: var(--link) }
        .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)); gap: 1rem } .pair svg { max-width: 600px }
        svg { display: block; width: 100%; height: auto } .overview { max-width: 640px }
        .key i { display: inline-block; width: .8em; height: .8em; border-radius: 50%; margin: 0 .3em 0 .8em } .key .b { background: #0969da } .key .h { background: #d9730d }
        @media (max-width: 900px) {
          table, tbody { display: block } tr:first-child { display: none }
          tr { display: grid; grid-template-columns: 1fr 1fr; column-gap: 1.5rem; border-bottom: 2px solid var(--line); padding: .6rem 0 } td:first-child { grid-column: 1 / -1 }
          td, td:nth-child(-n+3) { display: flex; justify-content: space-between; gap: 1rem; border: 0; padding: .1rem 0; text-align: right; font-size: 14px }
          td::before { content: attr(data-label); color: var(--soft); text-align: left } td:first-child { font-weight: 600 } }
        """;

    public static void Write(string directory, LabOptions options, IReadOnlyList<CaseResult> results)
    {
        var html = new StringBuilder();
        html.Append(
                "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width, initial-scale=1\"><title>Reloads under load</title><style>"
            )
            .Append(Style)
            .Append('\n')
            .Append(Svg.Style)
            .Append("</style>");
        html.Append("<h1>Reloads under load</h1>");
        html.Append(
            $"<p class=facts>{Text(Machine.Processor)}, {Machine.Cores} cores, Linux {Text(Machine.Kernel)}; {Text(Machine.Version(options.BatonProgram))}; {Text(Machine.Version(options.HaproxyProgram))}.<br>"
        );
        html.Append(
            options.ClosedLoop
                ? "Closed loop: as many requests as the proxy answers. "
                : $"Open loop: {options.Rate:0} requests a second, latency counted from when each was due. "
        );
        html.Append(
            $"{options.ReloadsPerSecond:0.##} reloads a second, {options.DurationSeconds:0} s a run; proxy and load {(options.Together ? "together on one core" : "on a core each")}.</p>"
        );
        html.Append("<p class=key>Colours mean programs:<i class=b></i>Baton<i class=h></i>haproxy</p>");
        if (Plots.WriteOverview(directory, results) is { } overview)
            html.Append("<h2>Errors per million requests</h2><div class=overview>").Append(overview).Append("</div>");
        Table(html, results);
        Absent(html, results);
        for (int i = 0; i < results.Count; i++)
        {
            CaseResult r = results[i];
            if (r.Unavailable is not null || r.Intervals.Count == 0)
                continue;
            (string? errors, string? latency) = Plots.Write(directory, r);
            html.Append(i > 0 ? "" : "<h2>Run by run</h2>")
                .Append(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"<h3 id=r{i}>{Text(r.Name)}</h3><p>{r.Failed:#,0} of {r.Requests + r.Failed:#,0} requests failed in {r.Reloads} reloads."
                    )
                );
            if (r.Trouble is not null)
                html.Append($" <span class=bad>{Text(r.Trouble)}</span>");
            html.Append("</p><div class=pair>").Append(latency).Append(errors).Append("</div>");
        }
        File.WriteAllText(Path.Combine(directory, "report.html"), html.ToString());
    }

    private static void Table(StringBuilder html, IReadOnlyList<CaseResult> results)
    {
        html.Append("<h2>Figures</h2><table><tr>");
        foreach (string column in TerminalTable.Columns)
            html.Append("<th>").Append(Text(column));
        for (int row = 0; row < results.Count; row++)
        {
            CaseResult r = results[row];
            if (r.Unavailable is not null)
                continue;
            string[] cells = TerminalTable.Cells(r);
            // on a phone a row is a list, and every figure stands beside its name
            html.Append($"<tr><td data-label=method><a href=#r{row}>{Text(cells[0])}</a>");
            for (int i = 1; i < cells.Length; i++)
            {
                string kind =
                    i != 5 ? ""
                    : r.Failed == 0 ? " class=none"
                    : r.ExpectedLossless == true ? " class=bad"
                    : " class=some";
                html.Append($"<td data-label=\"{Text(TerminalTable.Columns[i])}\"{kind}>").Append(Text(cells[i]));
            }
        }
        html.Append(
            "</table><p class=note>Latencies in milliseconds. “In reloads” is from the order of a reload to 100 ms after it was reported done; memory is the proportional set size of the proxy’s processes when the load ended.</p>"
        );
    }

    private static void Absent(StringBuilder html, IReadOnlyList<CaseResult> results)
    {
        foreach (CaseResult r in results.Where(r => r.Unavailable is not null))
            html.Append(
                $"<p class=note>{r.Number} {Text(r.Title)}, {r.Target.ToString().ToLowerInvariant()}: not available here: {Text(r.Unavailable!)}</p>"
            );
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
