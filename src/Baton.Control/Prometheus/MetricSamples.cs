// The rows of "show stat" as the exporter needs them: the numbers of a row and its state, a few hundred bytes each.
using System;
using System.Globalization;
using Baton.Control.Cli;

namespace Baton.Control.Prometheus;

/// <summary>One frontend, listener, backend or server.</summary>
internal sealed class MetricSamples
{
    /// <summary>Bytes of a line's labels: "{proxy="be",server="s1"" without the end.</summary>
    public string Labels { get; }
    public string Status { get; }

    /// <summary>Place in <see cref="States.OfChecks"/> of a server's last check; -1 for none.</summary>
    public int Check { get; }

    /// <summary>Servers of a backend in each of <see cref="States.OfServers"/>.</summary>
    public int[]? Servers { get; set; }

    /// <summary>Servers of a backend by the result of their last check.</summary>
    public int[]? Checks { get; set; }

    private readonly long[] _values;
    private const long Missing = long.MinValue;

    public MetricSamples(StatisticsRow row, Metric[] metrics)
    {
        string proxy = Escaped(row.Values[StatisticsColumns.IndexOf("pxname")]!);
        string? kind =
            row.Kind == 'S' ? "server"
            : row.Kind == 'L' ? "listener"
            : null;
        Labels = kind is null
            ? $"{{proxy=\"{proxy}\""
            : $"{{proxy=\"{proxy}\",{kind}=\"{Escaped(row.Values[StatisticsColumns.IndexOf("svname")]!)}\"";
        Status = StatusOf(row);
        Check = CheckOf(row);
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

    /// <summary>A backend's, with copies of what was counted of its servers.</summary>
    public static MetricSamples OfBackend(StatisticsRow row, int[] states, int[] checks) =>
        new(row, MetricTable.OfBackends) { Servers = (int[])states.Clone(), Checks = (int[])checks.Clone() };

    public static string StatusOf(StatisticsRow row) => row.Values[StatisticsColumns.IndexOf("status")] ?? "";

    public static int CheckOf(StatisticsRow row) => States.OfCheck(row.Values[StatisticsColumns.IndexOf("check_status")] ?? "");

    /// <summary>The value at a place; false when the column does not apply.</summary>
    public bool TryGet(int at, out long value) => (value = _values[at]) != Missing;

    /// <summary>As a label's value is written (Prometheus text format 0.0.4).</summary>
    public static string Escaped(string text) =>
        text.AsSpan().IndexOfAny("\\\"\n") < 0
            ? text
            : text.Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\"", "\\\"", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal);
}
