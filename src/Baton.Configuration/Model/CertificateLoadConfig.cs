// One "load" line of a crt-store: a certificate, where its parts are, and the name that bind lines and crt-lists have for it.
using Baton.Configuration.Diagnostics;

namespace Baton.Configuration.Model;

public sealed class CertificateLoadConfig
{
    public SourcePosition Position { get; init; }

    /// <summary>"@store/alias", "@store/file"; the file alone in the store without a name.</summary>
    public string Name { get; set; } = "";

    public TlsFileName Certificate { get; set; } = new("", "");

    /// <summary>Parts in files of their own; null for none.</summary>
    public TlsFileName? Key { get; set; }
    public TlsFileName? OcspResponse { get; set; }
    public TlsFileName? Issuer { get; set; }
    public TlsFileName? Timestamps { get; set; }

    /// <summary>"ocsp-update": what its authority says of it is kept fresh.</summary>
    public bool? OcspUpdate { get; set; }
}
