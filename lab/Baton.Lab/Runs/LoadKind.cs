// What the clients do.
namespace Baton.Lab.Runs;

internal enum LoadKind
{
    /// <summary>A connection for every request.</summary>
    Short,

    /// <summary>Many requests on a connection.</summary>
    KeepAlive,

    /// <summary>Long-lived TCP sessions that echo.</summary>
    Tunnel,

    /// <summary>The same after an HTTP upgrade.</summary>
    WebSocket,
}
