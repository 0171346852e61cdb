// The places where the tests of fault containment can have a handler fail.
namespace Baton.Engine.Loop;

/// <summary>Where a handler can be made to fail.</summary>
public enum FaultPlace
{
    Event,
    Timer,
    Task,
    Queue,
    Receive,
    Send,
    Accept,

    /// <summary>What OpenSSL calls back in a handshake, and later.</summary>
    Handshake,

    /// <summary>The kernel refuses to poll a descriptor.</summary>
    Poll,

    /// <summary>The choice of a server, under its backend's gate.</summary>
    Choose,
}
