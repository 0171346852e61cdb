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

    /// <summary>Kept for one client (http-reuse never), outside the pools.</summary>
    public bool IsPrivate;
    public long IdleSinceMs;

    /// <summary>Nagle is switched off at the second write of a message only: the first never waits, and most messages are one write.</summary>
    public bool NoDelaySet;

    /// <summary>The SOCKS proxy in front of the server was asked; it has connected.</summary>
    public bool SocksAsked, SocksPassed;

    /// <summary>What it was marked with when it was made.</summary>
    public ServerMarks Marks;

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
        IsPrivate = false;
        NoDelaySet = false;
        PreambleSent = false;
        SocksAsked = SocksPassed = false;
        Marks = default;
    }

    public override void OnEvents(uint events)
    {
        NoteEvents(events);
        if (Stream is not null) { Stream.OnServerEvents(events); return; }
        // idle: the server closed it, or sent something nobody asked for
        if ((events & (Epoll.IN | Epoll.RDHUP | Epoll.HUP | Epoll.ERR)) != 0) Discard();
    }

    public override void OnTimer(long nowMs) { }

    /// <summary>Out of its pool and the loop, on its way to the next process.</summary>
    internal void Freeze()
    {
        if (PoolIndex >= 0) Server.Pools[Worker.Index].Remove(this);
        if (IsRegistered) Worker.Unregister(this);
        IsRegistered = false;
    }

    /// <summary>Back in the loop; an idle one back in its pool.</summary>
    internal void Thaw()
    {
        CanRead = CanWrite = true;
        EnsureRegistered();
        if (Stream is not null || IsPrivate) return;
        Server.Pools[Worker.Index].Push(this);
        Worker.PoolPurger.Watch(Server);
    }

    /// <summary>The next process has it: close our copy, which the server does not notice.</summary>
    internal void Depart()
    {
        Interop.Linux.Files.close(Fd);
        Fd = -1;
        Stream = null;
        Worker.ServerConnections.Return(this);
    }

    /// <summary>Writes an idle connection's item behind its kind (docs/handover-protocol.md).</summary>
    internal void Describe(Core.Frames.FrameWriter w, System.Collections.Generic.List<int> descriptors)
    {
        descriptors.Add(Fd);
        w.Byte(1);
        w.Text("");
        w.Text("");
        w.Text(Server.Backend.Name);
        w.Text(Server.Name);
        w.Text(Server.Endpoint?.Text ?? "");
        w.Int32(0);
        int image = w.BeginRecord();
        w.Int32(Reuses);
        w.Int64(IdleSinceMs);
        w.EndRecord(image);
    }

    /// <summary>An established connection of the previous process.</summary>
    internal static ServerConnection Moved(Worker worker, ServerState server, int fd, int reuses)
    {
        ServerConnection c = worker.ServerConnections.Rent();
        c.Open(worker, server, fd);
        c.Reuses = reuses;
        c.IsConnected = c.PreambleSent = c.NoDelaySet = true;
        c.CanRead = c.CanWrite = true;
        return c;
    }

    /// <summary>Puts an idle connection of the previous process into its server's pool.</summary>
    internal static void Adopt(Worker worker, ServerState server, int fd, ref Core.Frames.FrameReader r)
    {
        ServerConnection c = Moved(worker, server, fd, r.Int32());
        c.IdleSinceMs = r.Int64();
        c.CanRead = false;
        c.EnsureRegistered();
        server.Pools[worker.Index].Push(c);
        worker.PoolPurger.Watch(server);
    }

    /// <summary>Closes it, taking it out of its pool first, and gives the object back.</summary>
    public void Discard()
    {
        if (PoolIndex >= 0) Server.Pools[Worker.Index].Remove(this);
        CloseSocket();
        Stream = null;
        Worker.ServerConnections.Return(this);
    }
}
