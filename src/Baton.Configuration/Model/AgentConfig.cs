// The agent of a server, which says how the server does: what stands behind "agent-check" on its line.
namespace Baton.Configuration.Model;

public sealed record AgentConfig
{
    public const int DefaultInterMs = 2000;

    /// <summary>"agent-check"; without it the other settings wait for one.</summary>
    public bool On { get; set; }
    public int InterMs { get; set; } = DefaultInterMs;

    /// <summary>Where it listens. COMPAT: "addr" and "port" set both of a server's kinds of check.</summary>
    public int Port { get; set; }
    public AddressConfig? Address { get; set; }

    /// <summary>What it is told first; empty for nothing.</summary>
    public string Send { get; set; } = "";
}
