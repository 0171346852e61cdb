// One line of an ACL as written: the sample, how it is matched, and the patterns.
using Baton.Configuration.Model;

namespace Baton.Configuration.Expressions;

/// <summary>One "acl NAME ..." line or one { ... } block. Lines of the same name are alternatives.</summary>
public sealed class AclExpressionConfig
{
    public required SampleExpressionConfig Sample { get; init; }
    public required AclMatchMethod Match { get; init; }

    /// <summary>What the patterns are looked up in, files first; the engine's own objects, which the runtime API changes.</summary>
    public required object[] Tables { get; init; }
    public required SourcePosition Position { get; init; }
}
