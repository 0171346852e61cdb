// What came of parsing a message head or reading its framing. Malformed input is one of these
// values, never an exception; the engine turns each into the status it sends.
namespace Baton.Http.Messages;

/// <summary>Outcome of parsing a message head. In brackets the status the sender of the message is answered with.</summary>
public enum ParseStatus : byte
{
    /// <summary>The whole head is there and valid.</summary>
    Complete,

    /// <summary>Valid so far; call again when more bytes have arrived.</summary>
    Incomplete,

    /// <summary>Malformed request (400).</summary>
    BadRequest,

    /// <summary>The request target alone does not fit (414).</summary>
    UriTooLong,

    /// <summary>Too many header fields, or the head does not fit (431).</summary>
    HeadTooLarge,

    /// <summary>A well-formed request line of another major version (505).</summary>
    VersionNotSupported,

    /// <summary>A response head that is no valid HTTP/1 (the client gets 502).</summary>
    NotHttp,

    /// <summary>An HTTP/1.0 GET, HEAD or DELETE that announces a body (413).</summary>
    BodyNotAllowed,
}
