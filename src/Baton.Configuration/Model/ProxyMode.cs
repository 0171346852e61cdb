// What a proxy section speaks, and which sides it has.
namespace Baton.Configuration.Model;

public enum ProxyMode : byte
{
    Tcp,
    Http,
    Log,
    Spop,
}

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
