// Handover of how far peers have heard. What the tables hold the next process gets by itself, as something that it need not tell; this says
// what is still to be told: the keys of entries that a peer has not acknowledged, and which peers are so far behind that they are told all.
using System;
using System.Collections.Generic;
using Baton.Core.Frames;
using Baton.Engine.Peers;

namespace Baton.Engine.Handover;

public sealed class PeersParticipant : IAuthoritativeParticipant
{
    private readonly Queue<(PeersState Section, int Table)> _left = new();

    public string Name => "peers";
    public int Version => 1;

    public void Begin(EngineState engine)
    {
        _left.Clear();
        foreach (PeersState section in engine.Peers)
            for (int i = 0; i < section.TableCount; i++)
                _left.Enqueue((section, i));
    }

    public bool WriteNext(EngineState engine, FrameWriter into, int room)
    {
        int before = into.Length;
        while (into.Length - before < room && _left.TryDequeue(out (PeersState Section, int Table) next))
        {
            int record = into.BeginRecord();
            into.Text(next.Section.Config.Name);
            next.Section.WriteTo(into, next.Table);
            into.EndRecord(record);
        }
        return into.Length > before;
    }

    public void Read(EngineState engine, ref FrameReader from)
    {
        while (!from.AtEnd && !from.IsShort)
        {
            FrameReader r = from.Record();
            string section = r.Text();
            if (!r.IsShort)
                engine.Peers.Find(p => p.Config.Name == section)?.ReadFrom(ref r);
        }
    }
}
