// use-service prometheus-exporter: the counters of "show info" and "show stat" in Prometheus' text format, made while the client takes
// them. The rows are read first, one a step, so that all samples of a metric stand together, as the format wants it.
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Baton.Control.Cli;
using Baton.Engine;
using Baton.Engine.Services;
using Baton.Engine.Streams;

namespace Baton.Control.Prometheus;

public sealed class PrometheusExporter : ServiceEnd
{
    /// <summary>Lines written in a step.</summary>
    private const int LinesOfStep = 32;

    private readonly EngineState _engine;
    private readonly PrometheusScopes _scopes;
    private readonly MetricNames? _names;
    private readonly bool _noMaintenance,
        _isRefused;

    private PrometheusExporter(HttpStream stream)
        : base(stream)
    {
        _engine = stream.Worker.Engine;
        _isRefused = !PrometheusQuery.TryRead(stream.RequestHead.Query, out _scopes, out _noMaintenance, out _names);
    }

    /// <summary>The service, for <see cref="ServiceCatalog"/>.</summary>
    public static ServiceKeyword Keyword { get; } = new("prometheus-exporter", s => new PrometheusExporter(s));

    public override string LogName => "<PROMEX>";

    public override int WriteFields(ServiceFields fields)
    {
        if (_isRefused)
            return 400;
        fields.Add("cache-control", "no-cache");
        fields.Add("content-type", "text/plain; version=0.0.4");
        return 200;
    }

    protected override IEnumerator<bool> Make(IBufferWriter<byte> into)
    {
        if ((_scopes & PrometheusScopes.Global) != 0)
            foreach (Metric metric in MetricTable.OfProcess)
            {
                if (_names?.Has(metric.Name) == false)
                    continue;
                WriteProcess(into, metric);
                yield return true;
            }
        List<MetricSamples> frontends = [],
            listeners = [],
            backends = [],
            servers = [];
        int[] states = new int[States.OfServers.Length],
            checks = new int[States.OfChecks.Length];
        foreach (StatisticsRow row in new StatisticsSource(_engine, showDetails: false).Read())
        {
            switch (row.Kind)
            {
                case 'F' when (_scopes & PrometheusScopes.Frontends) != 0:
                    frontends.Add(new MetricSamples(row, MetricTable.OfFrontends));
                    break;
                case 'L' when (_scopes & PrometheusScopes.Listeners) != 0:
                    listeners.Add(new MetricSamples(row, MetricTable.OfListeners));
                    break;
                case 'S':
                    int state = States.OfServer(MetricSamples.StatusOf(row));
                    states[state]++;
                    if (MetricSamples.CheckOf(row) is >= 0 and var check)
                        checks[check]++;
                    if ((_scopes & PrometheusScopes.Servers) != 0 && !(_noMaintenance && States.OfServers[state] == "MAINT"))
                        servers.Add(new MetricSamples(row, MetricTable.OfServers));
                    break;
                case 'B':
                    if ((_scopes & PrometheusScopes.Backends) != 0)
                        backends.Add(MetricSamples.OfBackend(row, states, checks));
                    Array.Clear(states);
                    Array.Clear(checks);
                    break;
            }
            yield return true;
        }
        foreach (
            (Metric[] metrics, List<MetricSamples> samples) in ((Metric[], List<MetricSamples>)[])
                [
                    (MetricTable.OfFrontends, frontends),
                    (MetricTable.OfListeners, listeners),
                    (MetricTable.OfBackends, backends),
                    (MetricTable.OfServers, servers),
                ]
        )
        {
            int at = 0;
            foreach (Metric metric in metrics)
            {
                bool described = false;
                for (int i = 0; i < samples.Count && _names?.Has(metric.Name) != false; i++)
                {
                    WriteSamples(into, metric, samples[i], at, metrics, ref described);
                    if (i % LinesOfStep == 0)
                        yield return true;
                }
                at += metric.Places;
            }
        }
    }

    private static void Write(IBufferWriter<byte> into, string text) => Encoding.UTF8.GetBytes(text, into);

    private static void Describe(IBufferWriter<byte> into, Metric metric, string description) =>
        Write(
            into,
            $"# HELP {metric.Name} {description}\n# TYPE {metric.Name} {(metric.Kind == MetricKind.Counter ? "counter" : "gauge")}\n"
        );

    private void WriteProcess(IBufferWriter<byte> into, Metric metric)
    {
        if (ProcessTable.Find(_engine, metric.Source) is not ({ } field, { } value))
            return;
        Describe(into, metric, field.Description);
        Write(into, metric.Form == MetricForm.Version ? $"{metric.Name}{{version=\"{value}\"}} 1\n" : $"{metric.Name} {value}\n");
    }

    /// <summary>The samples of a metric that one object has; none when it does not apply to it.</summary>
    private static void WriteSamples(
        IBufferWriter<byte> into,
        Metric metric,
        MetricSamples samples,
        int at,
        Metric[] metrics,
        ref bool described
    )
    {
        bool hasValue = samples.TryGet(at, out long value);
        if (metric.Form == MetricForm.Code || metric.Source == "check_status")
        {
            if (samples.Check < 0)
                return;
            value = hasValue ? value : 0;
        }
        else if (metric.Form != MetricForm.State && !hasValue)
            return;
        if (!described)
            Describe(into, metric, StatisticsColumns.All[StatisticsColumns.IndexOf(metric.Source)].Description);
        described = true;
        string head = metric.Name + samples.Labels;
        switch (metric.Form)
        {
            case MetricForm.Milliseconds:
                Write(into, string.Create(CultureInfo.InvariantCulture, $"{head}}} {value / 1000}.{value % 1000:000}000\n"));
                break;
            case MetricForm.Codes:
                for (int i = 0; i < States.Codes.Length; i++)
                    if (samples.TryGet(at + i, out long count))
                        Write(into, string.Create(CultureInfo.InvariantCulture, $"{head},code=\"{States.Codes[i]}\"}} {count}\n"));
                break;
            case MetricForm.State:
                WriteStates(into, metric, samples, head, metrics);
                break;
            default:
                Write(into, string.Create(CultureInfo.InvariantCulture, $"{head}}} {value}\n"));
                break;
        }
    }

    private static void WriteStates(IBufferWriter<byte> into, Metric metric, MetricSamples samples, string head, Metric[] metrics)
    {
        (string[] states, int own, int[]? counts) = metric.Source switch
        {
            "agg_check_status" => (States.OfChecks, -1, samples.Checks),
            "agg_server_status" or "agg_server_check_status" => (States.OfServers, -1, samples.Servers),
            "check_status" => (States.OfChecks, samples.Check, null),
            _ when metrics == MetricTable.OfServers => (States.OfServers, States.OfServer(samples.Status), null),
            _ when metrics == MetricTable.OfListeners => (States.OfListeners, States.OfListener(samples.Status), null),
            _ => (States.OfProxies, States.OfProxy(samples.Status), (int[]?)null),
        };
        for (int i = 0; i < states.Length; i++)
        {
            int count =
                counts is not null ? counts[i]
                : own == i ? 1
                : 0;
            Write(into, string.Create(CultureInfo.InvariantCulture, $"{head},state=\"{states[i]}\"}} {count}\n"));
        }
    }
}
