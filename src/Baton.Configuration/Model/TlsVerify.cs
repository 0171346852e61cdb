// "verify" of bind and server lines.
namespace Baton.Configuration.Model;

public enum TlsVerify : byte
{
    /// <summary>Nothing was said.</summary>
    Unset,

    /// <summary>The other side is not asked for a certificate, or whatever it shows is believed.</summary>
    None,

    /// <summary>Clients are asked; those that show nothing are served.</summary>
    Optional,
    Required,
}
