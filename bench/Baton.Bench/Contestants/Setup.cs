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

    /// <summary>So many rules with a regular expression on the User-Agent, none of which matches; then the proxy answers by
    /// itself.</summary>
    public int Rules { get; init; }

    /// <summary>The expression of a rule.</summary>
    public static string Expression(int rule) => $"(foo|bar)[0-9]+{rule}$";

    /// <summary>Every request is answered with a redirection to this place, which tells which configuration is serving.</summary>
    public string? Marker { get; init; }
}
