// What "trace SOURCE WORD [VALUE]" means, on the runtime API and in a traces section. COMPAT: words and lists are HAProxy's.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Baton.Engine.Traces;

public sealed class TraceOrders(TraceSource[] sources)
{
    private static readonly (string Name, string Says)[] s_words =
    [
        ("event", "list/enable/disable source-specific event reporting"),
        ("follow", "passively follow another source's trace"),
        ("level", "list/set trace reporting level"),
        ("lock", "automatic lock on thread/connection/stream/..."),
        ("pause", "pause and automatically restart after a specific event"),
        ("sink", "list/set event sinks"),
        ("start", "start immediately or after a specific event"),
        ("stop", "stop immediately or after a specific event"),
        ("verbosity", "list/set trace output verbosity"),
    ];

    private static readonly string[] s_levels =
    [
        "report errors",
        "also information useful to the end user",
        "also protocol-level updates",
        "also report internal state changes",
        "also report data transfers",
        "also report information useful only to the developer",
    ];

    /// <summary>Nothing is traced because of it.</summary>
    public bool IsTrial { get; init; }

    public TraceSource? Find(string name) => Array.Find(sources, s => s.Name == name);

    /// <summary>"trace 0".</summary>
    public void StopAll()
    {
        foreach (TraceSource source in sources)
        {
            source.SetState(TraceState.Stopped);
            source.Follow(null);
            source.IsEdited = true;
        }
        Switch();
    }

    /// <summary>Whether anything is traced has changed, perhaps.</summary>
    public void Switch()
    {
        if (!IsTrial)
            TraceSwitch.On = Array.Exists(sources, static s => s.IsOn);
    }

    /// <summary>Does what the words behind "trace" say: a source, and pairs of a word and a value. What is asked for is answered; null
    /// when all was understood, else why not.</summary>
    public string? Apply(IReadOnlyList<string> words, StringBuilder answer)
    {
        if (words.Count == 0)
            List(answer);
        if (words.Count == 0)
            return null;
        if (words[0] == "0")
        {
            StopAll();
            answer.Append("All traces now stopped");
            return null;
        }
        if (Find(words[0]) is not { } source)
            return "No such trace source";
        if (words.Count == 1)
        {
            answer.Append("Supported commands:\n");
            foreach ((string name, string says) in s_words)
                answer.Append(CultureInfo.InvariantCulture, $"  {name, -10}: {says}\n");
        }
        for (int i = 1; i < words.Count; i += 2)
        {
            if (i + 1 == words.Count)
                return ListOf(source, words[i], answer);
            if (Set(source, words[i], words[i + 1]) is { } why)
                return why;
        }
        Switch();
        return null;
    }

    private void List(StringBuilder answer)
    {
        answer.Append("Supported trace sources and states (.=stopped, w=waiting, R=running) :\n");
        answer.Append(" [.] 0          : not a source, will immediately stop all traces\n");
        foreach (TraceSource s in sources)
            answer.Append(CultureInfo.InvariantCulture, $" [{Sign(s)}] {s.Name, -10} : {s.Says}\n");
    }

    private static char Sign(TraceSource source) =>
        (source.Followed ?? source).State switch
        {
            TraceState.Stopped => '.',
            TraceState.Waiting => 'w',
            _ => 'R',
        };

    /// <summary>"show trace".</summary>
    public void Show(StringBuilder answer)
    {
        answer.Append("Supported trace sources and states (.=stopped, w=waiting, R=running) :\n");
        foreach (TraceSource s in sources)
            answer.Append(
                CultureInfo.InvariantCulture,
                $" [{Sign(s)}] {s.Name, -10} -> {s.Sink?.Name ?? "none"} [drp {s.Sink?.Dropped ?? 0}]  [{s.Says}]\n"
            );
    }

    /// <summary>"show trace SOURCE".</summary>
    public static void Show(TraceSource source, StringBuilder answer)
    {
        answer.Append(CultureInfo.InvariantCulture, $"Trace status for {source.Name}:\n");
        answer.Append(CultureInfo.InvariantCulture, $"  - sink: {source.Sink?.Name ?? "none"} [{source.Sink?.Dropped ?? 0} dropped]\n");
        answer.Append("  - event name   :     report    start    stop    pause\n");
        for (int i = 0; i < source.Events.Length; i++)
        {
            char Has(TraceUse use) => (source.EventsOf(use) >> i & 1) != 0 ? '+' : '-';
            answer.Append(CultureInfo.InvariantCulture, $"    {source.Events[i].Name, -13}:        {Has(TraceUse.Report)}");
            answer.Append(CultureInfo.InvariantCulture, $"        {Has(TraceUse.Start)}        {Has(TraceUse.Stop)}");
            answer.Append(CultureInfo.InvariantCulture, $"       {Has(TraceUse.Pause)}\n");
        }
    }

    private static TraceUse? UseOf(string word) =>
        word switch
        {
            "event" => TraceUse.Report,
            "start" => TraceUse.Start,
            "stop" => TraceUse.Stop,
            "pause" => TraceUse.Pause,
            _ => null,
        };

