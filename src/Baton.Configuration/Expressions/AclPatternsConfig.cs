using System.Collections.Generic;
using Baton.Configuration.Model;

namespace Baton.Configuration.Expressions;

/// <summary>The patterns of one ACL line as written: flags, files, and what stands on the line itself.</summary>
public sealed class AclPatternsConfig
{
    /// <summary>The section and the ACL's name ("" for an anonymous one): what tells its patterns from all others, also in the next
    /// process.</summary>
    public required string Owner { get; init; }

    /// <summary>The whole criterion, and the fetch it begins with.</summary>
    public required string Criterion { get; init; }
    public required string Keyword { get; init; }
    public required AclMatchMethod Match { get; init; }
    public required SourcePosition Position { get; init; }
    public bool IgnoreCase { get; init; }

    /// <summary>-n: names among addresses are not looked up.</summary>
    public bool NoNames { get; init; }

    /// <summary>-u: its number in the runtime API.</summary>
    public int? UniqueId { get; init; }

    /// <summary>-f, and with -M whether the file has a value behind each pattern, which is ignored.</summary>
    public required List<(string Name, bool IsMap)> Files { get; init; }

    /// <summary>Patterns of the line; operators of numbers have become ranges.</summary>
    public required List<string> Patterns { get; init; }
}
