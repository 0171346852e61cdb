// The lab's report as a phone and a screen of 1,280 pixels get it: nothing of fixed width, every figure named, no chart without a mark in
// it, colours by program, labels that keep apart. Drawn from made-up runs, so that it needs no machine.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Baton.Lab.Reports;
using Baton.Lab.Runs;
using Xunit;

namespace Baton.LabTests;

public sealed class ReportTests
{
    private static CaseResult Made(int number, string title, Target target, LoadKind load, long failed, int seed)
    {
        var random = new Random(seed);
        var result = new CaseResult(number, title.Split(' ')[0].ToLowerInvariant(), title, target, load)
        {
            Seconds = 20,
            Requests = 100_000 - failed,
            Reloads = 80,
            ReloadMedianMs = 31,
            P50 = 80,
            P99 = 1900,
            P999 = 3400,
            Max = 9000,
            P999Inside = 4100,
            P999Outside = 2200,
            ProcessesLeft = 1,
            BytesLeft = 6_400_000,
            Errors = new() { ["refused"] = failed / 2, ["reset_before"] = failed - failed / 2 },
            ExpectedLossless = number > 8,
        };
        for (int i = 0; i < 400; i++)
        {
            result.Intervals.Add(
                new Interval(
                    i * 50,
                    250,
                    failed > 0 && i % 5 == 0 ? 1 + random.NextInt64(2 * failed / 80 + 1) : 0,
                    900 + random.NextInt64(i % 5 == 0 ? 4000 : 900),
                    9000
                )
            );
            if (i % 5 == 0)
                result.Marks.Add(new ReloadMark(i * 50, i * 50 + 30));
        }
        return result;
    }

    private static readonly List<CaseResult> s_results =
    [
        Made(1, "stop, then start", Target.Baton, LoadKind.Short, 4993, 1),
        Made(1, "stop, then start", Target.Haproxy, LoadKind.Short, 97191, 2),
        Made(2, "2006: SIGTTOU, bind, SIGUSR1", Target.Baton, LoadKind.Short, 632, 3),
        Made(2, "2006: SIGTTOU, bind, SIGUSR1", Target.Haproxy, LoadKind.Short, 2790, 4),
        Made(7, "SO_REUSEPORT, tcp_migrate_req=1", Target.Baton, LoadKind.Short, 0, 5),
        Made(7, "SO_REUSEPORT, tcp_migrate_req=1", Target.Haproxy, LoadKind.WebSocket, 3, 6),
        Made(11, "Baton's handover of live connections", Target.Baton, LoadKind.KeepAlive, 0, 7),
        new CaseResult(11, "handover", "Baton's handover of live connections", Target.Haproxy, LoadKind.KeepAlive)
        {
            Unavailable = "haproxy hands over no live connections",
        },
    ];

    private static void Written(Action<string, string> look)
    {
        // kept where a person can look at it
        string directory = Environment.GetEnvironmentVariable("BATON_REPORT") ?? Directory.CreateTempSubdirectory("baton-report-").FullName;
        try
        {
            Directory.CreateDirectory(directory);
            HtmlReport.Write(directory, LabOptions.Parse([]), s_results);
            look(directory, File.ReadAllText(Path.Combine(directory, "report.html")));
        }
        finally
        {
            if (Environment.GetEnvironmentVariable("BATON_REPORT") is null)
                Directory.Delete(directory, true);
        }
    }

    [Fact]
    public void It_fits_every_width_and_both_lights() =>
        Written(
            (_, html) =>
            {
                Assert.Contains("<meta name=viewport content=\"width=device-width, initial-scale=1\">", html);
                Assert.Contains("prefers-color-scheme: dark", html);
                Assert.Contains("sans-serif", html);
                foreach (Match svg in Regex.Matches(html, "<svg[^>]*>"))
                {
                    Assert.Contains("viewBox=\"0 0 380 ", svg.Value);
                    Assert.DoesNotMatch(" (width|height)=", svg.Value);
                }
                // on a phone a row becomes a list: every cell says what it is
                Assert.Equal(Regex.Count(html, "<td[ >]"), Regex.Count(html, "<td data-label="));
                Assert.DoesNotContain("href=#r7", html);
            }
        );

    [Fact]
    public void No_chart_is_empty_and_colours_mean_programs() =>
        Written(
            (directory, html) =>
            {
                string[] files = [.. Directory.GetFiles(directory, "*.svg").Select(f => Path.GetFileName(f)).Order()];
                // two runs without an error have no chart of errors
                Assert.Equal(5, files.Count(f => f.EndsWith("-errors.svg", StringComparison.Ordinal)));
                Assert.Equal(7, files.Count(f => f.EndsWith("-latency.svg", StringComparison.Ordinal)));
                Assert.Equal(1 + 12, Regex.Count(html, "<svg "));
                foreach (string file in files)
                {
                    XElement svg = XElement.Load(Path.Combine(directory, file));
                    string[] kinds = [.. svg.Descendants().Select(e => (string?)e.Attribute("class") ?? "")];
                    Assert.Contains(kinds, k => k is "baton" or "haproxy" or "bad");
                    if (file.Contains("haproxy", StringComparison.Ordinal))
                        Assert.DoesNotContain("baton", kinds);
                    if (file.Contains("-baton-", StringComparison.Ordinal))
                        Assert.DoesNotContain("haproxy", kinds);
                    Assert.Contains("prefers-color-scheme", svg.ToString());
                }
            }
        );

    [Fact]
    public void Labels_stay_inside_and_apart() =>
        Written(
            (directory, _) =>
            {
                foreach (string file in Directory.GetFiles(directory, "*.svg"))
                {
                    XElement svg = XElement.Load(file);
                    double height = double.Parse(svg.Attribute("viewBox")!.Value.Split(' ')[3], CultureInfo.InvariantCulture);
                    var boxes = new List<(double Left, double Right, double Y, string Text)>();
                    foreach (XElement text in svg.Descendants().Where(e => e.Name.LocalName == "text"))
                    {
                        double x = Number(text, "x"),
                            y = Number(text, "y"),
                            width = Baton.Charts.Svg.WidthOf(text.Value) * 0.95;
                        double left = (string?)text.Attribute("text-anchor") switch
                        {
                            "end" => x - width,
                            "middle" => x - width / 2,
                            _ => x,
                        };
                        Assert.True(
                            left >= -1 && left + width <= 381 && y > 8 && y < height,
                            $"{Path.GetFileName(file)}: '{text.Value}' leaves the drawing"
                        );
                        foreach ((double otherLeft, double otherRight, double otherY, string other) in boxes)
                            Assert.False(
                                Math.Abs(otherY - y) < 9 && left < otherRight && otherLeft < left + width,
                                $"{Path.GetFileName(file)}: '{text.Value}' lies over '{other}'"
                            );
                        boxes.Add((left, left + width, y, text.Value));
                    }
                }
            }
        );

    private static double Number(XElement element, string name) =>
        double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
