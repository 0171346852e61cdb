// What a "bind" line says of TLS.
using System.Collections.Generic;

namespace Baton.Configuration.Model;

public sealed class TlsBindConfig : TlsOptionsConfig
{
    /// <summary>"ssl": what comes on this socket is TLS.</summary>
    public bool IsOn { get; set; }

    /// <summary>"crt", "default-crt" and "crt-list", in their order.</summary>
    public List<TlsCertificateLine> Certificates { get; } = [];

    /// <summary>"strict-sni": a client that names no known host gets no certificate.</summary>
    public bool StrictSni { get; set; }

    /// <summary>"generate-certificates": hosts that no certificate is for get one that is made for them.</summary>
    public bool GeneratesCertificates { get; set; }

    /// <summary>"ca-sign-file", "ca-sign-pass": who signs it, and what opens the key.</summary>
    public TlsFileName? SigningFile { get; set; }
    public string? SigningPassphrase { get; set; }

    /// <summary>Faults of a client's certificate, and of those above it, that do not end the handshake.</summary>
    public TlsErrorSet IgnoredCertificateErrors { get; set; }
    public TlsErrorSet IgnoredAuthorityErrors { get; set; }

    /// <summary>"tls-ticket-keys": a file with keys in base64, the last but one is used for new tickets.</summary>
    public TlsFileName? TicketKeys { get; set; }

    /// <summary>There is something to be looked at, though perhaps without "ssl".</summary>
    public bool IsSaid =>
        IsOn || Certificates.Count > 0 || TicketKeys is not null || CaFile is not null || CrlFile is not null || CaVerifyFile is not null;
}
