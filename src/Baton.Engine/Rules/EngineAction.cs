// The engine's row of an action: what the parser needs, and how the action is made.
using System;
using Baton.Configuration.Expressions;

namespace Baton.Engine.Rules;

/// <summary>An action row with what builds it.</summary>
public sealed class EngineAction : ActionKeyword
{
    public required Func<RuleConfig, RuleAction> Build { get; init; }
}
