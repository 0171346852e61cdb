// What the comparison leaves: a chart that fits every width, and figures of which those of a quick run are never compared.
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using Baton.Bench.Cases;
using Baton.Bench.Reports;
using Xunit;
using CaseResult = Baton.Bench.CaseResult;

namespace Baton.LabTests;

public sealed class BenchResultTests
{
    private static List<CaseResult> Made()
    {
        var results = new List<CaseResult>();
        foreach (
            (string name, string title, double[] costs) in ((string, string, double[])[])
                [
                    ("keep-alive", "100 bytes, keep-alive", [15.5, 18.3, 17.7]),
                    ("body-1m", "1 MB body", [300, 779, 1364]),
                    ("rules", "200 regex rules", [46, 88]),
                ]
        )
        {
            var result = new CaseResult(name, title, "µs/request", "req/s");
            for (int i = 0; i < costs.Length; i++)
                result.Samples[((string[])["baton", "haproxy", "nginx"])[i]] = [new Sample(costs[i], 1000)];
            results.Add(result);
        }
        return results;
    }

    [Fact]
    public void The_chart_has_a_bar_for_each_figure_and_no_fixed_width()
    {
        string directory = Directory.CreateTempSubdirectory("baton-chart-").FullName;
        try
        {
            string name = System.Environment.GetEnvironmentVariable("BATON_REPORT") is { } kept
                ? Path.Combine(kept, "bench")
                : Path.Combine(directory, "chart");
            Chart.Write(name, Made(), "AMD EPYC, 2 cores");
            XElement svg = XElement.Load(name + ".svg");
            Assert.NotNull(svg.Attribute("viewBox"));
            Assert.Null(svg.Attribute("width"));
            Assert.Contains("prefers-color-scheme", svg.ToString());
            // one in the legend, one a case
            Assert.Equal(4, svg.Descendants().Count(e => e.Name.LocalName == "rect" && (string?)e.Attribute("class") == "baton"));
            Assert.Equal(3, svg.Descendants().Count(e => e.Name.LocalName == "rect" && (string?)e.Attribute("class") == "nginx"));
        }
        finally
        {
            Directory.Delete(directory, true);
        }
    }

    [Fact]
    public void A_quick_run_is_kept_apart_and_compared_with_nothing()
    {
        string directory = Directory.CreateTempSubdirectory("baton-results-").FullName,
            results = Path.Combine(directory, "results"),
            quick = Path.Combine(directory, "quick");
        try
        {
            var full = new Baton.Bench.Options { Results = results, QuickResults = quick };
            var fast = new Baton.Bench.Options
            {
                Results = results,
                QuickResults = quick,
                Quick = true,
            };
            Assert.StartsWith(quick, ResultFile.Write(fast, Made(), ["v"]));
            Assert.False(Directory.Exists(results));
            Assert.Empty(ResultFile.Earlier(full));
            ResultFile.Write(full, Made(), ["v"]);
            Assert.Equal(3, ResultFile.Earlier(full).Count);
            Assert.Empty(ResultFile.Earlier(fast));
        }
        finally
        {
            Directory.Delete(directory, true);
        }
    }
}
