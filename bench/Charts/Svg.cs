// A small drawing of the lab's and the benchmarks' own: shapes with classes, so that one style sheet colours them by program, in a light
// and in a dark surrounding. It has a view box and no size, so it takes the width it is given: 380 units are about the pixels of a phone.
using System;
using System.Globalization;
using System.Net;
using System.Text;

namespace Baton.Charts;

internal sealed class Svg(int height)
{
    public const int Width = 380;

    /// <summary>Once in a page, or in a file of its own. Colours mean programs everywhere: blue is Baton, orange haproxy.</summary>
    public const string Style = """
        .chart { --ink: #1f2328; --soft: #656d76; --line: #d8dee4; --paper: #fff; --baton: #0969da; --haproxy: #d9730d; --nginx: #8c959f; --bad: #cf222e }
        @media (prefers-color-scheme: dark) { .chart { --ink: #e6edf3; --soft: #9198a1; --line: #30363d; --paper: #0d1117; --baton: #58a6ff; --haproxy: #f0983e; --nginx: #7d8590; --bad: #ff7b72 } }
        .chart text { font: 11px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: var(--ink) }
        .chart .value { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round }
        .chart .soft { fill: var(--soft) } .chart .title { font-weight: 600 } .chart .inside { fill: var(--paper) }
        .chart .grid { stroke: var(--line); stroke-width: 1 } .chart .mark { stroke: var(--line); stroke-width: .7 } .chart .one { stroke: var(--haproxy); stroke-dasharray: 4 3 }
        .chart .baton { fill: var(--baton) } .chart .haproxy { fill: var(--haproxy) } .chart .nginx { fill: var(--nginx) } .chart .bad { fill: var(--bad) }
        .chart path { fill: none; stroke-width: 1.5; stroke-linejoin: round } .chart path.baton { stroke: var(--baton); fill: none } .chart path.haproxy { stroke: var(--haproxy); fill: none }
        .chart .paper { fill: var(--paper) }
        """;

    private readonly StringBuilder _body = new();

    public void Rect(double x, double y, double width, double height, string kind) =>
        Add($"<rect x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{Math.Max(width, 0.5):0.##}\" height=\"{height:0.##}\" class=\"{kind}\"/>");

    public void Line(double x1, double y1, double x2, double y2, string kind) =>
        Add($"<line x1=\"{x1:0.##}\" y1=\"{y1:0.##}\" x2=\"{x2:0.##}\" y2=\"{y2:0.##}\" class=\"{kind}\"/>");

    /// <param name="anchor">start, middle or end.</param>
    public void Text(double x, double y, string text, string anchor = "start", string kind = "") =>
        Add($"<text x=\"{x:0.##}\" y=\"{y:0.##}\" text-anchor=\"{anchor}\" class=\"{kind}\">{WebUtility.HtmlEncode(text)}</text>");

    /// <summary>A line through points.</summary>
    public void Path(ReadOnlySpan<(double X, double Y)> points, string kind)
    {
        var d = new StringBuilder();
        foreach ((double x, double y) in points)
            d.Append(d.Length == 0 ? 'M' : 'L').Append(CultureInfo.InvariantCulture, $"{x:0.##} {y:0.##}");
        Add($"<path d=\"{d}\" class=\"{kind}\"/>");
    }

    private void Add(FormattableString shape) => _body.Append(shape.ToString(CultureInfo.InvariantCulture)).Append('\n');

    /// <summary>For a page that has the style already.</summary>
    public string Inline(string title) =>
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" class=\"chart\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">\n{_body}</svg>\n";

    /// <summary>A file that stands alone, with its paper.</summary>
    public string File(string title)
    {
        string inline = Inline(title);
        int body = inline.IndexOf('>') + 1;
        return $"{inline[..body]}\n<title>{WebUtility.HtmlEncode(title)}</title>\n<style>\n{Style}\n</style>\n<rect width=\"100%\" height=\"100%\" class=\"paper\"/>{inline[body..]}";
    }

    /// <summary>About the width of a text in the widest of the fonts, to keep labels apart.</summary>
    public static double WidthOf(string text) => text.Length * 6.9;

    /// <summary>The step between ticks that divides a range into three to six: 1, 2 or 5 times a power of ten.</summary>
    public static double Step(double range)
    {
        if (range <= 0)
            return 1;
        double power = Math.Pow(10, Math.Floor(Math.Log10(range / 3)));
        foreach (double times in (ReadOnlySpan<double>)[1, 2, 5, 10])
            if (range / (times * power) <= 6)
                return times * power;
        return 10 * power;
    }
}
