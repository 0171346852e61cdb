// What of a TLS handshake the configuration's fetches ask for, and connections keep only then.
using System;

namespace Baton.Configuration.Expressions;

[Flags]
public enum TlsUses : byte
{
    None = 0,

    /// <summary>Identifiers, randoms and the like.</summary>
    Details = 1,

    /// <summary>The certificate that was shown to the client.</summary>
    OwnCertificate = 2,

    /// <summary>The certificates that the peer showed above its own, and the one that all trust comes from.</summary>
    Chain = 4,

    /// <summary>What the client's greeting offered, and which certificate it got for it.</summary>
    Greeting = 8,

    /// <summary>The secrets of TLS 1.3, by the key log.</summary>
    KeyLog = 16,

    /// <summary>The master secret.</summary>
    MasterSecret = 32,
}
