// What a worker keeps besides its loop: reusable connections and streams, and the list of its clients.
using System.Collections.Generic;
using Baton.Core.Buffers;
using Baton.Core.Pools;
using Baton.Engine.Connections;
using Baton.Engine.Listeners;
using Baton.Engine.Servers;
using Baton.Engine.Streams;
using Baton.Engine.Variables;

namespace Baton.Engine.Loop;

public sealed partial class Worker
{
    private ClientConnection? _firstClient;

    /// <summary>Set once, before the thread starts.</summary>
    public EngineState Engine { get; set; } = null!;

    public ObjectPool<ClientConnection> ClientConnections { get; } = new(() => new ClientConnection(), 4096);
    public ObjectPool<ServerConnection> ServerConnections { get; } = new(() => new ServerConnection(), 4096);
    public ObjectPool<HttpStream> HttpStreams => _httpStreams ??= new(() => new HttpStream(Engine.Config.Global.MaxHttpHeaders), 256);
    private ObjectPool<HttpStream>? _httpStreams;
    public ObjectPool<TcpStream> TcpStreams { get; } = new(() => new TcpStream(), 1024);

    /// <summary>For rules that run before there is a stream.</summary>
    public SessionStream SessionStream { get; } = new();

    /// <summary>For a look at bytes that may be HTTP (req.proto_http).</summary>
    public Http.H1.MessageHead InspectionHead => _inspectionHead ??= new(Engine.Config.Global.MaxHttpHeaders);
    private Http.H1.MessageHead? _inspectionHead;

    /// <summary>Pipes for bulk transfers (splice).</summary>
    public SplicePipePool Pipes => _pipes ??= new(Engine.PipesPerWorker, Engine.PipeSize);
    private SplicePipePool? _pipes;

    public PoolPurger PoolPurger => _poolPurger ??= new PoolPurger(this);
    private PoolPurger? _poolPurger;

    /// <summary>This worker's ears, and those that wait for room.</summary>
    public List<Acceptor> Acceptors { get; } = [];
    public List<Acceptor> PausedAcceptors { get; } = [];

    /// <summary>Client connections this worker owns.</summary>
    public int ClientCount { get; private set; }

    /// <summary>Request lines kept for the log while a request is under way.</summary>
    public BufferPool RequestLines { get; init; } = new(1024);

    /// <summary>Identifiers of requests (unique-id-format).</summary>
    public BufferPool UniqueIds { get; } = new(128);

    /// <summary>Stores for variables and the memory of their texts.</summary>
    public ObjectPool<VariableStore> VariableStores { get; } = new(() => new VariableStore(), 1024);
    public VariableMemory VariableMemory => _variableMemory ??= new(Buffers.BlockSize);
    private VariableMemory? _variableMemory;

    public Logs.Senders.LogBuffer LogBuffer => _logBuffer ??= new();
    private Logs.Senders.LogBuffer? _logBuffer;

    /// <summary>Log lines a target did not take at once (show info: DroppedLogs).</summary>
    public long DroppedLogs;

    /// <summary>What regular expressions match into.</summary>
    public Interop.Pcre2.MatchMemory RegexMemory => _regexMemory ??= new();
    private Interop.Pcre2.MatchMemory? _regexMemory;

    /// <summary>Samples that several ACLs ask for.</summary>
    internal Samples.SampleMemo SampleMemo => _sampleMemo ??= new();
    private Samples.SampleMemo? _sampleMemo;

    /// <summary>Streams at work now; for show info, from any thread.</summary>
    public int StreamsInUse => (_httpStreams?.InUse ?? 0) + TcpStreams.InUse;

    /// <summary>Numbers the streams.</summary>
    public uint StreamSequence;

    /// <summary>First of the intrusive list (newest first).</summary>
    public ClientConnection? FirstClient => _firstClient;

    internal void AddClient(ClientConnection client)
    {
        client.PreviousClient = null;
        client.NextClient = _firstClient;
        if (_firstClient is not null) _firstClient.PreviousClient = client;
        _firstClient = client;
        ClientCount++;
    }

    internal void RemoveClient(ClientConnection client)
    {
        // one whose beginning failed, or that is on its way to the next process
        if (client.PreviousClient is null && _firstClient != client) return;
        if (client.PreviousClient is null) _firstClient = client.NextClient; else client.PreviousClient.NextClient = client.NextClient;
        if (client.NextClient is not null) client.NextClient.PreviousClient = client.PreviousClient;
        if (_walks is not null) foreach (ClientWalk walk in _walks) walk.Skip(client);
        client.NextClient = client.PreviousClient = null;
        ClientCount--;
    }

    private List<ClientWalk>? _walks;

    /// <summary>Begins a walk over this worker's clients that may rest between two of them; it ends with Dispose, on this thread.</summary>
    public ClientWalk WalkClients()
    {
        var walk = new ClientWalk(_firstClient, ended => { _walks!.Remove(ended); if (_walks.Count == 0) _walks = null; });
        (_walks ??= []).Add(walk);
        return walk;
    }

    /// <summary>Polls again the listeners that were full.</summary>
    public void ResumePausedAcceptors()
    {
        if (PausedAcceptors.Count == 0) return;
        Acceptor[] paused = PausedAcceptors.ToArray();
        PausedAcceptors.Clear();
        foreach (Acceptor a in paused) if (a.Listener.Accepting && (!a.Listener.TakenOver || Engine.StandsIn)) a.Start();
    }
}
