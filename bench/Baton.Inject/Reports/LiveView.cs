// A person is watching: a table that grows a row an interval, redrawn in place, with the errors in red.
using System;
using System.Collections.Generic;
using System.Globalization;
using Baton.Inject.Load;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Baton.Inject.Reports;

/// <summary>Shows the last <see cref="Rows"/> intervals. Called from the injector's reporting thread only.</summary>
public sealed class LiveView(Options options)
{
    private const int Rows = 15;
    private readonly Queue<IntervalRow> _rows = new();
    private readonly object _lock = new();
    private bool _changed;

    /// <summary>Runs <paramref name="run"/> while the table is on the screen.</summary>
    public void Show(Action run)
    {
        AnsiConsole
            .Live(Draw())
            .AutoClear(false)
            .Start(context =>
            {
                var worker = new System.Threading.Thread(() => run());
                worker.Start();
                while (!worker.Join(100))
                    Refresh(context);
                Refresh(context);
            });
    }

    public void Add(IntervalRow row)
    {
        lock (_lock)
        {
            _rows.Enqueue(row);
            if (_rows.Count > Rows)
                _rows.Dequeue();
            _changed = true;
        }
    }

    private void Refresh(LiveDisplayContext context)
    {
        lock (_lock)
        {
            if (!_changed)
                return;
            _changed = false;
            context.UpdateTarget(Draw());
        }
        context.Refresh();
    }

    private IRenderable Draw()
    {
        var table = new Table()
            .RoundedBorder()
            .Title($"{options.Mode.ToString().ToLowerInvariant()} → {options.Address}:{options.Port}, {options.Connections} connections");
        foreach (string column in (string[])["s", "req/s", "conn/s", "MB/s", "errors", "p50 µs", "p99 µs", "p99.9 µs", "max µs"])
            table.AddColumn(new TableColumn(column).RightAligned());
        double s = options.IntervalMs / 1000.0;
        foreach (IntervalRow r in _rows)
        {
            table.AddRow(
                N((r.Index + 1) * s, "0.0"),
                N(r.Requests / s, "0"),
                N(r.Connections / s, "0"),
                N(r.Bytes / s / 1e6, "0.0"),
                r.TotalErrors == 0 ? "0" : $"[red]{r.TotalErrors}[/]",
                N(r.P50, "0"),
                N(r.P99, "0"),
                N(r.P999, "0"),
                N(r.Max, "0")
            );
        }
        return table;
    }

    private static string N(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
