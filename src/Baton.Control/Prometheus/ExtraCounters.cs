// "extra-counters": what the modules count besides, as columns of "show stat" behind those of the core.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Baton.Control.Cli;

namespace Baton.Control.Prometheus;

/// <summary>Gathers what the rows of one kind have, and writes it metric by metric.</summary>
internal sealed class ExtraCounters(string scope)
{
    private static readonly string[] s_modules = ["ssl", "h2", "h1"];
    private static readonly int s_first = StatisticsColumns.IndexOf(StatisticsColumns.LastOfCore) + 1;

    /// <summary>By column: labels and values.</summary>
    private readonly SortedDictionary<int, List<(string Labels, string Value)>> _samples = [];

    public void Add(StatisticsRow row, string labels)
    {
        for (int column = s_first; column < StatisticsColumns.All.Length; column++)
        {
            if (ModuleOf(column) is null || row.Values[column] is not { Length: > 0 } value)
                continue;
            if (!_samples.TryGetValue(column, out List<(string, string)>? samples))
                _samples[column] = samples = [];
            samples.Add((labels, value));
        }
    }

    /// <summary>Null for a column of no module.</summary>
    private static string? ModuleOf(int column)
    {
        string name = StatisticsColumns.All[column].Name;
        return Array.Find(s_modules, m => name.StartsWith(m + "_", StringComparison.Ordinal));
    }

    /// <summary>COMPAT: the module is a label.</summary>
    public IEnumerable<string> Texts(MetricNames? names)
    {
        foreach ((int column, List<(string Labels, string Value)> samples) in _samples)
        {
            TypedField field = StatisticsColumns.All[column];
            string name = $"haproxy_{scope}_{field.Name}";
            if (names?.Has(name) == false)
                continue;
            bool isCounter = field.Tag[1] == 'C';
            var text = new StringBuilder($"# HELP {name} {field.Description}\n# TYPE {name} {(isCounter ? "counter" : "gauge")}\n");
            for (int i = 0; i < samples.Count; i++)
            {
                text.Append(CultureInfo.InvariantCulture, $"{name}{samples[i].Labels},mod=\"{ModuleOf(column)}\"}} {samples[i].Value}\n");
                if (i % 32 != 31)
                    continue;
                yield return text.ToString();
                text.Clear();
            }
            yield return text.ToString();
        }
    }
}
