// The flags of HTTP/2 frames; each is defined for some types only (RFC 9113 §6).
using System;

namespace Baton.Http.H2;

/// <summary>Flags of a frame. Those that its type does not define mean nothing.</summary>
[Flags]
public enum FrameFlags : byte
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>SETTINGS, PING: the answer to the peer's.</summary>
    Ack = 1,

    /// <summary>DATA, HEADERS: the sender's last of this stream.</summary>
    EndStream = 1,

    /// <summary>HEADERS, CONTINUATION: the field block ends here.</summary>
    EndHeaders = 4,

    /// <summary>DATA, HEADERS: the payload begins with the length of the padding at its end.</summary>
    Padded = 8,

    /// <summary>HEADERS: five octets of priority come before the block.</summary>
    Priority = 32,
}
