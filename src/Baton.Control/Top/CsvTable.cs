// An answer of the runtime API in its CSV form: "show stat", "show reloads".
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Baton.Control.Top;

/// <summary>Rows of cells under names. What is not there reads as empty, so that other programs and versions can be read too.</summary>
public sealed class CsvTable
{
    private readonly Dictionary<string, int> _columns = new(StringComparer.Ordinal);
    private readonly List<string[]> _rows = [];

    public int Count => _rows.Count;

    /// <summary>The first line is "# name,name,…"; a table of nothing where it is not.</summary>
    public static CsvTable Parse(string text)
    {
        var table = new CsvTable();
        string[] lines = text.Split('\n');
        if (!lines[0].StartsWith('#'))
            return table;
        string[] names = lines[0].TrimStart('#', ' ').Split(',');
        for (int i = 0; i < names.Length; i++)
            table._columns.TryAdd(names[i], i);
        for (int i = 1; i < lines.Length; i++)
            if (lines[i].Length > 0)
                table._rows.Add(Cells(lines[i]));
        return table;
    }

    public string this[int row, string column] => _columns.TryGetValue(column, out int at) && at < _rows[row].Length ? _rows[row][at] : "";

    /// <summary>0 for what is no number.</summary>
    public double Number(int row, string column) =>
        double.TryParse(this[row, column], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : 0;

    private static string[] Cells(string line)
    {
        if (!line.Contains('"', StringComparison.Ordinal))
            return line.Split(',');
        var cells = new List<string>();
        var cell = new StringBuilder();
        bool quoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (c == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"')
                cell.Append(line[++i]);
            else if (c == '"')
                quoted = !quoted;
            else if (c == ',' && !quoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else
                cell.Append(c);
        }
        cells.Add(cell.ToString());
        return [.. cells];
    }
}
