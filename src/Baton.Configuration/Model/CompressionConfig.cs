// The "compression" lines of a proxy, and of the defaults it comes from.
using System.Collections.Generic;
using System.Linq;

namespace Baton.Configuration.Model;

/// <summary>Frozen: a line makes a new one, so that a section may begin with that of its defaults.</summary>
public sealed record CompressionConfig
{
    /// <summary>What responses may be compressed with. COMPAT: what was said last is liked best.</summary>
    public IReadOnlyList<CompressionAlgorithm> Algorithms { get; init; } = [];

    /// <summary>What requests are compressed with.</summary>
    public CompressionAlgorithm? RequestAlgorithm { get; init; }

    /// <summary>One of them is more than a name.</summary>
    public bool NeedsZlib =>
        RequestAlgorithm is not (null or CompressionAlgorithm.Identity) || Algorithms.Any(static a => a != CompressionAlgorithm.Identity);

    /// <summary>How the content types begin that are compressed; all are where there are none.</summary>
    public IReadOnlyList<byte[]> ResponseTypes { get; init; } = [];
    public IReadOnlyList<byte[]> RequestTypes { get; init; } = [];

    /// <summary>Servers are not told that the client could read something compressed.</summary>
    public bool Offloads { get; init; }
    public bool OfRequests { get; init; }
    public bool OfResponses { get; init; } = true;

    /// <summary>Bodies that are known to be shorter stay as they are.</summary>
    public long ResponseMinSize { get; init; }
    public long RequestMinSize { get; init; }
}
