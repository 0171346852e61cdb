// Handover of what an operator changed on servers at run time: administrative state, weight, maxconn, address.
// One rule for all: a runtime value stays, unless the value in the file is another than the old process was started with.
using System;
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

    private bool _hasBegun;

    /// <summary>The next backend of which is told what is quiet: the second time none.</summary>
    private int _quiet;

    /// <summary>One list for all pieces: another one may come meanwhile.</summary>
    private List<BackendState> _backends = [];

    public string Name => "servers";
    public int Version => 1;

    public void Begin(EngineState engine)
    {
        (_backend, _server, _backends) = (0, 0, engine.Backends);
        (_quiet, _hasBegun) = (_hasBegun ? int.MaxValue : 0, true);
    }

    public bool WriteNext(EngineState engine, FrameWriter into, int room)
    {
        int before = into.Length;
        for (; _backend < _backends.Count; _backend++, _server = 0)
        {
            BackendState b = _backends[_backend];
            if (_server == 0 && (b.DownTransitions > 0 || !b.IsUp))
                WriteBackend(into, b);
            // a server that is added or removed makes another list
            for (List<ServerState> servers = b.Servers; _server < servers.Count; _server++)
            {
                if (into.Length - before >= room)
                    return true;
                ServerState s = servers[_server];
                if (s.Tls is not null != s.IsTlsInFile || _told.Contains(s.Counters))
                    WriteTls(into, b, s);
                if (!IsChanged(s) && !_told.Contains(s))
                    continue;
                int start = into.Length;
                WriteOne(into, b, s);
                _told.Keep(s, into, start);
            }
        }
        for (; _quiet < _backends.Count; _quiet++, _server = 0)
        {
            List<ServerState> servers = _backends[_quiet].Servers;
            do
            {
                if (into.Length - before >= room)
                    return true;
                WriteQuiet(into, _backends[_quiet], servers, room);
            } while (_server < servers.Count);
        }
        return into.Length > before;
    }

    /// <summary>When it last had no server, or has again. An older process finds no server of that name.</summary>
    private void WriteBackend(FrameWriter w, BackendState b)
    {
        int start = w.Length,
            record = w.BeginRecord();
        w.Text(b.Name);
        w.Text("");
        w.Int64(b.LastStatusChangeMs);
        w.Int64(b.DownTransitions);
        w.Int64(b.DownMs);
        w.EndRecord(record);
        _told.Keep(b, w, start);
    }

    private static void ReadBackend(BackendState b, ref FrameReader r)
    {
        long changed = r.Int64(),
            transitions = r.Int64(),
            downMs = r.Int64();
        if (!r.IsShort)
            (b.LastStatusChangeMs, b.DownTransitions, b.DownMs) = (changed, transitions, downMs);
    }

    /// <summary>What no server's name begins with; a process that does not know these records finds no such server.</summary>
    private const char TlsOf = '\u0001';

    private void WriteTls(FrameWriter w, BackendState b, ServerState s)
    {
        int start = w.Length,
            record = w.BeginRecord();
        w.Text(b.Name);
        w.Text(TlsOf + s.Name);
        w.Flag(s.IsTlsInFile);
        w.Flag(s.Tls is not null);
        w.EndRecord(record);
        _told.Keep(s.Counters, w, start);
    }

    private static void ReadTls(ServerState s, ref FrameReader r)
    {
        bool inFile = r.Flag(),
            now = r.Flag();
        if (!r.IsShort && inFile == s.IsTlsInFile)
            s.SwitchTls(now);
    }

    /// <summary>What no server's name is; a process that does not know these records finds no such server.</summary>
    private const string Quiet = "\u0002";

    /// <summary>Since when backends and servers of which there is nothing else to tell are as they are: what "show stat" calls lastchg.
    /// PERF: of ten thousand servers most are such; not told twice: what happens to one makes it one of the others.</summary>
    private void WriteQuiet(FrameWriter w, BackendState b, List<ServerState> servers, int room)
    {
        int start = w.Length,
            record = w.BeginRecord();
        w.Text(b.Name);
        w.Text(Quiet);
        w.Int64(b.DownTransitions > 0 || !b.IsUp ? 0 : b.LastStatusChangeMs);
        int first = w.Length;
        // one at least, however little room there is
        for (; _server < servers.Count && (w.Length == first || w.Length - start < room); _server++)
        {
            ServerState s = servers[_server];
            if (IsChanged(s))
                continue;
            w.Text(s.Name);
            w.Text(s.ConfiguredEndpoint?.Text ?? "");
            w.Byte((byte)FromFile(s));
            w.Int64(s.LastStateChangeMs);
        }
        w.EndRecord(record);
    }

    private static void ReadQuiet(BackendState b, ref FrameReader r)
    {
        long since = r.Int64();
        if (since > 0 && b.IsUp)
            b.LastStatusChangeMs = Math.Min(since, b.LastStatusChangeMs);
        while (!r.AtEnd)
        {
            string name = r.Text(),
                place = r.Text();
            var admin = (AdminState)r.Byte();
            since = r.Int64();
            // with another address, or switched off in the file now, it is another one
            if (since > 0 && b.FindServer(name) is { } s && place == (s.ConfiguredEndpoint?.Text ?? "") && admin == FromFile(s))
                s.LastStateChangeMs = Math.Min(since, s.LastStateChangeMs);
        }
    }

    private static AdminState FromFile(ServerState s) => s.Config.Disabled ? AdminState.ConfiguredMaintenance : AdminState.Ready;

    private static bool IsChanged(ServerState s) =>
        (s.Admin & Operators) != FromFile(s)
        || s.Weight != s.Config.Weight
        || s.MaxConn != s.Config.MaxConn
        || s.Endpoint != s.ConfiguredEndpoint
        || s.Operation != ServerOperation.Running
        || s.Check is not null
        || s.Agent is not null
        || s.Tracked is not null
        || s.IsDynamic
        || s.DownTransitions > 0;

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
        Checks.CheckRecord.Write(w, s);
        w.EndRecord(record);
    }

    public void Read(EngineState engine, ref FrameReader from)
    {
        while (!from.AtEnd && !from.IsShort)
        {
            FrameReader r = from.Record();
            string backend = r.Text(),
                server = r.Text();
            if (engine.FindBackend(backend) is not { } b)
                continue;
            if (server.Length == 0)
                ReadBackend(b, ref r);
            else if (server == Quiet)
                ReadQuiet(b, ref r);
            else if (server[0] == TlsOf && b.FindServer(server[1..]) is { } switched)
                ReadTls(switched, ref r);
            else if (b.FindServer(server) is { } s)
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
        bool isSamePlace = fileAddress == (s.ConfiguredEndpoint?.Text ?? "");
        lock (backend.StateLock)
        {
            bool changed;
            using (backend.Gate.Enter())
            {
                int usableWeight = s.IsUsable ? s.ScaledWeight : 0;
                if (fileAdmin == FromFile(s))
                    s.Admin = (s.Admin & ~Operators) | admin;
                if (!r.AtEnd)
                    Checks.CheckRecord.Read(s, ref r, isSamePlace);
                else if (s.IsDown != down)
                    s.Operation = down ? ServerOperation.Stopped : ServerOperation.Running;
                if (fileWeight == s.Config.Weight)
                    s.Weight = weight is >= 0 and <= 256 ? weight : s.Weight;
                if (fileMaxConn == s.Config.MaxConn)
                    s.MaxConn = maxConn >= 0 ? maxConn : s.MaxConn;
                // an address that is kept fresh comes with what is known of its name
                if (isSamePlace && s.Addressing is null)
                    s.Endpoint = moved is { IsSet: true } address ? SocketEndpoint.FromAddress(address) : s.ConfiguredEndpoint;
                // what waited for its name has been given an address
                if (s.Endpoint is not null && s.Addressing is null)
                    s.Admin &= ~AdminState.ResolutionMaintenance;
                // who follows another server is as that one is
                if (s.Tracked is { } tracked)
                    Tracking.Inherit(s, tracked);
                // one that starts slowly goes on where it was
                SlowStart.Begin(s, wasRunning: true);
                SlowStart.Adjust(s);
                changed = usableWeight != (s.IsUsable ? s.ScaledWeight : 0);
            }
            // PERF: of a thousand servers hardly any has been changed, and each change looks at all
            if (changed)
                backend.Balancer.Change(s);
        }
        Tracking.Settle(s);
    }
}