    private string? Set(TraceSource source, string word, string value)
    {
        if (UseOf(word) is { } use)
            return SetEvent(source, use, value);
        switch (word)
        {
            case "level":
                // the names of the enumeration are the words, whatever their case
                if (value.Length == 0 || !char.IsAsciiLetterLower(value[0]) || !Enum.TryParse(value, true, out TraceLevel level))
                    return "No such trace level";
                source.SetLevel(level);
                return null;
            case "verbosity":
                int at = Array.FindIndex(TraceSource.Verbosities, v => v.Name == value);
                if (at < 0)
                    return "No such verbosity level";
                source.SetVerbosity(at);
                return null;
            case "sink":
                if (value != "none" && TraceSink.Find(value) is null)
                    return "No such sink";
                source.SetSink(TraceSink.Find(value));
                return null;
            case "lock":
                if (CriterionOf(source, value) is not { } criterion)
                    return "Unsupported lock-on criterion";
                source.SetLock(criterion);
                return null;
            case "follow":
                if (value != "none" && Find(value) is null)
                    return "No such trace source";
                source.Follow(Find(value));
                return null;
            default:
                return "Unknown trace keyword";
        }
    }

    private static string NameOf(TraceSource source, TraceLock criterion) =>
        criterion == TraceLock.Own ? source.Own!.Name : criterion.ToString().ToLowerInvariant();

    /// <summary>By its name; null for one that the source does not have.</summary>
    public static TraceLock? CriterionOf(TraceSource source, string name)
    {
        foreach (TraceLock criterion in source.Criteria)
            if (NameOf(source, criterion) == name)
                return criterion;
        return null;
    }

    private static string? SetEvent(TraceSource source, TraceUse use, string value)
    {
        if (value == "now" && use != TraceUse.Report)
        {
            source.SetState(
                use switch
                {
                    TraceUse.Start => TraceState.Running,
                    TraceUse.Stop => TraceState.Stopped,
                    _ => TraceState.Waiting,
                }
            );
            return null;
        }
        bool off = value.StartsWith('-') || value.StartsWith('!');
        string name = off || value.StartsWith('+') ? value[1..] : value;
        ulong bits = source.EventsOf(use),
            bit = name == "any" ? ulong.MaxValue
            : name == "none" ? 0
            : source.BitOf(name);
        if (bit == 0 && name != "none")
            return "No such trace event";
        source.SetEvents(
            use,
            name == "none" ? 0
                : off ? bits & ~bit
                : bits | bit
        );
        return null;
    }

    private string? ListOf(TraceSource source, string word, StringBuilder answer)
    {
        if (UseOf(word) is { } use)
        {
            ListEvents(source, use, answer);
            return null;
        }
        (string title, List<(string Name, string Says, bool IsChosen)> rows) = Choices(source, word);
        if (rows.Count == 0)
            return "Unknown trace keyword";
        answer.Append(title).Append('\n');
        foreach ((string name, string says, bool chosen) in rows)
            answer.Append(CultureInfo.InvariantCulture, $"  {(chosen ? '*' : ' ')} {name, -10} : {says}\n");
        return null;
    }

    private (string Title, List<(string, string, bool)> Rows) Choices(TraceSource source, string word)
    {
        var rows = new List<(string, string, bool)>();
        switch (word)
        {
            case "level":
                for (int i = 0; i < s_levels.Length; i++)
                    rows.Add((((TraceLevel)i).ToString().ToLowerInvariant(), s_levels[i], (int)source.Level == i));
                return ($"Supported trace levels for source {source.Name}:", rows);
            case "verbosity":
                for (int i = 0; i < TraceSource.Verbosities.Length; i++)
                    rows.Add((TraceSource.Verbosities[i].Name, TraceSource.Verbosities[i].Says, source.Verbosity == i));
                return ($"Supported trace verbosities for source {source.Name}:", rows);
            case "sink":
                rows.Add(("none", "no sink", source.Sink is null));
                foreach (TraceSink sink in TraceSink.All)
                    rows.Add((sink.Name, sink.Says, source.Sink == sink));
                return ($"Supported sinks for source {source.Name} (*=current):", rows);
            case "lock":
                foreach (TraceLock criterion in source.Criteria)
                    rows.Add((NameOf(source, criterion), SaysOf(source, criterion), source.Lock == criterion));
                return ($"Supported lock-on criteria for source {source.Name}:", rows);
            case "follow":
                rows.Add(("none", "do not follow any other source", source.Followed is null));
                foreach (TraceSource other in sources)
                    if (other != source)
                        rows.Add((other.Name, other.Says, source.Followed == other));
                return ($"Supported sources to follow for source {source.Name}:", rows);
            default:
                return ("", rows);
        }
    }

    private static string SaysOf(TraceSource source, TraceLock criterion) =>
        criterion switch
        {
            TraceLock.Own => source.Own!.Says,
            TraceLock.Nothing => "do not lock on anything",
            _ => $"lock on the {NameOf(source, criterion)} that started the trace",
        };

    private static void ListEvents(TraceSource source, TraceUse use, StringBuilder answer)
    {
        answer.Append(CultureInfo.InvariantCulture, $"Supported events for source {source.Name} (+=enabled, -=disabled):\n");
        if (use != TraceUse.Report)
            answer.Append("  - now          : don't wait for events, immediately change the state\n");
        answer.Append("  - none         : disable all event types\n  - any          : enable all event types\n");
        for (int i = 0; i < source.Events.Length; i++)
            answer.Append(
                CultureInfo.InvariantCulture,
                $"  {((source.EventsOf(use) >> i & 1) != 0 ? '+' : '-')} {source.Events[i].Name, -12} : {source.Events[i].Says}\n"
            );
    }
}
