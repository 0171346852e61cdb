// Moving bytes between two connections that have nothing more to say to us: TCP sessions and upgraded HTTP.
using Baton.Configuration.Model;
using Baton.Engine.Connections;

namespace Baton.Engine.Streams;

/// <summary>A part of its stream.</summary>
internal sealed class Relay(ProxyStream stream)
{
    public void Reset() => _hasBegun = false;

    /// <summary>It has begun in another process, with the deadlines that came along.</summary>
    public void GoOn() => _hasBegun = true;

    /// <summary>Buffers moved in one direction before other streams get their turn.</summary>
    private const int Burst = 16;

    /// <summary>
    /// Moves what can be moved from one side to the other, passing the end of stream on once all before it is out.
    /// Moved means activity; an error names the side that failed.
    /// </summary>
    private Flow Move(ref Channel channel, StreamEnd source, StreamEnd sink)
    {
        Flow result = Flow.Idle;
        for (int i = 0; ; i++)
        {
            Flow got = channel.Receive(source, stream.Worker.Buffers);
            if (got >= Flow.SourceFailed)
                return got;
            Flow sent = channel.Send(sink);
            if (sent >= Flow.SourceFailed)
                return sent;
            if (got == Flow.Idle && sent == Flow.Idle)
                break;
            result = Flow.Moved;
            if (i >= Burst)
            {
                stream.Worker.Enqueue(stream);
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
            channel.Release(stream.Worker.Buffers);
        return result;
    }

    /// <summary>
    /// The sink takes what the kernel holds for it, although no event said so: epoll reports room only when a good part of
    /// the socket's buffer has become free, and a slow peer may need longer for that than a time-out allows.
    /// </summary>
    public static bool ReadsStill(ref Channel channel, StreamEnd sink)
    {
        sink.CanWrite = true;
        return channel.Send(sink) == Flow.Moved;
    }

    /// <summary>The time-outs of the relay have begun.</summary>
    private bool _hasBegun;

    /// <summary>Deadlines of a relay after activity: timeout tunnel, else client and server; client-fin and server-fin once a side has
    /// closed.</summary>
    public void Arm(bool clientMoved, bool serverMoved)
    {
        int tunnel = stream.Timeouts.Tunnel;
        int client = tunnel >= 0 ? tunnel : stream.FrontendTimeouts.Client;
        int server = tunnel >= 0 ? tunnel : stream.BackendTimeouts.Server;
        // a side that was told the end is given the time to say its own
        if (stream.Response.ShutdownSent && stream.FrontendTimeouts.ClientFin >= 0)
            client = stream.FrontendTimeouts.ClientFin;
        if (stream.Request.ShutdownSent && stream.BackendTimeouts.ServerFin >= 0)
            server = stream.BackendTimeouts.ServerFin;
        if (stream.IsHeld)
            client = server = -1;
        // and one that has ended, and has all there is for it, owes nothing
        if (stream.Request.SourceClosed && !stream.Response.HasUnsent)
            client = -1;
        if (stream.Response.SourceClosed && !stream.Request.HasUnsent)
            server = -1;
        if (clientMoved || stream.ClientDeadlineMs == long.MaxValue)
            stream.ClientDeadlineMs = stream.DeadlineIn(client);
        if (serverMoved || stream.ServerDeadlineMs == long.MaxValue)
            stream.ServerDeadlineMs = stream.DeadlineIn(server);
    }

    /// <summary>
    /// One round of a relay in both directions. True while it goes on; false when both ends have closed or one failed,
    /// with the termination state set. <paramref name="holdResponse"/> keeps what the server has sent for now.
    /// </summary>
    public bool BothWays(bool holdResponse = false)
    {
        StreamEnd server = stream.ServerEnd!;
        Flow up = Move(ref stream.Request, stream.Client, server);
        if (up >= Flow.SourceFailed)
        {
            End(up == Flow.SourceFailed);
            return false;
        }
        Flow down = holdResponse ? Flow.Idle : Move(ref stream.Response, server, stream.Client);
        if (down >= Flow.SourceFailed)
        {
            End(down == Flow.SinkFailed);
            return false;
        }
        if (stream.Request.ShutdownSent && stream.Response.ShutdownSent)
            return false;
        if (stream.Request.ShutdownSent && stream.Response.SourceClosed && !stream.Response.HasUnsent)
            return false;
        // a side that will not read and has been reset is gone even if nothing is to be written to it
        if (stream.Client.Failed && !stream.Client.CanRead)
        {
            End(true);
            return false;
        }
        if (server.Failed && !server.CanRead)
        {
            End(false);
            return false;
        }
        stream.Client.EnsureRegistered();
        stream.ServerSide!.EnsureRegistered();
        bool moved = up == Flow.Moved || down == Flow.Moved;
        bool first = !_hasBegun;
        _hasBegun = true;
        // option independent-streams: writing to a side says nothing about that side being alive
        bool independent = ((stream.Frontend.Config.Options | stream.Backend!.Config.Options) & ProxyOptions.IndependentStreams) != 0;
        if (moved || first)
            Arm(first || (independent ? up == Flow.Moved : moved), first || (independent ? down == Flow.Moved : moved));
        return true;
    }

    /// <summary>tcp-response content close: the server's connection ends here; what it has sent still goes to the client.</summary>
    public void DropServer()
    {
        stream.ServerSide?.AbortOnClose();
        stream.Response.SourceClosed = stream.Request.ShutdownSent = true;
    }

    private void End(bool clientFailed)
    {
        stream.Terminate(clientFailed ? TerminationCause.ClientAbort : TerminationCause.ServerAbort, TerminationPhase.Data);
        stream.Counters.NoteAbort(clientFailed);
        if (clientFailed)
            return;
        if (stream.Counters.Backend is { } backend)
            backend.ResponseErrors++;
        if (stream.Counters.Server is { } server)
            server.ResponseErrors++;
    }
}
