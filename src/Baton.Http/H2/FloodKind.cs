// What a connection may bring so much of and no more.
namespace Baton.Http.H2;

/// <summary>What is counted; each kind has a bucket of its own.</summary>
public enum FloodKind : byte
{
    /// <summary>RST_STREAM of the peer for a stream that it had opened ("rapid reset").</summary>
    Reset,

    /// <summary>A reset that the peer made this endpoint send, or one it sends instead of an answer ("MadeYouReset").</summary>
    OwnReset,

    /// <summary>SETTINGS that are no acknowledgement: each has to be answered.</summary>
    Settings,

    /// <summary>PING that is no answer: each has to be answered.</summary>
    Ping,

    /// <summary>PRIORITY, and frames of unknown types: work without an effect.</summary>
    Priority,

    /// <summary>WINDOW_UPDATE that opens less than a small part of a window.</summary>
    WindowUpdate,

    /// <summary>DATA without an octet of body that does not end its stream; CONTINUATION and HEADERS without one of a block.</summary>
    EmptyFrame,

    /// <summary>DATA with little in it that does not end its stream.</summary>
    SmallData,
}
