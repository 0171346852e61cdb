// One bound address of a frontend (or of the stats socket): its descriptors and what is counted on it.
using System.Threading;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Engine.Proxies;

namespace Baton.Engine.Listeners;

public sealed class ListenerState
{
    private int _current,
        _currentMax;

    public ListenerState(EngineState engine, BindConfig config, SocketEndpoint? endpoint, IConnectionTarget target)
    {
        Engine = engine;
        Config = config;
        Endpoint = endpoint;
        Target = target;
        Counters = new PerWorker<TrafficCounters>(engine.WorkerCount);
    }

    public EngineState Engine { get; }
    public BindConfig Config { get; }

    /// <summary>What to bind; null for inherited descriptors.</summary>
    public SocketEndpoint? Endpoint { get; }

    /// <summary>An inherited descriptor (fd@N), or -1.</summary>
    public int InheritedDescriptor { get; init; } = -1;

    /// <summary>Listens on one end of a socket pair: connections arrive as passed descriptors (sockpair@N).</summary>
    public bool IsSocketPair { get; init; }

    /// <summary>The socket pair to the master: it works to the very end, and its end is the end of this process.</summary>
    public bool IsMasterLink { get; init; }

    /// <summary>A copy of the master's command line: nobody is heard on it here before the master is gone.</summary>
    public bool IsForOrphan { get; init; }

    /// <summary>Who gets the accepted connections.</summary>
    public IConnectionTarget Target { get; }

    /// <summary>Where TLS sessions of its connections come from; null when they have none.</summary>
    public Tls.TlsBinding? Tls { get; init; }

    /// <summary>Its connections count against the process's limits.</summary>
    public bool IsLimited => Target is Proxies.FrontendState;

    /// <summary>The listening sockets: one, or one a shard. Empty before binding and after closing.</summary>
    internal ListeningSocket[] Sockets { get; private set; } = [];

    /// <summary>Their descriptors.</summary>
    public int[] Descriptors { get; private set; } = [];

    /// <summary>Has one more listening socket, and owns the descriptor.</summary>
    public void AddSocket(int fd)
    {
        Sockets = [.. Sockets, new ListeningSocket(fd)];
        Descriptors = [.. Descriptors, fd];
    }

    /// <summary>Lets go of the listening sockets; each is closed as soon as no worker's ear is on it.</summary>
    public void CloseSockets()
    {
        ListeningSocket[] sockets = Sockets;
        (Sockets, Descriptors) = ([], []);
        foreach (ListeningSocket socket in sockets)
            socket.Release();
    }

    /// <summary>What listen() was called with.</summary>
    public int Backlog { get; set; }

    /// <summary>The address the socket is really bound to (port 0 resolved); for bound TCP sockets also every client's destination unless
    /// it is a wildcard.</summary>
    public SocketAddress BoundAddress;
    public bool BoundToWildcard { get; set; }

    /// <summary>What tells it from the other listeners of its frontend in another process: its address as configured.</summary>
    public string Key => Endpoint?.Text ?? $"fd@{InheritedDescriptor}";

    /// <summary>The next process serves this socket too (handover).</summary>
    public bool TakenOver { get; set; }

    public string Name => Config.Name ?? "";
    public int Id { get; set; }
    public PerWorker<TrafficCounters> Counters { get; }

    /// <summary>Paused by SIGTTOU: bound, and not listening.</summary>
    public bool Unlistened { get; set; }

    /// <summary>False while paused or stopped.</summary>
    public bool Accepting { get; set; }
    public int CurrentSessions => Volatile.Read(ref _current);

    public void ResetMaxSessions() => _currentMax = _current;

    public void RaiseMaxSessions(int seen) => Gauge.Raise(ref _currentMax, seen);

    public int MaxSessions => Volatile.Read(ref _currentMax);

    /// <summary>Counts a connection in everywhere before it is accepted; false, and nothing counted, where there is no room.</summary>
    internal bool TryEnter()
    {
        var frontend = (Proxies.FrontendState)Target;
        if (!Gauge.TryIncrement(ref _current, Config.MaxConn > 0 ? Config.MaxConn : int.MaxValue))
            return false;
        if (!frontend.TryEnter())
        {
            Leave();
            return false;
        }
        if (Engine.TryEnter())
            return true;
        frontend.Leave();
        Leave();
        return false;
    }

    /// <summary>The connection that was counted in did not come.</summary>
    internal void GiveBack()
    {
        if (Target is Proxies.FrontendState frontend)
        {
            Engine.Leave();
            frontend.Leave();
        }
        Leave();
    }

    internal void NoteEntered() =>
        Gauge.Raise(ref _currentMax, Config.MaxConn > 0 ? System.Math.Min(CurrentSessions, Config.MaxConn) : CurrentSessions);

    public void Enter() => Gauge.Increment(ref _current, ref _currentMax);

    public void Leave()
    {
        int now = Interlocked.Decrement(ref _current);
        if (Config.MaxConn > 0 && now == Config.MaxConn - 1)
            Engine.ResumeFullListeners();
    }

    public bool IsFull => Config.MaxConn > 0 && Volatile.Read(ref _current) >= Config.MaxConn;
}
