// What a case asks of the proxies, said once; each contestant writes it in its own language.
namespace Baton.Bench.Contestants;

/// <summary>One frontend, and what is behind it.</summary>
public sealed record Setup
{
    public bool Tcp { get; init; }
    public int Workers { get; init; } = 1;
    public int OriginPort { get; init; } = 1;

    /// <summary>More than one: the Host field names the backend (b0, b1, ...).</summary>
    public int Backends { get; init; } = 1;
    public int ServersEach { get; init; } = 1;

    /// <summary>Every request is answered with a redirection to this place, which tells which configuration is serving.</summary>
    public string? Marker { get; init; }
}
