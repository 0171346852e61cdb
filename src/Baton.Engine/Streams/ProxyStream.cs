// One request, or one TCP session: what ties a client connection to a server connection. This file holds what both kinds share: the
// life of a stream, its turns and its deadlines. Which server (ServerChoice), the connection to it (ServerConnecting), bytes both ways
// (Relay), variables, time-outs, the log line and what is kept for it are parts with their own state.
using System;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Core.Pools;
using Baton.Core.Timers;
using Baton.Engine.Connections;
using Baton.Engine.Filters;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Engine.Variables;

namespace Baton.Engine.Streams;

/// <summary>OWNER: the client connection's worker; only its place in a queue is touched by others, under the backend's gate.</summary>
public abstract partial class ProxyStream : TimerNode, IRunnable, IPooled, IRetired
{
    /// <summary>What comes from the client is read here, and what is for it written: its connection, or one stream of it that comes in
    /// frames.</summary>
    public StreamEnd Client = null!;

    /// <summary>What it shares with all streams of its client.</summary>
    public Session Session = null!;

    /// <summary>The client's connection, which other streams may share.</summary>
    internal ClientConnection Connection => Session.Connection;

    /// <summary>Null where there is only the process (the runtime API, the start).</summary>
    internal Session? SessionOrNull => Client is null ? null : Session;

    /// <summary>What it tracks in stick tables besides its session; null when it never has.</summary>
    internal StickTables.StickTrackers? Tracked;

    /// <summary>Keys that its server will be written down for; null when there never were any.</summary>
    internal StickTables.StickStores? StickStores;
    public Worker Worker = null!;
    public FrontendState Frontend = null!;
    public BackendState? Backend;
    public ServerState? Server;
    public ServerConnection? ServerSide;

    /// <summary>Its stream on that connection when it speaks in frames; else null.</summary>
    internal Muxes.Http2.Http2ServerStream? ServerFrames { get; set; }

    /// <summary>Its numbers on connections in frames; 0 where they are not.</summary>
    public int NumberAtClient => (Client as Muxes.Http2.MuxStream)?.Id ?? 0;
    public int NumberAtServer => ServerFrames?.Id ?? 0;

    /// <summary>It can be a stream of a server's connection in frames.</summary>
    internal virtual bool MaySpeakFrames => false;

    /// <summary>What the server's bytes are read from and written to: its connection, or one stream of it that comes in frames.</summary>
    internal StreamEnd? ServerEnd => ServerFrames ?? (StreamEnd?)ServerSide;

    /// <summary>What logs show in the place of a server when a service has answered; null when none has.</summary>
    internal virtual string? ServiceName => null;

    /// <summary>Client to server, and server to client.</summary>
    public Channel Request,
        Response;

    /// <summary>What its proxies' "filter" lines have put on it; null on most streams.</summary>
    internal FilterChain? Filters { get; private set; }
    public StreamTimes Times;
    public TerminationCause Cause;
    public TerminationPhase Phase;

    /// <summary>Deadlines of the three things that can time out, long.MaxValue when none runs.</summary>
    internal long ClientDeadlineMs,
        ServerDeadlineMs,
        PhaseDeadlineMs;

    /// <summary>What runs out first (worker's milliseconds, long.MaxValue for never), and the client's and the server's own.</summary>
    public long NextDeadlineMs => Math.Min(PhaseDeadlineMs, Math.Min(ClientDeadlineMs, ServerDeadlineMs));

    public long ClientLeftMs => ClientDeadlineMs;
    public long ServerLeftMs => ServerDeadlineMs;

    /// <summary>Unique among the streams of this worker, for logs and show sess.</summary>
    public uint SequenceNumber;

    /// <summary>Counted by each worker for itself, and yet no two alike in the process.</summary>
    public long Number => (uint)((SequenceNumber - 1) * Worker.Engine.WorkerCount + Worker.Index);

    private OwnAddresses _own;

    /// <summary>
    /// Where the client is and what it connected to, for rules, logs and servers: what rules of this stream said, else its connection's.
    /// </summary>
    public ref readonly SocketAddress Source => ref _own.HasSource ? ref _own.Source : ref Session.Source;
    public ref readonly SocketAddress Destination => ref _own.HasDestination ? ref _own.Destination : ref Session.Destination;

