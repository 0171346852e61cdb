// What a proxy section can do, by the word that opens it: frontend, backend, listen, defaults.
namespace Baton.Configuration.Model;

/// <summary>What a section may do. A listen section is both.</summary>
[System.Flags]
public enum ProxyCapabilities : byte
{
    None = 0,
    Defaults = 1,
    Frontend = 2,
    Backend = 4,
    Listen = Frontend | Backend,
}
