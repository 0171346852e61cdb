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
        _hasExtra,
        _isRefused;

    private PrometheusExporter(HttpStream stream)
        : base(stream)
    {
        _engine = stream.Worker.Engine;
        _isRefused = !PrometheusQuery.TryRead(stream.RequestHead.Query, out _scopes, out _noMaintenance, out _hasExtra, out _names);
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

    /// <summary>What the rows have, by their kind.</summary>
    private sealed class Gathered
    {
        public readonly List<MetricSamples> Frontends = [],
            Listeners = [],
            Backends = [],
            Servers = [];
        public readonly ExtraCounters[] Extra = [new("frontend"), new("listener"), new("backend"), new("server")];
    }

    protected override IEnumerator<bool> Make(IBufferWriter<byte> into)
    {
        if ((_scopes & PrometheusScopes.Global) != 0)
        {
            foreach (Metric metric in MetricTable.OfProcess)
            {
                if (_names?.Has(metric.Name) == false)
                    continue;
                WriteProcess(into, metric);
                yield return true;
            }
            foreach (bool step in WriteAll(into, BatonMetrics.OfProcess(_engine, _names)))
                yield return step;
        }
        var gathered = new Gathered();
        foreach (bool step in Read(gathered))
            yield return step;
        foreach (bool step in WriteRows(into, gathered))
            yield return step;
        if ((_scopes & PrometheusScopes.Backends) != 0)
            foreach (bool step in WriteAll(into, BatonMetrics.OfBackends(_engine, _names)))
                yield return step;
        foreach (ExtraCounters one in gathered.Extra)
        foreach (bool step in WriteAll(into, one.Texts(_names)))
            yield return step;
    }

    private static IEnumerable<bool> WriteAll(IBufferWriter<byte> into, IEnumerable<string> texts)
    {
        foreach (string text in texts)
        {
            Write(into, text);
            yield return true;
        }
    }

    /// <summary>Reads the rows, one a step.</summary>
    private IEnumerable<bool> Read(Gathered all)
    {
        int[] states = new int[States.OfServers.Length],
            checks = new int[States.OfChecks.Length];
        foreach (StatisticsRow row in new StatisticsSource(_engine, showDetails: false).Read())
        {
            switch (row.Kind)
            {
                case 'F' when (_scopes & PrometheusScopes.Frontends) != 0:
                    all.Frontends.Add(Gather(new MetricSamples(row, MetricTable.OfFrontends), row, all.Extra[0]));
                    break;
                case 'L' when (_scopes & PrometheusScopes.Listeners) != 0:
                    all.Listeners.Add(Gather(new MetricSamples(row, MetricTable.OfListeners), row, all.Extra[1]));
                    break;
                case 'S':
                    int state = States.OfServer(MetricSamples.StatusOf(row));
                    states[state]++;
                    if (MetricSamples.CheckOf(row) is >= 0 and var check)
                        checks[check]++;
                    if ((_scopes & PrometheusScopes.Servers) != 0 && !(_noMaintenance && States.OfServers[state] == "MAINT"))
                        all.Servers.Add(Gather(new MetricSamples(row, MetricTable.OfServers), row, all.Extra[3]));
                    break;
                case 'B':
                    if ((_scopes & PrometheusScopes.Backends) != 0)
                        all.Backends.Add(Gather(MetricSamples.OfBackend(row, states, checks), row, all.Extra[2]));
                    Array.Clear(states);
                    Array.Clear(checks);
                    break;
            }
            yield return true;
        }
    }

    /// <summary>Writes their samples metric by metric, some lines a step.</summary>
    private IEnumerable<bool> WriteRows(IBufferWriter<byte> into, Gathered all)
    {
        foreach (
            (Metric[] metrics, List<MetricSamples> samples) in ((Metric[], List<MetricSamples>)[])
                [
                    (MetricTable.OfFrontends, all.Frontends),
                    (MetricTable.OfListeners, all.Listeners),
                    (MetricTable.OfBackends, all.Backends),
                    (MetricTable.OfServers, all.Servers),
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

    private MetricSamples Gather(MetricSamples samples, StatisticsRow row, ExtraCounters extra)
    {
        if (_hasExtra)
            extra.Add(row, samples.Labels);
        return samples;
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
