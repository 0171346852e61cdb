// What a person reads: a line an interval, and the summary.
using System.Globalization;
using System.Text;
using Baton.Inject.Load;

namespace Baton.Inject.Reports;

public static class TextReport
{
    public const string Header = "   time s     req/s    conn/s    MB/s   errors    p50 µs    p99 µs  p99.9 µs    max µs\n";

    public static string Line(IntervalRow row, int intervalMs)
    {
        double s = intervalMs / 1000.0;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(row.Index + 1) * s, 9:0.0} {row.Requests / s, 9:0} {row.Connections / s, 9:0} {row.Bytes / s / 1e6, 7:0.0} {row.TotalErrors, 8} {row.P50, 9} {row.P99, 9} {row.P999, 9} {row.Max, 9}\n"
        );
    }

    public static string Summary(Tally total, double seconds)
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"\n{total.Requests} requests, {total.Connections} connections in {seconds:0.00} s: {total.Requests / seconds:0} req/s, {total.Bytes / seconds / 1e6:0.0} MB/s\n"
        );
        text.Append(
            CultureInfo.InvariantCulture,
            $"latency µs: p50 {total.Percentile(50)}  p90 {total.Percentile(90)}  p99 {total.Percentile(99)}  p99.9 {total.Percentile(99.9)}  p99.99 {total.Percentile(99.99)}  max {total.MaxUs}\n"
        );
        text.Append(CultureInfo.InvariantCulture, $"errors: {total.TotalErrors}");
        for (int i = 0; i < ErrorKinds.Count; i++)
            if (total.Errors[i] > 0)
                text.Append(CultureInfo.InvariantCulture, $"  {ErrorKinds.Names[i]} {total.Errors[i]}");
        long all = total.Requests + total.TotalErrors;
        if (all > 0)
            text.Append(CultureInfo.InvariantCulture, $"  ({total.TotalErrors * 1e6 / all:0.##} per million)");
        if (total.Unfinished > 0)
            text.Append(CultureInfo.InvariantCulture, $"  unfinished at the end: {total.Unfinished}");
        return text.Append('\n').ToString();
    }
}
