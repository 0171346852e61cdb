// Traces: "trace", "show trace", "show events". What the words mean is Baton.Engine.Traces.
using System.Collections.Generic;
using System.Globalization;
using Baton.Configuration.Model;
using Baton.Engine.Loop;
using Baton.Engine.Streams;
using Baton.Engine.Traces;

namespace Baton.Control.Cli;

public static class TraceCommands
{
    /// <summary>How often who waits for events looks for some.</summary>
    private const int RestMs = 50;

    /// <summary>Characters of events in one piece.</summary>
    private const int PieceSize = 8192;

    public static readonly CliCommand[] Rows =
    [
        new("trace", "[<module>|0] [cmd [args...]]", CliLevel.Admin, "manage live tracing (empty to list, 0 to stop all)", Trace),
        new("show trace", "[<module>]", CliLevel.Admin, "show live tracing state", ShowTrace),
        new("show events", "[<sink>] [-w] [-n]", CliLevel.User, "show event sink state", ShowEvents),
    ];

    private static void Trace(CliRequest r)
    {
        List<string> words = r.Words.GetRange(1, r.Words.Count - 1);
        if (words.Count > 2 && TraceSources.Orders.Find(words[0]) is { } source)
            source.IsEdited = true;
        string? why = TraceSources.Orders.Apply(words, r.Answer);
        StreamTrace.Install(r.Engine);
        if (why is not null)
            r.Fail(why);
        else if (words is ["0", ..])
            r.Answer.Append('\n');
    }

    private static void ShowTrace(CliRequest r)
    {
        if (r[2].Length == 0)
            TraceSources.Orders.Show(r.Answer);
        else if (TraceSources.Orders.Find(r[2]) is { } source)
            TraceOrders.Show(source, r.Answer);
        else
            r.Fail("No such trace source");
    }

    private static IEnumerable<Worker> ShowEvents(CliRequest r)
    {
        if (r[2].Length == 0)
        {
            r.Line("Supported events sinks are listed below. Add -w(wait), -n(new). Any key to stop");
            foreach (TraceSink sink in TraceSink.All)
                r.Answer.Append(
                    CultureInfo.InvariantCulture,
                    $"    {sink.Name, -10} : type={(sink.Ring is null ? "fd" : "buffer")}, {sink.Dropped} dropped, {sink.Says}\n"
                );
            yield break;
        }
        if (TraceSink.Find(r[2]) is not { } chosen)
        {
            r.Fail("No such event sink");
            yield break;
        }
        bool waits = false,
            isNew = false;
        for (int i = 3; i < r.Words.Count; i++)
        {
            waits |= r[i] is "-w" or "-wn" or "-nw";
            isNew |= r[i] is "-n" or "-wn" or "-nw";
            if (r[i] is not ("-w" or "-n" or "-wn" or "-nw"))
            {
                r.Fail("unknown option");
                yield break;
            }
        }
        if (chosen.Ring is not { } ring)
        {
            r.Fail("Nothing to report for this sink");
            yield break;
        }
        long at = isNew ? ring.End : 0;
        while (true)
        {
            string text = ring.Read(ref at, PieceSize);
            r.Answer.Append(text);
            if (text.Length == 0 && (!waits || r.IsInterrupted))
                yield break;
            if (text.Length == 0)
                r.RestMs = RestMs;
            yield return r.Home!;
        }
    }
}
