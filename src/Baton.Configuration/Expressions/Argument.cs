namespace Baton.Configuration.Expressions;

/// <summary>One parsed argument. Number, Text or Value is filled by its kind (Value: LogFormatConfig, SampleExpressionConfig, byte[] for
/// addresses, ...).</summary>
public sealed record Argument(ArgumentKind Kind, long Number = 0, string Text = "", object? Value = null)
{
    /// <summary>An optional argument that was left out.</summary>
    public bool Absent { get; init; }
}
