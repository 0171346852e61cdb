// Handover of what names stand for: the records, how old they are, when they would be asked for again, and which server has which address.
// The next process goes on with them; it does not ask for all of them at once.
using System.Collections.Generic;
using Baton.Core.Frames;
using Baton.Engine.Connections;
using Baton.Engine.Proxies;
using Baton.Engine.Resolvers;
using Baton.Engine.Servers;

namespace Baton.Engine.Handover;

public sealed class ResolverParticipant : IAuthoritativeParticipant
{
    private const byte OfResolution = 1,
        OfServer = 2;

    private readonly ToldRecords _told = new();
    private readonly Queue<object> _left = new();

    public string Name => "resolvers";
    public int Version => 1;

    public void Begin(EngineState engine)
    {
        _left.Clear();
        foreach (ResolversState section in engine.Resolvers)
            lock (section.Gate)
                foreach (Resolution resolution in section.Resolutions)
                    _left.Enqueue((section, resolution));
        if (engine.Resolvers.Count == 0)
            return;
        foreach (var backend in engine.Backends)
        foreach (ServerState server in backend.Servers)
            if (server.Addressing is not null)
                _left.Enqueue(server);
    }

    public bool WriteNext(EngineState engine, FrameWriter into, int room)
    {
        int before = into.Length;
        while (_left.TryDequeue(out object? next))
        {
            if (next is ServerState server)
                Write(into, server);
            else
                Write(into, ((ResolversState Section, Resolution Resolution))next);
            if (into.Length - before >= room)
                return true;
        }
        return into.Length > before;
    }

    private void Write(FrameWriter w, (ResolversState Section, Resolution Resolution) of)
    {
        int record = w.BeginRecord();
        w.Byte(OfResolution);
        w.Text(of.Section.Config.Name);
        w.Text(of.Resolution.Name);
        w.UInt16((ushort)of.Resolution.Type);
        lock (of.Section.Gate)
            of.Resolution.WriteTo(w);
        w.EndRecord(record);
    }

    private void Write(FrameWriter w, ServerState server)
    {
        int start = w.Length,
            record = w.BeginRecord();
        w.Byte(OfServer);
        w.Text(server.Backend.Name);
        w.Text(server.Name);
        w.Text(server.Config.Address.HostName);
        w.Text(server.Fqdn ?? "");
        w.Int32(server.Weight);
        bool has = !server.IsWithoutAddress && server.Endpoint is { Path: "" };
        w.Flag(has);
        if (has)
            server.Endpoint!.Address.WriteTo(w);
        w.EndRecord(record);
        _told.Keep(server, w, start);
    }

    public void Read(EngineState engine, ref FrameReader from)
    {
        while (!from.AtEnd && !from.IsShort)
        {
            FrameReader r = from.Record();
            if (r.Byte() == OfResolution)
                ReadResolution(engine, ref r);
            else
                ReadServer(engine, ref r);
        }
    }

    private static void ReadResolution(EngineState engine, ref FrameReader r)
    {
        string section = r.Text(),
            name = r.Text();
        var type = (DnsRecordType)r.UInt16();
        if (ResolversStart.Find(engine, section) is not { } state || r.IsShort || !DnsMessage.IsName(name))
            return;
        lock (state.Gate)
            state.Find(name, type).ReadFrom(ref r);
    }

    private static void ReadServer(EngineState engine, ref FrameReader r)
    {
        string backend = r.Text(),
            name = r.Text(),
            hostName = r.Text(),
            fqdn = r.Text();
        int weight = r.Int32();
        bool has = r.Flag();
        SocketAddress address = has ? SocketAddress.ReadFrom(ref r) : default;
        if (
            r.IsShort
            || engine.FindBackend(backend)?.FindServer(name) is not { Addressing: { } addressing } server
            || server.Config.Address.HostName != hostName
            || ResolversStart.Find(engine, server.Config.Resolvers!) is not { } section
        )
            return;
        lock (section.Gate)
        {
            if (fqdn.Length > 0 && DnsMessage.IsName(fqdn))
            {
                server.Fqdn = fqdn;
                addressing.Follow(section.Find(fqdn, ResolversState.TypeFor(server)));
                if (ResolversState.IsService(hostName) && has)
                    addressing.Service = new DnsRecord(default, fqdn, address.Port);
            }
            bool hasWeight = addressing.Service is not null && weight is >= 0 and <= 256;
            Move(server, has ? SocketEndpoint.FromAddress(address) : null, hasWeight ? weight : server.Weight);
        }
        Tracking.Settle(server);
    }

    /// <summary>Puts it where it was, or into the maintenance of a server whose name has no address: nobody is told of it again.</summary>
    private static void Move(ServerState server, SocketEndpoint? to, int weight)
    {
        BackendState backend = server.Backend;
        lock (backend.StateLock)
        {
            bool changed;
            using (backend.Gate.Enter())
            {
                int before = server.IsUsable ? server.EffectiveWeight : 0;
                if (to is not null)
                    server.Endpoint = to;
                AdminState others = server.Admin & ~AdminState.ResolutionMaintenance;
                server.Admin = to is null ? others | AdminState.ResolutionMaintenance : others;
                server.Weight = weight;
                changed = before != (server.IsUsable ? server.EffectiveWeight : 0);
            }
            // PERF: of many servers few have another place in the balancer now, and each change looks at all
            if (changed)
                backend.Balancer.Change(server);
        }
    }
}
