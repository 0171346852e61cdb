// What "show errors" tells of a malformed message besides its bytes.
using Baton.Engine.Connections;
using Baton.Http.H1;

namespace Baton.Engine.Proxies;

/// <summary>Who sent it to whom, when, and what was wrong.</summary>
public readonly record struct MalformedFacts
{
    /// <summary>The number of the event since the start.</summary>
    public long Event { get; init; }
    public long WallClockMs { get; init; }

    /// <summary>Of a response: the frontend it was for, and the server it came from.</summary>
    public string? Frontend { get; init; }
    public int FrontendId { get; init; }
    public string? Server { get; init; }
    public int ServerId { get; init; }

    /// <summary>The client.</summary>
    public SocketAddress Source { get; init; }
    public int BlockSize { get; init; }
    public HeadFault Fault { get; init; }
    public long ContentLength { get; init; }
}
