// Handover of how long requests took, by backend: as counters, what came since the last time.
using System;
using System.Collections.Generic;
using Baton.Core.Frames;
using Baton.Engine.Proxies;

namespace Baton.Engine.Handover;

public sealed class LatencyParticipant : IAdditiveParticipant
{
    /// <summary>Of one histogram: its counts and the sum.</summary>
    private const int Values = LatencyHistogram.Bounds + 2;

    private readonly Dictionary<BackendState, long[]> _told = [];
    private int _next;

    /// <summary>One list for all pieces: another one may come meanwhile.</summary>
    private List<BackendState> _backends = [];

    public string Name => "latencies";
    public int Version => 1;

    public void Begin(EngineState engine) => (_next, _backends) = (0, engine.Backends);

    public bool WriteNext(EngineState engine, FrameWriter into, int room)
    {
        int before = into.Length;
        for (; _next < _backends.Count; _next++)
        {
            if (into.Length - before >= room)
                return true;
            Write(_backends[_next], into);
        }
        return into.Length > before;
    }

    private void Write(BackendState backend, FrameWriter into)
    {
        Span<long> now = stackalloc long[2 * Values];
        now.Clear();
        foreach (TrafficCounters c in backend.Counters)
        {
            c.Latencies?.Response.AddTo(now);
            c.Latencies?.Total.AddTo(now[Values..]);
        }
        if (!_told.TryGetValue(backend, out long[]? last))
        {
            if (!now.ContainsAnyExcept(0))
                return;
            _told.Add(backend, last = new long[now.Length]);
        }
        if (now.SequenceEqual(last))
            return;
        int record = into.BeginRecord();
        into.Text(backend.Name);
        into.UInt16(Values);
        for (int i = 0; i < now.Length; i++)
        {
            // a value that fell was cleared by the operator
            into.Int64(now[i] >= last[i] ? now[i] - last[i] : now[i]);
            last[i] = now[i];
        }
        into.EndRecord(record);
    }

    public void Read(EngineState engine, ref FrameReader from)
    {
        if (engine.Config.Global.ResetCountersOnReload)
            return;
        Span<long> values = stackalloc long[2 * Values];
        while (!from.AtEnd && !from.IsShort)
        {
            FrameReader r = from.Record();
            string name = r.Text();
            // other bounds would be other numbers
            bool same = r.UInt16() == Values;
            for (int i = 0; i < values.Length && same; i++)
                values[i] = r.Int64();
            if (!same || r.IsShort || engine.FindBackend(name) is not { } backend)
                continue;
            Latencies mine = backend.Counters[0].Latencies ??= new Latencies();
            mine.Response.Absorb(values);
            mine.Total.Absorb(values[Values..]);
        }
    }
}
