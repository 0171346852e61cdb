// Versions of the protocol that a configuration can name.
namespace Baton.Configuration.Model;

public enum TlsVersion : byte
{
    /// <summary>Nothing was said.</summary>
    Unset,
    Ssl3,
    Tls10,
    Tls11,
    Tls12,
    Tls13,
}
