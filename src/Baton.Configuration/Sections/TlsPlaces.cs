// Where an option of TLS may stand.
using System;

namespace Baton.Configuration.Sections;

[Flags]
internal enum TlsPlaces : byte
{
    Bind = 1,

    /// <summary>Between brackets in a line of a crt-list.</summary>
    CertificateList = 2,
    Server = 4,

    /// <summary>ssl-default-bind-options and ssl-default-server-options.</summary>
    BindDefaults = 8,
    ServerDefaults = 16,
}
