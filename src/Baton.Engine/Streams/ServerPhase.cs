// Where a stream stands on its way to a server: choosing one, in its queue, connecting, connected, or without one.
namespace Baton.Engine.Streams;

public enum ServerPhase : byte
{
    None,

    /// <summary>A server has to be chosen.</summary>
    Choosing,
    Queued,

    /// <summary>Waiting a moment before the same server is tried again.</summary>
    RetryDelay,
    Connecting,

    /// <summary>Waiting for another worker's answer: it may have an idle connection.</summary>
    Borrowing,
    Connected,

    /// <summary>No server could be had; the stream answers with an error.</summary>
    Failed,
}
