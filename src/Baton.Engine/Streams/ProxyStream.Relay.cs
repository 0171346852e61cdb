// Moving bytes between two connections that have nothing more to say to us: TCP sessions and upgraded HTTP.
using Baton.Configuration.Model;
using Baton.Engine.Connections;

namespace Baton.Engine.Streams;

public abstract partial class ProxyStream
{
    /// <summary>Buffers moved in one direction before other streams get their turn.</summary>
    private const int RelayBurst = 16;

    /// <summary>
    /// Moves what can be moved from one side to the other, passing the end of stream on once all before it is out.
    /// Moved means activity; an error names the side that failed.
    /// </summary>
    protected Flow Relay(ref Channel channel, StreamEnd source, StreamEnd sink)
    {
        Flow result = Flow.Idle;
        for (int i = 0; ; i++)
        {
            Flow got = channel.Receive(source, Worker.Buffers);
            if (got >= Flow.SourceFailed)
                return got;
            Flow sent = channel.Send(sink);
            if (sent >= Flow.SourceFailed)
                return sent;
            if (got == Flow.Idle && sent == Flow.Idle)
                break;
            result = Flow.Moved;
            if (i >= RelayBurst)
            {
                Worker.Enqueue(this);
                break;
            }
        }
        if (channel.SourceClosed && !channel.HasUnsent && !channel.ShutdownSent)
        {
            channel.ShutdownSent = true;
            sink.ShutdownWrite();
            result = Flow.Moved;
        }
        if (!channel.HasBytes)
            channel.Release(Worker.Buffers);
        return result;
    }

    /// <summary>
    /// The sink takes what the kernel holds for it, although no event said so: epoll reports room only when a good part of
    /// the socket's buffer has become free, and a slow peer may need longer for that than a time-out allows.
    /// </summary>
    protected static bool ReadsStill(ref Channel channel, StreamEnd sink)
    {
        sink.CanWrite = true;
        return channel.Send(sink) == Flow.Moved;
    }

    /// <summary>The time-outs of the relay have begun.</summary>
    private bool _relaying;

    /// <summary>Deadlines of a relay after activity: timeout tunnel, else client and server; client-fin and server-fin once a side has
    /// closed.</summary>
    protected void ArmRelay(bool clientMoved, bool serverMoved)
    {
        int tunnel = Timeouts.Tunnel;
        int client = tunnel >= 0 ? tunnel : FrontendTimeouts.Client;
        int server = tunnel >= 0 ? tunnel : BackendTimeouts.Server;
        // a side that was told the end is given the time to say its own
        if (Response.ShutdownSent && FrontendTimeouts.ClientFin >= 0)
            client = FrontendTimeouts.ClientFin;
        if (Request.ShutdownSent && BackendTimeouts.ServerFin >= 0)
            server = BackendTimeouts.ServerFin;
        if (IsHeld)
            client = server = -1;
        // and one that has ended, and has all there is for it, owes nothing
        if (Request.SourceClosed && !Response.HasUnsent)
            client = -1;
        if (Response.SourceClosed && !Request.HasUnsent)
            server = -1;
        if (clientMoved || ClientDeadlineMs == long.MaxValue)
            ClientDeadlineMs = DeadlineIn(client);
        if (serverMoved || ServerDeadlineMs == long.MaxValue)
            ServerDeadlineMs = DeadlineIn(server);
    }

    /// <summary>
    /// One round of a relay in both directions. True while it goes on; false when both ends have closed or one failed,
    /// with the termination state set. <paramref name="holdResponse"/> keeps what the server has sent for now.
    /// </summary>
    protected bool RelayBothWays(bool holdResponse = false)
    {
        StreamEnd server = ServerEnd!;
        Flow up = Relay(ref Request, Client, server);
        if (up >= Flow.SourceFailed)
        {
            EndRelay(up == Flow.SourceFailed);
            return false;
        }
        Flow down = holdResponse ? Flow.Idle : Relay(ref Response, server, Client);
        if (down >= Flow.SourceFailed)
        {
            EndRelay(down == Flow.SinkFailed);
            return false;
        }
        if (Request.ShutdownSent && Response.ShutdownSent)
            return false;
        if (Request.ShutdownSent && Response.SourceClosed && !Response.HasUnsent)
            return false;
        // a side that will not read and has been reset is gone even if nothing is to be written to it
        if (Client.Failed && !Client.CanRead)
        {
            EndRelay(true);
            return false;
        }
        if (server.Failed && !server.CanRead)
        {
            EndRelay(false);
            return false;
        }
        Client.EnsureRegistered();
        ServerSide!.EnsureRegistered();
        bool moved = up == Flow.Moved || down == Flow.Moved;
        bool first = !_relaying;
        _relaying = true;
        // option independent-streams: writing to a side says nothing about that side being alive
        bool independent = ((Frontend.Config.Options | Backend!.Config.Options) & ProxyOptions.IndependentStreams) != 0;
        if (moved || first)
            ArmRelay(first || (independent ? up == Flow.Moved : moved), first || (independent ? down == Flow.Moved : moved));
        return true;
    }

    /// <summary>tcp-response content close: the server's connection ends here; what it has sent still goes to the client.</summary>
    internal void DropServer()
    {
        ServerSide?.AbortOnClose();
        Response.SourceClosed = Request.ShutdownSent = true;
    }

    private void EndRelay(bool clientFailed)
    {
        Terminate(clientFailed ? TerminationCause.ClientAbort : TerminationCause.ServerAbort, TerminationPhase.Data);
        CountAbort(clientFailed);
        if (clientFailed)
            return;
        if (BackendCounters is { } backend)
            backend.ResponseErrors++;
        if (ServerCounters is { } server)
            server.ResponseErrors++;
    }

    /// <summary>Counts a side that has left, or let a time-out pass.</summary>
    protected void CountAbort(bool clientFailed)
    {
        if (clientFailed)
        {
            FrontendCounters.ClientAborts++;
            if (BackendCounters is { } backend)
                backend.ClientAborts++;
            if (ServerCounters is { } server)
                server.ClientAborts++;
            return;
        }
        FrontendCounters.ServerAborts++;
        if (BackendCounters is { } b)
            b.ServerAborts++;
        if (ServerCounters is { } s)
            s.ServerAborts++;
    }
}
