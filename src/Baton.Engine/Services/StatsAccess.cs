// The statistics page as one request finds it: how it is set up where the request came by, and what its sender may do.
using Baton.Configuration.Model;

namespace Baton.Engine.Services;

/// <param name="Page">The "stats" lines that led to it.</param>
/// <param name="Proxy">The section they stand in.</param>
/// <param name="MayChange">"stats admin" holds for this request.</param>
public sealed record StatsAccess(StatsConfig Page, ProxyConfig Proxy, bool MayChange)
{
    /// <summary>The body of a POST; null when it is longer than a buffer holds.</summary>
    public byte[]? Form { get; init; }
}
