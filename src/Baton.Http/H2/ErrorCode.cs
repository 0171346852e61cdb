// Why a stream or a connection ends (RFC 9113 §7).
namespace Baton.Http.H2;

/// <summary>Error code of RST_STREAM and GOAWAY. Others may be received and are treated as <see cref="InternalError"/>.</summary>
public enum ErrorCode : uint
{
    /// <summary>No error: an end in good order.</summary>
    NoError = 0,

    /// <summary>The peer has broken the protocol.</summary>
    ProtocolError = 1,

    /// <summary>A fault of the sender's own.</summary>
    InternalError = 2,

    /// <summary>The peer has sent more than its window allowed, or made the window too large.</summary>
    FlowControlError = 3,

    /// <summary>SETTINGS were not acknowledged in time.</summary>
    SettingsTimeout = 4,

    /// <summary>A frame for a stream that the peer had ended.</summary>
    StreamClosed = 5,

    /// <summary>A frame of a length that it must not have.</summary>
    FrameSizeError = 6,

    /// <summary>The stream was refused before anything was done for it: it may be tried again.</summary>
    RefusedStream = 7,

    /// <summary>The stream is not wanted any more.</summary>
    Cancel = 8,

    /// <summary>A field block that cannot be decoded.</summary>
    CompressionError = 9,

    /// <summary>The other side of a CONNECT was reset or closed.</summary>
    ConnectError = 10,

    /// <summary>The peer makes more work than it should.</summary>
    EnhanceYourCalm = 11,

    /// <summary>The transport is not safe enough.</summary>
    InadequateSecurity = 12,

    /// <summary>HTTP/1.1 is wanted instead.</summary>
    Http11Required = 13,
}
