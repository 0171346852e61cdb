// The kinds of HTTP/2 frames (RFC 9113 §6).
namespace Baton.Http.H2;

/// <summary>Type of a frame. Any other value is one that this endpoint does not know and passes over (RFC 9113 §4.1).</summary>
public enum FrameType : byte
{
    /// <summary>Octets of a message's body.</summary>
    Data = 0,

    /// <summary>Begins a field block: a head or trailers.</summary>
    Headers = 1,

    /// <summary>Deprecated; carries nothing that is acted on.</summary>
    Priority = 2,

    /// <summary>Ends a stream at once.</summary>
    RstStream = 3,

    /// <summary>What its sender wants from its peer, or the acknowledgement of that.</summary>
    Settings = 4,

    /// <summary>A request that a server answers before it came; never allowed by this endpoint.</summary>
    PushPromise = 5,

    /// <summary>A question whether the peer lives, or the answer.</summary>
    Ping = 6,

    /// <summary>The sender takes no more streams.</summary>
    GoAway = 7,

    /// <summary>The peer may send so much more.</summary>
    WindowUpdate = 8,

    /// <summary>More of a field block.</summary>
    Continuation = 9,
}
