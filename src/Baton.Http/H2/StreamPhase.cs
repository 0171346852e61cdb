// How far a stream is, as the frames of its peer are judged by it (RFC 9113 §5.1).
namespace Baton.Http.H2;

/// <summary>State of a stream, seen from the endpoint that receives.</summary>
public enum StreamPhase : byte
{
    /// <summary>Never used: its number is above the last one of whoever may open it. Also a number the peer may not use.</summary>
    Idle,

    /// <summary>The peer may send, be the own half closed or not.</summary>
    Open,

    /// <summary>The peer has ended its half and the stream lives on.</summary>
    HalfClosedRemote,

    /// <summary>This endpoint has reset it: what the peer sent before it knew is passed over.</summary>
    Reset,

    /// <summary>Both have ended it, or the peer has reset it.</summary>
    Closed,
}
