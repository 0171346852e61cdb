// Answers and work of any length, a piece at a time. A command is an iterator: where it yields it may be left for as long as the
// client does not read, or for other connections to get their turn, so what it walks over must survive being changed meanwhile
// (a number to go on behind, a list that is replaced when it changes, a ClientWalk). It yields the worker to go on on.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using Baton.Engine.Loop;

namespace Baton.Control.Cli;

/// <summary>OWNER: the worker it goes on on, one at a time.</summary>
internal sealed class CliPieces(CliRequest request, IEnumerable<Worker> pieces)
{
    /// <summary>Characters of answer after which the client has to take some first, and how long a piece may take.</summary>
    private const int Size = 8192;
    private static readonly long s_ticks = Stopwatch.Frequency / 4000;

    private readonly IEnumerator<Worker> _pieces = pieces.GetEnumerator();

    /// <summary>The worker on which it goes on.</summary>
    public Worker At { get; private set; } = request.Home!;

    /// <summary>Runs a piece, on <see cref="At"/>. False when that was the last.</summary>
    public bool Run()
    {
        long end = Stopwatch.GetTimestamp() + s_ticks;
        Worker here = At;
        try
        {
            while (_pieces.MoveNext())
            {
                At = _pieces.Current;
                if (At != here || request.RestMs > 0 || request.Answer.Length >= Size || Stopwatch.GetTimestamp() >= end)
                    return true;
            }
        }
        // the process outlives a mistake in a command: an operator's typing must not cost a connection
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            request.Fail($"Internal error: {e.Message}");
        }
        Dispose();
        return false;
    }

    /// <summary>Lets go of what it walks over, on the worker it was to go on on.</summary>
    public void Abandon() => At.Post(_ => Dispose());

    private void Dispose() => _pieces.Dispose();

    /// <summary>Shows every client of every worker, on its own thread, for commands that look at all.</summary>
    public static IEnumerable<Worker> VisitClients(CliRequest r, Action<Worker, Engine.Connections.ClientConnection> visit)
    {
        foreach (Worker worker in r.Engine.Workers)
        {
            yield return worker;
            using ClientWalk walk = worker.WalkClients();
            while (walk.Next() is { } client)
            {
                visit(worker, client);
                yield return worker;
            }
        }
        yield return r.Home!;
    }
}
