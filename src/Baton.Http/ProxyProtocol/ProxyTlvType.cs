// The registered types of version 2's extension fields (proxy-protocol.txt §2.2).
namespace Baton.Http.ProxyProtocol;

/// <summary>Type of a TLV vector.</summary>
public enum ProxyTlvType : byte
{
    Alpn = 0x01,
    Authority = 0x02,
    Crc32C = 0x03,
    Noop = 0x04,
    UniqueId = 0x05,
    Ssl = 0x20,
    SslVersion = 0x21,
    SslCommonName = 0x22,
    SslCipher = 0x23,
    SslSignatureAlgorithm = 0x24,
    SslKeyAlgorithm = 0x25,
    NetworkNamespace = 0x30,
}