    /// <summary>"set-src" and "set-src-port" for as long as this stream lasts.</summary>
    internal virtual void SetSource(in SocketAddress address)
    {
        _own.Source = address;
        _own.HasSource = true;
    }

    /// <summary>"set-dst" and "set-dst-port" for as long as this stream lasts.</summary>
    internal virtual void SetDestination(in SocketAddress address)
    {
        _own.Destination = address;
        _own.HasDestination = true;
    }

    /// <summary>Key for hashing balancers, when the request has one.</summary>
    public uint BalanceHash;
    public bool HasBalanceHash;

    private bool _processing,
        _processAgain;

    public uint Life { get; set; }
    public IRunnable? NextQueued { get; set; }
    public bool IsQueued { get; set; }

    /// <summary>In the run queue or in the one for memory: it goes back to its pool when its turn there has come.</summary>
    bool IRetired.IsQueued => IsQueued || IsStarved;

    /// <summary>What its log line needs, and what is kept for it.</summary>
    public StreamLog Log { get; }
    internal StreamCaptures Captures { get; }
    internal UniqueId UniqueId { get; }

    /// <summary>What it goes by: its proxies', or what rules made of them.</summary>
    internal StreamTimeouts Timeouts { get; }
    internal ref TimeoutsConfig FrontendTimeouts => ref Timeouts.Frontend;
    internal ref TimeoutsConfig BackendTimeouts => ref Timeouts.Backend;

    /// <summary>What it does about a server: which, and the connection to it; and what is still known of that when it is gone.</summary>
    internal ServerChoice Choice { get; }
    internal ServerConnecting Connecting { get; }
    internal LastServerSide LastServer { get; }
    public int Retries => Connecting.Retries;
    public bool IsRedispatched => Connecting.IsRedispatched;

    /// <summary>What moves bytes both ways when there is nothing more to say.</summary>
    internal Relay Relay { get; }
    internal StreamVariables Variables { get; }

    internal StreamCounters Counters => new(this);

    /// <summary>Whether a scope exists on this stream now, what is in it, and the same where there is to be something (null: no
    /// memory).</summary>
    internal virtual bool HasScope(VariableScope scope) => Variables.HasScope(scope);

    internal virtual VariableStore? StoreOf(VariableScope scope) => Variables.StoreOf(scope);

    internal virtual VariableStore? EnsureStore(VariableScope scope) => Variables.EnsureStore(scope);

    protected ProxyStream()
    {
        Choice = new ServerChoice(this);
        Connecting = new ServerConnecting(this);
        LastServer = new LastServerSide(this);
        Relay = new Relay(this);
        Variables = new StreamVariables(this);
        Log = new StreamLog(this);
        Captures = new StreamCaptures(this);
        UniqueId = new UniqueId(this);
        Timeouts = new StreamTimeouts(this);
    }

    /// <summary>What servers are asked for by name; null as long as no backend wanted it.</summary>
    internal ServerNames? ServerNames { get; set; }

    public abstract bool IsHttp { get; }

    /// <summary>Bytes as the log counts them: from the client, and to the client.</summary>
    public abstract long BytesFromClient { get; }

    public abstract long BytesToClient { get; }

    /// <summary>Begins a life, however it goes on: nothing of the object's last one is left.</summary>
    internal virtual void BeginStream(ClientConnection client)
    {
        Client = client;
        Session = client.Session;
        Request.IsAnswer = false;
        Response.IsAnswer = true;
        Worker = client.Worker;
        Frontend = client.Frontend;
        Backend = null;
        Server = null;
        ServerSide = null;
        ServerFrames = null;
        Cause = TerminationCause.None;
        Phase = TerminationPhase.None;
        ClientDeadlineMs = ServerDeadlineMs = PhaseDeadlineMs = long.MaxValue;
        Request.Reset();
        Response.Reset();
        Times.Reset();
        Times.Accept = Session.AcceptMs;
        Times.AcceptWallMs = Session.AcceptMs + Worker.WallClockOffsetMs;
        SequenceNumber = ++Worker.StreamSequence;
        _own.HasSource = _own.HasDestination = false;
        Choice.Reset();
        Connecting.Reset();
        LastServer.Reset();
        Relay.Reset();
        Variables.Reset();
        LastRule = null;
        Log.Begin();
        StickStores?.Clear();
        ServerNames?.Forget();
        ServerPhase = ServerPhase.None;
        _processing = _processAgain = _frozen = false;
        HasBalanceHash = false;
        Timeouts.Reset();
        IsLastLook = true;
        Lookups = null;
        Worker.Engine.Trace?.Accepted(this);
    }

