// What bind lines, lines of a crt-list, server lines and the defaults of the global section say of TLS alike. What nobody said is null
// or Unset, so that the next wider level can say it.
namespace Baton.Configuration.Model;

public class TlsOptionsConfig
{
    /// <summary>OpenSSL's list of ciphers up to TLS 1.2.</summary>
    public string? Ciphers { get; set; }

    /// <summary>The suites of TLS 1.3.</summary>
    public string? CipherSuites { get; set; }
    public string? Curves { get; set; }

    /// <summary>"ecdhe": one curve, by the older word; <see cref="Curves"/> goes before it.</summary>
    public string? Ecdhe { get; set; }
    public string? SignatureAlgorithms { get; set; }
    public string? ClientSignatureAlgorithms { get; set; }

    /// <summary>"alpn" as it stands on the wire, each name behind its length; empty for "no-alpn".</summary>
    public byte[]? Alpn { get; set; }
    public TlsVersion MinVersion { get; set; }
    public TlsVersion MaxVersion { get; set; }

    /// <summary>"no-sslv3" to "no-tlsv13": a bit for each <see cref="TlsVersion"/>.</summary>
    public int ForbiddenVersions { get; set; }
    public TlsVerify Verify { get; set; }
    public TlsFileName? CaFile { get; set; }

    /// <summary>"ca-verify-file": believed as <see cref="CaFile"/> is, and not named to clients.</summary>
    public TlsFileName? CaVerifyFile { get; set; }
    public TlsFileName? CrlFile { get; set; }

    /// <summary>"no-ca-names": clients are not told which authorities are believed.</summary>
    public bool NoCaNames { get; set; }

    /// <summary>"no-tls-tickets" (false) and "tls-tickets".</summary>
    public bool? Tickets { get; set; }

    /// <summary>"ocsp-update": what authorities say of its certificates is kept fresh.</summary>
    public bool? OcspUpdate { get; set; }

    /// <summary>"allow-0rtt": what clients send before the handshake is over is taken.</summary>
    public bool AllowsEarlyData { get; set; }

    /// <summary>prefer-client-ciphers.</summary>
    public bool PreferClientCiphers { get; set; }
}
