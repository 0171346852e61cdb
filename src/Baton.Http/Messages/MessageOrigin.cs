namespace Baton.Http.Messages;

/// <summary>Whose rules a head that is made has to keep besides those of all messages.</summary>
public enum MessageOrigin : byte
{
    /// <summary>Baton's own: an answer or a request of a service.</summary>
    Own,

    /// <summary>
    /// Frames of a peer, HTTP/2: names in lower case, no fields of a connection, values without white space around them
    /// (RFC 9113 §8.2).
    /// </summary>
    Frames,
}