    /// <summary>Does everything that can be done now. Events that arrive from within are done by another turn, not by recursion.</summary>
    public void Process()
    {
        if (_processing)
        {
            _processAgain = true;
            return;
        }
        _processing = true;
        do
        {
            _processAgain = false;
            Advance();
        } while (_processAgain && !IsEnded);
        _processing = false;
        if (Worker.Pools.IsStarved)
            AwaitMemory();
    }

    /// <summary>Names that rules of this stream wanted to know (do-resolve); null while there are none.</summary>
    internal System.Collections.Generic.List<Rules.DnsLookup>? Lookups;

    /// <summary>What a rule waits for has come. On the stream's worker.</summary>
    internal void Wake()
    {
        if (!IsEnded && !_frozen)
            Process();
    }

    /// <summary>In its worker's queue for memory: the next one there, and that it is.</summary>
    internal ProxyStream? NextStarved;
    internal bool IsStarved;

    private void AwaitMemory()
    {
        if (Client is not null)
            Worker.MemoryQueue.Add(this);
        else
            Worker.Pools.IsStarved = false;
    }

    /// <summary>There was no memory to go on: the stream ends where it is.</summary>
    protected override void OnOutOfMemory()
    {
        Core.Buffers.MemoryBudget.CountFailure();
        _processing = _processAgain = false;
        if (Client is null)
            return;
        try
        {
            Kill(TerminationCause.Resource);
        }
        catch (Exception e) when (Core.Buffers.MemoryBudget.IsLack(e))
        {
            Abandon();
        }
    }

    /// <summary>Asks for one more turn of <see cref="Advance"/>.</summary>
    protected void ProcessAgain() => _processAgain = true;

    /// <summary>
    /// True once Advance has ended the stream. It holds for every frame that is still on the stack: the object goes back to its
    /// pool when all of them have returned (<see cref="GiveBack"/>).
    /// </summary>
    internal bool IsEnded => Client is null;

    protected abstract void Advance();

    public virtual void OnClientEvents(uint events) => Process();

    public virtual void OnServerEvents(uint events) => Process();

    public void RunQueued()
    {
        // what was abandoned is no pool's, and who waits in another queue too goes back from there
        if (IsEnded)
        {
            if ((Life & 1) != 0 && !IsQueued && !IsStarved)
                ReturnToPool();
        }
        else if (!_frozen)
            Process();
    }

    /// <summary>
    /// How every life ends that has ended by itself, first half: the stream leaves queue, server and proxies, is counted and logged. It
    /// still has what it holds.
    /// </summary>
    protected void Leave()
    {
        // PERF: who has a server waits for none, and the gate is everybody's
        if (ServerPhase != ServerPhase.Connected)
            Choice.LeaveQueue();
        Counters.NoteEnd();
        LeaveServer();
        Choice.ReleaseSlot();
        Backend?.Leave();
        // COMPAT: the line's %bc and %sc no longer count this stream
        Log.Write();
    }

    /// <summary>The connection to the server is closed, or goes where it may be used again.</summary>
    protected virtual void LeaveServer() => Connecting.Close();

    /// <summary>And the second: all is given back, the object too. The connection it was on goes on, or is closed by the caller; what fails
    /// from now on is its own.</summary>
    protected ClientConnection LetGo()
    {
        ClientConnection client = Connection;
        ReleaseAll();
        GiveBack();
        Worker.Blame(client);
        return client;
    }

    private void ReleaseAll()
    {
        Request.Release(Worker.Buffers);
        Response.Release(Worker.Buffers);
        ReleaseMemory();
    }

    /// <summary>Nothing that asks for the stream by its number finds it any more.</summary>
    internal void GiveBack()
    {
        Worker.Timers.Cancel(this);
        Client = null!;
        Session = null!;
        SequenceNumber = 0;
        Worker.Retire(this);
    }

