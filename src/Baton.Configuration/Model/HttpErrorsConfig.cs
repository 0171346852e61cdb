// An http-errors section: answers by status, to be imported by name.
using System.Collections.Generic;

namespace Baton.Configuration.Model;

/// <summary>An http-errors section.</summary>
public sealed record HttpErrorsConfig(string Name, SourcePosition Position)
{
    /// <summary>By status.</summary>
    public Dictionary<int, HttpReplyConfig> Replies { get; } = [];
}
