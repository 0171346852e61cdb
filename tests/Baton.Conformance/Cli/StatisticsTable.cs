// The CSV form of "show stat", by proxy, name and column.
using System;
using System.Collections.Generic;

namespace Baton.Conformance.Cli;

internal sealed class StatisticsTable
{
    private readonly Dictionary<(string, string), Dictionary<string, string>> _rows = [];

    public List<string> Columns { get; } = [];

    /// <summary>"proxy/name" in the order they came.</summary>
    public List<string> Names { get; } = [];

    public Dictionary<string, string> this[string proxy, string name] => _rows[(proxy, name)];

    public static StatisticsTable Parse(string csv)
    {
        var table = new StatisticsTable();
        foreach (string line in csv.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] cells = line.Split(',');
            if (table.Columns.Count == 0)
            {
                table.Columns.AddRange(line[2..].Split(','));
                continue;
            }
            var row = new Dictionary<string, string>();
            for (int i = 0; i < cells.Length && i < table.Columns.Count; i++)
                row[table.Columns[i]] = cells[i];
            table._rows[(cells[0], cells[1])] = row;
            table.Names.Add($"{cells[0]}/{cells[1]}");
        }
        return table;
    }
}
