// Slots of servers with a maxconn that the processes before this one still hold: while they finish what they have, the limit
// holds for all of them together.
using System.Collections.Generic;
using Baton.Core.Frames;
using Baton.Engine.Handover;
using Baton.Engine.Proxies;

namespace Baton.Engine.Servers;

/// <summary>Told as differences, so that what several processes hold adds up; what one has told is forgotten when it has gone.</summary>
public sealed class SlotParticipant : IAdditiveParticipant
{
    private readonly Dictionary<ServerState, int> _told = [],
        _heard = [];
    private int _backend,
        _server;

    /// <summary>One list for all pieces: another one may come meanwhile.</summary>
    private List<BackendState> _backends = [];

    public string Name => "slots";
    public int Version => 1;

    public void Begin(EngineState engine) => (_backend, _server, _backends) = (0, 0, engine.Backends);

    public bool WriteNext(EngineState engine, FrameWriter into, int room)
    {
        int start = into.Length;
        for (; _backend < _backends.Count; _backend++, _server = 0)
        {
            List<ServerState> servers = _backends[_backend].Servers;
            for (; _server < servers.Count; _server++)
            {
                if (into.Length - start >= room)
                    return true;
                Write(servers[_server], into);
            }
        }
        return into.Length > start;
    }

    private void Write(ServerState server, FrameWriter into)
    {
        _told.TryGetValue(server, out int told);
        // without a limit there is nothing to share; what was told before it went is taken back
        int held = server.MaxConn > 0 ? server.Held : 0;
        if (held == told)
            return;
        _told[server] = held;
        into.Text(server.Backend.Name);
        into.Text(server.Name);
        into.Int32(held - told);
    }

    public void Read(EngineState engine, ref FrameReader from)
    {
        while (!from.AtEnd)
        {
            string backend = from.Text(),
                name = from.Text();
            int more = from.Int32();
            if (from.IsShort)
                return;
            if (engine.FindBackend(backend)?.FindServer(name) is { } server)
                Add(engine, server, more);
        }
    }

    private void Add(EngineState engine, ServerState server, int more)
    {
        _heard.TryGetValue(server, out int heard);
        // never less than nothing, whatever the other side says
        more = System.Math.Max(more, -heard);
        _heard[server] = heard + more;
        using (server.Backend.Gate.Enter())
        {
            server.HeldElsewhere += more;
        }
        if (more < 0)
            server.ServeQueue(null);
        if (engine.Handover.IsUnderWay)
            engine.Handover.NoteSlots();
    }

    public void Ended(EngineState engine)
    {
        foreach (ServerState server in (List<ServerState>)[.. _heard.Keys])
            Add(engine, server, -_heard[server]);
    }
}
