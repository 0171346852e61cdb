// Why a stream got no server; it decides the answer and the termination state.
namespace Baton.Engine.Streams;

/// <summary>Why no server was had.</summary>
public enum ServerFailure : byte
{
    None,
    NoServer,
    QueueTimeout,
    QueueFull,
    ConnectError,
    ConnectTimeout,
    Resource,

    /// <summary>It did not take what came before the handshake was over, and that may not be sent again.</summary>
    TooEarly,
}
