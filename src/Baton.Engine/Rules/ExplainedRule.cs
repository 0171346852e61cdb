// A rule that a stream came to.
using System.Collections.Generic;
using Baton.Configuration.Model;

namespace Baton.Engine.Rules;

/// <param name="Position">Where it is written.</param>
/// <param name="Proxy">The section whose turn it was.</param>
/// <param name="Holds">It applied.</param>
/// <param name="Terms">What its condition is made of; empty without one.</param>
public sealed record ExplainedRule(SourcePosition Position, string Proxy, bool Holds, IReadOnlyList<ExplainedTerm> Terms);
