// A source of traces: its events, and what an operator has said of them. COMPAT: what "trace" means is HAProxy's (management manual, 9.3).
using System;
using System.Globalization;
using System.Text;
using System.Threading;

namespace Baton.Engine.Traces;

/// <summary>Any thread, under a lock of its own; without a trace nobody comes here (<see cref="TraceSwitch"/>).</summary>
public sealed class TraceSource(string name, string says, TraceLock[] criteria, TraceEvent? own, params TraceEvent[] events)
{
    /// <summary>COMPAT: as HAProxy's muxes and streams have them.</summary>
    public static readonly (string Name, string Says)[] Verbosities =
    [
        ("quiet", "only report basic information with no decoding"),
        ("clean", "only user-friendly stuff, generally suitable for level \"user\""),
        ("minimal", "report who it is about"),
        ("simple", "add the first line of messages"),
        ("advanced", "add header fields"),
        ("complete", "add all there is"),
    ];

    /// <summary>The same source as nobody has set anything of it, to try words on.</summary>
    internal TraceSource Fresh() => new(name, says, criteria, own, events);

    private readonly Lock _gate = new();
    private object? _locked;

    public string Name => name;
    public string Says => says;
    public TraceEvent[] Events => events;

    /// <summary>What it can be locked to; always <see cref="TraceLock.Nothing"/> too.</summary>
    public TraceLock[] Criteria => criteria;

    /// <summary>What <see cref="TraceLock.Own"/> is called; null without.</summary>
    public TraceEvent? Own => own;

    public TraceState State { get; private set; }
    public ulong Reported { get; private set; } = ulong.MaxValue;
    public ulong Starting { get; private set; }
    public ulong Stopping { get; private set; }
    public ulong Pausing { get; private set; }
    public TraceLevel Level { get; private set; } = TraceLevel.User;
    public int Verbosity { get; private set; } = 1;
    public TraceSink? Sink { get; private set; }
    public TraceLock Lock { get; private set; } = TraceLock.Nothing;

    /// <summary>The source whose state counts instead of its own; null for its own.</summary>
    public TraceSource? Followed { get; private set; }

    /// <summary>Somebody has set something at run time: the next process is told.</summary>
    public bool IsEdited { get; set; }

    /// <summary>It may tell something.</summary>
    public bool IsOn => State != TraceState.Stopped || Followed is not null;

    /// <summary>The place of an event, as its bit; 0 for none.</summary>
    public ulong BitOf(string wanted)
    {
        int at = Array.FindIndex(events, e => e.Name == wanted);
        return at < 0 ? 0 : 1UL << at;
    }

    /// <summary>Which events report, start, stop and pause.</summary>
    public ulong EventsOf(TraceUse use) =>
        use switch
        {
            TraceUse.Report => Reported,
            TraceUse.Start => Starting,
            TraceUse.Stop => Stopping,
            _ => Pausing,
        };

    public void SetEvents(TraceUse use, ulong bits)
    {
        lock (_gate)
            switch (use)
            {
                case TraceUse.Report:
                    Reported = bits;
                    break;
                case TraceUse.Start:
                    Starting = bits;
                    break;
                case TraceUse.Stop:
                    Stopping = bits;
                    break;
                default:
                    Pausing = bits;
                    break;
            }
    }

    public void SetState(TraceState state)
    {
        lock (_gate)
            Turn(state);
    }

    public void SetLevel(TraceLevel level) => Level = level;

    public void SetVerbosity(int verbosity) => Verbosity = verbosity;

    public void SetSink(TraceSink? sink) => Sink = sink;

    public void SetLock(TraceLock criterion)
    {
        lock (_gate)
            (Lock, _locked) = (criterion, null);
    }

    public void Follow(TraceSource? other) => Followed = other == this ? null : other;

    private void Turn(TraceState state)
    {
        State = state;
        if (state != TraceState.Running)
            _locked = null;
    }

    /// <summary>What happens to traces when this event happens, and whether it is to be told. The text is made only then.</summary>
    /// <param name="at">The place of the event among <see cref="Events"/>.</param>
    /// <param name="level">From which level on it is told.</param>
    /// <param name="subject">Whom it is about.</param>
    /// <param name="also">A wider event that it is too; below 0 for none.</param>
    public bool Admit(int at, TraceLevel level, in TraceSubject subject, int also = -1)
    {
        ulong bit = 1UL << at | (also >= 0 ? 1UL << also : 0);
        lock (_gate)
        {
            if (Followed is { } leader)
                return leader.Leads(subject) && (Reported & bit) != 0 && level <= Level && Sink is not null;
            if (State == TraceState.Stopped)
                return false;
            if (State == TraceState.Waiting)
            {
                if ((Starting & bit) == 0)
                    return false;
                Turn(TraceState.Running);
            }
            bool tells = (Reported & bit) != 0 && HoldsTo(subject);
            // the pause ends with what it was held to, not with somebody else's end
            if (tells && ((Pausing | Stopping) & bit) != 0)
                Turn((Stopping & bit) != 0 ? TraceState.Stopped : TraceState.Waiting);
            return tells && level <= Level && Sink is not null;
        }
    }

    private bool HoldsTo(in TraceSubject subject)
    {
        if (Lock == TraceLock.Nothing)
            return true;
        object? one = subject.Pick(Lock);
        _locked ??= one;
        return one is not null && one.Equals(_locked);
    }

    /// <summary>Whether those who follow this source tell of somebody.</summary>
    private bool Leads(in TraceSubject subject)
    {
        lock (_gate)
            return State == TraceState.Running && (Lock == TraceLock.Nothing || _locked is not null && _locked.Equals(subject.Pick(Lock)));
    }

    /// <summary>Tells of an event that was admitted.</summary>
    public void Tell(int at, TraceLevel level, int thread, StringBuilder text)
    {
        var line = new StringBuilder(text.Length + 64);
        line.Append(CultureInfo.InvariantCulture, $"[{thread:00}|{name}|{(int)level}|{events[at].Name}] ");
        // what comes from clients must not begin a line of its own, or obey a terminal
        for (int i = 0; i < text.Length; i++)
            line.Append(text[i] is < ' ' or '\x7f' ? '.' : text[i]);
        Sink?.Write(line.ToString());
    }
}
