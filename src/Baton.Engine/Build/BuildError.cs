// What is said when a configuration parses but cannot be run.
using Baton.Configuration.Model;

namespace Baton.Engine.Build;

/// <summary>A fault found while building, in the words of HAProxy's start-up errors; the caller reports all of them.</summary>
public sealed record BuildError(SourcePosition Position, string Message)
{
    /// <summary>HAProxy finds it while it reads the line.</summary>
    public bool IsOfLine { get; init; }
}
