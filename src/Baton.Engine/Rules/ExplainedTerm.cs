// One ACL of a condition, as it was found for one stream.
namespace Baton.Engine.Rules;

/// <param name="Acl">Its name.</param>
/// <param name="Sample">What it looks at, as it is written.</param>
/// <param name="Seen">The values; null for none.</param>
/// <param name="Matches">One of them is among its patterns.</param>
/// <param name="IsNegated">"!" stands before it.</param>
/// <param name="Alternative">Which of the condition's alternatives ("or") it belongs to, from 0.</param>
public sealed record ExplainedTerm(string Acl, string Sample, string? Seen, bool Matches, bool IsNegated, int Alternative);
