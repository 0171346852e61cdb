// What follows "if" and "unless" in the configuration, resolved to its ACLs.
using Baton.Configuration.Model;

namespace Baton.Configuration.Expressions;

/// <summary>"if" or "unless": alternatives (or) of terms (and).</summary>
public sealed class AclConditionConfig
{
    public required bool Unless { get; init; }
    public required AclTerm[][] Alternatives { get; init; }
    public required SourcePosition Position { get; init; }
}
