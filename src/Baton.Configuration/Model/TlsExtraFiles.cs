// "ssl-load-extra-files": which files beside a certificate are loaded with it.
using System;

namespace Baton.Configuration.Model;

[Flags]
public enum TlsExtraFiles : byte
{
    None = 0,

    /// <summary>.rsa, .ecdsa and .dsa: one name's certificates of several kinds.</summary>
    Bundle = 1,

    /// <summary>.sctl: timestamps of certificate transparency.</summary>
    Timestamps = 2,

    /// <summary>.ocsp: the authority's word that it is not revoked.</summary>
    Ocsp = 4,

    /// <summary>.issuer: the certificate above it, needed for OCSP when the chain does not have it.</summary>
    Issuer = 8,

    /// <summary>.key: its private key.</summary>
    Key = 16,
    All = Bundle | Timestamps | Ocsp | Issuer | Key,
}
