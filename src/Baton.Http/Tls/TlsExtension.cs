namespace Baton.Http.Tls;

/// <summary>Extension numbers (IANA, TLS ExtensionType Values).</summary>
public enum TlsExtension : ushort
{
    ServerName = 0,
    SupportedGroups = 10,
    SignatureAlgorithms = 13,
    Alpn = 16,
    SessionTicket = 35,
    KeyShare = 51,
}
