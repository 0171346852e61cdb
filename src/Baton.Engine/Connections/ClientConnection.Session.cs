// What may end a connection before its first request: connection and session rules, the PROXY header, idle time-outs.
using Baton.Engine.Streams;

namespace Baton.Engine.Connections;

/// <summary>Why a connection without a request ends.</summary>
internal enum IdleEnd : byte { ClientClosed, ClientFailed, TimedOut, Stopping }

public sealed unsafe partial class ClientConnection
{
    /// <summary>tcp-request connection rules. False when the connection was refused (and closed).</summary>
    private bool AdmitConnection() => true;

    /// <summary>tcp-request session rules.</summary>
    private bool AdmitSession() => true;

    private void BeginProxyHeader() { }

    private void ContinueProxyHeader() { }

    /// <summary>
    /// COMPAT: before its first request an empty connection is answered with 400 (closed) or 408 (timed out) and logged,
    /// as HAProxy does; between two requests it is closed without a word.
    /// </summary>
    private void CloseIdle(IdleEnd why)
    {
        if (RequestCount > 0 || why == IdleEnd.Stopping || Phase == ClientPhase.ProxyHeader) { Close(); return; }
        Phase = ClientPhase.Active;
        HttpStream stream = Worker.HttpStreams.Rent();
        Stream = stream;
        stream.StartEmpty(this, why == IdleEnd.TimedOut, why == IdleEnd.ClientFailed);
    }
}
