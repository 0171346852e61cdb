// What a machine reads: the whole run as one JSON object.
using System.IO;
using System.Text.Json;
using Baton.Inject.Load;

namespace Baton.Inject.Reports;

public static class JsonReport
{
    public static void Write(string file, Options o, Injector run)
    {
        using FileStream to = File.Create(file);
        using var json = new Utf8JsonWriter(to, new JsonWriterOptions { Indented = true });
        Tally t = run.Total;
        json.WriteStartObject();
        json.WriteString("mode", o.Mode.ToString().ToLowerInvariant());
        json.WriteString("target", $"{o.Address}:{o.Port}{o.Path}");
        json.WriteNumber("connections", o.Connections);
        json.WriteNumber("threads", o.Threads);
        json.WriteNumber("rate", o.Rate);
        json.WriteBoolean("keep_alive", o.KeepAlive);
        json.WriteNumber("start_ns", run.StartNs);
        json.WriteNumber("seconds", run.Seconds);
        json.WriteNumber("interval_ms", o.IntervalMs);
        json.WriteNumber("requests", t.Requests);
        json.WriteNumber("unfinished", t.Unfinished);
        json.WriteNumber("opened", t.Connections);
        json.WriteNumber("bytes", t.Bytes);
        json.WriteNumber("requests_per_second", t.Requests / run.Seconds);
        Errors(json, t.Errors, t.TotalErrors);
        json.WriteStartObject("latency_us");
        foreach (
            (string name, double p) in (System.ReadOnlySpan<(string, double)>)
                [("p50", 50), ("p90", 90), ("p99", 99), ("p999", 99.9), ("p9999", 99.99)]
        )
            json.WriteNumber(name, t.Percentile(p));
        json.WriteNumber("max", t.MaxUs);
        json.WriteNumber("mean", t.Requests == 0 ? 0 : t.SumUs / t.Requests);
        json.WriteEndObject();
        json.WriteStartArray("intervals");
        foreach (IntervalRow row in run.Intervals)
        {
            json.WriteStartObject();
            json.WriteNumber("at_ms", (long)row.Index * o.IntervalMs);
            json.WriteNumber("requests", row.Requests);
            json.WriteNumber("opened", row.Connections);
            json.WriteNumber("bytes", row.Bytes);
            Errors(json, row.Errors, row.TotalErrors);
            json.WriteNumber("p50", row.P50);
            json.WriteNumber("p99", row.P99);
            json.WriteNumber("p999", row.P999);
            json.WriteNumber("max", row.Max);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Errors(Utf8JsonWriter json, long[] errors, long total)
    {
        json.WriteStartObject("errors");
        for (int i = 0; i < ErrorKinds.Count; i++)
            json.WriteNumber(ErrorKinds.Names[i], errors[i]);
        json.WriteNumber("total", total);
        json.WriteEndObject();
    }
}
