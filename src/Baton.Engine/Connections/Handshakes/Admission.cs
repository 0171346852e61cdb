// What a bind line wants before the first word of a connection that no frontend has: another peer's, or an operator's. The same steps as
// for clients (ClientOpening), without a session to tell of them.
using Baton.Engine.Listeners;

namespace Baton.Engine.Connections.Handshakes;

/// <summary>The PROXY header (accept-proxy), then TLS (ssl). Belongs to one connection.</summary>
public struct Admission(ListenerState listener)
{
    private readonly ListenerState _listener = listener;
    private bool _awaitsHeader = listener.Config.AcceptProxy,
        _awaitsTls = listener.Tls is not null;

    /// <summary>What is read from here on are words.</summary>
    public readonly bool IsOver => !_awaitsHeader && !_awaitsTls;

    /// <summary>Goes on as far as possible now. Done: there may be something to read.</summary>
    public HandshakeResult Advance(Connection connection)
    {
        HandshakeResult result = HandshakeResult.Done;
        if (_awaitsHeader)
        {
            result = ProxyHeaderStep.Take(connection, out _, out _, out _);
            _awaitsHeader = result != HandshakeResult.Done;
        }
        if (_awaitsTls && result == HandshakeResult.Done)
        {
            result = TlsAcceptStep.Accept(connection, _listener.Tls!, out _);
            _awaitsTls = result != HandshakeResult.Done;
        }
        connection.CanRead |= result == HandshakeResult.Done;
        return result;
    }
}
