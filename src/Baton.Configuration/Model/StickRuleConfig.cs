// A "stick" line of a backend: what a client is known by, and whether its server is looked for or written down.
using Baton.Configuration.Expressions;

namespace Baton.Configuration.Model;

public sealed record StickRuleConfig(
    StickTableReference Table,
    SampleExpressionConfig Key,
    AclConditionConfig? Condition,
    StickRuleUse Use,
    SourcePosition Position
);
