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
}
