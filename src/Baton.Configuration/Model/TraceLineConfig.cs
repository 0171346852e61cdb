// A trace line: a source and pairs of a word and a value.
namespace Baton.Configuration.Model;

/// <param name="Position">Where it stands.</param>
/// <param name="Words">What stands behind "trace".</param>
public sealed record TraceLineConfig(SourcePosition Position, string[] Words);
