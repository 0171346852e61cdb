// What stands between the words of a condition: an ACL by name or in braces, with or without "!".
namespace Baton.Configuration.Expressions;

/// <summary>One term of a condition: an ACL, possibly negated.</summary>
public readonly record struct AclTerm(AclConfig Acl, bool Negated);
