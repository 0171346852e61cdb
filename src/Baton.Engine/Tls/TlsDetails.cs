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

    /// <summary>What the client's greeting offered; empty unless it is captured (<see cref="CapturedGreeting"/>).</summary>
    public byte[] ClientHello { get; set; } = [];

    /// <summary>Lines of the key log (ssl_fc_…_traffic_secret and the like): a label and the secret, with line ends.</summary>
    public byte[] KeyLog { get; set; } = [];

    /// <summary>The certificates that the peer showed, one behind another in DER.</summary>
    public byte[] Chain { get; set; } = [];

    /// <summary>The distinguished name of the authority that the peer's certificate is believed for.</summary>
    public byte[] RootName { get; set; } = [];

    /// <summary>The file of the certificate that was chosen for the client.</summary>
    public byte[] CertificateName { get; set; } = [];

    internal void WriteTo(FrameWriter w)
    {
        w.Blob(SessionId);
        w.Blob(ClientRandom);
        w.Blob(ServerRandom);
        w.Blob(UniqueId);
        w.Blob(MasterSecret);
        w.Blob(ClientHello);
        w.Blob(KeyLog);
        w.Blob(Chain);
        w.Blob(RootName);
        w.Blob(CertificateName);
    }

    /// <summary>What earlier versions do not tell.</summary>
    private static byte[] Later(ref FrameReader r) => r.AtEnd ? [] : r.Blob().ToArray();

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
            Chain = Later(ref r),
            RootName = Later(ref r),
            CertificateName = Later(ref r),
        };
}
