// What the Connection field of a message said, collected while it is removed.
using System;

namespace Baton.Http.Messages;

/// <summary>What <see cref="HopByHop.Remove"/> came upon and the next Connection field may have to say.</summary>
[Flags]
public enum HopByHopOptions : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A rule has put "Connection: close" there.</summary>
    Close = 1,

    /// <summary>An Upgrade field stays that was named.</summary>
    Upgrade = 2,

    /// <summary>"TE: trailers" stays and was named.</summary>
    Te = 4,

    /// <summary>HTTP2-Settings stays and was named.</summary>
    Http2Settings = 8,
}
