// A "peer" or "server" line of a peers section.
namespace Baton.Configuration.Model;

public sealed class PeerConfig
{
    public required string Name { get; init; }
    public required SourcePosition Position { get; init; }

    /// <summary>It is this process.</summary>
    public required bool IsLocal { get; init; }

    /// <summary>How it is connected to; its address is null for one that has to come by itself.</summary>
    public required ServerConfig Server { get; init; }
}
