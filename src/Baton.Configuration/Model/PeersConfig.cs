// A "peers" section: processes that tell each other of the stick tables they share (manual, "Peers").
using System.Collections.Generic;

namespace Baton.Configuration.Model;

public sealed class PeersConfig
{
    public required string Name { get; init; }
    public required SourcePosition Position { get; init; }

    /// <summary>"disabled": nobody is listened to or told anything.</summary>
    public bool Disabled { get; set; }

    /// <summary>"shards": so many parts the keys are spread over; 0 for one.</summary>
    public int Shards { get; set; }

    /// <summary>In their order; the local one among them.</summary>
    public List<PeerConfig> Peers { get; } = [];

    /// <summary>This process among them; null when none of them is, which makes a section that does nothing.</summary>
    public PeerConfig? Local { get; set; }

    /// <summary>Where to listen, by "bind" or by the local peer's line; null for nowhere.</summary>
    public BindConfig? Bind { get; set; }

    /// <summary>There is a "bind" line, or else a "peer" line: they do not go together.</summary>
    internal bool HasBindLine { get; set; }
    internal bool HasPeerLine { get; set; }

    /// <summary>"log" lines.</summary>
    public List<LogTargetConfig> Logs { get; } = [];

    /// <summary>It listens and connects.</summary>
    public bool IsUsable => !Disabled && Local is not null;
}
