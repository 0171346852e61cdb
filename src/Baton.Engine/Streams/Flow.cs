// What one step of moving bytes between a buffer and a socket came to.
namespace Baton.Engine.Streams;

/// <summary>What one step of moving bytes came to.</summary>
public enum Flow : byte
{
    /// <summary>Nothing could be moved.</summary>
    Idle,
    Moved,

    /// <summary>The sending side failed or closed in the middle of a message.</summary>
    SourceFailed,

    /// <summary>The receiving side failed.</summary>
    SinkFailed,

    /// <summary>The framing of the body is broken.</summary>
    BadBody,
}