    /// <summary>The stream has met a proxy that has filters.</summary>
    internal void Attach(ProxyFilter[] filters)
    {
        Filters ??= FilterChain.Rent(this);
        if (Filters is null || !Filters.Add(filters))
            throw new InsufficientMemoryException();
        PlaceFilters();
    }

    /// <summary>A filter may want to see now what it did not want to see before.</summary>
    internal abstract void PlaceFilters();

    private void ReleaseFilters()
    {
        Filters?.Release();
        Filters = null;
    }

    /// <summary>A filter holds something back: nobody can be blamed for silence.</summary>
    internal bool IsHeld => Request.IsHeld || Response.IsHeld;

    /// <summary>
    /// A handler failed in the middle of this stream: what others wait for (its place in a queue, its slot, gauges) is given back,
    /// step by step and whatever becomes of the others; the object is never used again.
    /// </summary>
    public void Abandon()
    {
        if ((Life & 1) == 0)
            return;
        ClientConnection? client = Session?.Connection;
        ForgetInPool();
        Counters.NoteFault();
        foreach (Action<ProxyStream> step in s_stepsOfAbandoning)
        {
            try
            {
                step(this);
            }
            catch (Exception e)
            {
                Worker.Engine.Notices.NoteFault(e);
            }
        }
        Client = null!;
        Session = null!;
        SequenceNumber = 0;
        // as the run queue's entry it is the one that failed
        client?.Abandon();
    }

    private static readonly Action<ProxyStream>[] s_stepsOfAbandoning =
    [
        static s => s.Worker.Timers.Cancel(s),
        static s => s.Choice.LeaveQueue(),
        static s => s.Connecting.Drop(),
        static s => s.Choice.ReleaseSlot(),
        static s =>
        {
            if (!s.IsEnded)
                s.Backend?.Leave();
        },
        static s => s.Request.Release(s.Worker.Buffers),
        static s => s.Response.Release(s.Worker.Buffers),
        static s => s.ReleaseMemory(),
    ];

    /// <summary>What it holds of its worker's memory besides its channels' buffers.</summary>
    internal virtual void ReleaseMemory()
    {
        ReleaseFilters();
        Tracked?.Release(Worker.NowMs);
        Log.Release();
        Variables.ReleaseAll();
    }

    protected abstract void ForgetInPool();

    // SAFETY: tells whether there are buffers, and looks into none
    public virtual unsafe string? HeldBy() =>
        Choice.Place.In is not null ? "a server's queue"
        : ServerSide is not null ? "a server's connection"
        : Request.HasBuffer || Response.HasBuffer ? "a buffer"
        : Choice.HoldsAnything ? "a server's slot"
        : Captures.HoldsMemory || UniqueId.HoldsMemory || Log.HoldsMemory ? "memory of the log"
        : Filters is not null ? "filters"
        : Tracked is { Count: > 0 } ? "entries of stick tables"
        : IsQueued ? "the run queue"
        : IsStarved ? "the queue for memory"
        : IsArmed ? "the timer wheel"
        : null;

    public virtual void Spoil()
    {
        Worker = null!;
        Frontend = null!;
        Backend = null;
        Server = null;
    }

    public virtual bool IsSpoiled() =>
        Worker is null && Frontend is null && Client is null && Session is null && Backend is null && Server is null && HeldBy() is null;

    /// <summary>Finds out which deadline has passed.</summary>
    public override void OnTimer(long nowMs)
    {
        if (FaultInjection.On)
            FaultInjection.Strike(FaultPlace.Timer);
        if (nowMs >= PhaseDeadlineMs)
        {
            PhaseDeadlineMs = long.MaxValue;
            OnPhaseTimeout();
        }
        // COMPAT: of two that ran out together the client is the one that is named, once a server has answered
        else if (nowMs >= ClientDeadlineMs && ClientDeadlineMs <= ServerDeadlineMs && NamesClientFirst)
        {
            ClientDeadlineMs = long.MaxValue;
            OnClientTimeout();
        }
        else if (nowMs >= ServerDeadlineMs)
        {
            ServerDeadlineMs = long.MaxValue;
            OnServerTimeout();
        }
        else if (nowMs >= ClientDeadlineMs)
        {
            ClientDeadlineMs = long.MaxValue;
            OnClientTimeout();
        }
        else if (Filters is { } filters && nowMs >= filters.WakeMs)
            filters.ClearWake();
        else
        {
            ArmTimer();
            return;
        }
        if (!IsEnded)
            Process();
    }

