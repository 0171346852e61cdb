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

    /// <summary>The connection or stream is to be closed without a word.</summary>
    Refused,

    /// <summary>Bytes that are not here yet decide: ask again when some have come.</summary>
    Wait,
}

/// <summary>An action with its arguments made ready.</summary>
public abstract class RuleAction
{
    public abstract Verdict Run(HttpStream stream);

    /// <summary>The same on a stream of any kind; only actions of the tcp rule sets are asked.</summary>
    public virtual Verdict RunOn(ProxyStream stream) => Run((HttpStream)stream);
}

/// <summary>An action that does the same on every kind of stream, and where only a connection exists yet.</summary>
public abstract class StreamAction : RuleAction
{
    public sealed override Verdict Run(HttpStream stream) => RunOn(stream);

    public abstract override Verdict RunOn(ProxyStream stream);
}

/// <summary>An action row with what builds it.</summary>
public sealed class EngineAction : ActionKeyword
{
    public required Func<RuleConfig, RuleAction> Build { get; init; }
}
