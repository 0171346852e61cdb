// Handover of servers that came by "add server": the words each was made of, from which the next process makes it by the same way. How it
// stands and what it has counted goes the way of all servers. What the new configuration says of a name goes before it.
using System.Collections.Generic;
using Baton.Configuration.Expressions;
using Baton.Core.Frames;
using Baton.Engine.Proxies;
using Baton.Engine.Rules;
using Baton.Engine.Servers;

namespace Baton.Engine.Handover;

public sealed class DynamicServerParticipant : IAuthoritativeParticipant
{
    private const byte Added = 1,
        Gone = 2;

    /// <summary>Words of one server: more are no command that anybody could have given.</summary>
    private const int MaxWords = 1024;

    /// <summary>Those the other process has heard of.</summary>
    private readonly HashSet<ServerState> _told = [];
    private readonly Queue<ServerState> _left = new();

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
        foreach (ServerState server in _told)
            if (server.IsRemoved)
                _left.Enqueue(server);
        foreach (BackendState backend in engine.Backends)
        foreach (ServerState server in backend.Servers)
            if (server.IsDynamic && !_told.Contains(server))
                _left.Enqueue(server);
    }

    public bool WriteNext(EngineState engine, FrameWriter into, int room)
    {
        int before = into.Length;
        while (into.Length - before < room && _left.TryDequeue(out ServerState? server))
            if (_told.Remove(server))
                WriteOne(into, Gone, server);
            else if (_told.Add(server))
                WriteOne(into, Added, server);
        return into.Length > before;
    }

    private static void WriteOne(FrameWriter w, byte what, ServerState server)
    {
        int record = w.BeginRecord();
        w.Byte(what);
        w.Text(server.Backend.Name);
        w.Text(server.Name);
        w.Int32(server.Id);
        w.UInt16(server.AddedWords!.Length);
        foreach (string word in server.AddedWords)
            w.Text(word);
        w.EndRecord(record);
    }

    public void Read(EngineState engine, ref FrameReader from)
    {
        while (!from.AtEnd && !from.IsShort)
        {
            FrameReader r = from.Record();
            byte what = r.Byte();
            string backend = r.Text(),
                server = r.Text();
            int id = r.Int32(),
                count = r.UInt16();
            var words = new List<string>();
            while (words.Count < count && !r.IsShort)
                words.Add(r.Text());
            if (r.IsShort || count is 0 or > MaxWords || words[0] != server || id <= 0)
                continue;
            if (engine.FindBackend(backend) is not { } found)
                Miss(engine, backend);
            else if (what == Gone)
                Remove(found, server);
            else if (what == Added)
                Add(found, [.. words], id);
        }
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
        // one of the configuration: what that says counts
        if (backend.FindServer(words[0]) is not null)
            return;
        string who = $"Server {backend.Name}/{words[0]}, added at run time,";
        _expressions ??= EngineCatalog.Create();
        if (!DynamicServers.Create(backend, _expressions, words, id, out string wrong))
            backend.Engine.Notices.Warn($"{who} is dropped: {wrong}");
        else if (backend.FindServer(words[0]) is { } server && server.Id != id)
            backend.Engine.Notices.Warn($"{who} has id {server.Id} now: id {id} is another server's.");
    }

    private static void Remove(BackendState backend, string name)
    {
        if (backend.FindServer(name) is { IsDynamic: true } server)
            new DynamicServerRemoval(server).Begin();
    }
}
