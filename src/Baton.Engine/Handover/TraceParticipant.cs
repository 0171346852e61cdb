// Handover of what operators have said of traces: a source that somebody has changed at run time stays as it is set, whatever the
// configuration of the next process says of it. Words and not numbers: the other process may have other events.
using Baton.Core.Frames;
using Baton.Engine.Streams;
using Baton.Engine.Traces;

namespace Baton.Engine.Handover;

public sealed class TraceParticipant : IAuthoritativeParticipant
{
    private readonly ToldRecords _told = new();
    private int _next;

    public string Name => "traces";
    public int Version => 1;

    public void Begin(EngineState engine) => _next = 0;

    public bool WriteNext(EngineState engine, FrameWriter into, int room)
    {
        int before = into.Length;
        for (; _next < TraceSources.All.Length; _next++)
            if (TraceSources.All[_next] is { IsEdited: true } source)
            {
                int start = into.Length;
                Write(source, into);
                _told.Keep(source, into, start);
            }
        return into.Length > before;
    }

    private static void Write(TraceSource source, FrameWriter into)
    {
        int record = into.BeginRecord();
        into.Text(source.Name);
        into.Byte((byte)source.State);
        into.Byte((byte)source.Level);
        into.Text(TraceSource.Verbosities[source.Verbosity].Name);
        into.Text(source.Sink?.Name ?? "");
        into.Text(source.Lock.ToString());
        into.Text(source.Followed?.Name ?? "");
        for (TraceUse use = TraceUse.Report; use <= TraceUse.Pause; use++)
        {
            ulong bits = source.EventsOf(use);
            into.Flag(bits == ulong.MaxValue);
            int events = into.BeginRecord();
            for (int i = 0; i < source.Events.Length && bits != ulong.MaxValue; i++)
                if ((bits >> i & 1) != 0)
                    into.Text(source.Events[i].Name);
            into.EndRecord(events);
        }
        into.EndRecord(record);
    }

    public void Read(EngineState engine, ref FrameReader from)
    {
        while (!from.AtEnd && !from.IsShort)
        {
            FrameReader r = from.Record();
            if (TraceSources.Orders.Find(r.Text()) is { } source)
                Read(source, ref r);
        }
        TraceSources.Orders.Switch();
        StreamTrace.Install(engine);
    }

    private static void Read(TraceSource source, ref FrameReader r)
    {
        byte state = r.Byte(),
            level = r.Byte();
        string verbosity = r.Text(),
            sink = r.Text(),
            criterion = r.Text(),
            followed = r.Text();
        if (r.IsShort || state > (byte)TraceState.Running || level > (byte)TraceLevel.Developer)
            return;
        source.IsEdited = true;
        source.SetLevel((TraceLevel)level);
        int at = System.Array.FindIndex(TraceSource.Verbosities, v => v.Name == verbosity);
        if (at >= 0)
            source.SetVerbosity(at);
        source.SetSink(TraceSink.Find(sink));
        source.SetLock(
            System.Enum.TryParse(criterion, out TraceLock known) && System.Array.IndexOf(source.Criteria, known) >= 0
                ? known
                : TraceLock.Nothing
        );
        source.Follow(followed.Length > 0 ? TraceSources.Orders.Find(followed) : null);
        for (TraceUse use = TraceUse.Report; use <= TraceUse.Pause && !r.IsShort; use++)
        {
            ulong bits = r.Flag() ? ulong.MaxValue : 0;
            FrameReader events = r.Record();
            while (!events.AtEnd && !events.IsShort)
                bits |= source.BitOf(events.Text());
            source.SetEvents(use, bits);
        }
        source.SetState((TraceState)state);
    }
}
