// What a worker keeps besides its loop: reusable connections and streams, and the list of its clients.
using System.Collections.Generic;
using Baton.Core.Buffers;
using Baton.Core.Pools;
using Baton.Engine.Connections;
using Baton.Engine.Listeners;
using Baton.Engine.Muxes.Http2;
using Baton.Engine.Servers;
using Baton.Engine.Streams;
using Baton.Engine.Variables;

namespace Baton.Engine.Loop;

public sealed partial class Worker
{
    private ClientConnection? _firstClient;

    /// <summary>Set once, before the thread starts.</summary>
    public EngineState Engine { get; set; } = null!;

    /// <summary>All that follow, as far as memory goes; and who gives back what they no longer need.</summary>
    public PoolSet Pools { get; } = new();
    internal MemoryKeeper MemoryKeeper => _memoryKeeper ??= new(this);
    private MemoryKeeper? _memoryKeeper;
    internal MemoryQueue MemoryQueue => _memoryQueue ??= new(this);
    private MemoryQueue? _memoryQueue;

    public ObjectPool<ClientConnection> ClientConnections => _clientConnections ??= new(static () => new ClientConnection(), 320, Pools);
    private ObjectPool<ClientConnection>? _clientConnections;
    public ObjectPool<ServerConnection> ServerConnections => _serverConnections ??= new(static () => new ServerConnection(), 256, Pools);
    private ObjectPool<ServerConnection>? _serverConnections;
    public ObjectPool<HttpStream> HttpStreams =>
        _httpStreams ??= new(() => new HttpStream(Engine.Config.Global.MaxHttpHeaders), 2000, Pools);
    private ObjectPool<HttpStream>? _httpStreams;

    /// <summary>What clients' HTTP/2 connections are besides a socket, and their streams.</summary>
    public ObjectPool<Http2Connection> Http2Connections => _http2Connections ??= new(static () => new Http2Connection(), 480, Pools);
    private ObjectPool<Http2Connection>? _http2Connections;

    internal IClientMux? RentMux() => Http2Connections.Rent();

    public ObjectPool<Http2Stream> Http2Streams => _http2Streams ??= new(static () => new Http2Stream(), 320, Pools);
    private ObjectPool<Http2Stream>? _http2Streams;

    /// <summary>The same of servers' connections.</summary>
    public ObjectPool<Http2ServerConnection> Http2ServerConnections =>
        _http2ServerConnections ??= new(static () => new Http2ServerConnection(), 480, Pools);
    private ObjectPool<Http2ServerConnection>? _http2ServerConnections;

    internal Checks.ICheckFrames MakeCheckFrames() => new CheckFrames();

    internal IServerMux? RentServerMux() => Http2ServerConnections.Rent();

    public ObjectPool<Http2ServerStream> Http2ServerStreams =>
        _http2ServerStreams ??= new(static () => new Http2ServerStream(), 320, Pools);
    private ObjectPool<Http2ServerStream>? _http2ServerStreams;
    internal HeadTranslator HeadTranslator => _headTranslator ??= new(this);
    private HeadTranslator? _headTranslator;
    public ObjectPool<TcpStream> TcpStreams => _tcpStreams ??= new(static () => new TcpStream(), 1200, Pools);
    private ObjectPool<TcpStream>? _tcpStreams;

    /// <summary>Tables of header fields, for as long as a head is looked at.</summary>
    public BufferPool HeaderTables =>
        _headerTables ??= new(Http.Messages.MessageHead.TableSize(Engine.Config.Global.MaxHttpHeaders), set: Pools);
    private BufferPool? _headerTables;

    /// <summary>Beginnings of requests of which the rest is not here yet.</summary>
    internal PartialHeads PartialHeads => _partialHeads ??= new(Buffers.BlockSize, Pools);
    private PartialHeads? _partialHeads;

    /// <summary>For rules that run before there is a stream.</summary>
    public SessionStream SessionStream { get; } = new();

