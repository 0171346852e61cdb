// The exporter's metrics that HAProxy does not have: reloads, what moved in them and what did not, the load of each worker, and how long
// requests took as histograms.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Baton.Engine;
using Baton.Engine.Handover;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;

namespace Baton.Control.Prometheus;

internal static class BatonMetrics
{
    /// <summary>The kinds of what moves, as a label says them.</summary>
    private static readonly (MovedKind Kind, string Label)[] s_kinds =
    [
        (MovedKind.Client, "client"),
        (MovedKind.TcpSession, "tcp"),
        (MovedKind.Tunnel, "tunnel"),
        (MovedKind.IdleServer, "server"),
        (MovedKind.Tunnels, "tunnels"),
    ];

    /// <summary>Those of the process, a metric with its samples at a time.</summary>
    public static IEnumerable<string> OfProcess(EngineState engine, MetricNames? names)
    {
        HandoverTotals totals = engine.Reloads.Totals;
        var text = new StringBuilder();
        if (Begin(text, names, "baton_reloads_total", "counter", "reloads since the first process"))
            yield return text.Append(CultureInfo.InvariantCulture, $"baton_reloads_total{{result=\"done\"}} {totals.Done}\n")
                .Append(CultureInfo.InvariantCulture, $"baton_reloads_total{{result=\"failed\"}} {totals.Failed}\n")
                .ToString();
        if (LastReload(engine) is { } last && Begin(text, names, "baton_reload_duration_seconds", "gauge", "steps of the last reload"))
        {
            Step(text, "prepared", last.PreparedMs);
            Step(text, "moved", last.MovedMs);
            Step(text, "left", last.LeftMs);
            yield return text.ToString();
        }
        if (Begin(text, names, "baton_connections_moved_total", "counter", "connections that went on in the next process"))
        {
            foreach ((MovedKind kind, string label) in s_kinds)
                text.Append(CultureInfo.InvariantCulture, $"baton_connections_moved_total{{kind=\"{label}\"}} {totals.Moved(kind)}\n");
            yield return text.ToString();
        }
        KeyValuePair<string, long>[] refused = totals.Refused();
        if (
            refused.Length > 0
            && Begin(text, names, "baton_connections_not_moved_total", "counter", "connections that the next process did not take")
        )
        {
            foreach ((string why, long count) in refused)
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"baton_connections_not_moved_total{{reason=\"{MetricSamples.Escaped(why)}\"}} {count}\n"
                );
            yield return text.ToString();
        }
        if (!Begin(text, names, "baton_worker_idle_percent", "gauge", "share of the last second that a worker spent waiting"))
            yield break;
        foreach (Worker worker in engine.Workers)
            text.Append(CultureInfo.InvariantCulture, $"baton_worker_idle_percent{{worker=\"{worker.Index + 1}\"}} {worker.IdlePercent}\n");
        yield return text.ToString();
    }

    private static ReloadRecord? LastReload(EngineState engine)
    {
        ReloadRecord[] all = engine.Reloads.Snapshot();
        return Array.FindLast(all, static r => r.PreparedMs >= 0);
    }

    private static void Step(StringBuilder text, string step, int ms)
    {
        if (ms >= 0)
            text.Append(CultureInfo.InvariantCulture, $"baton_reload_duration_seconds{{step=\"{step}\"}} {Seconds(ms)}\n");
    }

    /// <summary>Those of backends, one at a time.</summary>
    public static IEnumerable<string> OfBackends(EngineState engine, MetricNames? names)
    {
        foreach (bool total in (bool[])[false, true])
        {
            string name = total ? "baton_backend_total_time_seconds" : "baton_backend_response_time_seconds",
                help = total ? "time of a request in all" : "time from the connection to the server until its answer began";
            var text = new StringBuilder();
            if (!Begin(text, names, name, "histogram", help))
                continue;
            bool described = false;
            long[] values = new long[LatencyHistogram.Bounds + 2];
            foreach (BackendState backend in engine.Backends)
            {
                Array.Clear(values);
                foreach (TrafficCounters c in backend.Counters)
                    (total ? c.Latencies?.Total : c.Latencies?.Response)?.AddTo(values);
                if (described)
                    text.Clear();
                if (!values.AsSpan(0, LatencyHistogram.Bounds + 1).ContainsAnyExcept(0))
                    continue;
                described = true;
                Histogram(text, name, MetricSamples.Escaped(backend.Name), values);
                yield return text.ToString();
            }
        }
    }

    private static void Histogram(StringBuilder text, string name, string proxy, long[] values)
    {
        long sum = 0;
        for (int i = 0; i <= LatencyHistogram.Bounds; i++)
        {
            sum += values[i];
            string bound = i < LatencyHistogram.Bounds ? Seconds(LatencyHistogram.Bound(i)) : "+Inf";
            text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{proxy=\"{proxy}\",le=\"{bound}\"}} {sum}\n");
        }
        text.Append(CultureInfo.InvariantCulture, $"{name}_sum{{proxy=\"{proxy}\"}} {Seconds(values[^1])}\n");
        text.Append(CultureInfo.InvariantCulture, $"{name}_count{{proxy=\"{proxy}\"}} {sum}\n");
    }

    private static string Seconds(long ms) => string.Create(CultureInfo.InvariantCulture, $"{ms / 1000}.{ms % 1000:000}");

    /// <summary>Describes a metric in an empty text; false when it is not wanted.</summary>
    private static bool Begin(StringBuilder text, MetricNames? names, string name, string kind, string help)
    {
        text.Clear();
        if (names?.Has(name) == false)
            return false;
        text.Append($"# HELP {name} {help}\n# TYPE {name} {kind}\n");
        return true;
    }
}
