// How the body of a message is delimited, as computed with its head (RFC 9112 §6.3).
namespace Baton.Http.Messages;

/// <summary>How a message's body ends.</summary>
public enum BodyKind : byte
{
    /// <summary>There is no body, or one of zero bytes.</summary>
    None,

    /// <summary>Exactly <see cref="MessageHead.ContentLength"/> bytes, at least one.</summary>
    Length,

    /// <summary>Of no length told before: its framing has an end, chunks in text, frames elsewhere.</summary>
    Chunked,

    /// <summary>Everything until the server closes (responses only).</summary>
    UntilClose,
}
