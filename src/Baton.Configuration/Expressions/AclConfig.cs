// ACLs: named or anonymous tests, and the conditions built from them.
using System.Collections.Generic;
using Baton.Configuration.Model;

namespace Baton.Configuration.Expressions;

public enum AclMatchMethod : byte
{
    Default,
    Found,
    Bool,
    Integer,
    Ip,
    Binary,
    Length,
    String,
    Begin,
    Substring,
    Directory,
    Domain,
    End,
    Regex,
}

/// <summary>One "acl NAME ..." line or one { ... } block. Lines of the same name are alternatives.</summary>
public sealed class AclExpressionConfig
{
    public required SampleExpressionConfig Sample { get; init; }
    public required AclMatchMethod Match { get; init; }

    /// <summary>What the patterns are looked up in, files first; the engine's own objects, which the runtime API changes.</summary>
    public required object[] Tables { get; init; }
    public required SourcePosition Position { get; init; }
}

public sealed class AclConfig
{
    public required string Name { get; init; }
    public List<AclExpressionConfig> Alternatives { get; } = [];
}

/// <summary>One term of a condition: an ACL, possibly negated.</summary>
public readonly record struct AclTerm(AclConfig Acl, bool Negated);

/// <summary>"if" or "unless": alternatives (or) of terms (and).</summary>
public sealed class AclConditionConfig
{
    public required bool Unless { get; init; }
    public required AclTerm[][] Alternatives { get; init; }
    public required SourcePosition Position { get; init; }
}
