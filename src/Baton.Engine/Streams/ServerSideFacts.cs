using Baton.Engine.Connections;

namespace Baton.Engine.Streams;

/// <summary>What samples ask of a server connection; kept beyond its end where the log format asks for it.</summary>
public struct ServerSideFacts
{
    /// <summary>The socket's own address and its peer's.</summary>
    public SocketAddress Near,
        Far;
    public bool IsReused;

    /// <summary>Why it failed (<see cref="ConnectionFaults"/>); 0 when it did not.</summary>
    public byte Fault;

    /// <summary>What of HTTP is spoken on it, how many streams it has and may have, and oddities of the server (bc_glitches).</summary>
    public int MajorVersion,
        Streams,
        MaxStreams,
        Glitches;

    internal static ServerSideFacts Of(ServerConnection side) =>
        new()
        {
            Near = SocketAddress.OfSocket(side.Fd),
            Far = SocketAddress.OfPeer(side.Fd),
            IsReused = side.Reuses > 0,
            Fault = side.Fault,
            MajorVersion = side.Mux?.MajorVersion ?? 1,
            Streams = side.Mux?.StreamCount ?? 1,
            MaxStreams = side.Mux?.MaxStreams ?? 1,
            Glitches = side.Mux?.Glitches ?? 0,
        };
}
