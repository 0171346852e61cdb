// What goes into the PROXY header that is sent to a server: the send-proxy words and proxy-v2-options.
namespace Baton.Configuration.Model;

/// <summary>COMPAT: one set for send-proxy, send-proxy-v2 and what they may contain, of which "no-" words take their own part
/// back.</summary>
[System.Flags]
public enum ProxyHeaderOptions : ushort
{
    None = 0,
    Ssl = 1,
    CertCn = 2,
    CertKey = 4,
    CertSig = 8,
    SslCipher = 16,
    Authority = 32,
    Crc32C = 64,
    UniqueId = 128,
    V1 = 256,
    V2 = 512,

    /// <summary>Each of these asks for the field about TLS.</summary>
    AboutTls = Ssl | CertCn | CertKey | CertSig | SslCipher,
}
