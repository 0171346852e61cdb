// One row of "show stat" before it is written: a value for each column that applies.
using System.Globalization;

namespace Baton.Control.Cli;

/// <summary>Kind is 'F' frontend, 'L' listener, 'S' server, 'B' backend.</summary>
internal sealed class StatisticsRow
{
    public char Kind { get; private set; }
    public int ProxyId { get; private set; }
    public int Id { get; private set; }

    /// <summary>Begins a row, or another one in the same object: no column applies yet.</summary>
    public void Begin(char kind, int proxyId, int id)
    {
        (Kind, ProxyId, Id) = (kind, proxyId, id);
        System.Array.Clear(Values);
    }

    /// <summary>Null: the column does not apply.</summary>
    public string?[] Values { get; } = new string?[StatisticsColumns.All.Length];

    public string this[string column]
    {
        set => Values[StatisticsColumns.IndexOf(column)] = value;
    }

    public void Set(string column, long value) => this[column] = value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Sets columns that lie side by side.</summary>
    public void SetFrom(string column, params System.ReadOnlySpan<long> values)
    {
        int at = StatisticsColumns.IndexOf(column);
        foreach (long v in values)
            Values[at++] = v.ToString(CultureInfo.InvariantCulture);
    }

    public string ObjectType =>
        Kind switch
        {
            'F' => "Frontend",
            'L' => "Listener",
            'S' => "Server",
            _ => "Backend",
        };
}
