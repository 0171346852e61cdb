// Handover of what has been counted: frontends, listeners, backends, servers, the process. Matched by name; written as what
// came since the last time, so that nothing is counted twice and what the old process finishes is counted too.
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Baton.Core.Frames;
using Baton.Engine.Handover;
using Baton.Engine.Listeners;
using Baton.Engine.Servers;

namespace Baton.Engine.Proxies;

public sealed class CounterParticipant : IHandoverParticipant
{
    private enum Kind : byte { Process, Frontend, Listener, Backend, Server }

    private readonly ConditionalWeakTable<object, long[]> _written = [];

    public string Name => "counters";
    public int Version => 1;

    public bool Write(EngineState engine, FrameWriter into)
    {
        int before = into.Length;
        foreach (FrontendState f in engine.Frontends)
        {
            WriteOne(into, Kind.Frontend, f, f.Name, "", f.Counters, f.MaxSessions);
            foreach (ListenerState l in f.Listeners) WriteOne(into, Kind.Listener, l, f.Name, l.Key, l.Counters, l.MaxSessions);
        }
        foreach (BackendState b in engine.Backends)
        {
            WriteOne(into, Kind.Backend, b, b.Name, "", b.Counters, b.MaxSessions);
            foreach (ServerState s in b.Servers) WriteOne(into, Kind.Server, s, b.Name, s.Name, s.Counters, s.MaxSessions);
        }
        WriteProcess(engine, into);
        return into.Length > before;
    }

    private void WriteOne(FrameWriter w, Kind kind, object key, string name, string part, TrafficCounters[] workers, int maxSessions)
    {
        long[] now = new long[TrafficCounters.SumCount];
        foreach (TrafficCounters c in workers) c.AddSumsTo(now);
        if (!Since(key, now)) return;
        long[] maxima = new long[TrafficCounters.MaximumCount + 1];
        foreach (TrafficCounters c in workers) c.RaiseMaxima(maxima);
        maxima[^1] = maxSessions;
        WriteRecord(w, kind, name, part, now, maxima);
    }

    private void WriteProcess(EngineState engine, FrameWriter w)
    {
        long[] now = [0, 0];
        for (int i = 0; i < engine.WorkerCount; i++)
        {
            now[0] += engine.TotalConnections[i].Value;
            now[1] += engine.TotalRequests[i].Value;
        }
        if (Since(engine, now)) WriteRecord(w, Kind.Process, "", "", now, [engine.MaxConnectionsSeen]);
    }

    private static void WriteRecord(FrameWriter w, Kind kind, string name, string part, long[] sums, long[] maxima)
    {
        int record = w.BeginRecord();
        w.Byte((byte)kind);
        w.Text(name);
        w.Text(part);
        w.UInt16(sums.Length);
        foreach (long v in sums) w.Int64(v);
        w.UInt16(maxima.Length);
        foreach (long v in maxima) w.Int64(v);
        w.EndRecord(record);
    }

    /// <summary>Turns absolute values into what came since the last call. False when nothing did. A value that fell was cleared by the operator.</summary>
    private bool Since(object key, long[] now)
    {
        bool first = !_written.TryGetValue(key, out long[]? last);
        last ??= new long[now.Length];
        bool any = false;
        for (int i = 0; i < now.Length; i++)
        {
            long value = now[i];
            now[i] = value >= last[i] ? value - last[i] : value;
            last[i] = value;
            any |= now[i] != 0;
        }
        if (first) _written.Add(key, last);
        return any;
    }

    public void Read(EngineState engine, ref FrameReader from)
    {
        if (engine.Config.Global.ResetCountersOnReload) return;
        Span<long> sums = stackalloc long[64];
        Span<long> maxima = stackalloc long[64];
        while (!from.AtEnd && !from.IsShort)
        {
            FrameReader r = from.Record();
            var kind = (Kind)r.Byte();
            string name = r.Text(), part = r.Text();
            Numbers(ref r, sums);
            Numbers(ref r, maxima);
            if (!r.IsShort) Add(engine, kind, name, part, sums, maxima);
        }
    }

    /// <summary>A counted list; what the sender has more of than we know is dropped, what it lacks is zero.</summary>
    private static void Numbers(ref FrameReader r, scoped Span<long> into)
    {
        into.Clear();
        int count = r.UInt16();
        for (int i = 0; i < count && !r.IsShort; i++)
        {
            long value = r.Int64();
            if (i < into.Length) into[i] = value;
        }
    }

    private static void Add(EngineState engine, Kind kind, string name, string part, ReadOnlySpan<long> sums, ReadOnlySpan<long> maxima)
    {
        switch (kind)
        {
            case Kind.Process:
                engine.TotalConnections[0].Value += sums[0];
                engine.TotalRequests[0].Value += sums[1];
                return;
            case Kind.Frontend when engine.FindFrontend(name) is { } f:
                f.Counters[0].Absorb(sums, maxima);
                f.RaiseMaxSessions((int)maxima[TrafficCounters.MaximumCount]);
                return;
            case Kind.Listener when engine.FindFrontend(name)?.Listeners.Find(l => l.Key == part) is { } listener:
                listener.Counters[0].Absorb(sums, maxima);
                return;
            case Kind.Backend when engine.FindBackend(name) is { } b:
                b.Counters[0].Absorb(sums, maxima);
                b.RaiseMaxSessions((int)maxima[TrafficCounters.MaximumCount]);
                return;
            case Kind.Server when engine.FindBackend(name)?.FindServer(part) is { } s:
                s.Counters[0].Absorb(sums, maxima);
                s.RaiseMaxSessions((int)maxima[TrafficCounters.MaximumCount]);
                return;
        }
    }
}
