// The pieces that a log format is cut into by the parser; the engine writes one after the other.
namespace Baton.Configuration.Expressions;

/// <summary>One piece: literal text, an alias, or a sample expression.</summary>
public sealed record LogFormatNode
{
    public string? Literal { get; init; }
    public LogFormatAlias? Alias { get; init; }
    public SampleExpressionConfig? Sample { get; init; }
    public LogFormatFlags Flags { get; init; }

    /// <summary>%{argument}: e.g. the key name of a JSON item.</summary>
    public string? Name { get; init; }
}
