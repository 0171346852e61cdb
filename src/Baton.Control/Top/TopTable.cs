// One view of "baton top": columns, and rows that can be filtered and put in order.
using System;
using System.Collections.Generic;

namespace Baton.Control.Top;

/// <param name="Name">What --view calls it.</param>
/// <param name="Empty">What is said when there is no row.</param>
public sealed record TopTable(string Name, TopColumn[] Columns, List<TopRow> Rows, string Empty)
{
    /// <summary>The place of a column, -1 for none.</summary>
    public int IndexOf(string title) => Array.FindIndex(Columns, c => c.Title.Equals(title, StringComparison.OrdinalIgnoreCase));

    /// <summary>Rows with the text in one of their cells, in the order of a column: the largest numbers first, or words by the alphabet;
    /// <paramref name="reversed"/> the other way round. Below 0 they stay as they came.</summary>
    public List<TopRow> Select(string filter, int column, bool reversed)
    {
        List<TopRow> rows = Rows.FindAll(row =>
            filter.Length == 0 || Array.Exists(row.Cells, c => c.Text.Contains(filter, StringComparison.OrdinalIgnoreCase))
        );
        if (column < 0 || column >= Columns.Length)
            return rows;
        int sign = reversed ? -1 : 1;
        bool number = Columns[column].IsNumber;
        // rows that are equal stay in their order, so that nothing jumps between two looks
        var order = new (TopRow Row, int At)[rows.Count];
        for (int i = 0; i < order.Length; i++)
            order[i] = (rows[i], i);
        Array.Sort(order, (a, b) =>
        {
            TopCell x = a.Row.Cells[column],
                y = b.Row.Cells[column];
            int compared = number ? y.Value.CompareTo(x.Value) : string.CompareOrdinal(x.Text, y.Text);
            return compared != 0 ? sign * compared : a.At.CompareTo(b.At);
        });
        return [.. Array.ConvertAll(order, static o => o.Row)];
    }
}
