// How the body of an HTTP/1 message is delimited, as computed with its head (RFC 9112 §6.3).
namespace Baton.Http.H1;

/// <summary>How a message's body ends.</summary>
public enum BodyKind : byte
{
    /// <summary>There is no body, or one of zero bytes.</summary>
    None,

    /// <summary>Exactly <see cref="MessageHead.ContentLength"/> bytes, at least one.</summary>
    Length,

    /// <summary>Chunked framing; walk it with <see cref="ChunkedScanner"/>.</summary>
    Chunked,

    /// <summary>Everything until the server closes (responses only).</summary>
    UntilClose,
}
