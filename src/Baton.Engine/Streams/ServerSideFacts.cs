using Baton.Engine.Connections;

namespace Baton.Engine.Streams;

/// <summary>What samples ask of a server connection; kept beyond its end where the log format asks for it.</summary>
public struct ServerSideFacts
{
    /// <summary>The socket's own address and its peer's.</summary>
    public SocketAddress Near,
        Far;
    public bool IsReused;

    internal static ServerSideFacts Of(ServerConnection side) =>
        new()
        {
            Near = SocketAddress.OfSocket(side.Fd),
            Far = SocketAddress.OfPeer(side.Fd),
            IsReused = side.Reuses > 0,
        };
}
