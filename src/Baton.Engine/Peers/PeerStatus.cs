namespace Baton.Engine.Peers;

/// <summary>How the last attempt to talk to a peer stands, for "show peers".</summary>
internal enum PeerStatus : byte
{
    None,
    Connecting,
    Established,
    TryAgain,
    ProtocolError,
    BadVersion,
    LocalMismatch,
    RemoteMismatch,
    Refused,
}
