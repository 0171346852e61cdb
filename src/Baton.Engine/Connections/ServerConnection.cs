// A connection to a server: being set up, serving a stream, or idle in its server's pool.
using Baton.Engine.Loop;
using Baton.Engine.Servers;
using Baton.Engine.Streams;
using Baton.Interop.Linux;

namespace Baton.Engine.Connections;

public sealed class ServerConnection : Connection
{
    public ServerState Server = null!;

    /// <summary>The stream it serves, null when idle.</summary>
    public ProxyStream? Stream;

    /// <summary>Place in the idle pool, -1 outside.</summary>
    public int PoolIndex = -1;

    /// <summary>Requests served after the first.</summary>
    public int Reuses;

    public bool IsConnected;
    public long IdleSinceMs;

    /// <summary>Nagle is switched off at the second write of a message only: the first never waits, and most messages are one write.</summary>
    public bool NoDelaySet;

    /// <summary>The PROXY header went out.</summary>
    public bool PreambleSent;

    public void Open(Worker worker, ServerState server, int fd)
    {
        ResetConnection(worker, fd);
        Server = server;
        Stream = null;
        PoolIndex = -1;
        Reuses = 0;
        IsConnected = false;
        NoDelaySet = false;
        PreambleSent = false;
    }

    public override void OnEvents(uint events)
    {
        NoteEvents(events);
        if (Stream is not null) { Stream.OnServerEvents(events); return; }
        // idle: the server closed it, or sent something nobody asked for
        if ((events & (Epoll.IN | Epoll.RDHUP | Epoll.HUP | Epoll.ERR)) != 0) Discard();
    }

    public override void OnTimer(long nowMs) { }

    /// <summary>Closes it, taking it out of its pool first, and gives the object back.</summary>
    public void Discard()
    {
        if (PoolIndex >= 0) Server.Pools[Worker.Index].Remove(this);
        CloseSocket();
        Stream = null;
        Worker.ServerConnections.Return(this);
    }
}
