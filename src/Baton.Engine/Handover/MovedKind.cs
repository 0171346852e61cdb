namespace Baton.Engine.Handover;

/// <summary>What moves to the next process. Numbers are part of the protocol (docs/handover-protocol.md).</summary>
public enum MovedKind : byte
{
    /// <summary>Stays here until it ends.</summary>
    None = 0,

    /// <summary>A client connection between requests, with what it has sent so far.</summary>
    Client = 1,

    /// <summary>A session in mode tcp: both connections.</summary>
    TcpSession = 2,

    /// <summary>An upgraded HTTP connection (WebSocket, CONNECT): both connections.</summary>
    Tunnel = 3,

    /// <summary>An idle connection to a server.</summary>
    IdleServer = 4,

    /// <summary>A client's connection in HTTP/2 whose streams are tunnels: it, and the connections of their servers.</summary>
    Tunnels = 5,
}
