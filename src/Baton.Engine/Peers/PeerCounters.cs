namespace Baton.Engine.Peers;

/// <summary>What has happened with a peer, for "show peers".</summary>
internal struct PeerCounters
{
    /// <summary>Heartbeats sent, heartbeats that came, sessions that ended because nothing came.</summary>
    public int SentHeartbeats,
        HeardHeartbeats,
        Silences;

    /// <summary>Attempts to connect, messages that were none, sessions that gave way to a newer one.</summary>
    public int Connections,
        ProtocolErrors,
        Collisions;
}
