// A "resolvers" section: whom to ask for addresses, how often, and how long an answer holds (manual, "The resolvers section").
using System.Collections.Generic;

namespace Baton.Configuration.Model;

public sealed class ResolversConfig
{
    /// <summary>Bytes. COMPAT: less than a name server is told of (RFC 6891 §6.2.3) is accepted too.</summary>
    public const int LeastPayload = 12,
        MostPayload = 65535;

    public required string Name { get; init; }
    public required SourcePosition Position { get; init; }
    public List<NameserverConfig> Nameservers { get; } = [];

    /// <summary>Milliseconds between two resolutions of a name.</summary>
    public int ResolveMs { get; set; } = 1000;

    /// <summary>Milliseconds to wait for answers to a query.</summary>
    public int RetryMs { get; set; } = 1000;

    /// <summary>Queries sent before giving up.</summary>
    public int Retries { get; set; } = 3;

    /// <summary>Bytes of an answer over UDP; announced to the name servers.</summary>
    public int AcceptedPayload { get; set; } = 512;

    /// <summary>Milliseconds since the last valid answer for which this kind of failure is overlooked.</summary>
    public int HoldNxMs { get; set; } = 30_000;
    public int HoldRefusedMs { get; set; } = 30_000;
    public int HoldTimeoutMs { get; set; } = 30_000;
    public int HoldOtherMs { get; set; } = 30_000;

    /// <summary>Milliseconds for which "do-resolve" takes an answer again.</summary>
    public int HoldValidMs { get; set; } = 10_000;

    /// <summary>Milliseconds for which a record counts that the answers no longer have.</summary>
    public int HoldObsoleteMs { get; set; }
}
