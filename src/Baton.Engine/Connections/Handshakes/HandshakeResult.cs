// What comes before everything else on a connection, and how it stands.
namespace Baton.Engine.Connections.Handshakes;

/// <summary>How far a handshake has come.</summary>
public enum HandshakeResult : byte
{
    /// <summary>The other side has to speak, or to read, first.</summary>
    Wait,

    /// <summary>The connection can be used.</summary>
    Done,

    /// <summary>It cannot; <see cref="StreamEnd.Error"/> says why.</summary>
    Failed,
}
