// Handover of what an operator changed on servers at run time: administrative state, weight, maxconn, address.
// One rule for all: a runtime value stays, unless the value in the file is another than the old process was started with.
using System.Collections.Generic;
using Baton.Core.Frames;
using Baton.Engine.Connections;
using Baton.Engine.Handover;
using Baton.Engine.Proxies;

namespace Baton.Engine.Servers;

public sealed class ServerStateParticipant : IAuthoritativeParticipant
{
    private const AdminState Operators = AdminState.ForcedMaintenance | AdminState.ForcedDrain | AdminState.ConfiguredMaintenance;

    private readonly ToldRecords _told = new();
    private int _backend,
        _server;

    public string Name => "servers";
    public int Version => 1;

    public void Begin(EngineState engine) => (_backend, _server) = (0, 0);

    public bool WriteNext(EngineState engine, FrameWriter into, int room)
    {
        int before = into.Length;
        for (; _backend < engine.Backends.Count; _backend++, _server = 0)
        {
            BackendState b = engine.Backends[_backend];
            // a server that is added or removed makes another list
            for (List<ServerState> servers = b.Servers; _server < servers.Count; _server++)
            {
                if (into.Length - before >= room)
                    return true;
                ServerState s = servers[_server];
                if (!IsChanged(s) && !_told.Contains(s))
                    continue;
                int start = into.Length;
                WriteOne(into, b, s);
                _told.Keep(s, into, start);
            }
        }
        return into.Length > before;
    }

    private static AdminState FromFile(ServerState s) => s.Config.Disabled ? AdminState.ConfiguredMaintenance : AdminState.Ready;

    private static bool IsChanged(ServerState s) =>
        (s.Admin & Operators) != FromFile(s)
        || s.Weight != s.Config.Weight
        || s.MaxConn != s.Config.MaxConn
        || s.Endpoint != s.ConfiguredEndpoint
        || s.IsDown;

    private static void WriteOne(FrameWriter w, BackendState b, ServerState s)
    {
        int record = w.BeginRecord();
        w.Text(b.Name);
        w.Text(s.Name);
        w.Byte((byte)FromFile(s));
        w.Byte((byte)(s.Admin & Operators));
        w.Int32(s.Config.Weight);
        w.Int32(s.Weight);
        w.Int32(s.Config.MaxConn);
        w.Int32(s.MaxConn);
        w.Text(s.ConfiguredEndpoint?.Text ?? "");
        bool moved = s.Endpoint != s.ConfiguredEndpoint && s.Endpoint is { Path: "" };
        w.Flag(moved);
        if (moved)
            s.Endpoint!.Address.WriteTo(w);
        w.Flag(s.IsDown);
        w.EndRecord(record);
    }

    public void Read(EngineState engine, ref FrameReader from)
    {
        while (!from.AtEnd && !from.IsShort)
        {
            FrameReader r = from.Record();
            string backend = r.Text(),
                server = r.Text();
            if (engine.FindBackend(backend)?.FindServer(server) is { } s)
                Apply(s, ref r);
        }
    }

    private static void Apply(ServerState s, ref FrameReader r)
    {
        var fileAdmin = (AdminState)r.Byte();
        AdminState admin = (AdminState)r.Byte() & Operators;
        int fileWeight = r.Int32(),
            weight = r.Int32(),
            fileMaxConn = r.Int32(),
            maxConn = r.Int32();
        string fileAddress = r.Text();
        SocketAddress? moved = r.Flag() ? SocketAddress.ReadFrom(ref r) : null;
        // an older process does not say it
        bool down = r.AtEnd ? s.IsDown : r.Flag();
        if (r.IsShort)
            return;
        BackendState backend = s.Backend;
        backend.Gate.Enter();
        int usableWeight = s.IsUsable ? s.EffectiveWeight : 0;
        if (fileAdmin == FromFile(s))
            s.Admin = (s.Admin & ~Operators) | admin;
        if (s.IsDown != down)
            s.Operation = down ? ServerOperation.Stopped : ServerOperation.Running;
        if (fileWeight == s.Config.Weight)
            s.Weight = weight is >= 0 and <= 256 ? weight : s.Weight;
        if (fileMaxConn == s.Config.MaxConn)
            s.MaxConn = maxConn >= 0 ? maxConn : s.MaxConn;
        if (fileAddress == (s.ConfiguredEndpoint?.Text ?? ""))
            s.Endpoint = moved is { IsSet: true } address ? SocketEndpoint.FromAddress(address) : s.ConfiguredEndpoint;
        // what waited for its name has been given an address
        if (s.Endpoint is not null)
            s.Admin &= ~AdminState.ResolutionMaintenance;
        // PERF: of a thousand servers hardly any has been changed, and each refresh looks at all
        if (usableWeight != (s.IsUsable ? s.EffectiveWeight : 0))
            backend.Balancer.Refresh();
        backend.Gate.Exit();
    }
}
