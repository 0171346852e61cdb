// What a connection of the load generator does: requests, a tunnel, a WebSocket, a slow sender.
namespace Baton.Inject;

/// <summary>What one connection does.</summary>
public enum LoadMode
{
    Http,
    Tunnel,
    WebSocket,
    Slow,
}
