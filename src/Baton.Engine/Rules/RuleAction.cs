using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;

namespace Baton.Engine.Rules;

/// <summary>What a rule came to.</summary>
public enum Verdict : byte
{
    /// <summary>Next rule.</summary>
    Continue,
    /// <summary>No further rule of this set.</summary>
    Stop,
    /// <summary>The stream was answered.</summary>
    Answered,
}

/// <summary>An action with its arguments made ready.</summary>
public abstract class RuleAction
{
    public abstract Verdict Run(HttpStream stream);
}

/// <summary>An action row with what builds it.</summary>
public sealed class EngineAction : ActionKeyword
{
    public required Func<RuleConfig, RuleAction> Build { get; init; }
}
