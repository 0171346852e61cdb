// Handover of backends that came by "add backend" and servers that came by "add server": the words each was made of, from which the next
// process makes it by the same way. How it stands and what it has counted goes the way of all. What the new configuration says of a name
// goes before it.
using System.Collections.Generic;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Core.Frames;
using Baton.Engine.Build;
using Baton.Engine.Proxies;
using Baton.Engine.Rules;
using Baton.Engine.Servers;

namespace Baton.Engine.Handover;

public sealed class DynamicServerParticipant : IAuthoritativeParticipant
{
    private const byte ServerAdded = 1,
        ServerGone = 2,
        BackendAdded = 3,
        BackendGone = 4,
        Publication = 5;

    /// <summary>Words of one server: more are no command that anybody could have given.</summary>
    private const int MaxWords = 1024;

    /// <summary>Those the other process has heard of, and whether it knows a backend to be published.</summary>
    private readonly HashSet<ServerState> _servers = [];
    private readonly HashSet<BackendState> _backends = [];
    private readonly Dictionary<BackendState, bool> _published = [];
    private readonly Queue<(byte What, BackendState Backend, ServerState? Server)> _left = new();

    /// <summary>Backends that are not there, of which this was said.</summary>
    private readonly HashSet<string> _missed = [];

    /// <summary>PERF: made once for all servers.</summary>
    private ExpressionCatalog? _expressions;

    public string Name => "dynamic-servers";
    public int Version => 1;
    public bool ComesFirst => true;

    public void Begin(EngineState engine)
    {
        _left.Clear();
        // who has gone makes room for another one of its name
        foreach (ServerState server in _servers)
            if (server.IsRemoved)
                _left.Enqueue((ServerGone, server.Backend, server));
        _servers.RemoveWhere(static s => s.IsRemoved);
        foreach (BackendState backend in _backends)
            if (backend.IsRemoved)
                _left.Enqueue((BackendGone, backend, null));
        _backends.RemoveWhere(static b => b.IsRemoved);
        foreach (BackendState backend in engine.Backends)
        {
            if (backend.IsDynamic && _backends.Add(backend))
                _left.Enqueue((BackendAdded, backend, null));
            foreach (ServerState server in backend.Servers)
                if (server.IsDynamic && _servers.Add(server))
                    _left.Enqueue((ServerAdded, backend, server));
            bool now = backend.IsPublished;
            if (now != _published.GetValueOrDefault(backend, !backend.IsDynamic))
                _left.Enqueue((Publication, backend, null));
            _published[backend] = now;
        }
    }

    public bool WriteNext(EngineState engine, FrameWriter into, int room)
    {
        int before = into.Length;
        while (into.Length - before < room && _left.TryDequeue(out (byte What, BackendState Backend, ServerState? Server) next))
        {
            int record = into.BeginRecord();
            into.Byte(next.What);
            into.Text(next.Backend.Name);
            if (next.Server is { } server)
                Write(into, server);
            else
                Write(into, next.Backend, next.What);
            into.EndRecord(record);
        }
        return into.Length > before;
    }

    private static void Write(FrameWriter w, ServerState server)
    {
        w.Text(server.Name);
        w.Int32(server.Id);
        w.UInt16(server.AddedWords!.Length);
        foreach (string word in server.AddedWords)
            w.Text(word);
    }

    private void Write(FrameWriter w, BackendState backend, byte what)
    {
        if (what == Publication)
        {
            w.Flag(backend.IsDynamic);
            w.Flag(_published[backend]);
            return;
        }
        w.Text(backend.AddedFrom!);
        w.Text(backend.IsHttp ? "http" : "tcp");
        w.Text(backend.Config.Guid ?? "");
        w.Int32(backend.Config.Id);
    }

    public void Read(EngineState engine, ref FrameReader from)
    {
        while (!from.AtEnd && !from.IsShort)
        {
            FrameReader r = from.Record();
            byte what = r.Byte();
            string backend = r.Text();
            if (r.IsShort)
                continue;
            if (what is ServerAdded or ServerGone)
                ReadServer(engine, what, backend, ref r);
            else if (what is BackendAdded or BackendGone)
                ReadBackend(engine, what, backend, ref r);
            else if (what == Publication)
                ReadPublication(engine, backend, ref r);
        }
    }

    private void ReadServer(EngineState engine, byte what, string backend, ref FrameReader r)
    {
        string server = r.Text();
        int id = r.Int32(),
            count = r.UInt16();
        var words = new List<string>();
        while (words.Count < count && !r.IsShort)
            words.Add(r.Text());
        if (r.IsShort || count is 0 or > MaxWords || words[0] != server || id <= 0)
            return;
        if (engine.FindBackend(backend) is not { } found)
            Miss(engine, backend);
        else if (what == ServerAdded)
            Add(found, [.. words], id);
        else if (found.FindServer(server) is { IsDynamic: true } gone)
            DynamicRemoval.Begin(gone);
    }

    private void Miss(EngineState engine, string backend)
    {
        if (_missed.Add(backend))
            engine.Notices.Warn(
                $"Servers that were added to backend '{backend}' at run time are dropped: the configuration has no such backend."
            );
    }

    private void Add(BackendState backend, string[] words, int id)
    {
        if (backend.FindServer(words[0]) is { } there)
        {
            // one of the configuration: what that says counts; one that was removed and is still in use goes first
            if (there is { IsDynamic: true, IsInMaintenance: true })
                DynamicRemoval.Begin(there, () => Add(backend, words, id));
            return;
        }
        string who = $"Server {backend.Name}/{words[0]}, added at run time,";
        _expressions ??= EngineCatalog.Create();
        if (!DynamicServers.Create(backend, _expressions, words, id, out string wrong))
            backend.Engine.Notices.Warn($"{who} is dropped: {wrong}");
        else if (backend.FindServer(words[0]) is { } server && server.Id != id)
            backend.Engine.Notices.Warn($"{who} has id {server.Id} now: id {id} is another server's.");
    }

    private void ReadBackend(EngineState engine, byte what, string name, ref FrameReader r)
    {
        string from = r.Text(),
            mode = r.Text(),
            guid = r.Text();
        int id = r.Int32();
        if (r.IsShort)
            return;
        if (what == BackendGone)
        {
            if (engine.FindBackend(name) is { IsDynamic: true } gone)
                DynamicRemoval.Begin(gone);
            return;
        }
        // a proxy of the configuration: what that says counts
        if (engine.Config.Proxies.Exists(p => p.Name == name))
            return;
        if (
            DynamicBackends.Create(engine, name, from, mode, guid.Length > 0 ? guid : null, id, out string wrong) is null
            && _missed.Add(name)
        )
            engine.Notices.Warn($"Backend {name}, added at run time, is dropped with its servers: {wrong}");
    }

    private static void ReadPublication(EngineState engine, string name, ref FrameReader r)
    {
        bool wasDynamic = r.Flag(),
            isPublished = r.Flag();
        if (!r.IsShort && engine.FindBackend(name) is { } backend && backend.IsDynamic == wasDynamic)
            backend.IsPublished = isPublished;
    }
}
