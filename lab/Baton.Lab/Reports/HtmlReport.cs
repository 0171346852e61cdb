// One file that a browser shows without anything else: the table, the overview, and the pictures of every run.
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using Baton.Lab.Runs;

namespace Baton.Lab.Reports;

internal static class HtmlReport
{
    private const string Style = """
        body { font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 1180px; margin: 2em auto; padding: 0 1em }
        h1 { font-size: 1.6em } h2 { font-size: 1.15em; margin-top: 2em; border-bottom: 1px solid #ddd }
        .scroll { overflow-x: auto } table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums }
        th, td { padding: .3em .6em; border-bottom: 1px solid #e5e5e5; text-align: right; white-space: nowrap }
        th { vertical-align: bottom; white-space: normal; background: #f6f7f9 } td:nth-child(-n+3), th:nth-child(-n+3) { text-align: left }
        .none { color: #1a7f37; font-weight: 600 } .some { color: #9a6700; font-weight: 600 } .bad { color: #c0392b; font-weight: 700 }
        svg { max-width: 100%; height: auto } .note { color: #666 } a { color: #1f4e79 }
        """;

    public static void Write(string directory, LabOptions options, IReadOnlyList<CaseResult> results)
    {
        var html = new StringBuilder();
        html.Append("<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>Reloads under load</title><style>").Append(Style).Append("</style>");
        html.Append("<h1>Reloads under load</h1>");
        html.Append($"<p>{Text(Machine.Processor)}, {Machine.Cores} cores, Linux {Text(Machine.Kernel)}; {Text(Machine.Version(options.BatonProgram))}; {Text(Machine.Version(options.HaproxyProgram))}.<br>");
        html.Append(options.ClosedLoop ? "Closed loop: as many requests as the proxy answers. " : $"Open loop: {options.Rate:0} requests a second, latency counted from when each was due. ");
        html.Append($"{options.ReloadsPerSecond:0.##} reloads a second, {options.DurationSeconds:0} s a run; proxy and load {(options.Together ? "together on one core" : "on a core each")}.</p>");
        html.Append("<h2>Errors per million requests</h2>").Append(Inline(Plots.WriteOverview(directory, results)));
        Table(html, results);
        Absent(html, results);
        for (int i = 0; i < results.Count; i++)
        {
            CaseResult r = results[i];
            if (r.Unavailable is not null || r.Intervals.Count == 0) continue;
            (string errors, string latency) = Plots.Write(directory, r);
            html.Append($"<h2 id=r{i}>{Text(r.Name)}</h2><p>{r.Failed} of {r.Requests + r.Failed} requests failed in {r.Reloads} reloads.");
            if (r.Trouble is not null) html.Append($" <span class=bad>{Text(r.Trouble)}</span>");
            html.Append("</p>").Append(Inline(errors)).Append(Inline(latency));
        }
        File.WriteAllText(Path.Combine(directory, "report.html"), html.ToString());
    }

    private static void Table(StringBuilder html, IReadOnlyList<CaseResult> results)
    {
        html.Append("<h2>Figures</h2><div class=scroll><table><tr>");
        foreach (string column in TerminalTable.Columns) html.Append("<th>").Append(Text(column));
        for (int row = 0; row < results.Count; row++)
        {
            CaseResult r = results[row];
            if (r.Unavailable is not null) continue;
            string[] cells = TerminalTable.Cells(r);
            html.Append($"<tr><td><a href=#r{row}>{Text(cells[0])}</a>");
            for (int i = 1; i < cells.Length; i++) html.Append(i == 5 ? $"<td class={(r.Failed == 0 ? "none" : r.ExpectedLossless == true ? "bad" : "some")}>" : "<td>").Append(Text(cells[i]));
        }
        html.Append("</table></div><p class=note>Latencies in milliseconds. “In reloads” is from the order of a reload to 100 ms after it was reported done; memory is the proportional set size of the proxy’s processes when the load ended.</p>");
    }

    private static void Absent(StringBuilder html, IReadOnlyList<CaseResult> results)
    {
        foreach (CaseResult r in results.Where(r => r.Unavailable is not null))
            html.Append($"<p class=note>{r.Number} {Text(r.Title)}, {r.Target.ToString().ToLowerInvariant()}: not available here: {Text(r.Unavailable!)}</p>");
    }

    /// <summary>Without the XML declaration, which HTML does not take.</summary>
    private static string Inline(string svg) => "<p>" + svg[svg.IndexOf("<svg", System.StringComparison.Ordinal)..] + "</p>";

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
