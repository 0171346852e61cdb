// Handover of what has been counted: frontends, listeners, backends, servers, the process. Matched by name; written as what
// came since the last time, so that nothing is counted twice and what the old process finishes is counted too.
using System;
using System.Collections.Generic;
using Baton.Core.Frames;
using Baton.Engine.Handover;
using Baton.Engine.Listeners;
using Baton.Engine.Loop;
using Baton.Engine.Servers;

namespace Baton.Engine.Proxies;

public sealed class CounterParticipant : IAdditiveParticipant
{
    private enum Kind : byte
    {
        Process,
        Frontend,
        Listener,
        Backend,
        Server,
    }

    /// <summary>What has been told of each, by its counters.</summary>
    private readonly Dictionary<object, long[]> _told = [];
    private readonly long[] _now = new long[TrafficCounters.SumCount],
        _maxima = new long[TrafficCounters.MaximumCount + 2];

    /// <summary>Places behind a record's maxima, and of the process's.</summary>
    private const int MostSessions = TrafficCounters.MaximumCount,
        MostQueued = MostSessions + 1;

    /// <summary>Connections and requests stand in front of the other totals of the process.</summary>
    private const int FrontTotals = 2;
    private int _frontend,
        _backend,
        _part;
    private bool _process;
    private Dictionary<string, FrontendState>? _frontendsByName;
    private int _lastServer;

    /// <summary>One list for all pieces: another one may come meanwhile.</summary>
    private List<BackendState> _backends = [];

    public string Name => "counters";
    public int Version => 1;

    public void Begin(EngineState engine) => (_frontend, _backend, _part, _process, _backends) = (0, 0, -1, false, engine.Backends);

    public bool WriteNext(EngineState engine, FrameWriter into, int room)
    {
        int before = into.Length;
        for (; _frontend < engine.Frontends.Count; _frontend++, _part = -1)
        {
            FrontendState f = engine.Frontends[_frontend];
            for (; _part < f.Listeners.Count; _part++)
            {
                if (into.Length - before >= room)
                    return true;
                if (_part < 0)
                    WriteOne(into, Kind.Frontend, f.Name, "", f.Counters, f.MaxSessions, 0);
                else
                    WriteOne(
                        into,
                        Kind.Listener,
                        f.Name,
                        f.Listeners[_part].Key,
                        f.Listeners[_part].Counters,
                        f.Listeners[_part].MaxSessions,
                        0
                    );
            }
        }
        for (; _backend < _backends.Count; _backend++, _part = -1)
        {
            BackendState b = _backends[_backend];
            for (List<ServerState> servers = b.Servers; _part < servers.Count; _part++)
            {
                if (into.Length - before >= room)
                    return true;
                if (_part < 0)
                    WriteOne(into, Kind.Backend, b.Name, "", b.Counters, b.MaxSessions, b.Queue.MaxCount);
                else
                    WriteServer(into, servers[_part]);
            }
        }
        if (!_process)
            WriteProcess(engine, into);
        _process = true;
        return into.Length > before;
    }

    private void WriteServer(FrameWriter w, ServerState s) =>
        WriteOne(w, Kind.Server, s.Backend.Name, s.Name, s.Counters, s.MaxSessions, s.Queue.MaxCount);

    private void WriteOne(
        FrameWriter w,
        Kind kind,
        string name,
        string part,
        PerWorker<TrafficCounters> workers,
        int maxSessions,
        int maxQueued
    )
    {
        Array.Clear(_now);
        foreach (TrafficCounters c in workers)
            c.AddSumsTo(_now);
        if (!Since(workers, _now))
            return;
        Array.Clear(_maxima);
        TrafficCounters.MaximaOf(workers, _maxima);
        (_maxima[MostSessions], _maxima[MostQueued]) = (maxSessions, maxQueued);
        WriteRecord(w, kind, name, part, _now, _maxima);
    }

    private void WriteProcess(EngineState engine, FrameWriter w)
    {
        long[] now = new long[FrontTotals + ProcessTotals.Count];
        for (int i = 0; i < engine.WorkerCount; i++)
        {
            now[0] += engine.TotalConnections[i].Value;
            now[1] += engine.TotalRequests[i].Value;
        }
        ProcessTotals.Of(engine).CopyTo(now.AsSpan(FrontTotals));
        // a stream that came to nothing gives its number back
        _streams = now[FrontTotals] = Math.Max(_streams, now[FrontTotals]);
        TlsRates tls = engine.TlsRates;
        if (Since(engine, now))
            WriteRecord(
                w,
                Kind.Process,
                "",
                "",
                now,
                [
                    engine.MaxConnectionsSeen,
                    RateCounter.MaxOf(engine.ConnectionRates),
                    RateCounter.MaxOf(engine.SessionRates),
                    tls.MaxSessions,
                    tls.MaxClientKeys,
                    tls.MaxServerKeys,
                ]
            );
    }

