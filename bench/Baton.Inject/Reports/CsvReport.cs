// A row an interval for a spreadsheet or a plotting program.
using System.Globalization;
using System.IO;
using Baton.Inject.Load;

namespace Baton.Inject.Reports;

public static class CsvReport
{
    public static void Write(string file, Options o, Injector run)
    {
        using var to = new StreamWriter(file);
        to.WriteLine($"at_ms,requests,opened,bytes,{string.Join(',', ErrorKinds.Names)},p50_us,p99_us,p999_us,max_us");
        foreach (IntervalRow r in run.Intervals)
            to.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(long)r.Index * o.IntervalMs},{r.Requests},{r.Connections},{r.Bytes},{string.Join(',', r.Errors)},{r.P50},{r.P99},{r.P999},{r.Max}"
                )
            );
    }
}