    protected virtual bool NamesClientFirst => true;

    protected abstract void OnPhaseTimeout();

    protected abstract void OnServerTimeout();

    protected abstract void OnClientTimeout();

    /// <summary>"shutdown session" and the like: ends the stream from outside, on its own worker.</summary>
    public abstract void Kill(TerminationCause cause);

    protected void ArmTimer() =>
        Worker.Timers.Arm(this, Filters is { } filters ? Math.Min(NextDeadlineMs, filters.WakeMs) : NextDeadlineMs);

    /// <summary>Milliseconds from now as a deadline; negative means never.</summary>
    internal long DeadlineIn(int timeoutMs) => timeoutMs < 0 ? long.MaxValue : Worker.NowMs + timeoutMs;

    /// <summary>Sets the termination state unless an earlier reason stands.</summary>
    public void Terminate(TerminationCause cause, TerminationPhase phase)
    {
        if (Cause != TerminationCause.None)
            return;
        Cause = cause;
        Phase = phase;
    }

    /// <summary>Enters a backend: its session gauge and counters.</summary>
    internal void EnterBackend(BackendState backend)
    {
        Backend = backend;
        backend.Enter();
        TrafficCounters counters = backend.Counters[Worker.Index];
        counters.Sessions++;
        counters.SessionRate.Add(Worker.NowMs);
        if (backend.Filters is { } filters && backend.Config != Frontend.Config)
            Attach(filters);
        Filters?.BackendChosen(backend);
    }

    public ServerPhase ServerPhase;

    /// <summary>A connection is being set up for this stream.</summary>
    internal virtual void NoteConnecting(ServerConnection connection) { }

    /// <summary>The connection is there: what is spoken on it is begun. False when there is no memory for it.</summary>
    internal virtual bool BeginProtocol() => true;

    /// <summary>Becomes one more stream of <see cref="ServerSide"/>, which speaks in frames. False when there is no memory.</summary>
    internal virtual bool JoinFrames() => false;

    /// <summary>Is no stream of the connection any more.</summary>
    internal virtual void LeaveFrames(ServerConnection side) { }

    /// <summary>The server's end is gone, and is given back elsewhere.</summary>
    internal void ForgetServer()
    {
        ServerSide = null;
        ServerFrames = null;
    }

    /// <summary>The last rule that ended its set (last_rule_file, last_rule_line).</summary>
    internal RuleConfig? LastRule { get; set; }

    /// <summary>What the client has sent and nobody has forwarded yet.</summary>
    internal virtual ReadOnlySpan<byte> RequestBytes => Held(in Request);

    /// <summary>What the server has sent and nobody has forwarded yet.</summary>
    internal virtual ReadOnlySpan<byte> ResponseBytes => Held(in Response);

    /// <summary>Rules will not be asked again when more bytes have come.</summary>
    internal bool IsLastLook { get; private protected set; } = true;

    /// <summary>The time that content rules may wait has run out.</summary>
    internal virtual bool IsInspectionOver => false;

    /// <summary>A server is or was looked for: rules see the answer now, not the request.</summary>
    internal bool IsInResponse => Variables.AreOfResponse;

    private static unsafe ReadOnlySpan<byte> Held(in Channel channel) =>
        new(channel.Data + channel.Start, channel.Data is null ? 0 : channel.End - channel.Start);

    /// <summary>At least one byte came from the client (option dontlognull).</summary>
    public abstract bool HasReceivedAnything { get; }

    /// <summary>False for what ended before it was a request: it has no identifier, and error-log-format is for it.</summary>
    public virtual bool BecameRequest => true;

    /// <summary>Not a normal stream in the words of dontlog-normal and log-separate-errors: an error, a time-out, a retry, a redispatch, a
    /// status of 5xx.</summary>
    public virtual bool IsAbnormal =>
        Cause is not (TerminationCause.None or TerminationCause.Local) || Connecting.Retries > 0 || Connecting.IsRedispatched;
}
