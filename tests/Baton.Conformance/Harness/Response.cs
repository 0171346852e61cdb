// An answer as RawClient read it.
namespace Baton.Conformance.Harness;

/// <summary>A response: its status, its head as received, and its body with any chunking removed.</summary>
public sealed record Response(int Status, string Head, string Body)
{
    public string Trailers { get; init; } = "";
    public string? this[string name] => HttpText.Header(Head, name);
}
