// What of a handshake only few configurations ask for: fetches of session identifiers, randoms, secrets, and of the ClientHello.
using System;
using Baton.Core.Frames;

namespace Baton.Engine.Tls;

/// <summary>Kept when a rule or log format of the configuration needs it (<see cref="TlsContext.KeepsDetails"/>).</summary>
public sealed class TlsDetails
{
    /// <summary>The session's identifier (ssl_fc_session_id).</summary>
    public byte[] SessionId { get; set; } = [];

    public byte[] ClientRandom { get; set; } = [];
    public byte[] ServerRandom { get; set; } = [];

    /// <summary>The first Finished message of the handshake (ssl_fc_unique_id).</summary>
    public byte[] UniqueId { get; set; } = [];

    /// <summary>The master secret of TLS 1.2 and earlier (ssl_fc_session_key).</summary>
    public byte[] MasterSecret { get; set; } = [];

    /// <summary>The ClientHello message as it came, with its four bytes of header; empty unless it is captured.</summary>
    public byte[] ClientHello { get; set; } = [];

    /// <summary>Lines of the key log (ssl_fc_…_traffic_secret and the like), one secret each, with line ends.</summary>
    public byte[] KeyLog { get; set; } = [];

    internal void WriteTo(FrameWriter w)
    {
        w.Blob(SessionId);
        w.Blob(ClientRandom);
        w.Blob(ServerRandom);
        w.Blob(UniqueId);
        w.Blob(MasterSecret);
        w.Blob(ClientHello);
        w.Blob(KeyLog);
    }

    internal static TlsDetails Read(ref FrameReader r) =>
        new()
        {
            SessionId = r.Blob().ToArray(),
            ClientRandom = r.Blob().ToArray(),
            ServerRandom = r.Blob().ToArray(),
            UniqueId = r.Blob().ToArray(),
            MasterSecret = r.Blob().ToArray(),
            ClientHello = r.Blob().ToArray(),
            KeyLog = r.Blob().ToArray(),
        };
}
