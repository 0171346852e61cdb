// The rows of "show stat" as the exporter needs them: the numbers of a row and its state, a few hundred bytes each.
using System;
using System.Globalization;
using Baton.Control.Cli;

namespace Baton.Control.Prometheus;

/// <summary>One frontend, backend or server.</summary>
internal sealed class MetricSamples
{
    /// <summary>Bytes of a line's labels: "{proxy="be",server="s1"" without the end.</summary>
    public string Labels { get; }
    public string Status { get; }

    /// <summary>Servers of a backend in each of <see cref="States.OfServers"/>.</summary>
    public int[]? Servers { get; set; }

    private readonly long[] _values;
    private const long Missing = long.MinValue;

    public MetricSamples(StatisticsRow row, Metric[] metrics)
    {
        string proxy = Escaped(row.Values[StatisticsColumns.IndexOf("pxname")]!);
        Labels =
            row.Kind == 'S'
                ? $"{{proxy=\"{proxy}\",server=\"{Escaped(row.Values[StatisticsColumns.IndexOf("svname")]!)}\""
                : $"{{proxy=\"{proxy}\"";
        Status = StatusOf(row);
        bool isHttp = row.Values[StatisticsColumns.IndexOf("mode")] == "http";
        int size = 0;
        foreach (Metric m in metrics)
            size += m.Places;
        _values = new long[size];
        int at = 0;
        foreach (Metric m in metrics)
        {
            int column = StatisticsColumns.IndexOf(m.Source);
            for (int n = m.Places; n > 0; n--, column++)
                // COMPAT: what is about HTTP is not said of other proxies
                _values[at++] =
                    (isHttp || !m.IsOfHttp)
                    && long.TryParse(row.Values[column], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long v)
                        ? v
                        : Missing;
        }
    }

    public static string StatusOf(StatisticsRow row) => row.Values[StatisticsColumns.IndexOf("status")] ?? "";

    /// <summary>The value at a place; false when the column does not apply.</summary>
    public bool TryGet(int at, out long value) => (value = _values[at]) != Missing;

    /// <summary>As a label's value is written (Prometheus text format 0.0.4).</summary>
    private static string Escaped(string text) =>
        text.AsSpan().IndexOfAny("\\\"\n") < 0
            ? text
            : text.Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\"", "\\\"", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal);
}
