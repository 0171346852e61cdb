namespace Baton.Engine.Peers.Wire;

/// <summary>What <see cref="PeerMessage.Take"/> found.</summary>
public enum MessageStatus
{
    Whole,

    /// <summary>More has to come.</summary>
    Incomplete,

    /// <summary>It is longer than anybody may send.</summary>
    TooLong,
    Malformed,
}