    /// <summary>For what health checks evaluate.</summary>
    internal CheckStream CheckStream => _checkStream ??= new();
    private CheckStream? _checkStream;

    /// <summary>For a look at bytes that may be HTTP (req.proto_http).</summary>
    public Http.H1.HeadParser InspectionParser =>
        _inspectionParser ??= new(new Http.Messages.MessageHead(Engine.Config.Global.MaxHttpHeaders));
    private Http.H1.HeadParser? _inspectionParser;

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
    public BufferPool RequestLines => _requestLines ??= new(Engine.Config.Global.LoggedUriLength, set: Pools);
    private BufferPool? _requestLines;

    /// <summary>Identifiers of requests (unique-id-format).</summary>
    public BufferPool UniqueIds => _uniqueIds ??= new(128, set: Pools);
    private BufferPool? _uniqueIds;

    /// <summary>Stores for variables and the memory of their texts.</summary>
    public ObjectPool<VariableStore> VariableStores => _variableStores ??= new(static () => new VariableStore(), 400, Pools);
    private ObjectPool<VariableStore>? _variableStores;
    public VariableMemory VariableMemory => _variableMemory ??= new(Buffers.BlockSize, Pools);
    private VariableMemory? _variableMemory;

    /// <summary>Filters of streams.</summary>
    public ObjectPool<Filters.FilterChain> FilterChains => _filterChains ??= new(static () => new Filters.FilterChain(), 320, Pools);
    private ObjectPool<Filters.FilterChain>? _filterChains;

    /// <summary>Compressors of messages.</summary>
    internal Filters.Compression.DeflaterPool Deflaters => _deflaters ??= new(Engine.Compression);
    private Filters.Compression.DeflaterPool? _deflaters;

    public Logs.Senders.LogBuffer LogBuffer => _logBuffer ??= new();
    private Logs.Senders.LogBuffer? _logBuffer;

    /// <summary>Log lines a target did not take at once (show info: DroppedLogs).</summary>
    public long DroppedLogs;

    /// <summary>Memory and ciphers of TLS connections.</summary>
    internal Tls.TlsScratch Tls => _tls ??= new(Engine.Config.Global.Tls);
    private Tls.TlsScratch? _tls;

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
        if (_firstClient is not null)
            _firstClient.PreviousClient = client;
        _firstClient = client;
        ClientCount++;
    }

    internal void RemoveClient(ClientConnection client)
    {
        // one whose beginning failed, or that is on its way to the next process
        if (client.PreviousClient is null && _firstClient != client)
            return;
        if (client.PreviousClient is null)
            _firstClient = client.NextClient;
        else
            client.PreviousClient.NextClient = client.NextClient;
        if (client.NextClient is not null)
            client.NextClient.PreviousClient = client.PreviousClient;
        if (_walks is not null)
            foreach (ClientWalk walk in _walks)
                walk.Skip(client);
        client.NextClient = client.PreviousClient = null;
        ClientCount--;
    }

    private List<ClientWalk>? _walks;

    /// <summary>Begins a walk over this worker's clients that may rest between two of them; it ends with Dispose, on this thread.</summary>
    public ClientWalk WalkClients()
    {
        var walk = new ClientWalk(_firstClient, ended =>
        {
            _walks!.Remove(ended);
            if (_walks.Count == 0)
                _walks = null;
        });
        (_walks ??= []).Add(walk);
        return walk;
    }

    /// <summary>Polls again the listeners that were full.</summary>
    public void ResumePausedAcceptors()
    {
        if (PausedAcceptors.Count == 0)
            return;
        Acceptor[] paused = PausedAcceptors.ToArray();
        PausedAcceptors.Clear();
        foreach (Acceptor a in paused)
            if (a.Listener.Accepting && (!a.Listener.TakenOver || Engine.Handover.StandsIn))
                a.Start();
    }
}
