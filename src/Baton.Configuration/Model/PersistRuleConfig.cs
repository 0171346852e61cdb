// A rule that has persistence heed servers that are down, or forget the server.
namespace Baton.Configuration.Model;

/// <summary>"force-persist" or "ignore-persist" with its condition.</summary>
public sealed record PersistRuleConfig(bool Force, Expressions.AclConditionConfig Condition, SourcePosition Position);
