// Connections that the process before offers in one frame: judged, then adopted or given up, as that one says.
using System;
using System.Collections.Generic;
using Baton.Core.Frames;
using Baton.Engine;
using Baton.Engine.Handover;
using Baton.Engine.Loop;
using Baton.Handover.Protocol;
using Baton.Interop.Linux;

namespace Baton.Handover.Sessions;

/// <summary>Used again for each frame of its conversation. OWNER: who holds that.</summary>
/// <param name="current">The worker it is used on; null for another thread.</param>
/// <param name="next">Whose turn it is to get a connection.</param>
internal sealed class ArrivalBatch(EngineState engine, Worker? current, Func<int> next)
{
    private readonly List<Arrival> _arrivals = [];
    private readonly Stack<Arrival> _spare = new();
    private readonly List<Arrival>?[] _others = new List<Arrival>?[engine.WorkerCount];

    /// <summary>How many came to be served here, and how many end there.</summary>
    public int Adopted { get; private set; }
    public int Refused { get; private set; }

    /// <summary>Takes the channel's last frame, with its descriptors. False when it makes no sense (they are closed then).</summary>
    public bool TryRead(FrameChannel channel)
    {
        _arrivals.Clear();
        Adopted = Refused = 0;
        var reader = new FrameReader(channel.Payload);
        ReadOnlySpan<int> descriptors = channel.Descriptors;
        channel.ReleaseDescriptors();
        int count = reader.Int32(),
            at = 0;
        var route = new ArrivalRoute(engine);
        for (int i = 0; i < count && !reader.IsShort; i++)
        {
            FrameReader item = reader.Record();
            if (!reader.IsShort)
                _arrivals.Add(Arrival.Read(route, item, descriptors, ref at, _spare.TryPop(out Arrival? used) ? used : null));
        }
        if (!reader.IsShort && _arrivals.Count == count && at == descriptors.Length)
            return true;
        _arrivals.Clear();
        foreach (int fd in descriptors)
            Files.close(fd);
        return false;
    }

    /// <summary>1 for what can be served here, 0 for what cannot.</summary>
    public byte[] Claims()
    {
        byte[] claims = new byte[_arrivals.Count];
        for (int i = 0; i < claims.Length; i++)
            claims[i] = _arrivals[i].Refusal is null ? (byte)1 : (byte)0;
        return claims;
    }

    /// <summary>The process before has taken all of them back.</summary>
    public void Withdraw()
    {
        foreach (Arrival arrival in _arrivals)
            arrival.Discard();
        _arrivals.Clear();
    }

    /// <summary>What was claimed lives here from now on.</summary>
    public void Adopt()
    {
        Action<Arrival>? adopt = current is null ? null : a => a.Adopt(current);
        foreach (Arrival arrival in _arrivals)
        {
            engine.Reloads.Totals.Note(arrival.Kind, arrival.Refusal);
            if (arrival.Refusal is not null)
            {
                arrival.Discard();
                _spare.Push(arrival);
                Refused++;
                continue;
            }
            Adopted++;
            int worker = next() % _others.Length;
            for (int i = 0; i < _others.Length && arrival.Listener is { } l && !EngineState.MayServe(engine.Workers[worker], l); i++)
                worker = (worker + 1) % _others.Length;
            if (engine.Workers[worker] != current)
                (_others[worker] ??= []).Add(arrival);
            else
            {
                current.Guard(arrival, adopt!);
                _spare.Push(arrival);
            }
        }
        _arrivals.Clear();
        for (int i = 0; i < _others.Length; i++)
        {
            if (_others[i] is not { } theirs)
                continue;
            _others[i] = null;
            engine
                .Workers[i]
                .Post(w =>
                {
                    foreach (Arrival arrival in theirs)
                        w.Guard(arrival, a => a.Adopt(w));
                });
        }
    }
}
