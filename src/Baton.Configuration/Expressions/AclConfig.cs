// ACLs: named or anonymous tests, and the conditions built from them.
using System.Collections.Generic;

namespace Baton.Configuration.Expressions;

public sealed class AclConfig
{
    public required string Name { get; init; }
    public List<AclExpressionConfig> Alternatives { get; } = [];
}
