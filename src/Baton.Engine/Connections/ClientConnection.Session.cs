// What may end a connection before its first request: connection and session rules, the PROXY header, idle time-outs.
using Baton.Engine.Streams;
using Baton.Http.ProxyProtocol;
using Baton.Interop.Linux;

namespace Baton.Engine.Connections;

/// <summary>Why a connection without a request ends.</summary>
internal enum IdleEnd : byte { ClientClosed, ClientFailed, TimedOut }

public sealed unsafe partial class ClientConnection
{
    /// <summary>tcp-request connection rules. False when the connection was refused (and closed).</summary>
    private bool AdmitConnection() => true;

    /// <summary>tcp-request session rules.</summary>
    private bool AdmitSession() => true;

    private void ReleaseVariables()
    {
        if (Variables is null) return;
        Worker.Engine.VariableLimits?.TryAdd(-Variables.TotalCost);
        Variables.Clear(Worker.VariableMemory);
        Worker.VariableStores.Return(Variables);
        Variables = null;
    }

    private void BeginProxyHeader()
    {
        EnsureRegistered();
        int timeout = First(Frontend.Config.Timeouts.ClientHandshake, Frontend.Config.Timeouts.Client);
        Worker.Timers.Arm(this, timeout < 0 ? long.MaxValue : Worker.NowMs + timeout);
        ContinueProxyHeader();
    }

    /// <summary>Looks at what has arrived; takes exactly the header out of the socket when it is whole, and closes when it cannot become one.</summary>
    private void ContinueProxyHeader()
    {
        byte* scratch = Worker.Scratch.Text;
        nint n = Sockets.recv(Fd, scratch, Worker.Scratch.TextSize, Sockets.MSG_PEEK);
        if (n < 0 && Sockets.Last is Errno.EAGAIN or Errno.EINTR) { CanRead = false; return; }
        if (n <= 0) { Close(); return; }
        ProxyParseStatus status = ProxyHeaderParser.Parse(new System.ReadOnlySpan<byte>(scratch, (int)n), out ProxyHeader header, out int length);
        if (status == ProxyParseStatus.Incomplete && !PeerClosed) { CanRead = false; return; }
        if (status != ProxyParseStatus.Complete || Sockets.recv(Fd, scratch, length, 0) != length) { Close(); return; }
        Worker.Timers.Cancel(this);
        if (!header.IsLocal && header.Family is ProxyFamily.IPv4 or ProxyFamily.IPv6)
        {
            Source = SocketAddress.From(header.Source, header.SourcePort);
            _destination = SocketAddress.From(header.Destination, header.DestinationPort);
            FromProxyHeader = true;
        }
        CanRead = CanWrite = true;
        StartSession();
    }

    /// <summary>
    /// COMPAT: before its first request an empty connection is answered with 400 (closed) or 408 (timed out) and logged,
    /// as HAProxy does; between two requests it is closed without a word.
    /// </summary>
    private void CloseIdle(IdleEnd why)
    {
        if (RequestCount > 0 || Phase == ClientPhase.ProxyHeader) { Close(); return; }
        Phase = ClientPhase.Active;
        HttpStream stream = Worker.HttpStreams.Rent();
        Stream = stream;
        stream.StartEmpty(this, why == IdleEnd.TimedOut, why == IdleEnd.ClientFailed);
    }
}
