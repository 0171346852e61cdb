// The row of a %alias of log formats, as far as the parser needs it.
namespace Baton.Configuration.Expressions;

/// <summary>A row of the alias table (%ci, %ST ...); the engine derives its evaluating kind from it.</summary>
public class LogFormatAlias
{
    public required string Name { get; init; }
    public required SampleNeeds Needs { get; init; }

    /// <summary>A proxy in TCP mode cannot log it.</summary>
    public bool HttpOnly { get; set; }
    public required string Summary { get; init; }
}
