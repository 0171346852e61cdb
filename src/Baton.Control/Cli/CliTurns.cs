// The turns that long commands get on a worker: one millisecond between two looks at what has happened, however many clients ask.
using System.Collections.Generic;
using System.Diagnostics;
using Baton.Engine.Loop;

namespace Baton.Control.Cli;

/// <summary>OWNER: its worker.</summary>
internal sealed class CliTurns(Worker worker) : IRunnable
{
    private static readonly long s_ticks = Stopwatch.Frequency / 1000;

    private readonly Queue<CliConnection> _waiting = new();

    public IRunnable? NextQueued { get; set; }
    public bool IsQueued { get; set; }

    public void Add(CliConnection connection)
    {
        _waiting.Enqueue(connection);
        worker.Enqueue(this);
    }

    public void RunQueued()
    {
        long end = Stopwatch.GetTimestamp() + s_ticks;
        // who is added while this runs waits for the next turn
        for (int count = _waiting.Count; count > 0 && Stopwatch.GetTimestamp() < end; count--)
            worker.Guard(_waiting.Dequeue(), static connection => connection.OnTurn());
        if (_waiting.Count > 0)
            worker.Enqueue(this);
    }

    /// <summary>A connection that fails in its turn is ended by itself; the others still wait for theirs.</summary>
    public void Abandon()
    {
        if (_waiting.Count > 0)
            worker.Enqueue(this);
    }

    public void EndForMemory() => Abandon();
}
