// Where a client's connection stands, from accept to close.
namespace Baton.Engine.Connections;

public enum ClientPhase : byte
{
    /// <summary>Waiting for what comes before everything else (the PROXY header).</summary>
    Handshake,

    /// <summary>Waiting for a request (HTTP).</summary>
    Idle,

    /// <summary>A stream is at work.</summary>
    Active,

    /// <summary>Streams come and go in frames (HTTP/2).</summary>
    Multiplexed,

    /// <summary>Answered and shut down; reading to the end so that the answer is not destroyed by a reset.</summary>
    Lingering,
}