    private long _streams;

    private static void AddProcess(EngineState engine, ReadOnlySpan<long> sums, ReadOnlySpan<long> maxima)
    {
        engine.TotalConnections[0].Value += sums[0];
        engine.TotalRequests[0].Value += sums[1];
        engine.Before = engine.Before.With(sums[FrontTotals..]);
        engine.ConnectionRates[0].RaiseMaxBefore(maxima[1]);
        engine.SessionRates[0].RaiseMaxBefore(maxima[2]);
        engine.TlsRates.RaiseMaxima(maxima[3], maxima[4], maxima[5]);
    }

    private static void WriteRecord(FrameWriter w, Kind kind, string name, string part, long[] sums, long[] maxima)
    {
        int record = w.BeginRecord();
        w.Byte((byte)kind);
        w.Text(name);
        w.Text(part);
        w.UInt16(sums.Length);
        foreach (long v in sums)
            w.Int64(v);
        w.UInt16(maxima.Length);
        foreach (long v in maxima)
            w.Int64(v);
        w.EndRecord(record);
    }

    /// <summary>Turns absolute values into what came since the last call. False when nothing did. A value that fell was cleared by the
    /// operator.</summary>
    private bool Since(object key, long[] now)
    {
        if (!_told.TryGetValue(key, out long[]? last))
        {
            // PERF: of ten thousand proxies many have never counted anything
            if (!now.AsSpan().ContainsAnyExcept(0))
                return false;
            _told.Add(key, last = new long[now.Length]);
        }
        bool any = false;
        for (int i = 0; i < now.Length; i++)
        {
            long value = now[i];
            now[i] = value >= last[i] ? value - last[i] : value;
            last[i] = value;
            any |= now[i] != 0;
        }
        return any;
    }

    public void Read(EngineState engine, ref FrameReader from)
    {
        if (engine.Config.Global.ResetCountersOnReload)
            return;
        Span<long> sums = stackalloc long[64];
        Span<long> maxima = stackalloc long[64];
        while (!from.AtEnd && !from.IsShort)
        {
            FrameReader r = from.Record();
            var kind = (Kind)r.Byte();
            string name = r.Text(),
                part = r.Text();
            Numbers(ref r, sums);
            Numbers(ref r, maxima);
            if (!r.IsShort)
                Add(engine, kind, name, part, sums, maxima);
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
            if (i < into.Length)
                into[i] = value;
        }
    }

    private void Add(EngineState engine, Kind kind, string name, string part, ReadOnlySpan<long> sums, ReadOnlySpan<long> maxima)
    {
        switch (kind)
        {
            case Kind.Process:
                AddProcess(engine, sums, maxima);
                return;
            case Kind.Frontend when FindFrontend(engine, name) is { } f:
                f.Counters[0].Absorb(sums, maxima);
                f.RaiseMaxSessions((int)maxima[MostSessions]);
                return;
            case Kind.Listener when FindFrontend(engine, name)?.Listeners.Find(l => l.Key == part) is { } listener:
                listener.Counters[0].Absorb(sums, maxima);
                listener.RaiseMaxSessions((int)maxima[MostSessions]);
                return;
            case Kind.Backend when engine.FindBackend(name) is { } b:
                b.Counters[0].Absorb(sums, maxima);
                b.RaiseMaxSessions((int)maxima[MostSessions]);
                b.Queue.RaiseMaxCount((int)maxima[MostQueued]);
                return;
            case Kind.Server when engine.FindBackend(name) is { } b && FindServer(b, part) is { } s:
                s.Counters[0].Absorb(sums, maxima);
                s.RaiseMaxSessions((int)maxima[MostSessions]);
                s.Queue.RaiseMaxCount((int)maxima[MostQueued]);
                return;
        }
    }

    /// <summary>PERF: ten thousand frontends are not walked for each of their records.</summary>
    private FrontendState? FindFrontend(EngineState engine, string name)
    {
        if (_frontendsByName is null)
        {
            _frontendsByName = new Dictionary<string, FrontendState>(engine.Frontends.Count);
            foreach (FrontendState f in engine.Frontends)
                _frontendsByName.TryAdd(f.Name, f);
        }
        return _frontendsByName.GetValueOrDefault(name);
    }

    /// <summary>PERF: the other side tells of servers in their order: the next one is nearly always the one behind the last.</summary>
    private ServerState? FindServer(BackendState backend, string name)
    {
        List<ServerState> servers = backend.Servers;
        int next = _lastServer + 1 < servers.Count ? _lastServer + 1 : 0;
        _lastServer = next < servers.Count && servers[next].Name == name ? next : servers.FindIndex(s => s.Name == name);
        return _lastServer < 0 ? null : servers[_lastServer];
    }
}
