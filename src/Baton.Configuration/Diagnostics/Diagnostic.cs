// What the parser and the checks have to say, each with the place in the file that it is about.
using Baton.Configuration.Model;

namespace Baton.Configuration.Diagnostics;

/// <summary>One thing to say about the configuration. Word is the offending word, for the caret of "baton check"; empty when the whole line
/// is meant.</summary>
public sealed record Diagnostic(Severity Severity, SourcePosition Position, string Message, string Word)
{
    /// <summary>False for faults that only the whole configuration shows ("missing timeouts"): for tools they carry no "parsing
    /// [file:line]", people see the line.</summary>
    public bool Located { get; init; } = true;

    /// <summary>What exists and is spelt nearly like <see cref="Word"/>; null when nothing does.</summary>
    public string? Hint { get; init; }

    /// <summary>An alert that refuses nothing: the line is passed over.</summary>
    public bool Continues { get; init; }
}
