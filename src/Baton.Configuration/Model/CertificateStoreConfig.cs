// A crt-store section while it is read: what its lines begin with. What they come to is in the global configuration of TLS.
namespace Baton.Configuration.Model;

/// <param name="name">Empty for the store without a name.</param>
public sealed class CertificateStoreConfig(string name)
{
    public string Name { get; } = name;

    /// <summary>Where relative names start; null: where the global section says.</summary>
    public string? CrtBase { get; set; }
    public string? KeyBase { get; set; }

    /// <summary>A line has been read that these directories were for.</summary>
    public bool HasLoaded { get; set; }
}
